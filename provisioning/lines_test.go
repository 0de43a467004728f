package provisioning_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/settings"
)

// TestLinesNameTheirLayers: what a line is made from names who said it.
func TestLinesNameTheirLayers(t *testing.T) {
	k := newKit(t, kitOptions{})
	d := k.importPhone(t, yMAC, "yealink-t46u", true)
	site := directory.Scope{Kind: "site", ID: string(k.site.ID)}
	k.update(t, func(tx *directory.Tx) error {
		return errors.Join(tx.SetSetting(site, "time.server", "ntp.example"), tx.SetSetting(site, "raw.yealink.phone.setting.x", "1"))
	})
	e, err := k.p.ExplainFile(d.ID, "{mac}.cfg", false)
	must(t, err)
	for start, want := range map[string]settings.Layer{
		"#!version": "", "local_time.ntp_server1 = ntp.example": settings.FromSite, "account.1.display_name = Ada": settings.FromExtension,
		"account.1.user_name = ": settings.FromDevice, "phone.setting.x = 1": settings.FromSite,
	} {
		i := slices.IndexFunc(e.Lines, func(l provisioning.ExplainedLine) bool { return strings.HasPrefix(l.Text, start) })
		if i < 0 {
			t.Errorf("no line %q", start)
			continue
		}
		from := e.Lines[i].From
		says := slices.ContainsFunc(from, func(o provisioning.Origin) bool { return o.Layer == want })
		if want == "" && len(from) > 0 || want != "" && !says {
			t.Errorf("%q is made from %v, want %q", e.Lines[i].Text, from, want)
		}
	}
	shown, err := k.p.Render(d.ID, "{mac}.cfg")
	must(t, err)
	if textOf(e) != string(shown.Body) {
		t.Error("the lines are not what is shown")
	}
	if _, err := k.p.ExplainFile(d.ID, "none.cfg", false); !errors.Is(err, provisioning.ErrNoFile) {
		t.Error(err)
	}
	if _, err := k.p.ExplainFile("nobody", "{mac}.cfg", false); !errors.Is(err, provisioning.ErrNoDevice) {
		t.Error(err)
	}
}

// textOf is a file as its lines tell it.
func textOf(e provisioning.ExplainedFile) string {
	var text strings.Builder
	for _, l := range e.Lines {
		text.WriteString(l.Text + "\n")
	}
	return text.String()
}
