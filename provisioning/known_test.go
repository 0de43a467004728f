package provisioning_test

import (
	"context"
	"strings"
	"testing"

	"cradle/directory"
	"cradle/provisioning"
)

func TestKnownOfAPhone(t *testing.T) {
	k := newKit(t, kitOptions{})
	d := k.importPhone(t, yMAC, "yealink-t46u", true)
	if known := k.p.Known(d.ID, ""); len(known.Clues) != 0 || len(known.Drift) != 0 {
		t.Fatalf("before it asked: %+v", known)
	}
	eventually(t, "its token", func() bool { return k.device(yMAC).Token != "" })
	own := "/p/~" + k.token(yMAC) + "/805ec0123456.cfg"
	ask := func(agent string) {
		t.Helper()
		r := request(provisioning.DoorHTTP, inside, own, agent)
		if got := k.p.Answer(context.Background(), r); got.Status != 200 {
			t.Fatalf("%d, %s", got.Status, k.lastRule(yMAC))
		}
	}
	drift := func(sip string) string {
		var kinds []string
		for _, one := range k.p.Known(d.ID, sip).Drift {
			kinds = append(kinds, string(one.Kind))
		}
		return strings.Join(kinds, " ")
	}
	ask(yAgent)
	eventually(t, "its text is kept", func() bool { f, _ := k.p.Fetched(d.ID, "{mac}.cfg"); return f.Text != nil })
	if known := k.p.Known(d.ID, yAgent); len(known.Clues) != 4 || !known.Clues[0].Won || len(known.Conflicts) != 0 || len(known.Drift) != 0 || known.Says != "yealink-t46u" {
		t.Errorf("%+v", known)
	}
	const other = "Yealink SIP-T42S 66.86.0.15 805EC0123456"
	if known := k.p.Known(d.ID, other); drift(other) != "model" || known.Says != "yealink-t42s" || len(known.Conflicts) == 0 || !strings.Contains(known.Drift[0].Text, "when it registers") {
		t.Errorf("another model registers: %+v", known)
	}
	k.change(t, yMAC, func(d *directory.Device) { d.Name = "Ada's desk"; d.Model = "yealink-t54w" })
	if got := drift(""); got != "model settings" && got != "model" {
		t.Errorf("its record says another model: %q", got)
	}
	k.change(t, yMAC, func(d *directory.Device) { d.Model = "yealink-t46u" })
	k.update(t, func(tx *directory.Tx) error {
		return tx.SetSetting(directory.Scope{Kind: "site", ID: string(k.site.ID)}, "language", "de")
	})
	if got := drift(""); got != "settings" {
		t.Errorf("after a change: %q", got)
	}
	k.change(t, yMAC, func(d *directory.Device) { d.Disabled = true })
	if got := drift(other); got != "" {
		t.Errorf("disabled: %q", got)
	}
	if known := k.p.Known("none", ""); known.Clues != nil {
		t.Errorf("of nobody: %+v", known)
	}
}
