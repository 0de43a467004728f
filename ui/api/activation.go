package api

import (
	"context"
	"net/http"
	"time"

	"cradle/directory"
	"cradle/ui/access"
)

func activationRoutes(a *API) {
	clash := []int{http.StatusNotFound, http.StatusConflict}
	route(a, operation{method: http.MethodPost, path: "/extensions/{id}/activation-key", permission: access.ExtensionsWrite,
		summary: "Make an activation key: whoever enters it at a phone where nobody sits is logged in there, once", errors: clash}, a.makeActivationKey)
	route(a, operation{method: http.MethodDelete, path: "/extensions/{id}/activation-key", permission: access.ExtensionsWrite, status: http.StatusNoContent,
		summary: "Take an extension's activation key back", errors: clash}, a.revokeActivationKey)
}

type activationKey struct {
	Key   string    `json:"key" doc:"8 digits, shown now and never again."`
	Until time.Time `json:"until" doc:"When it is worthless, used or not."`
}

func (a *API) makeActivationKey(ctx context.Context, c *access.Caller, in *idInput) (*viewOutput[activationKey], error) {
	e, err := extensions().changeable(a.Directory.Snapshot(), c, in.ID)
	if err != nil {
		return nil, err
	}
	var out viewOutput[activationKey]
	err = a.Directory.Update(ctx, actor(c), func(tx *directory.Tx) error {
		key, until, err := tx.Activate(e.ID)
		out.Body = activationKey{key.Reveal(), until}
		return err
	})
	return &out, err
}

func (a *API) revokeActivationKey(ctx context.Context, c *access.Caller, in *idInput) (*none, error) {
	e, err := extensions().changeable(a.Directory.Snapshot(), c, in.ID)
	if err != nil {
		return nil, err
	}
	return nil, a.Directory.Update(ctx, actor(c), func(tx *directory.Tx) error { return tx.Deactivate(e.ID) })
}
