package resync

import (
	"slices"

	"cradle/directory"
)

// layout adds the phones whose keys are laid out so.
func (d set) layout(s *directory.Snapshot, layout directory.ID) {
	for dev := range s.Devices("") {
		if l := s.LayoutOf(dev); l != nil && l.ID == layout {
			d.add(dev.ID)
		}
	}
}

func (d set) profile(s *directory.Snapshot, profile directory.ID) {
	for dev := range s.Devices("") {
		if dev.Profile == profile {
			d.add(dev.ID)
		}
	}
}

// number adds the phones of the extensions that show a number's label, where
// that or its extension has changed.
func (d set) number(s *directory.Snapshot, c directory.Change) {
	before, _ := c.Old.(*directory.Number)
	after, _ := c.New.(*directory.Number)
	if before != nil && after != nil && before.Extension == after.Extension && before.E164 == after.E164 && slices.Equal(before.Display, after.Display) {
		return
	}
	for _, n := range []*directory.Number{before, after} {
		if n != nil && n.Extension != "" {
			d.extension(s, n.Extension)
		}
	}
}

// named adds the phones whose keys name an extension that has come, gone, or
// changed what such keys show: they are found by looking through all keys of
// its organization, which such changes are rare enough for.
func (d set) named(s *directory.Snapshot, c directory.Change) {
	before, _ := c.Old.(*directory.Extension)
	after, _ := c.New.(*directory.Extension)
	var org directory.ID
	numbers := map[string]bool{}
	for _, e := range []*directory.Extension{before, after} {
		if e != nil {
			org, numbers[e.Number] = e.Organization, true
		}
	}
	if before != nil && after != nil && before.Name == after.Name && before.Number == after.Number && before.Site == after.Site && before.Department == after.Department {
		return
	}
	for dev := range s.Devices(org) {
		if l := s.LayoutOf(dev); l != nil && names(l.Keys, numbers) {
			d.add(dev.ID)
		}
	}
	for e := range s.Extensions(org) {
		if names(e.Keys, numbers) {
			d.extension(s, e.ID)
		}
	}
}

// names reports whether one of the keys shows one of the numbers, or may.
func names(keys []directory.Key, numbers map[string]bool) bool {
	for _, k := range keys {
		if k.Rule != "" || numbers[k.Value] {
			return true
		}
	}
	return false
}
