package wizard

import (
	"net"
	"net/netip"
	"slices"
)

// Networks are those this machine is in, which the wizard suggests as the
// first site's: its interfaces' private and loopback networks, no link-local
// and no single hosts.
func Networks() []netip.Prefix {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var out []netip.Prefix
	for _, a := range addresses {
		p, err := netip.ParsePrefix(a.String())
		if err != nil || p.IsSingleIP() || p.Addr().IsLinkLocalUnicast() {
			continue
		}
		if p = p.Masked(); !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}
