package api

import (
	"context"
	"net/http"
	"slices"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/ui/access"
)

// overTFTPView is a phone that gets its secrets over TFTP.
type overTFTPView struct {
	Device   directory.ID `json:"device"`
	MAC      string       `json:"mac"`
	Site     directory.ID `json:"site"`
	OnlyTFTP bool         `json:"only_tftp" doc:"Its model knows no other door; else its site is set to it."`
}

func overTFTPRoutes(a *API) {
	route(a, operation{method: http.MethodGet, path: "/over-tftp", permission: access.DevicesRead,
		summary: "Phones that get all their settings over TFTP, which carries no secret safely, by MAC", errors: []int{http.StatusNotFound}}, a.listOverTFTP)
}

func (a *API) listOverTFTP(_ context.Context, c *access.Caller, in *pageInput) (*pageOutput[overTFTPView], error) {
	org, err := in.organization(c)
	if err != nil {
		return nil, err
	}
	var all []provisioning.OverTFTP
	if a.Onboarding != nil {
		all = a.Onboarding.OverTFTP(org)
	}
	return cut(in, slices.Values(all), func(one provisioning.OverTFTP) string { return string(one.MAC) },
		func(one provisioning.OverTFTP) overTFTPView {
			return overTFTPView{one.Device, one.MAC.Colons(), one.Site, one.OnlyTFTP}
		})
}
