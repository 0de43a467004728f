package api

import (
	"cradle/directory"
	"cradle/ui/access"
)

// What everybody may see and change of himself: the keys of his extensions and
// his personal contacts. What is somebody else's is not found.

// ownExtension is an extension of the caller.
type ownExtension struct {
	ID       directory.ID `json:"id"`
	Revision uint64       `json:"revision"`
	Number   string       `json:"number"`
	Name     string       `json:"name"`
	Keys     []keyForm    `json:"keys" nullable:"false"`
	Phones   []ownPhone   `json:"phones" nullable:"false" doc:"The phones it rings at now."`
}

type ownPhone struct {
	PhoneID   string `json:"phone_id"`
	Name      string `json:"name"`
	Equipment string `json:"equipment"`
	Line      int    `json:"line"`
}

type ownKeys struct {
	Revised
	Keys *[]keyForm `json:"keys,omitempty" maxItems:"500"`
}

type ownContact struct {
	Extension string `json:"extension,omitempty" maxLength:"64" doc:"ID or number; empty: one's only one."`
	ContactFields
}

func ownRoutes(a *API) {
	resource[directory.Extension, ownExtension, struct{}, ownKeys]{
		name: "extension", path: "/own/extensions", read: access.Own, write: access.Own,
		all: (*directory.Snapshot).Extensions, get: (*directory.Snapshot).Extension,
		mine:         func(_ *directory.Snapshot, c *access.Caller, e *directory.Extension) bool { return e.User == c.User.ID },
		organization: func(e *directory.Extension) directory.ID { return e.Organization },
		key:          extensionOrder, view: viewOwn,
		patch: func(tx *directory.Tx, _ *access.Caller, e *directory.Extension, in *ownKeys) error {
			in.of(&e.Revision)
			setKeys(&e.Keys, in.Keys)
			return tx.PutExtension(e)
		},
	}.routes(a)
	resource[directory.Contact, contactView, ownContact, contactPatch]{
		name: "contact", path: "/own/contacts", read: access.Own, write: access.Own,
		all: (*directory.Snapshot).Contacts, get: (*directory.Snapshot).Contact,
		mine: func(s *directory.Snapshot, c *access.Caller, one *directory.Contact) bool {
			e := s.Extension(one.Extension)
			return e != nil && e.User == c.User.ID
		},
		organization: func(c *directory.Contact) directory.ID { return c.Organization },
		key:          (*directory.Contact).Order, view: viewContact,
		create: createOwnContact, patch: patchContact,
		remove: func(tx *directory.Tx, _ *access.Caller, c *directory.Contact) error { return tx.DeleteContact(c.ID) },
	}.routes(a)
}

func viewOwn(s *directory.Snapshot, e *directory.Extension) ownExtension {
	v := ownExtension{ID: e.ID, Revision: e.Revision, Number: e.Number, Name: e.Name, Keys: viewKeys(e.Keys), Phones: []ownPhone{}}
	for _, at := range s.Rings(e.ID) {
		if d := s.Device(at.Device); d != nil {
			v.Phones = append(v.Phones, ownPhone{PhoneID: d.PhoneID, Name: d.Name, Equipment: d.Equipment, Line: at.Line})
		}
	}
	return v
}

func createOwnContact(tx *directory.Tx, c *access.Caller, _ directory.ID, in *ownContact) (directory.ID, error) {
	ext, err := ownExtensionNamed(tx.Snapshot(), c.User, in.Extension)
	if err != nil {
		return "", err
	}
	contact := &directory.Contact{Organization: c.User.Organization, Extension: ext}
	in.apply(contact)
	err = tx.PutContact(contact)
	return contact.ID, err
}

// ownExtensionNamed finds one of a person's extensions, or the only one.
func ownExtensionNamed(s *directory.Snapshot, u *directory.User, ref string) (directory.ID, error) {
	var found []directory.ID
	for e := range s.Extensions(u.Organization) {
		if e.User == u.ID && (ref == "" || ref == e.Number || ref == string(e.ID)) {
			found = append(found, e.ID)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return "", wrong("body.extension", "which extension? there are several")
	}
	return "", wrong("body.extension", "no such extension of yours: "+ref)
}
