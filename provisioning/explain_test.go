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

func TestExplainSaysWhoSaidIt(t *testing.T) {
	k := newKit(t, kitOptions{})
	d := k.importPhone(t, yMAC, "yealink-t46u", true)
	k.update(t, func(tx *directory.Tx) error {
		return tx.SetSetting(directory.Scope{Kind: "site", ID: string(k.site.ID)}, "language", "de")
	})
	e, err := k.p.Explain(d.ID)
	must(t, err)
	if got := e.Settings[settings.Language]; got.Text != "de" || got.Layer != settings.FromSite {
		t.Errorf("language: %+v", got)
	}
	if len(e.Files) == 0 || "/p/"+e.Files[0].Name != yFile || len(e.Keys) == 0 || e.Keys[0].Type != "line" || e.Keys[0].From != settings.FromDefault {
		t.Errorf("files %v, keys %+v", e.Files, e.Keys)
	}
	if _, err := k.p.Explain("none"); !errors.Is(err, provisioning.ErrNoDevice) {
		t.Error(err)
	}
	k.change(t, yMAC, func(d *directory.Device) { d.Model, d.Vendor = "", "" })
	if _, err := k.p.Explain(d.ID); !errors.Is(err, provisioning.ErrNoFile) {
		t.Error(err)
	}
}

func TestExplainFileTellsLayersAndWhatHasChanged(t *testing.T) {
	k := newKit(t, kitOptions{})
	d := k.importPhone(t, yMAC, "yealink-t46u", true)
	explain := func() provisioning.ExplainedFile {
		t.Helper()
		e, err := k.p.ExplainFile(d.ID, "{mac}.cfg", false)
		must(t, err)
		return e
	}
	if e := explain(); e.Known || e.Same || e.Diff != "" {
		t.Errorf("before it asked: %+v", e.Fetched)
	}
	k.get(inside, yFile)
	eventually(t, "the text", func() bool { return explain().Same })
	if e := explain(); text(e) != string(e.Fetched.Text) {
		t.Error("the lines are not those of the file")
	}
	k.update(t, func(tx *directory.Tx) error {
		return tx.SetSetting(directory.Scope{Kind: "site", ID: string(k.site.ID)}, "language", "de")
	})
	e := explain()
	if !e.Known || e.Same || !strings.Contains(e.Diff, "\n+lang.gui = German") {
		t.Errorf("known %v, same %v, difference %q", e.Known, e.Same, e.Diff)
	}
	for key, want := range map[string]provisioning.Origin{
		"lang.gui": {Layer: settings.FromSite, Name: "language.vendor"}, "account.1.label": {Layer: settings.FromExtension, Name: "lines.label"},
		"account.1.user_name": {Layer: settings.FromDevice, Name: "lines.user"},
	} {
		i := slices.IndexFunc(e.Lines, func(l provisioning.ExplainedLine) bool { return strings.HasPrefix(l.Text, key+" =") })
		if i < 0 || !slices.Contains(e.Lines[i].From, want) {
			t.Errorf("%s does not come from %+v: %+v", key, want, e.Lines[max(i, 0)])
		}
	}
	if all := text(e); strings.Contains(all, lineSecret(d)) || strings.Contains(all, d.AdminPassword.Reveal()) || strings.Contains(all, k.token(yMAC)) {
		t.Error("a secret is shown")
	}
	open, err := k.p.ExplainFile(d.ID, "{mac}.cfg", true)
	must(t, err)
	if all := text(open); !strings.Contains(all, lineSecret(d)) || strings.Contains(open.Diff, lineSecret(d)) || strings.Contains(all, k.token(yMAC)) {
		t.Error("with secrets, the lines alone show them")
	}
	if _, err := k.p.ExplainFile(d.ID, "passwd", false); !errors.Is(err, provisioning.ErrNoFile) {
		t.Error(err)
	}
}

func text(e provisioning.ExplainedFile) string {
	var b strings.Builder
	for _, l := range e.Lines {
		b.WriteString(l.Text + "\n")
	}
	return b.String()
}
