package provisioning_test

import (
	"net/http"
	"strings"
	"testing"

	"cradle/directory"
	"cradle/provisioning"
)

// whyNot is the verdict on a phone and the rule it comes from; no rule: every
// condition is met.
func whyNot(t *testing.T, k *kit, mac string) (verdict, rule string) {
	t.Helper()
	w, err := k.p.WhyNot(k.device(mac).ID)
	must(t, err)
	if last := w.Checks[len(w.Checks)-1]; !last.OK {
		rule = last.Rule
	}
	return w.Verdict, rule
}

// TestWhyNotOfCertificates: a certificate is as good at the replay as it was at
// the request, and what it lacks is said.
func TestWhyNotOfCertificates(t *testing.T) {
	for name, c := range map[string]struct {
		ask        func(*kit, *factory)
		status     int // of the request itself
		rule, says string
	}{
		"its own, from outside": {func(k *kit, f *factory) { k.secure(outside, yFile, f.phone(yMAC)) }, 200, "", "Every condition is met"},
		"its own, disabled": {func(k *kit, f *factory) {
			k.change(k.t, yMAC, func(d *directory.Device) { d.Disabled = true })
			k.secure(outside, yFile, f.phone(yMAC))
		}, 404, "enabled", "is disabled"},
		"its own, not approved": {func(k *kit, f *factory) {
			k.change(k.t, yMAC, func(d *directory.Device) { d.Step = directory.StepSeen })
			k.secure(outside, yFile, f.phone(yMAC))
		}, 404, "trust", "outside the networks"},
		"another phone's":           {func(k *kit, f *factory) { k.secure(inside, yFile, f.phone("805ec0bbbbbb")) }, 404, "certificate", "80:5e:c0:bb:bb:bb"},
		"of nobody, outside":        {func(k *kit, f *factory) { k.secure(outside, yFile, f.phone("Yealink Phone")) }, 404, "site network", "in no network"},
		"of a stranger, outside":    {func(k *kit, _ *factory) { k.secure(outside, yFile, newFactory(k.t).phone(yMAC)) }, 404, "site network", "in no network"},
		"of a stranger, in window":  {func(k *kit, _ *factory) { k.secure(inside, yFile, newFactory(k.t).phone(yMAC)) }, 200, "", "Every condition is met"},
		"its own, and a wrong name": {func(k *kit, f *factory) { k.secure(outside, "/p/cfg805ec0123456.xml", f.phone(yMAC)) }, 404, "file", "is the model right?"},
	} {
		t.Run(name, func(t *testing.T) {
			k, f := proven(t, kitOptions{})
			k.t = t
			k.importPhone(t, yMAC, "yealink-t46u", true)
			eventually(t, "its token", func() bool { return k.device(yMAC).Token != "" })
			c.ask(k, f)
			steps := k.p.Journal().Of(yMAC)
			if got := steps[len(steps)-1].Status; got != c.status {
				t.Fatalf("the request: %d, %s", got, k.lastRule(yMAC))
			}
			verdict, rule := whyNot(t, k, yMAC)
			if rule != c.rule || !strings.Contains(verdict, c.says) {
				t.Errorf("%q by the rule %q, want %q by %q", verdict, rule, c.says, c.rule)
			}
		})
	}
}

// TestWhyNotOfFirmware: what keeps a phone from a firmware, in the order in which
// it is looked at.
func TestWhyNotOfFirmware(t *testing.T) {
	mark := func(k *kit, f *directory.Firmware, edit func(*directory.Firmware)) {
		k.update(k.t, func(tx *directory.Tx) error {
			again := *tx.Snapshot().Firmware(f.ID)
			edit(&again)
			return tx.PutFirmware(&again)
		})
	}
	agent := "Yealink SIP-T46U 66.86.0.15 " + macT46
	for name, c := range map[string]struct {
		before     func(*kit, *directory.Firmware)
		mac        string // whose token it shows; empty: its own, "none": none
		rule, says string
	}{
		"fits": {func(*kit, *directory.Firmware) {}, "", "", "Every condition is met"},
		"marked bad": {func(k *kit, f *directory.Firmware) {
			mark(k, f, func(f *directory.Firmware) { f.Bad = "loses its clock" })
		}, "", "firmware", "loses its clock"},
		"not yet": {func(k *kit, f *directory.Firmware) { mark(k, f, func(f *directory.Firmware) { f.After = "108.80" }) }, "", "firmware", "needs 108.80 first"},
		"not approved": {func(k *kit, _ *directory.Firmware) {
			k.change(k.t, macT46, func(d *directory.Device) { d.Step = directory.StepLobby })
		}, "", "firmware", "not approved"},
		"disabled": {func(k *kit, _ *directory.Firmware) {
			k.change(k.t, macT46, func(d *directory.Device) { d.Disabled = true })
		}, "", "enabled", "is disabled"},
		"no token":    {func(*kit, *directory.Firmware) {}, "none", "site network", "in no network"},
		"another one": {func(*kit, *directory.Firmware) {}, "805ec0000009", "token", "another phone"},
		"other model": {func(k *kit, _ *directory.Firmware) {
			k.change(k.t, macT46, func(d *directory.Device) { d.Model = "yealink-t31p" })
		}, "", "firmware", "is not for a"},
	} {
		t.Run(name, func(t *testing.T) {
			k, _, f, _ := withFirmware(t, kitOptions{}, []byte("rom"))
			k.t = t
			k.importPhone(t, macT46, "yealink-t46u", false)
			k.importPhone(t, "805ec0000009", "yealink-t31p", false)
			eventually(t, "tokens", func() bool { return k.device(macT46).Token != "" && k.device("805ec0000009").Token != "" })
			c.before(k, f)
			path := "/" + romT46
			switch c.mac {
			case "":
				path = "/p/~" + k.token(macT46) + "/firmware/" + romT46
			case "none":
			default:
				path = "/p/~" + k.token(c.mac) + "/firmware/" + romT46
			}
			r := k.p.Answer(t.Context(), request(provisioning.DoorHTTP, outside, path, agent))
			if r.File != nil {
				must(t, r.File.Close())
			}
			if (r.Status == http.StatusOK) != (c.rule == "") {
				t.Fatalf("the request: %d, %s", r.Status, k.lastRule(macT46))
			}
			verdict, rule := whyNot(t, k, macT46)
			if rule != c.rule || !strings.Contains(verdict, c.says) {
				t.Errorf("%q by the rule %q, want %q by %q", verdict, rule, c.says, c.rule)
			}
		})
	}
}
