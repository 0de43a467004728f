package api

import (
	"cradle/directory"
	"cradle/ui/access"
)

// What everybody may see and change of himself: his numbers, the keys and the
// virtualization of his extensions, where they are logged in, and his personal
// contacts. What is somebody else's is not found.

// ownExtension is an extension of the caller.
type ownExtension struct {
	ID             directory.ID       `json:"id"`
	Revision       uint64             `json:"revision"`
	Number         string             `json:"number"`
	Name           string             `json:"name"`
	PIN            string             `json:"pin" enum:"none,default,chosen"`
	HotDesk        bool               `json:"hot_desk" doc:"May sit at other phones than its own."`
	Virtualization virtualizationView `json:"virtualization"`
	Keys           []keyForm          `json:"keys" nullable:"false"`
	Phones         []OwnPhone         `json:"phones" nullable:"false" doc:"The phones it rings at now."`
	Guest          *ownGuest          `json:"guest,omitempty" doc:"Where it is a guest; absent: nowhere."`
}

// ownGuest is where an extension is logged in or virtualized.
type ownGuest struct {
	OwnPhone
	Kind directory.SeatKind `json:"kind" enum:"login,virtual"`
	Base string             `json:"base" doc:"The base extension of that phone; empty: a hot-desk phone."`
}

// OwnPhone is a phone as its user sees it; it is exported only because the library that
// makes the document does not look into embedded types that are not.
type OwnPhone struct {
	PhoneID   string `json:"phone_id"`
	Name      string `json:"name"`
	Equipment string `json:"equipment"`
	Line      int    `json:"line"`
}

type ownPatch struct {
	Revised
	Keys           *[]keyForm           `json:"keys,omitempty" maxItems:"500"`
	Virtualization *virtualizationInput `json:"virtualization,omitempty"`
}

type ownContact struct {
	Extension string `json:"extension,omitempty" maxLength:"64" doc:"ID or number; empty: one's only one."`
	ContactFields
}

func ownRoutes(a *API) {
	resource[directory.Extension, ownExtension, struct{}, ownPatch]{
		name: "extension", path: "/own/extensions", read: access.Own, write: access.Own,
		all: (*directory.Snapshot).Extensions, get: (*directory.Snapshot).Extension,
		mine:         func(_ *directory.Snapshot, c *access.Caller, e *directory.Extension) bool { return e.User == c.User.ID },
		organization: func(e *directory.Extension) directory.ID { return e.Organization },
		key:          extensionOrder, view: viewOwn, patch: patchOwn,
	}.routes(a)
	resource[directory.Number, numberView, struct{}, struct{}]{
		name: "number", path: "/own/numbers", read: access.Own,
		all: (*directory.Snapshot).Numbers, get: (*directory.Snapshot).Number,
		mine:         ownNumber,
		organization: func(n *directory.Number) directory.ID { return n.Organization },
		key:          func(n *directory.Number) string { return n.E164 },
		view:         viewNumber,
	}.routes(a)
	ownHandsetRoutes(a)
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
	v := ownExtension{ID: e.ID, Revision: e.Revision, Number: e.Number, Name: e.Name, PIN: pinState(e), HotDesk: e.HotDesk,
		Virtualization: viewVirtualization(e), Keys: viewKeys(e.Keys), Phones: []OwnPhone{}}
	for _, at := range s.Rings(e.ID) {
		if d := s.Device(at.Device); d != nil {
			v.Phones = append(v.Phones, viewOwnPhone(d, at.Line))
		}
	}
	if g := s.Guest(e.ID); g != nil {
		if d := s.Device(g.Device); d != nil && g.Line <= len(d.Lines) {
			v.Guest = &ownGuest{OwnPhone: viewOwnPhone(d, g.Line), Kind: g.Kind, Base: extensionNumber(s, d.Lines[g.Line-1].Home)}
		}
	}
	return v
}

func viewOwnPhone(d *directory.Device, line int) OwnPhone {
	return OwnPhone{PhoneID: d.PhoneID, Name: d.Name, Equipment: d.Equipment, Line: line}
}

// ownNumber is a number that is assigned to the caller, or leads to his extension.
func ownNumber(s *directory.Snapshot, c *access.Caller, n *directory.Number) bool {
	e := s.Extension(n.Extension)
	return n.User == c.User.ID || e != nil && e.User == c.User.ID
}

// patchOwn changes what is a person's own: his keys, whether others may sit at his
// phones where his role may say so, and the secret code of his own extension.
func patchOwn(tx *directory.Tx, c *access.Caller, e *directory.Extension, in *ownPatch) error {
	in.of(&e.Revision)
	setKeys(&e.Keys, in.Keys)
	v := in.Virtualization
	if v != nil && v.Allow != nil && *v.Allow != e.Virtualization.Allow {
		if !c.May(access.OwnVirtualization) {
			return forbidden(access.OwnVirtualization, "your role may not say whether others sit at your phones")
		}
		e.Virtualization.Allow = *v.Allow
	}
	if err := tx.PutExtension(e); err != nil {
		return err
	}
	if v != nil && v.Secret != nil {
		return tx.SetVirtualizationSecret(e.ID, *v.Secret)
	}
	return nil
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
