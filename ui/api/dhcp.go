package api

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"

	"github.com/danielgtaylor/huma/v2"

	"cradle/directory"
	"cradle/provisioning/dhcp"
	"cradle/ui/access"
)

type dhcpInput struct {
	ID     directory.ID `path:"id" maxLength:"64"`
	Server dhcp.Server  `query:"server" default:"dnsmasq" enum:"dnsmasq,kea,isc,routeros,windows"` //nolint:misspell // a server's name
}

// dhcpView is what a person puts into a site's DHCP server.
type dhcpView struct {
	Text string `json:"text"`
	Note string `json:"note" doc:"Where it belongs, and what this server cannot do."`
}

func dhcpRoutes(a *API) {
	route(a, operation{method: http.MethodGet, path: "/sites/{id}/dhcp", permission: access.SitesRead,
		summary: "What a site's DHCP server has to be told so that phones find us",
		errors:  []int{http.StatusNotFound, http.StatusConflict}}, a.dhcp)
}

func (a *API) dhcp(ctx context.Context, c *access.Caller, in *dhcpInput) (*viewOutput[dhcpView], error) {
	site := a.Directory.Snapshot().Site(in.ID)
	if site == nil || !c.Sees(site.Organization) {
		return nil, notFound("site")
	}
	if a.Onboarding == nil {
		return nil, huma.NewError(http.StatusConflict, "no door for phones is open")
	}
	s, err := a.Onboarding.DHCP(site.ID, in.Server, a.reached(ctx, site))
	if errors.Is(err, dhcp.ErrURL) {
		return nil, huma.NewError(http.StatusConflict, err.Error()+": say what the site advertises")
	}
	return &viewOutput[dhcpView]{Body: dhcpView(s)}, err
}

// reached is the address of ours that the caller has come to; the zero value
// where the phones of a site could not come to it.
func (a *API) reached(ctx context.Context, site *directory.Site) netip.Addr {
	local, ok := ctx.Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	at := local.AddrPort().Addr().Unmap().WithZone("")
	if at.IsLoopback() && a.Directory.Snapshot().SiteOf(at) != site {
		return netip.Addr{}
	}
	return at
}
