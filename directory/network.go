package directory

import (
	"net/netip"
	"slices"
)

// networks finds the site of an address: one lookup for each prefix length that
// is in use, the longest first, whatever the number of sites.
type networks struct {
	sites    map[netip.Prefix]ID
	bits4    []int // lengths in use, falling
	bits6    []int
	prefixes []netip.Prefix // all, in order of address, for the test of overlaps
}

// SiteOf gives the site with the longest network that holds the address, nil
// when the address is outside every site network. A zone is ignored, an IPv4
// address written as IPv6 is IPv4.
func (s *Snapshot) SiteOf(addr netip.Addr) *Site {
	if s.networks == nil {
		return nil
	}
	addr = addr.Unmap().WithZone("")
	bits := s.networks.bits6
	if addr.Is4() {
		bits = s.networks.bits4
	}
	for _, n := range bits {
		p, err := addr.Prefix(n)
		if err != nil {
			return nil
		}
		if id, ok := s.networks.sites[p]; ok {
			return s.Site(id)
		}
	}
	return nil
}

// buildNetworks makes the table anew; sites change rarely.
func buildNetworks(s *Snapshot) *networks {
	n := &networks{sites: make(map[netip.Prefix]ID)}
	for site := range s.Sites("") {
		for _, p := range site.Networks {
			p = canonical(p)
			n.sites[p] = site.ID
			n.prefixes = append(n.prefixes, p)
			bits := &n.bits6
			if p.Addr().Is4() {
				bits = &n.bits4
			}
			if !slices.Contains(*bits, p.Bits()) {
				*bits = append(*bits, p.Bits())
			}
		}
	}
	falling := func(a, b int) int { return b - a }
	slices.SortFunc(n.bits4, falling)
	slices.SortFunc(n.bits6, falling)
	slices.SortFunc(n.prefixes, comparePrefixes)
	return n
}

func comparePrefixes(a, b netip.Prefix) int {
	if c := a.Addr().Compare(b.Addr()); c != 0 {
		return c
	}
	return a.Bits() - b.Bits()
}

// foreignOverlap finds a network of another organization that shares addresses
// with p. Inside one organization networks may nest: the longest wins.
func (s *Snapshot) foreignOverlap(p netip.Prefix, org ID) (netip.Prefix, *Site) {
	if s.networks == nil {
		return netip.Prefix{}, nil
	}
	for _, q := range s.networks.prefixes {
		if !p.Overlaps(q) {
			continue
		}
		if site := s.Site(s.networks.sites[q]); site != nil && site.Organization != org {
			return q, site
		}
	}
	return netip.Prefix{}, nil
}
