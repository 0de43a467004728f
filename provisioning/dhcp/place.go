package dhcp

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// place is our address in its parts.
type place struct{ url, scheme, host, port, path string }

func read(text string) (place, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || strings.ContainsAny(text, "\"'`\\ \n\r{}") {
		return place{}, fmt.Errorf("%w: %q", ErrURL, text)
	}
	at := place{url: text, scheme: u.Scheme, host: u.Hostname(), port: u.Port(), path: strings.Trim(u.Path, "/")}
	if at.port == "" {
		at.port = map[string]string{"http": "80", "https": "443", "tftp": "69"}[at.scheme]
	}
	return at, nil
}

// fill puts our address into a value of the catalogue.
func (at place) fill(value string) string {
	return strings.NewReplacer("{url}", at.url, "{scheme}", at.scheme, "{host}", at.host, "{port}", at.port, "{path}", at.path).Replace(value)
}

// address is our host where it is an IPv4 address.
func (at place) address() (netip.Addr, bool) {
	a, err := netip.ParseAddr(at.host)
	return a, err == nil && a.Is4()
}
