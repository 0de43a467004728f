package api

import (
	"net/http"
	"strings"

	"cradle/directory"
	"cradle/ui/access"
)

// layoutView is a named set of keys.
type layoutView struct {
	ID       directory.ID `json:"id"`
	Revision uint64       `json:"revision"`
	Name     string       `json:"name"`
	Keys     []keyForm    `json:"keys" nullable:"false"`
}

type layoutCreate struct {
	Name string    `json:"name" minLength:"1" maxLength:"200"`
	Keys []keyForm `json:"keys,omitempty" maxItems:"500" nullable:"false"`
}

type layoutPatch struct {
	Revised
	Name *string    `json:"name,omitempty" minLength:"1" maxLength:"200"`
	Keys *[]keyForm `json:"keys,omitempty" maxItems:"500"`
}

func layoutRoutes(a *API) {
	resource[directory.Layout, layoutView, layoutCreate, layoutPatch]{
		name: "layout", path: "/layouts", read: access.LayoutsRead, write: access.LayoutsWrite,
		all: (*directory.Snapshot).Layouts, get: (*directory.Snapshot).Layout,
		organization: func(l *directory.Layout) directory.ID { return l.Organization },
		id:           func(l *directory.Layout) directory.ID { return l.ID },
		key:          func(l *directory.Layout) string { return strings.ToLower(l.Name) },
		view: func(_ *directory.Snapshot, l *directory.Layout) layoutView {
			return layoutView{ID: l.ID, Revision: l.Revision, Name: l.Name, Keys: viewKeys(l.Keys)}
		},
		create: func(tx *directory.Tx, _ *access.Caller, org directory.ID, in *layoutCreate) (directory.ID, error) {
			l := &directory.Layout{Organization: org, Name: in.Name}
			setKeys(&l.Keys, &in.Keys)
			err := tx.PutLayout(l)
			return l.ID, err
		},
		patch: func(tx *directory.Tx, _ *access.Caller, l *directory.Layout, in *layoutPatch) error {
			in.of(&l.Revision)
			set(&l.Name, in.Name)
			setKeys(&l.Keys, in.Keys)
			return tx.PutLayout(l)
		},
		remove: func(tx *directory.Tx, _ *access.Caller, l *directory.Layout) error { return tx.DeleteLayout(l.ID) },
	}.routes(a)
	route(a, operation{method: http.MethodPost, path: "/layouts/fit", permission: access.LayoutsRead,
		summary: "What of a layout a model cannot do"}, a.fit)
}
