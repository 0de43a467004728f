package provisioning_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"cradle/directory"
	"cradle/provisioning"
)

// TestWhyNot refuses a phone in every way there is and reads the reason.
func TestWhyNot(t *testing.T) {
	token := func(k *kit) string { return "/p/~" + k.token(yMAC) + "/805ec0123456.cfg" }
	for name, c := range map[string]struct {
		do         func(*testing.T, *kit)
		rule, says string
	}{
		"outside": {func(_ *testing.T, k *kit) { k.get(outside, yFile) }, "site network", "127.99.0.1, which is in no network of its site London (networks: 127.0.0.0/16)"},
		"disabled": {func(t *testing.T, k *kit) {
			k.change(t, yMAC, func(d *directory.Device) { d.Disabled = true })
			k.get(inside, yFile)
		}, "enabled", "is disabled"},
		"window": {func(_ *testing.T, k *kit) { k.later(48 * time.Hour); k.get(inside, yFile) }, "trust", "window after approval is over"},
		"lost token": {func(_ *testing.T, k *kit) {
			k.register(k.device(yMAC), inside)
			k.later(time.Hour)
			k.get(inside2, yFile)
		}, "trust", "from another address"},
		"another's token": {func(t *testing.T, k *kit) {
			k.importPhone(t, "805ec0aaaaaa", "yealink-t46u", false)
			k.get(inside, "/p/~"+k.token(yMAC)+"/805ec0aaaaaa.cfg")
		}, "token", "another phone"},
		"retired": {func(t *testing.T, k *kit) {
			k.update(t, func(tx *directory.Tx) error { return tx.Retire(k.device(yMAC).ID) })
			k.get(inside, yFile)
		}, "in service", "out of service since"},
		"lost its token": {func(_ *testing.T, k *kit) { k.get(inside, "/p/~aaaaaaaaaaaaaaaaaaaaaaaaaa/805ec0123456.cfg") }, "token", "no phone has"},
		"phonebook":      {func(_ *testing.T, k *kit) { k.get(inside, "/p/805ec0123456-company.xml") }, "phonebook", "show their token"},
		"liar": {func(_ *testing.T, k *kit) {
			k.p.Answer(context.Background(), request(provisioning.DoorHTTP, inside, token(k), strings.ReplaceAll(yAgent, "56", "57")))
		}, "clues", "contradicts itself"},
		"wrong model": {func(t *testing.T, k *kit) {
			k.change(t, yMAC, func(d *directory.Device) { d.Model = "snom-d785" })
			k.get(inside, yFile)
		}, "file", "is the model right?"},
		"upload": {func(_ *testing.T, k *kit) { k.put(inside, yFile) }, "file", "may not upload"},
		"needless": {func(_ *testing.T, k *kit) {
			k.get(inside, yFile)
			k.get(inside, "/p/805ec0123456.boot")
		}, "", "Every condition is met"},
		"mended since": {func(t *testing.T, k *kit) {
			k.change(t, yMAC, func(d *directory.Device) { d.Disabled = true })
			k.get(inside, yFile)
			k.change(t, yMAC, func(d *directory.Device) { d.Disabled = false })
		}, "", "would be answered now"},
	} {
		t.Run(name, func(t *testing.T) {
			k := newKit(t, kitOptions{})
			d := k.importPhone(t, yMAC, "yealink-t46u", true)
			if _, err := k.p.WhyNot(d.ID); !errors.Is(err, provisioning.ErrNeverAsked) {
				t.Fatalf("before it asked: %v", err)
			}
			eventually(t, "its token", func() bool { return k.device(yMAC).Token != "" })
			c.do(t, k)
			mac := yMAC
			if name == "another's token" {
				mac = "805ec0aaaaaa"
			}
			var w provisioning.WhyNot
			var err error
			steps := len(k.p.Journal().Of(directory.MAC(mac)))
			eventually(t, "a replay that changes nothing, once the clerk is done", func() bool {
				before := k.dir.Snapshot().Revision()
				w, err = k.p.WhyNot(k.device(mac).ID)
				return err != nil || k.dir.Snapshot().Revision() == before
			})
			must(t, err)
			if len(k.p.Journal().Of(directory.MAC(mac))) != steps {
				t.Error("the replay is in the journal")
			}
			last := w.Checks[len(w.Checks)-1]
			if !strings.Contains(w.Verdict, c.says) || !last.OK && last.Rule != c.rule || last.OK != (c.rule == "") {
				t.Errorf("%q by the rule %q, want %q by %q", w.Verdict, last.Rule, c.says, c.rule)
			}
			for _, check := range w.Checks {
				if contains([]byte(check.Text), k.token(yMAC)) || contains([]byte(check.Text), lineSecret(k.device(yMAC))) {
					t.Errorf("a secret in %q", check.Text)
				}
			}
		})
	}
}
