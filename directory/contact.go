package directory

import (
	"iter"
	"slices"
	"strings"
)

// Contact is an entry of a phonebook: of the company's (Site and Extension
// empty), of a site's, or of one person's.
type Contact struct {
	ID           ID
	Revision     uint64
	Organization ID
	Site         ID
	Extension    ID
	First, Last  string
	Company      string
	Email        string
	Numbers      []ContactNumber // 1 to 8
	Speed        string          // speed dial: 1 to 6 digits; empty: none
}

// ContactNumber is one number of a contact.
type ContactNumber struct {
	Kind   string // office, mobile, home, other; empty: office
	Number string // up to 32 digits, + * #
}

const (
	maxContactNumbers = 8
	maxContactNumber  = 32
)

// Name is what a phonebook shows: first and last name, else the company.
func (c *Contact) Name() string {
	if name := strings.TrimSpace(c.First + " " + c.Last); name != "" {
		return name
	}
	return c.Company
}

func (c *Contact) table() table                         { return tContact }
func (c *Contact) head() (ID, uint64)                   { return c.ID, c.Revision }
func (c *Contact) setHead(id ID, rev uint64)            { c.ID, c.Revision = id, rev }
func (c *Contact) organization() ID                     { return c.Organization }
func (c *Contact) encode(*Keys) ([]byte, error)         { return encodePlain(c) }
func (c *Contact) decode(_ *Keys, _ ID, b []byte) error { return decodePlain(b, c) }
func (c *Contact) uniques() []unique                    { return nil }

func (c *Contact) sortKey() string {
	return strings.ToLower(strings.Join(strings.Fields(c.Last+" "+c.First+" "+c.Company), " "))
}

func (c *Contact) refs() []ref {
	r := []ref{{to: c.Organization, t: tOrganization, as: refOrganization}}
	if c.Site != "" {
		r = append(r, ref{to: c.Site, t: tSite, as: refSite})
	}
	if c.Extension != "" {
		r = append(r, ref{to: c.Extension, t: tExtension, as: refOwner})
	}
	return r
}

func (c *Contact) clone() record {
	d := *c
	d.Numbers = slices.Clone(c.Numbers)
	return &d
}

func (c *Contact) check() error {
	switch {
	case c.Name() == "":
		return invalid("contact has neither a name nor a company")
	case c.Site != "" && c.Extension != "":
		return invalid("contact %q is a site's and a person's at once", c.Name())
	case len(c.Numbers) < 1 || len(c.Numbers) > maxContactNumbers:
		return invalid("contact %q has %d numbers, not 1 to %d", c.Name(), len(c.Numbers), maxContactNumbers)
	}
	for _, n := range c.Numbers {
		if n.Number == "" || len(n.Number) > maxContactNumber || strings.Trim(n.Number, "0123456789+*#") != "" {
			return invalid("number %q of contact %q is not 1 to %d of 0-9 + * #", n.Number, c.Name(), maxContactNumber)
		}
		if err := checkOneOf("kind of number", n.Kind, "office", "mobile", "home", "other"); err != nil {
			return err
		}
	}
	if c.Speed != "" {
		if err := checkDigits("speed dial", c.Speed, 1, 6); err != nil {
			return err
		}
	}
	return firstError(
		checkText("first name", c.First, false), checkText("last name", c.Last, false),
		checkText("company", c.Company, false), checkText("e-mail", c.Email, false))
}

// Order is the contact's place in the listings, unique in the organization.
func (c *Contact) Order() string { return c.sortKey() + "/" + string(c.ID) }

// Contact gives a contact of a phonebook.
func (s *Snapshot) Contact(id ID) *Contact { return lookup[*Contact](s, tContact, id) }

// Contacts walks all contacts of an organization (empty: of all) by last name,
// the personal ones too.
func (s *Snapshot) Contacts(org ID) iter.Seq[*Contact] { return list[*Contact](s, tContact, org) }

// ContactsOf walks the personal contacts of an extension, in no order of names.
func (s *Snapshot) ContactsOf(ext ID) iter.Seq[*Contact] {
	return func(yield func(*Contact) bool) {
		for r := range s.referring(ext, refOwner) {
			if c := s.Contact(r.from); c != nil && !yield(c) {
				return
			}
		}
	}
}

// PutContact creates or changes a contact.
func (tx *Tx) PutContact(c *Contact) error { return tx.put(c) }

// DeleteContact deletes a contact.
func (tx *Tx) DeleteContact(id ID) error { return tx.remove(tContact, id) }
