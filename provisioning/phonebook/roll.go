package phonebook

import (
	"cmp"
	"hash/maphash"
	"slices"
	"sync"

	"cradle/directory"
)

// Shelf makes books, and remembers each organization's people in order. It is
// safe for concurrent use.
type Shelf struct {
	seed  maphash.Seed
	mu    sync.Mutex
	rolls map[directory.ID]*Roll
}

// maxRolls bounds the organizations remembered.
const maxRolls = 1024

// NewShelf makes an empty shelf.
func NewShelf() *Shelf {
	return &Shelf{seed: maphash.MakeSeed(), rolls: map[directory.ID]*Roll{}}
}

// Roll is the people of an organization as of one revision of the directory.
type Roll struct {
	// People are all extensions by name, then number. They are shared: never
	// write to them.
	People []*directory.Extension
	// Print changes when any of them or any contact does.
	Print    uint64
	contacts []*directory.Contact
	revision uint64
}

// Roll gives an organization's people. They are sorted once for a change of any
// of them, and looked through once for a revision of the directory.
func (s *Shelf) Roll(snap *directory.Snapshot, org directory.ID) *Roll {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := s.rolls[org]
	if last != nil && last.revision == snap.Revision() {
		return last
	}
	fresh := &Roll{revision: snap.Revision(), Print: s.print(snap, org)}
	if last != nil && last.Print == fresh.Print {
		fresh.People, fresh.contacts = last.People, last.contacts
	} else {
		fresh.read(snap, org)
	}
	if last == nil && len(s.rolls) >= maxRolls {
		clear(s.rolls)
	}
	if last == nil || last.revision < fresh.revision {
		s.rolls[org] = fresh
	}
	return fresh
}

func (s *Shelf) print(snap *directory.Snapshot, org directory.ID) uint64 {
	var h maphash.Hash
	h.SetSeed(s.seed)
	for e := range snap.Extensions(org) {
		h.WriteString(string(e.ID))
		maphash.WriteComparable(&h, e.Revision)
	}
	for c := range snap.Contacts(org) {
		h.WriteString(string(c.ID))
		maphash.WriteComparable(&h, c.Revision)
	}
	return h.Sum64()
}

func (r *Roll) read(snap *directory.Snapshot, org directory.ID) {
	for e := range snap.Extensions(org) {
		r.People = append(r.People, e)
	}
	r.contacts = slices.Collect(snap.Contacts(org))
	sortByName(r.People, func(e *directory.Extension) string { return cmp.Or(e.Name, e.Number) })
}
