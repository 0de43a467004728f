package resync

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"cradle/directory"
)

// touched lists the desks that a change concerns.
func (o *office) touched(fn func(*directory.Tx) error) string {
	o.t.Helper()
	feed := o.dir.Watch()
	defer feed.Close()
	o.do(fn)
	s := o.dir.Snapshot()
	var desks []int
	for id := range maps.Keys(affected(s, <-feed.C())) {
		desks = append(desks, slices.IndexFunc(o.desks, func(d *directory.Device) bool { return d.ID == id }))
	}
	slices.Sort(desks)
	return fmt.Sprint(desks)
}

func TestKeysConcernTheirPhones(t *testing.T) {
	o := open(t, Config{})
	layout := &directory.Layout{Organization: o.org, Name: "Reception", Keys: []directory.Key{{Position: 2, Type: "blf", Value: "101"}}}
	profile := &directory.Profile{Organization: o.org, Name: "Reception"}
	number := &directory.Number{Organization: o.org, Site: o.site, E164: "+441632960001", Status: directory.NumberActive, Extension: o.exts[1]}
	o.do(func(tx *directory.Tx) error {
		if err := tx.PutLayout(layout); err != nil {
			return err
		}
		profile.Layout = layout.ID
		if err := tx.PutProfile(profile); err != nil {
			return err
		}
		hot := *tx.Snapshot().Device(o.desks[2].ID)
		hot.Profile = profile.ID
		return tx.PutDevice(&hot)
	})
	extension := func(i int, edit func(*directory.Extension)) func(*directory.Tx) error {
		return func(tx *directory.Tx) error {
			e := *tx.Snapshot().Extension(o.exts[i])
			edit(&e)
			return tx.PutExtension(&e)
		}
	}
	for _, c := range []struct {
		what   string
		change func(*directory.Tx) error
		want   string
	}{
		{"who is watched has another name", extension(0, func(e *directory.Extension) { e.Name = "Ada" }), "[0 2]"},
		{"who is watched wants no calls", extension(0, func(e *directory.Extension) { e.DoNotDisturb = true }), "[0]"},
		{"who is not watched has another name", extension(1, func(e *directory.Extension) { e.Name = "Bob" }), "[1]"},
		{"the layout", func(tx *directory.Tx) error {
			layout.Keys = append(layout.Keys, directory.Key{Type: "blf", Rule: "everyone"})
			return tx.PutLayout(layout)
		}, "[2]"},
		{"the rule knows everybody", extension(1, func(e *directory.Extension) { e.Name = "Eve" }), "[1 2]"},
		{"keys of one's own", extension(1, func(e *directory.Extension) { e.Keys = []directory.Key{{Type: "speed", Value: "101"}} }), "[1]"},
		{"who is on somebody's own key", extension(0, func(e *directory.Extension) { e.Name = "Zoe" }), "[0 1 2]"},
		{"the profile", func(tx *directory.Tx) error { profile.Name = "Front"; return tx.PutProfile(profile) }, "[2]"},
		{"a setting of the profile", func(tx *directory.Tx) error {
			return tx.SetSetting(directory.Scope{Kind: "profile", ID: string(profile.ID)}, "ring.tone", "2")
		}, "[2]"},
		{"a number", func(tx *directory.Tx) error { return tx.PutNumber(number) }, "[1]"},
		{"a code", func(tx *directory.Tx) error {
			return tx.PutCode(&directory.Code{Organization: o.org, Digits: "*68", Feature: "park"})
		}, "[0 1 2]"},
		{"a contact", func(tx *directory.Tx) error {
			return tx.PutContact(&directory.Contact{Organization: o.org, First: "Zoe", Numbers: []directory.ContactNumber{{Number: "5"}}})
		}, "[]"},
	} {
		if got := o.touched(c.change); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}
