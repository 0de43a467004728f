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
	k.update(t, func(tx *directory.Tx) error {
		return tx.SetSetting(directory.Scope{Kind: "site", ID: string(k.site.ID)}, "time.server", "ntp.example")
	})
	lines, err := k.p.Lines(d.ID, "{mac}.cfg")
	must(t, err)
	for start, want := range map[string]settings.Layer{
		"#!version": "", "local_time.ntp_server1 = ntp.example": settings.FromSite, "account.1.display_name = Ada": settings.FromExtension,
		"account.1.user_name = ": settings.FromDevice, "account.1.sip_server.1.transport_type = 0": settings.FromDefault,
	} {
		i := slices.IndexFunc(lines, func(l provisioning.Line) bool { return strings.HasPrefix(l.Text, start) })
		if i < 0 {
			t.Errorf("no line %q", start)
		} else if want == "" && len(lines[i].Layers) > 0 || want != "" && !slices.Contains(lines[i].Layers, want) {
			t.Errorf("%q is made from %v by %v, want %q", lines[i].Text, lines[i].Names, lines[i].Layers, want)
		}
	}
	shown, err := k.p.Render(d.ID, "{mac}.cfg")
	must(t, err)
	var text strings.Builder
	for _, l := range lines {
		text.WriteString(l.Text + "\n")
	}
	if text.String() != string(shown.Body) {
		t.Error("the lines are not what is shown")
	}
	if _, err := k.p.Lines(d.ID, "none.cfg"); !errors.Is(err, provisioning.ErrNoFile) {
		t.Error(err)
	}
	if _, err := k.p.Lines("nobody", "{mac}.cfg"); !errors.Is(err, provisioning.ErrNoDevice) {
		t.Error(err)
	}
}
