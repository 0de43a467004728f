package provisioning_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
	"cradle/provisioning/settings"
)

// TestByHandReplaces: a setting that an administrator adds under a name which
// the template writes takes the template's place, in a family of each format,
// and the line says whose word it is.
func TestByHandReplaces(t *testing.T) {
	k := newKit(t, kitOptions{})
	for i, c := range []struct{ model, name, line string }{
		{"yealink-t46u", "account.1.display_name", "account.1.display_name = zz9"},
		{"audiocodes-320hd", "voip/line/0/id", "voip/line/0/id=zz9"},
		{"fanvil-x3u", "P1 CallWaiting", "P1 CallWaiting :zz9"},
		{"technicolor-st2022", "NtpIP", "NtpIP=zz9"},
		{"aastra-6757i", "sip line1 screen name", "sip line1 screen name: zz9"},
		{"avaya-j169", "SNTPSRVR", `SET SNTPSRVR "zz9"`},
		{"avaya-1220", "SERVER_PORT1_1", "SERVER_PORT1_1 zz9"},
		{"panasonic-kx-ut123", "DISPLAY_NAME_1", `DISPLAY_NAME_1="zz9"`},
		{"snom-d785", "user_realname1", `<user_realname idx="1" perm="R">zz9</user_realname>`},
		{"grandstream-gxp1630", "P271", "<P271>zz9</P271>"},
		{"grandstream-grp2614", "account.1.name", `zz9`},
		{"poly-vvx450", "reg.1.auth.userId", `reg.1.auth.userId="zz9"`},
		{"digium-d65", "time_source", `id="time_source" value="zz9"`},
		{"gigaset-maxwell-3", "SIP.Account.0.AuthName", `<param name="SIP.Account.0.AuthName" value="zz9"/>`},
	} {
		vendor, _, _ := strings.Cut(c.model, "-")
		d := k.importPhone(t, fmt.Sprintf("0200000000%02x", i), c.model, i == 0)
		before := fileSaying(t, k, d, "")
		say := func(value string) {
			k.update(t, func(tx *directory.Tx) error {
				return tx.SetSetting(directory.Scope{Kind: "site", ID: string(k.site.ID)}, "raw."+vendor+"."+c.name, value)
			})
		}
		say("zz9")
		after := fileSaying(t, k, d, "zz9")
		say("")
		if len(after.Lines) != len(before.Lines) {
			t.Errorf("%s: %s comes besides the template's word: %d lines instead of %d", c.model, c.name, len(after.Lines), len(before.Lines))
		}
		n := 0
		for _, l := range after.Lines {
			if !strings.Contains(l.Text, "zz9") {
				continue
			}
			if n++; n > 1 || !strings.Contains(l.Text, c.line) || !slices.Contains(l.From, provisioning.Origin{Layer: settings.FromSite, Name: c.name}) {
				t.Errorf("%s: %q from %v", c.model, l.Text, l.From)
			}
		}
		if n == 0 {
			t.Errorf("%s: %s is not said", c.model, c.name)
		}
	}
}

// fileSaying is the device's file that says a word, or its largest one.
func fileSaying(t *testing.T, k *kit, d *directory.Device, word string) (best provisioning.ExplainedFile) {
	t.Helper()
	m := k.p.Catalog().Model(d.Model)
	if m == nil {
		t.Fatalf("no model %s", d.Model)
	}
	for _, f := range m.Family.Files {
		if f.Template == nil || !f.Own() || strings.Contains(f.Name, "{book}") {
			continue
		}
		e, err := k.p.ExplainFile(d.ID, f.Name, false)
		must(t, err)
		if len(e.Lines) > len(best.Lines) && strings.Contains(textOf(e), word) {
			best = e
		}
	}
	return best
}

// TestWhatAFormatCannotHoldIsLeftOut: a setting by hand that a family's files
// cannot hold costs no phone of any family its file: the file is what it was
// without it and passes its format's check, the portal tells what was left out,
// and the same is said before it is saved.
func TestWhatAFormatCannotHoldIsLeftOut(t *testing.T) {
	k := newKit(t, kitOptions{})
	seen := map[*catalog.Family]bool{}
	for i, m := range k.p.Catalog().Models() {
		if seen[m.Family] {
			continue
		}
		seen[m.Family] = true
		d := k.importPhone(t, fmt.Sprintf("02000000%04x", i), m.Name, len(seen) == 1)
		before := ownFiles(t, k, d)
		scope := directory.Scope{Kind: "device", ID: string(d.ID)}
		held := 0
		for _, name := range []string{"P#2 %!", "zz.good1"} {
			key := "raw." + m.Vendor.Name + "." + name
			err := k.p.Holds(scope, key, `a"b`)
			switch {
			case err == nil:
				held++
			case !errors.Is(err, provisioning.ErrByHand):
				t.Errorf("%s: %v", m.Name, err)
			}
			k.update(t, func(tx *directory.Tx) error { return tx.SetSetting(scope, key, `a"b`) })
			e, explained := k.p.Explain(d.ID)
			must(t, explained)
			listed := slices.ContainsFunc(e.LeftOut, func(l provisioning.LeftOut) bool {
				return l.Name == name && l.Layer == settings.FromDevice && l.Why != "" && l.File != ""
			})
			if takes := strings.Contains(fmt.Sprint(err), "no file"); listed != (err != nil && !takes) {
				t.Errorf("%s: %s is told as left out: %v, though %v", m.Name, name, listed, err)
			}
		}
		after := ownFiles(t, k, d)
		if held == 0 && !slices.Equal(before, after) {
			t.Errorf("%s: its files changed by what they cannot hold", m.Name)
		}
		if held > 0 && slices.Equal(before, after) {
			t.Errorf("%s: %d settings should be held, and no file shows one", m.Name, held)
		}
	}
}

// TestWhatIsLeftOutStandsInTheJournal: with each file that could not hold it.
func TestWhatIsLeftOutStandsInTheJournal(t *testing.T) {
	k := newKit(t, kitOptions{site: func(s *directory.Site) { s.TFTP = directory.TFTPFull }})
	d := k.importPhone(t, yMAC, "yealink-t46u", true)
	fetch := func() provisioning.Step {
		if r := k.tftp(inside, "805ec0123456.cfg"); r.Status != 200 {
			t.Fatalf("status %d", r.Status)
		}
		steps := k.p.Journal().Of(yMAC)
		return steps[len(steps)-1]
	}
	if s := fetch(); s.LeftOut != "" {
		t.Errorf("nothing is left out: %q", s.LeftOut)
	}
	k.update(t, func(tx *directory.Tx) error {
		scope := directory.Scope{Kind: "device", ID: string(d.ID)}
		return errors.Join(tx.SetSetting(scope, "raw.yealink.b#2", "x"), tx.SetSetting(scope, "raw.yealink.a#1", "x"), tx.SetSetting(scope, "raw.yealink.fits", "x"))
	})
	for range 2 { // rendered, and from memory
		if s := fetch(); s.LeftOut != "a#1, b#2" {
			t.Errorf("left out: %q", s.LeftOut)
		}
	}
}

// ownFiles are the device's own files, each held against its format.
func ownFiles(t *testing.T, k *kit, d *directory.Device) (all []string) {
	t.Helper()
	m := k.p.Catalog().Model(d.Model)
	for _, f := range m.Family.Files {
		if f.Template == nil || !f.Own() || strings.Contains(f.Name, "{book}") {
			continue
		}
		r, err := k.p.Render(d.ID, f.Name)
		if err == nil {
			err = f.Check(r.Body)
		}
		if err != nil {
			t.Errorf("%s, %s: %v", m.Name, f.Name, err)
		}
		all = append(all, string(r.Body))
	}
	return all
}

// TestSettingsByHandAreJudgedWhereTheyAreEntered: by the phone or the model of
// their layer, else by all phones of the vendor.
func TestSettingsByHandAreJudgedWhereTheyAreEntered(t *testing.T) {
	k := newKit(t, kitOptions{})
	d := k.importPhone(t, yMAC, "yealink-t46u", false)
	device, model := directory.Scope{Kind: "device", ID: string(d.ID)}, directory.Scope{Kind: "model", ID: "grandstream-gxp1630"}
	site := directory.Scope{Kind: "site", ID: string(k.site.ID)}
	for _, c := range []struct {
		scope      directory.Scope
		key, value string
		why        string // empty: it is held
	}{
		{device, "raw.yealink.lang.gui", "x", ""},
		{device, "raw.yealink.lang#gui", "x", "cannot be part of a name"},
		{device, "raw.yealink.lang#gui", "", ""}, // takes another layer's word back
		{device, "raw.snom.language", "x", "raw.yealink"},
		{device, "language", "de", ""},
		{model, "raw.grandstream.P271", "x", ""},
		{model, "raw.grandstream.P#2", "x", "cannot be part of a name"},
		{model, "raw.yealink.lang.gui", "x", "raw.grandstream"},
		{site, "raw.grandstream.P#2", "x", ""}, // some of its phones read JSON, or whatever holds it
		{site, "raw.yealink.lang#gui", "x", "cannot be part of a name"},
		{site, "raw.nobody.P#2", "x", ""}, // a vendor that may yet come
		{directory.Scope{Kind: "device", ID: "none"}, "raw.yealink.a#b", "x", ""},
	} {
		err := k.p.Holds(c.scope, c.key, c.value)
		if (err == nil) != (c.why == "") || err != nil && (!errors.Is(err, provisioning.ErrByHand) || !strings.Contains(err.Error(), c.why)) {
			t.Errorf("%s of %v: %v", c.key, c.scope, err)
		}
	}
}
