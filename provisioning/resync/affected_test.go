package resync

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cradle/directory"
)

// TestOnePhonesChangeTouchesNoOther: each kind of change and the phones that
// are told of it, of three: Ada's Yealink, Grace's Grandstream, a Snom.
func TestOnePhonesChangeTouchesNoOther(t *testing.T) {
	o := open(t, Config{})
	var layout directory.Layout
	var profile directory.Profile
	var contact directory.Contact
	var number directory.Number
	var template directory.Template
	var firmware directory.Firmware
	var rollout directory.Rollout
	edit := func(i int, f func(*directory.Device)) func(*directory.Tx) error {
		return func(tx *directory.Tx) error {
			d := *tx.Snapshot().Device(o.desks[i].ID)
			f(&d)
			return tx.PutDevice(&d)
		}
	}
	for _, c := range []struct {
		what string
		do   func(tx *directory.Tx) error
		want string
	}{
		{"a layout nobody has", func(tx *directory.Tx) error {
			layout = directory.Layout{Organization: o.org, Name: "Desk", Keys: []directory.Key{{Position: 1, Type: "blf", Value: "102"}}}
			return tx.PutLayout(&layout)
		}, ""},
		{"a profile nobody has", func(tx *directory.Tx) error {
			profile = directory.Profile{Organization: o.org, Name: "Role", Layout: layout.ID}
			return tx.PutProfile(&profile)
		}, ""},
		{"a phone gets the profile", edit(2, func(d *directory.Device) { d.Profile = profile.ID }), "2"},
		{"the profile's layout", func(tx *directory.Tx) error {
			layout = *tx.Snapshot().Layout(layout.ID)
			layout.Keys = append(layout.Keys, directory.Key{Position: 2, Type: "speed", Value: "0800"})
			return tx.PutLayout(&layout)
		}, "2"},
		{"a setting of the profile", func(tx *directory.Tx) error {
			return tx.SetSetting(directory.Scope{Kind: "profile", ID: string(profile.ID)}, "ring.volume", "3")
		}, "2"},
		{"a setting of a phone", func(tx *directory.Tx) error {
			return tx.SetSetting(directory.Scope{Kind: "device", ID: string(o.desks[1].ID)}, "ring.volume", "4")
		}, "1"},
		{"who a key names is renamed", func(tx *directory.Tx) error {
			x := *tx.Snapshot().Extension(o.exts[1])
			x.Name = "Grace Hopper"
			return tx.PutExtension(&x)
		}, "1 2"},
		{"a contact", func(tx *directory.Tx) error {
			contact = directory.Contact{Organization: o.org, First: "Jean", Numbers: []directory.ContactNumber{{Kind: "office", Number: "0301234"}}}
			return tx.PutContact(&contact)
		}, ""},
		{"a contact is gone", func(tx *directory.Tx) error { return tx.DeleteContact(contact.ID) }, ""},
		{"a number's label", func(tx *directory.Tx) error {
			number = directory.Number{Organization: o.org, Site: o.site, E164: "+493012345", Status: directory.NumberActive, Extension: o.exts[0], Display: []string{"Acme", "Ada"}}
			return tx.PutNumber(&number)
		}, "0"},
		{"what no phone shows of a number", func(tx *directory.Tx) error {
			n := *tx.Snapshot().Number(number.ID)
			n.Status = directory.NumberPending
			return tx.PutNumber(&n)
		}, ""},
		{"a template without a version", func(tx *directory.Tx) error {
			template = directory.Template{Scope: directory.Scope{Kind: "appliance"}, Model: "snom-d785", File: "phone.tmpl", Name: "own"}
			return tx.PutTemplate(&template)
		}, ""},
		{"a version nobody gets", func(tx *directory.Tx) error {
			return tx.AddTemplateVersion(&directory.TemplateVersion{Template: template.ID, Text: "x"})
		}, ""},
		{"the version is in force", func(tx *directory.Tx) error {
			template = *tx.Snapshot().Template(template.ID)
			template.Active, template.Share = 1, 100
			return tx.PutTemplate(&template)
		}, "2"},
		{"a firmware nobody waits for", func(tx *directory.Tx) error {
			firmware = directory.Firmware{Vendor: "yealink", Models: []string{"yealink-t46u"}, Version: "2", File: "2.rom", Size: 1, SHA256: strings.Repeat("0", 64)}
			return tx.PutFirmware(&firmware)
		}, ""},
		{"its roll-out", func(tx *directory.Tx) error {
			rollout = directory.Rollout{Kind: "firmware", Subject: firmware.ID, Target: "2", Models: firmware.Models, Stages: []int{100}}
			return tx.PutRollout(&rollout)
		}, "0"},
		{"the roll-out moves on", func(tx *directory.Tx) error {
			r := *tx.Snapshot().Rollout(rollout.ID)
			r.State = directory.RolloutDone
			return tx.PutRollout(&r)
		}, ""},
		{"the firmware is bad", func(tx *directory.Tx) error {
			f := *tx.Snapshot().Firmware(firmware.ID)
			f.Bad = "bricks"
			return tx.PutFirmware(&f)
		}, "0"},
	} {
		watch := o.dir.Watch()
		o.do(c.do)
		var got []string
		var changes []directory.Change
		select {
		case changes = <-watch.C():
		case <-time.After(5 * time.Second):
			t.Fatalf("%s: nothing has changed", c.what)
		}
		for id := range affected(o.dir.Snapshot(), changes) {
			got = append(got, fmt.Sprint(slices.IndexFunc(o.desks, func(d *directory.Device) bool { return d.ID == id })))
		}
		watch.Close()
		slices.Sort(got)
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: told %q, want %q", c.what, s, c.want)
		}
	}
}
