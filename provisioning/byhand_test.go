package provisioning_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/settings"
)

// TestByHandReplaces: a setting that an administrator adds under a name which
// the template writes takes the template's place, in a family of each format,
// and the line says whose word it is.
func TestByHandReplaces(t *testing.T) {
	k := newKit(t, kitOptions{})
	for i, c := range []struct{ model, name, line string }{
		{"yealink-t46u", "account.1.display_name", "account.1.display_name = zz9"},
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
