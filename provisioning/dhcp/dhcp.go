// Package dhcp writes what a site's DHCP server has to be told so that phones
// find us: ready-made lines for the servers that people have. What each vendor's
// phones listen to is data of the catalogue.
package dhcp

import (
	"fmt"
	"net/netip"
	"slices"

	"cradle/provisioning/catalog"
)

// Server is a program that lines can be written for.
type Server string

// The servers.
const (
	Dnsmasq  Server = "dnsmasq"
	Kea      Server = "kea"
	ISC      Server = "isc"
	RouterOS Server = "routeros" //nolint:misspell // its name
	Windows  Server = "windows"
)

// Servers gives all of them, in the order they are offered.
func Servers() []Server { return []Server{Dnsmasq, Kea, ISC, RouterOS, Windows} }

// Site is what the options say.
type Site struct {
	// URL is where phones find their settings, such as "http://10.0.0.5:8080/p/".
	URL string
	// Time is the time server (option 42); the zero value leaves it out.
	Time netip.Addr
	// Networks are the site's; servers that want it are told them.
	Networks []netip.Prefix
}

// Snippet is what a person puts into a DHCP server.
type Snippet struct {
	Text string
	// Note says where it belongs, and what this server cannot do.
	Note string
}

// Make writes the lines for a server. Errors wrap ErrServer or ErrURL.
func Make(server Server, site Site, vendors []*catalog.Vendor) (Snippet, error) {
	write, known := map[Server]func(plan, Site) Snippet{
		Dnsmasq: dnsmasq, Kea: kea, ISC: isc, RouterOS: routerOS, Windows: windows,
	}[server]
	if !known {
		return Snippet{}, fmt.Errorf("%w: %q is none of %v", ErrServer, server, Servers())
	}
	at, err := read(site.URL)
	if err != nil {
		return Snippet{}, err
	}
	p := newPlan(vendors, at)
	if site.Time.Is4() {
		p.everybody.options = append(p.everybody.options, option{code: timeServers, address: site.Time})
	}
	slices.SortFunc(p.everybody.options, func(a, b option) int { return a.code - b.code })
	s := write(p, site)
	if p.unsaid > 0 {
		s.Note += fmt.Sprintf(" Left out, because %s is no IPv4 address: %d.", at.host, p.unsaid)
	}
	if p.misplaced > 0 {
		s.Note += fmt.Sprintf(" Left out, because they are text where addresses belong: %d.", p.misplaced)
	}
	return s, nil
}
