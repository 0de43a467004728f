// Package phonebook holds who can be called: the people of an organization by
// name and the contacts kept beside them, as books for phones.
package phonebook

import (
	"cmp"
	"slices"
	"strings"

	"cradle/directory"
)

// The books.
const (
	Company  = "company"  // every extension of the organization and its contacts
	Site     = "site"     // the extensions and contacts of one site
	Personal = "personal" // one person's contacts
)

// Kinds are the books there are.
var Kinds = []string{Company, Site, Personal}

// Reader is for whom a book is made. Site and Person may be empty.
type Reader struct {
	Organization directory.ID
	Site         directory.ID
	Person       directory.ID // extension
}

// Entry is one entry of a book; it has at least one number.
type Entry struct {
	Name                        string
	First, Last, Company, Email string
	Speed                       string // speed dial digits
	Numbers                     []Number
}

// Number is one number of an entry.
type Number struct {
	Kind   string // office, mobile, home, other
	Number string // as dialled
}

// FirstOf gives the first number of a kind, empty where there is none.
func (e Entry) FirstOf(kind string) string {
	for _, n := range e.Numbers {
		if n.Kind == kind {
			return n.Number
		}
	}
	return ""
}

// Book gives the entries of a book by name, at most most of them (0: all).
func (s *Shelf) Book(snap *directory.Snapshot, kind string, reader Reader, most int) []Entry {
	roll := s.Roll(snap, reader.Organization)
	var entries []Entry
	for _, e := range roll.People {
		if kind == Company || kind == Site && reader.Site != "" && e.Site == reader.Site {
			entries = append(entries, Entry{Name: cmp.Or(e.Name, e.Number), Numbers: []Number{{"office", e.Number}}})
		}
	}
	for _, c := range roll.contacts {
		if stands(c, kind, reader) {
			entries = append(entries, entry(c))
		}
	}
	sortByName(entries, func(e Entry) string { return e.Name })
	if most > 0 && len(entries) > most {
		entries = entries[:most]
	}
	return entries
}

// stands reports whether a contact is in a book.
func stands(c *directory.Contact, kind string, reader Reader) bool {
	switch kind {
	case Company:
		return c.Site == "" && c.Extension == ""
	case Site:
		return reader.Site != "" && c.Site == reader.Site
	case Personal:
		return reader.Person != "" && c.Extension == reader.Person
	default:
		return false
	}
}

func entry(c *directory.Contact) Entry {
	e := Entry{Name: c.Name(), First: c.First, Last: c.Last, Company: c.Company, Email: c.Email, Speed: c.Speed}
	for _, n := range c.Numbers {
		e.Numbers = append(e.Numbers, Number{cmp.Or(n.Kind, "office"), n.Number})
	}
	return e
}

// sortByName sorts without regard to letter case; equal names keep their order.
func sortByName[T any](items []T, name func(T) string) {
	type keyed struct {
		key  string
		item T
	}
	all := make([]keyed, len(items))
	for i, item := range items {
		all[i] = keyed{strings.ToLower(name(item)), item}
	}
	slices.SortStableFunc(all, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	for i := range all {
		items[i] = all[i].item
	}
}
