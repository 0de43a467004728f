package provisioning

import (
	"encoding/base64"
	"encoding/pem"
	"iter"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"cradle/provisioning/catalog"
)

// host is the address of ours that a phone is told: its site's own word, else
// the address its request arrived at; for phones outside all site networks
// the flag comes first. IPv6 stands in brackets.
func (p *Provisioning) host(v *visit) string {
	site := v.site
	if v.device != nil && site != nil && site.ID != v.device.Site {
		if own := v.snap.Site(v.device.Site); own != nil && own.Advertise != "" {
			return bracketed(own.Advertise)
		}
	}
	switch {
	case site != nil && site.Advertise != "":
		return bracketed(site.Advertise)
	case site == nil && p.c.Servers.Advertise != "":
		return bracketed(p.c.Servers.Advertise)
	case v.Local.IsValid() && !v.Local.IsUnspecified():
		return bracketed(v.Local.Unmap().WithZone("").String())
	case p.c.Servers.Advertise != "":
		return bracketed(p.c.Servers.Advertise)
	}
	if h, _, err := net.SplitHostPort(v.Host); err == nil {
		return bracketed(h)
	}
	return bracketed(v.Host)
}

func bracketed(host string) string {
	if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil && a.Is6() {
		return "[" + a.String() + "]"
	}
	return host
}

// baseURL is where a phone finds its files, ending with a slash; empty: no door
// is open. It is https only for phones that check our authority and have it.
func (p *Provisioning) baseURL(v *visit, token bool) string {
	s := p.c.Servers
	var scheme string
	var port, standard int
	switch {
	case p.securePort(v) > 0:
		scheme, port, standard = "https", p.securePort(v), 443
	case s.HTTPPort > 0:
		scheme, port, standard = "http", s.HTTPPort, 80
	case s.HTTPSPort > 0:
		scheme, port, standard = "https", s.HTTPSPort, 443
	case s.TFTPPort > 0:
		scheme, port, standard = "tftp", s.TFTPPort, 69
	default:
		return ""
	}
	url := scheme + "://" + p.host(v)
	if port != standard {
		url += ":" + strconv.Itoa(port)
	}
	url += "/p/"
	if token && v.device != nil && !v.device.TokenSealed.Empty() {
		url += "~" + v.device.TokenSealed.Reveal() + "/"
	}
	return url
}

// securePort is the TLS door that a phone is told: phones that are too old for
// the main one have a door of their own, where it is open. 0: it gets no https,
// because it cannot check our authority, has not been given it, or nobody knows
// for sure that it understands it: what it cannot check it could not come back by.
func (p *Provisioning) securePort(v *visit) int {
	if v.device == nil || len(p.c.CA) == 0 || !v.model.Family.TLS.Checks() || !p.clerk.hasAuthority(v.device) {
		return 0
	}
	if v.model.Family.TLS.Old() {
		return p.c.Servers.OldHTTPSPort
	}
	return p.c.Servers.HTTPSPort
}

// authorityURL is where a phone of this family gets our CA; empty: it cannot take one.
func (p *Provisioning) authorityURL(v *visit, base string) string {
	if len(p.c.CA) == 0 {
		return ""
	}
	for _, f := range v.model.Family.Files {
		if f.Kind == catalog.Authority {
			return base + f.Name
		}
	}
	return ""
}

// armoured takes PEM apart: of each certificate the lines of its base64.
func armoured(text []byte) (all [][]string) {
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			return all
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		base := base64.StdEncoding.EncodeToString(block.Bytes)
		all = append(all, slices.Collect(chunks(base, pemLine)))
	}
}

// pemLine is how many characters a line of PEM has (RFC 7468 section 2).
const pemLine = 64

func chunks(s string, n int) iter.Seq[string] {
	return func(yield func(string) bool) {
		for ; s != ""; s = s[min(n, len(s)):] {
			if !yield(s[:min(n, len(s))]) {
				return
			}
		}
	}
}

// certificateURL is where a phone fetches its own certificate and key; empty:
// there is none for it, or the way to it is open to eavesdroppers.
func (p *Provisioning) certificateURL(v *visit, base string) string {
	if v.device.IssuedSealed.Empty() || !strings.HasPrefix(base, "https:") {
		return ""
	}
	for _, f := range v.model.Family.Files {
		if f.Kind == catalog.Client {
			return base + v.model.FileName(f.Name, string(v.device.MAC))
		}
	}
	return ""
}
