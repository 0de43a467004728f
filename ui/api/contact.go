package api

import (
	"cradle/directory"
	"cradle/ui/access"
)

// contactView is an entry of a phonebook: the company's, a site's or, where it
// names an extension, one person's.
type contactView struct {
	ID        directory.ID    `json:"id"`
	Revision  uint64          `json:"revision"`
	Site      *nameAndID      `json:"site,omitempty"`
	Extension string          `json:"extension" doc:"Number of the person whose contact it is; empty: everybody's."`
	First     string          `json:"first"`
	Last      string          `json:"last"`
	Company   string          `json:"company"`
	Email     string          `json:"email"`
	Numbers   []contactNumber `json:"numbers" nullable:"false"`
	Speed     string          `json:"speed"`
}

type contactNumber struct {
	Kind   string `json:"kind,omitempty" enum:"office,mobile,home,other"`
	Number string `json:"number" minLength:"1" maxLength:"32"`
}

// ContactFields is what may be set of one; it is exported only because the library
// that makes the document does not look into embedded types that are not.
type ContactFields struct {
	First   *string          `json:"first,omitempty" maxLength:"200"`
	Last    *string          `json:"last,omitempty" maxLength:"200"`
	Company *string          `json:"company,omitempty" maxLength:"200"`
	Email   *string          `json:"email,omitempty" maxLength:"200"`
	Numbers *[]contactNumber `json:"numbers,omitempty" minItems:"1" maxItems:"8"`
	Speed   *string          `json:"speed,omitempty" maxLength:"6" doc:"Speed dial, digits."`
}

type contactCreate struct {
	Site      *string `json:"site,omitempty" maxLength:"200" doc:"ID or name; for a site's phonebook."`
	Extension *string `json:"extension,omitempty" maxLength:"64" doc:"ID or number; for one person's phonebook."`
	ContactFields
}

type contactPatch struct {
	Revised
	ContactFields
}

func contactRoutes(a *API) {
	resource[directory.Contact, contactView, contactCreate, contactPatch]{
		name: "contact", path: "/contacts", read: access.ContactsRead, write: access.ContactsWrite,
		all: (*directory.Snapshot).Contacts, get: (*directory.Snapshot).Contact,
		organization: func(c *directory.Contact) directory.ID { return c.Organization },
		id:           func(c *directory.Contact) directory.ID { return c.ID },
		key:          (*directory.Contact).Order,
		view:         viewContact,
		create: func(tx *directory.Tx, _ *access.Caller, org directory.ID, in *contactCreate) (directory.ID, error) {
			c := &directory.Contact{Organization: org}
			s := tx.Snapshot()
			if err := setRef(findSite, s, org, &c.Site, in.Site, "body.site"); err != nil {
				return "", err
			}
			if err := setRef(findExtension, s, org, &c.Extension, in.Extension, "body.extension"); err != nil {
				return "", err
			}
			in.apply(c)
			err := tx.PutContact(c)
			return c.ID, err
		},
		patch:  patchContact,
		remove: func(tx *directory.Tx, _ *access.Caller, c *directory.Contact) error { return tx.DeleteContact(c.ID) },
	}.routes(a)
}

func patchContact(tx *directory.Tx, _ *access.Caller, c *directory.Contact, in *contactPatch) error {
	in.of(&c.Revision)
	in.apply(c)
	return tx.PutContact(c)
}

func viewContact(s *directory.Snapshot, c *directory.Contact) contactView {
	v := contactView{ID: c.ID, Revision: c.Revision, Site: siteRef(s, c.Site), Extension: extensionNumber(s, c.Extension),
		First: c.First, Last: c.Last, Company: c.Company, Email: c.Email, Numbers: []contactNumber{}, Speed: c.Speed}
	for _, n := range c.Numbers {
		v.Numbers = append(v.Numbers, contactNumber(n))
	}
	return v
}

func (f *ContactFields) apply(c *directory.Contact) {
	set(&c.First, f.First)
	set(&c.Last, f.Last)
	set(&c.Company, f.Company)
	set(&c.Email, f.Email)
	set(&c.Speed, f.Speed)
	if f.Numbers == nil {
		return
	}
	c.Numbers = make([]directory.ContactNumber, 0, len(*f.Numbers))
	for _, n := range *f.Numbers {
		c.Numbers = append(c.Numbers, directory.ContactNumber(n))
	}
}
