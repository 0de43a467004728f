package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/ui/access"
)

// oldTLSView is a phone that needs the TLS door for old ones.
type oldTLSView struct {
	Device  directory.ID `json:"device"`
	MAC     string       `json:"mac"`
	At      time.Time    `json:"at"`
	Version string       `json:"version"`
	Suite   string       `json:"suite"`
}

func oldTLSRoutes(a *API) {
	route(a, operation{method: http.MethodGet, path: "/old-tls", permission: access.DevicesRead,
		summary: "Phones that need the TLS door for old ones, the last that came first", errors: []int{http.StatusNotFound}}, a.listOldTLS)
}

func (a *API) listOldTLS(_ context.Context, c *access.Caller, in *pageInput) (*pageOutput[oldTLSView], error) {
	org, err := in.organization(c)
	if err != nil {
		return nil, err
	}
	snap := a.Directory.Snapshot()
	var mine []provisioning.OldTLS
	if a.Onboarding != nil {
		mine = slices.DeleteFunc(a.Onboarding.OldTLS(), func(one provisioning.OldTLS) bool {
			d := snap.Device(one.Device)
			return d == nil || d.Organization != org
		})
	}
	return cut(in, slices.Values(mine), func(one provisioning.OldTLS) string { return newestFirst(one.At) + string(one.MAC) },
		func(one provisioning.OldTLS) oldTLSView {
			return oldTLSView{one.Device, one.MAC.Colons(), one.At, one.Version, one.Suite}
		})
}
