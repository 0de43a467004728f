package provisioning

import (
	"fmt"
	"net/netip"
	"strings"

	"cradle/directory"
	"cradle/provisioning/dhcp"
	"cradle/provisioning/settings"
)

// DHCP writes what a site's DHCP server has to be told so that phones find us.
// Host is the address of ours that is told where the site names none: the one
// the reader of the lines has come to. Errors wrap ErrNoSite or those of dhcp.
func (p *Provisioning) DHCP(id directory.ID, server dhcp.Server, host netip.Addr) (dhcp.Snippet, error) {
	v := &visit{snap: p.c.Directory.Snapshot(), Request: Request{Local: host}}
	if v.site = v.snap.Site(id); v.site == nil {
		return dhcp.Snippet{}, fmt.Errorf("%w: %q", ErrNoSite, id)
	}
	return dhcp.Make(server, dhcp.Site{URL: p.baseURL(v, false), Time: p.timeServer(v), Networks: v.site.Networks}, p.Catalog().Vendors())
}

// ntp is the only port that phones ask for the time.
const ntp = 123

// timeServer is the site's where that is an address, which is all that a DHCP
// option can name, else ours where it is one and answers; else none.
func (p *Provisioning) timeServer(v *visit) netip.Addr {
	stack := settings.Pile(v.snap, settings.Subject{Organization: v.snap.Organization(v.site.Organization), Site: v.site})
	if a, err := netip.ParseAddr(stack.Text(settings.TimeServer)); err == nil {
		return a
	}
	a, err := netip.ParseAddr(strings.Trim(p.host(v), "[]"))
	if err != nil || p.c.Servers.SNTPPort != ntp {
		return netip.Addr{}
	}
	return a
}
