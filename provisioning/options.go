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
	return dhcp.Make(server, dhcp.Site{URL: p.baseURL(v, false), Time: p.timeServer(v), Networks: v.site.Networks}, p.c.Catalog.Vendors())
}

// timeServer is the site's where that is an address, which is all that a DHCP
// option can name, else ours where it is one; else none.
func (p *Provisioning) timeServer(v *visit) netip.Addr {
	stack := settings.Pile(v.snap, settings.Subject{Organization: v.snap.Organization(v.site.Organization), Site: v.site})
	for _, text := range []string{stack.Text(settings.TimeServer), p.host(v)} {
		if a, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
			return a
		}
	}
	return netip.Addr{}
}
