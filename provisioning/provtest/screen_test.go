package provtest_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
	"cradle/provisioning/provtest"
	"cradle/provisioning/settings"
	"cradle/templates"
)

// dialogue is a log-in: a menu, two questions, an answer.
func dialogue(_ context.Context, t provisioning.Touch) provisioning.Shown {
	number := t.Typed["number"].Reveal()
	switch t.Step {
	case "":
		return provisioning.Shown{Screen: catalog.MenuScreen, Title: "Seat", Choices: []provisioning.Choice{{Label: "In & out", Step: "in"}}}
	case "in":
		return provisioning.Shown{Screen: catalog.AskScreen, Title: "Seat", Prompt: "Number", Field: "number", Step: "pin", OK: "OK"}
	case "pin":
		return provisioning.Shown{Screen: catalog.AskScreen, Title: "Seat", Prompt: "PIN", Field: "pin", Hidden: true, Step: "done", OK: "OK", Carry: []settings.Carried{{Name: "number", Value: number}}}
	default:
		return provisioning.Shown{Screen: catalog.TellScreen, Title: "Seat", Text: fmt.Sprintf("<%s> & %s", number, t.Typed["pin"].Reveal()), Seconds: 5}
	}
}

// TestEveryScreenLogsIn walks through a log-in at the screen of a phone of each
// family that draws our pages, and reads what stands there while it is idle.
func TestEveryScreenLogsIn(t *testing.T) {
	h := open(t)
	number, walked := 0, 0
	for _, v := range h.shelf.Vendors() {
		for _, f := range v.Families {
			for _, m := range f.Models {
				if number++; m.Abilities().MenuPage == "" && m.Abilities().IdlePage == "" {
					continue
				}
				walked++
				t.Run(v.Name+" "+f.Name, func(t *testing.T) { h.walks(t, m, m.SampleMAC()[:9]+fmt.Sprintf("%03x", number)) })
				break
			}
		}
	}
	if walked < 15 {
		t.Errorf("%d families draw pages", walked)
	}
}

func (h *house) walks(t *testing.T, m *catalog.Model, mac string) {
	d := directory.Device{Organization: h.org, Site: h.site, MAC: directory.MAC(mac), Model: m.Name, Lines: []directory.Line{{}}}
	h.update(func(tx *directory.Tx) error {
		if err := tx.PutDevice(&d); err != nil {
			return err
		}
		return tx.Approve(d.ID)
	})
	p, err := provtest.New(provtest.Config{Catalog: h.shelf, Data: templates.FS(), Model: m.Name, MAC: mac, Timeout: 5 * time.Second})
	must(t, err)
	source := h.http
	if m.Family.OnlyTFTP {
		source = h.tftp
	}
	_, err = p.Boot(t.Context(), source)
	must(t, err)
	if m.Abilities().IdlePage != "" {
		page, err := p.Idle(t.Context())
		must(t, err)
		if want := "ID " + h.dir.Snapshot().DeviceByMAC(d.MAC).PhoneID; page.Title != want {
			t.Errorf("its idle screen says %q, want %q", page.Title, want)
		}
	}
	if m.Abilities().MenuPage == "" {
		return
	}
	menu, err := p.Menu(t.Context())
	must(t, err)
	ask, err := p.Choose(t.Context(), menu, "In & out")
	must(t, err)
	if ask.Hidden {
		t.Error("a number is hidden")
	}
	pin, err := p.Type(t.Context(), ask, "1#1")
	must(t, err)
	if !pin.Hidden {
		t.Error("a PIN is seen")
	}
	told, err := p.Type(t.Context(), pin, "9&9")
	must(t, err)
	if told.Text != "<1#1> & 9&9" {
		t.Errorf("it says %q", told.Text)
	}
}
