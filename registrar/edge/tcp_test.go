package edge

import (
	"net/netip"
	"testing"

	"cradle/registrar/sipmsg"
)

// A host with IPv6 has more addresses than anybody can count, and one budget.
func TestOwnersOfAddresses(t *testing.T) {
	for a, want := range map[string]string{"192.0.2.7": "192.0.2.7", "2001:db8:0:1::7": "2001:db8:0:1::", "2001:db8:0:1:ffff::9": "2001:db8:0:1::", "2001:db8:0:2::7": "2001:db8:0:2::"} {
		if got := ownerOf(netip.MustParseAddr(a)); got != netip.MustParseAddr(want) {
			t.Errorf("%s counts for %s, want %s", a, got, want)
		}
	}
	var table connTable
	table.init()
	for i, a := range []string{"[2001:db8::1]:5", "[2001:db8::2]:5", "[2001:db8::3]:5"} {
		s := &streamConn{p: Packet{Transport: sipmsg.TCP, Source: netip.MustParseAddrPort(a)}}
		if ok := table.add(s, func(_ netip.Addr, n, _ int) bool { return n < 2 }); ok != (i < 2) {
			t.Errorf("connection %d was admitted: %v", i, ok)
		}
		if i == 1 {
			defer func() {
				table.remove(s)
				if table.source[ownerOf(s.p.Source.Addr())] != 1 {
					t.Error("a connection that ended is still counted")
				}
			}()
		}
	}
}
