package api

import (
	"cradle/directory"
	"cradle/ui/access"
)

// codeView is a dialled feature code.
type codeView struct {
	ID       directory.ID `json:"id"`
	Revision uint64       `json:"revision"`
	Digits   string       `json:"digits"`
	Feature  string       `json:"feature"`
	Argument bool         `json:"argument" doc:"More digits may follow."`
}

type codeCreate struct {
	Digits   string `json:"digits" minLength:"1" maxLength:"16"`
	Feature  string `json:"feature" minLength:"1" maxLength:"64"`
	Argument bool   `json:"argument,omitempty"`
}

type codePatch struct {
	Revised
	Digits *string `json:"digits,omitempty" minLength:"1" maxLength:"16"`
}

func codeRoutes(a *API) {
	resource[directory.Code, codeView, codeCreate, codePatch]{
		name: "code", path: "/codes", read: access.CodesRead, write: access.CodesWrite,
		all: (*directory.Snapshot).Codes, get: (*directory.Snapshot).Code,
		organization: func(c *directory.Code) directory.ID { return c.Organization },
		id:           func(c *directory.Code) directory.ID { return c.ID },
		key:          func(c *directory.Code) string { return c.Digits },
		view: func(_ *directory.Snapshot, c *directory.Code) codeView {
			return codeView{ID: c.ID, Revision: c.Revision, Digits: c.Digits, Feature: c.Feature, Argument: c.Argument}
		},
		create: func(tx *directory.Tx, _ *access.Caller, org directory.ID, in *codeCreate) (directory.ID, error) {
			c := &directory.Code{Organization: org, Digits: in.Digits, Feature: in.Feature, Argument: in.Argument}
			err := tx.PutCode(c)
			return c.ID, err
		},
		patch: func(tx *directory.Tx, _ *access.Caller, c *directory.Code, in *codePatch) error {
			in.of(&c.Revision)
			set(&c.Digits, in.Digits)
			return tx.PutCode(c)
		},
		remove: func(tx *directory.Tx, _ *access.Caller, c *directory.Code) error { return tx.DeleteCode(c.ID) },
	}.routes(a)
}
