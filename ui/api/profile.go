package api

import (
	"strings"

	"cradle/directory"
	"cradle/ui/access"
)

// profileView is a role of phones. Its settings are those of the scope
// "profile" with its ID.
type profileView struct {
	ID       directory.ID `json:"id"`
	Revision uint64       `json:"revision"`
	Name     string       `json:"name"`
	Layout   *nameAndID   `json:"layout,omitempty"`
}

type profileCreate struct {
	Name   string  `json:"name" minLength:"1" maxLength:"200"`
	Layout *string `json:"layout,omitempty" maxLength:"200" doc:"ID or name; empty: none."`
}

type profilePatch struct {
	Revised
	Name   *string `json:"name,omitempty" minLength:"1" maxLength:"200"`
	Layout *string `json:"layout,omitempty" maxLength:"200" doc:"ID or name; empty: none."`
}

func profileRoutes(a *API) {
	resource[directory.Profile, profileView, profileCreate, profilePatch]{
		name: "profile", path: "/profiles", read: access.ProfilesRead, write: access.ProfilesWrite,
		all: (*directory.Snapshot).Profiles, get: (*directory.Snapshot).Profile,
		organization: func(p *directory.Profile) directory.ID { return p.Organization },
		id:           func(p *directory.Profile) directory.ID { return p.ID },
		key:          func(p *directory.Profile) string { return strings.ToLower(p.Name) },
		view: func(s *directory.Snapshot, p *directory.Profile) profileView {
			return profileView{ID: p.ID, Revision: p.Revision, Name: p.Name, Layout: layoutRef(s, p.Layout)}
		},
		create: func(tx *directory.Tx, _ *access.Caller, org directory.ID, in *profileCreate) (directory.ID, error) {
			p := &directory.Profile{Organization: org, Name: in.Name}
			if err := setRef(findLayout, tx.Snapshot(), org, &p.Layout, in.Layout, "body.layout"); err != nil {
				return "", err
			}
			err := tx.PutProfile(p)
			return p.ID, err
		},
		patch: func(tx *directory.Tx, _ *access.Caller, p *directory.Profile, in *profilePatch) error {
			in.of(&p.Revision)
			set(&p.Name, in.Name)
			if err := setRef(findLayout, tx.Snapshot(), p.Organization, &p.Layout, in.Layout, "body.layout"); err != nil {
				return err
			}
			return tx.PutProfile(p)
		},
		remove: func(tx *directory.Tx, _ *access.Caller, p *directory.Profile) error { return tx.DeleteProfile(p.ID) },
	}.routes(a)
}
