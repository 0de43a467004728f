package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"cradle/directory"
	"cradle/provisioning/onboard"
	"cradle/ui/access"
)

// strangerView is one who asked from a site's network and whom nobody recognises.
type strangerView struct {
	MAC       string       `json:"mac,omitempty"`
	Source    string       `json:"source"`
	UserAgent string       `json:"user_agent"`
	Files     []string     `json:"files" nullable:"false"`
	Doors     []string     `json:"doors" nullable:"false" doc:"http, https, tftp, pnp"`
	First     time.Time    `json:"first"`
	Last      time.Time    `json:"last"`
	Count     int          `json:"count"`
	Site      string       `json:"site" doc:"Its name."`
	SiteID    directory.ID `json:"site_id"`
}

func strangerRoutes(a *API) {
	route(a, operation{method: http.MethodGet, path: "/strangers", permission: access.DevicesRead,
		summary: "Who asked from a site's network without being recognised, the last first", errors: []int{http.StatusNotFound}}, a.listStrangers)
}

func (a *API) listStrangers(_ context.Context, c *access.Caller, in *pageInput) (*pageOutput[strangerView], error) {
	org, err := in.organization(c)
	if err != nil {
		return nil, err
	}
	snap := a.Directory.Snapshot()
	var mine []onboard.Stranger
	if a.Onboarding != nil {
		mine = slices.DeleteFunc(a.Onboarding.Strangers(), func(s onboard.Stranger) bool {
			site := snap.Site(s.Site)
			return site == nil || site.Organization != org
		})
	}
	return cut(in, slices.Values(mine), func(s onboard.Stranger) string { return newestFirst(s.Last) + string(s.MAC) + s.Source.String() },
		func(s onboard.Stranger) strangerView { return viewStranger(snap, s) })
}

// Stranger draws one for the stream, and says whose network he is in; empty: the
// site is gone.
func (a *API) Stranger(s *directory.Snapshot, one onboard.Stranger) (directory.ID, any) {
	site := s.Site(one.Site)
	if site == nil {
		return "", nil
	}
	return site.Organization, viewStranger(s, one)
}

func viewStranger(s *directory.Snapshot, one onboard.Stranger) strangerView {
	v := strangerView{Source: one.Source.String(), UserAgent: one.UserAgent, Files: list(one.Files), Doors: list(one.Doors), First: one.First, Last: one.Last,
		Count: one.Count, Site: nameOf(siteRef(s, one.Site)), SiteID: one.Site}
	if one.MAC != "" {
		v.MAC = one.MAC.Colons()
	}
	return v
}
