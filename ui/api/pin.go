package api

import (
	"context"
	"net/http"

	"cradle/ui/access"
)

func pinRoutes(a *API) {
	route(a, operation{method: http.MethodPost, path: "/extensions/{id}/reset-pin", permission: access.ExtensionsWrite,
		summary: "Return to the default PIN, and take attempts at PIN and secret code again", errors: []int{http.StatusNotFound, http.StatusConflict}}, a.resetPIN)
}

// resetPIN is what helps somebody who forgot a PIN, or locked it.
func (a *API) resetPIN(ctx context.Context, c *access.Caller, in *idInput) (*viewOutput[extensionView], error) {
	e, err := extensions().changeable(a.Directory.Snapshot(), c, in.ID)
	if err != nil {
		return nil, err
	}
	if err := a.Directory.ResetPIN(ctx, actor(c), e.ID); err != nil {
		return nil, err
	}
	return extensions().shown(a, in.ID)
}
