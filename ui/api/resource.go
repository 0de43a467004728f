package api

import (
	"context"
	"errors"
	"iter"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"cradle/directory"
	"cradle/ui/access"
)

// resource describes records that are listed, read, made, changed and deleted
// in the ordinary way. R is the record, V how it is shown, C what makes one and
// P what changes one. Functions that are nil are operations that do not exist.
type resource[R, V, C, P any] struct {
	name        string // one of them, for problem documents
	path        string // below /api/v1
	read, write access.Permission

	all func(*directory.Snapshot, directory.ID) iter.Seq[*R]
	// everywhere replaces all for callers who see all organizations and name none.
	everywhere func(*directory.Snapshot) iter.Seq[*R]
	get        func(*directory.Snapshot, directory.ID) *R
	// mine narrows the records to those that are the caller's own; nil: all that
	// he sees.
	mine func(*directory.Snapshot, *access.Caller, *R) bool
	// organization of a record; empty for the appliance's, which all may read and
	// only its own administrators may change.
	organization func(*R) directory.ID
	id           func(*R) directory.ID
	key          func(*R) string // what lists are ordered by, unique in an organization
	view         func(*directory.Snapshot, *R) V

	create func(*directory.Tx, *access.Caller, directory.ID, *C) (directory.ID, error)
	// patch changes a copy of the record and puts it.
	patch  func(*directory.Tx, *access.Caller, *R, *P) error
	remove func(*directory.Tx, *access.Caller, *R) error
}

type viewOutput[V any] struct{ Body V }

type createInput[C any] struct {
	Organization directory.ID `query:"organization" maxLength:"64" doc:"Another organization than one's own, where one may see it."`
	Body         C
}

type patchInput[P any] struct {
	ID   directory.ID `path:"id" maxLength:"64"`
	Body P
}

// routes registers the operations of a resource.
func (r resource[R, V, C, P]) routes(a *API) {
	missing := []int{http.StatusNotFound}
	clash := []int{http.StatusNotFound, http.StatusConflict}
	one := r.path + "/{id}"
	if r.all != nil {
		route(a, operation{method: http.MethodGet, path: r.path, permission: r.read, summary: "List " + r.path[1:], errors: missing}, r.list(a))
	}
	route(a, operation{method: http.MethodGet, path: one, permission: r.read, summary: "Read one " + r.name, errors: missing}, r.readOne(a))
	if r.create != nil {
		route(a, operation{method: http.MethodPost, path: r.path, permission: r.write, status: http.StatusCreated,
			summary: "Make one " + r.name, errors: clash}, r.makeOne(a))
	}
	if r.patch != nil {
		route(a, operation{method: http.MethodPatch, path: one, permission: r.write, summary: "Change what is named of one " + r.name, errors: clash}, r.changeOne(a))
	}
	if r.remove != nil {
		route(a, operation{method: http.MethodDelete, path: one, permission: r.write, status: http.StatusNoContent,
			summary: "Delete one " + r.name, errors: clash}, r.deleteOne(a))
	}
}

func (r resource[R, V, C, P]) list(a *API) func(context.Context, *access.Caller, *pageInput) (*pageOutput[V], error) {
	return func(_ context.Context, c *access.Caller, in *pageInput) (*pageOutput[V], error) {
		org, err := in.organization(c)
		if err != nil {
			return nil, err
		}
		snap := a.Directory.Snapshot()
		all := r.all(snap, org)
		if r.everywhere != nil && c.Everywhere && in.Organization == "" {
			all = r.everywhere(snap)
		}
		if r.mine != nil {
			all = only(all, func(one *R) bool { return r.mine(snap, c, one) })
		}
		return cut(in, all, r.key, func(one *R) V { return r.view(snap, one) })
	}
}

func (r resource[R, V, C, P]) readOne(a *API) func(context.Context, *access.Caller, *idInput) (*viewOutput[V], error) {
	return func(_ context.Context, c *access.Caller, in *idInput) (*viewOutput[V], error) {
		snap := a.Directory.Snapshot()
		one, err := r.visible(snap, c, in.ID)
		if err != nil {
			return nil, err
		}
		return &viewOutput[V]{Body: r.view(snap, one)}, nil
	}
}

func (r resource[R, V, C, P]) makeOne(a *API) func(context.Context, *access.Caller, *createInput[C]) (*viewOutput[V], error) {
	return func(ctx context.Context, c *access.Caller, in *createInput[C]) (*viewOutput[V], error) {
		org, err := (&pageInput{Organization: in.Organization}).organization(c)
		if err != nil {
			return nil, err
		}
		if err := prepare(ctx, a, &in.Body); err != nil {
			return nil, err
		}
		var id directory.ID
		err = a.Directory.Update(ctx, actor(c), func(tx *directory.Tx) error {
			id, err = r.create(tx, c, org, &in.Body)
			return ofInput(err)
		})
		if err != nil {
			return nil, err
		}
		return r.shown(a, id)
	}
}

func (r resource[R, V, C, P]) changeOne(a *API) func(context.Context, *access.Caller, *patchInput[P]) (*viewOutput[V], error) {
	return func(ctx context.Context, c *access.Caller, in *patchInput[P]) (*viewOutput[V], error) {
		if err := prepare(ctx, a, &in.Body); err != nil {
			return nil, err
		}
		err := a.Directory.Update(ctx, actor(c), func(tx *directory.Tx) error {
			one, err := r.changeable(tx.Snapshot(), c, in.ID)
			if err != nil {
				return err
			}
			changed := *one
			return ofInput(r.patch(tx, c, &changed, &in.Body))
		})
		if err != nil {
			return nil, err
		}
		return r.shown(a, in.ID)
	}
}

func (r resource[R, V, C, P]) deleteOne(a *API) func(context.Context, *access.Caller, *idInput) (*none, error) {
	return func(ctx context.Context, c *access.Caller, in *idInput) (*none, error) {
		return nil, a.Directory.Update(ctx, actor(c), func(tx *directory.Tx) error {
			one, err := r.changeable(tx.Snapshot(), c, in.ID)
			if err != nil {
				return err
			}
			return r.remove(tx, c, one)
		})
	}
}

// visible is a record that the caller may see.
func (r resource[R, V, C, P]) visible(snap *directory.Snapshot, c *access.Caller, id directory.ID) (*R, error) {
	one := r.get(snap, id)
	if one == nil || r.mine != nil && !r.mine(snap, c, one) {
		return nil, notFound(r.name)
	}
	if org := r.organization(one); org != "" && !c.Sees(org) {
		return nil, notFound(r.name)
	}
	return one, nil
}

// changeable is a visible record that the caller may change.
func (r resource[R, V, C, P]) changeable(snap *directory.Snapshot, c *access.Caller, id directory.ID) (*R, error) {
	one, err := r.visible(snap, c, id)
	if err == nil && r.organization(one) == "" && !c.Home {
		return nil, ofApplianceOnly(r.write)
	}
	return one, err
}

// ofApplianceOnly refuses a change of what all organizations share.
func ofApplianceOnly(p access.Permission) error {
	return forbidden(p, "only the organization that runs the appliance changes what all share")
}

// only leaves out the records that do not fit.
func only[R any](all iter.Seq[*R], fits func(*R) bool) iter.Seq[*R] {
	return func(yield func(*R) bool) {
		for one := range all {
			if fits(one) && !yield(one) {
				return
			}
		}
	}
}

// shown is a record as it is after a change.
func (r resource[R, V, C, P]) shown(a *API, id directory.ID) (*viewOutput[V], error) {
	snap := a.Directory.Snapshot()
	one := r.get(snap, id)
	if one == nil {
		return nil, notFound(r.name) // deleted by somebody else meanwhile
	}
	return &viewOutput[V]{Body: r.view(snap, one)}, nil
}

// ofInput tells a record that an input refers to and that is not there from
// the one that was asked for: the former is the input's fault.
func ofInput(err error) error {
	if errors.Is(err, directory.ErrNotFound) {
		return huma.NewError(http.StatusUnprocessableEntity, err.Error())
	}
	return err
}

// prepare does what an input needs before the transaction, if anything.
func prepare(ctx context.Context, a *API, body any) error {
	if p, ok := body.(interface {
		prepare(context.Context, *API) error
	}); ok {
		return p.prepare(ctx, a)
	}
	return nil
}

// set gives a field a new value where the input names one.
func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

// Revised is the revision of the record that a change was made from.
type Revised struct {
	Revision uint64 `json:"revision,omitempty" doc:"The revision this change was made from; refused with 409 when the record has changed meanwhile."`
}

// of sets the revision that the directory compares.
func (r Revised) of(field *uint64) {
	if r.Revision != 0 {
		*field = r.Revision
	}
}
