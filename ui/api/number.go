package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"cradle/directory"
	"cradle/ui/access"
)

// numberView is an E.164 number of a site.
type numberView struct {
	ID        directory.ID           `json:"id"`
	Revision  uint64                 `json:"revision"`
	Number    string                 `json:"number"`
	Status    directory.NumberStatus `json:"status" enum:"reserved,active,pending"`
	Main      bool                   `json:"main" doc:"The main number of its site; read-only here."`
	Display   []string               `json:"display" nullable:"false" maxItems:"2"`
	Site      *nameAndID             `json:"site,omitempty"`
	User      *nameAndID             `json:"user,omitempty"`
	Extension string                 `json:"extension" doc:"Its number; empty: none."`
}

// NumberFields is what may be set of one; it is exported only because the library
// that makes the document does not look into embedded types that are not.
type NumberFields struct {
	Status    *directory.NumberStatus `json:"status,omitempty" enum:"reserved,active"`
	Display   *[]string               `json:"display,omitempty" maxItems:"2"`
	Site      *string                 `json:"site,omitempty" maxLength:"200" doc:"ID or name."`
	User      *string                 `json:"user,omitempty" maxLength:"254" doc:"ID or e-mail address."`
	Extension *string                 `json:"extension,omitempty" maxLength:"64" doc:"ID or number."`
}

type numberCreate struct {
	Number string `json:"number" pattern:"^\\+[0-9]{2,15}$"`
	NumberFields
}

type numberPatch struct {
	Revised
	NumberFields
}

func numberRoutes(a *API) {
	resource[directory.Number, numberView, numberCreate, numberPatch]{
		name: "number", path: "/numbers", read: access.NumbersRead, write: access.NumbersWrite,
		all: (*directory.Snapshot).Numbers, get: (*directory.Snapshot).Number,
		organization: func(n *directory.Number) directory.ID { return n.Organization },
		id:           func(n *directory.Number) directory.ID { return n.ID },
		key:          func(n *directory.Number) string { return n.E164 },
		view:         viewNumber, create: createNumber, patch: patchNumber, remove: removeNumber,
	}.routes(a)
}

func viewNumber(s *directory.Snapshot, n *directory.Number) numberView {
	return numberView{ID: n.ID, Revision: n.Revision, Number: n.E164, Status: n.Status, Main: isMain(s, n),
		Display: list(n.Display), Site: siteRef(s, n.Site), User: userRef(s, n.User), Extension: extensionNumber(s, n.Extension)}
}

func isMain(s *directory.Snapshot, n *directory.Number) bool {
	site := s.Site(n.Site)
	return site != nil && site.MainNumber == n.E164
}

func errMain() error {
	return huma.NewError(http.StatusForbidden, "a site's main number is read-only here")
}

// mayLogIn says why the numbers of an extension keep it from a handset: one is being
// changed just now, or it has some and none is in use as somebody's own.
func mayLogIn(s *directory.Snapshot, extension directory.ID) error {
	var why error
	ready := false
	for n := range s.NumbersOf(extension) {
		switch {
		case n.Status == directory.NumberPending:
			return huma.NewError(http.StatusConflict, "the number "+n.E164+" is being changed just now")
		case isMain(s, n):
			why = wrong("body.extension", "the number "+n.E164+" is the main number of its site and is logged in nowhere")
		case n.Status == directory.NumberReserved:
			why = wrong("body.extension", "the number "+n.E164+" is only reserved; activate it first")
		default:
			ready = true
		}
	}
	if ready {
		return nil
	}
	return why
}

func createNumber(tx *directory.Tx, _ *access.Caller, org directory.ID, in *numberCreate) (directory.ID, error) {
	n := &directory.Number{Organization: org, E164: in.Number, Status: directory.NumberReserved}
	err := changeNumber(tx, n, &in.NumberFields)
	return n.ID, err
}

func patchNumber(tx *directory.Tx, _ *access.Caller, n *directory.Number, in *numberPatch) error {
	if err := mayChange(tx.Snapshot(), n, &in.NumberFields); err != nil {
		return err
	}
	in.of(&n.Revision)
	return changeNumber(tx, n, &in.NumberFields)
}

// mayChange holds that a main number is read-only, one that is being changed waits,
// and one that is reserved is taken into use before anything else is done with it.
func mayChange(s *directory.Snapshot, n *directory.Number, in *NumberFields) error {
	switch {
	case isMain(s, n):
		return errMain()
	case n.Status == directory.NumberPending:
		return huma.NewError(http.StatusForbidden, "the number "+n.E164+" is being changed just now")
	case n.Status == directory.NumberReserved && (in.Status == nil || *in.Status != directory.NumberActive):
		return huma.NewError(http.StatusForbidden, "the number "+n.E164+" is only reserved; activate it first")
	}
	return nil
}

func changeNumber(tx *directory.Tx, n *directory.Number, in *NumberFields) error {
	s := tx.Snapshot()
	set(&n.Status, in.Status)
	set(&n.Display, in.Display)
	if err := setRef(findSite, s, n.Organization, &n.Site, in.Site, "body.site"); err != nil {
		return err
	}
	if n.Site == "" {
		var err error
		if n.Site, err = onlySite(s, n.Organization); err != nil {
			return err
		}
	}
	if err := setRef(findUser, s, n.Organization, &n.User, in.User, "body.user"); err != nil {
		return err
	}
	if err := setRef(findExtension, s, n.Organization, &n.Extension, in.Extension, "body.extension"); err != nil {
		return err
	}
	return tx.PutNumber(n)
}

func removeNumber(tx *directory.Tx, _ *access.Caller, n *directory.Number) error {
	switch s := tx.Snapshot(); {
	case isMain(s, n):
		return errMain()
	case n.Status == directory.NumberPending:
		return huma.NewError(http.StatusForbidden, "the number "+n.E164+" is being changed just now")
	}
	return tx.DeleteNumber(n.ID)
}
