// Package datagram holds the UDP socket of the doors: on a wildcard bind an answer
// leaves from the address that was asked.
package datagram

import (
	"context"
	"net"
	"net/netip"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
	"golang.org/x/sys/unix"
)

// Socket reads and writes together with the local address of each datagram
// (IP_PKTINFO, RFC 3542, 6). One goroutine reads; any may write.
type Socket struct {
	conn  *net.UDPConn
	bound netip.Addr // the address the socket is bound to; may be unspecified
	v4    bool
	oob   []byte // used by Read only
}

// Listen opens a socket at an address such as ":69".
func Listen(addr string) (*Socket, error) {
	var lc net.ListenConfig
	pc, err := lc.ListenPacket(context.Background(), "udp", addr)
	if err != nil {
		return nil, err
	}
	conn := pc.(*net.UDPConn)       //nolint:forcetypeassert // what "udp" gives
	_ = conn.SetReadBuffer(4 << 20) // as much as the kernel grants
	return newSocket(conn), nil
}

// Addr is the address really listened at.
func (c *Socket) Addr() netip.AddrPort {
	return c.conn.LocalAddr().(*net.UDPAddr).AddrPort() //nolint:forcetypeassert // a UDP socket's
}

// Close ends a Read that waits.
func (c *Socket) Close() error { return c.conn.Close() }

func newSocket(conn *net.UDPConn) *Socket {
	bound := conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr() //nolint:forcetypeassert // a UDP socket's
	c := &Socket{conn: conn, bound: bound, v4: bound.Is4(), oob: make([]byte, 256)}
	if !bound.IsUnspecified() {
		return c
	}
	// A socket for both families takes the IPv6 form; where the kernel knows
	// neither, the datagram's local address stays unspecified and is refused.
	if c.v4 {
		_ = ipv4.NewPacketConn(conn).SetControlMessage(ipv4.FlagDst, true)
	} else {
		_ = ipv6.NewPacketConn(conn).SetControlMessage(ipv6.FlagDst, true)
	}
	return c
}

// Read gives a datagram, its source and the local address it was sent to.
func (c *Socket) Read(p []byte) (n int, from netip.AddrPort, to netip.Addr, err error) {
	n, got, _, from, err := c.conn.ReadMsgUDPAddrPort(p, c.oob)
	if err != nil {
		return 0, from, to, err
	}
	from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
	if !c.bound.IsUnspecified() {
		return n, from, c.bound.Unmap(), nil
	}
	var ip net.IP
	if c.v4 {
		var m ipv4.ControlMessage
		if m.Parse(c.oob[:got]) == nil {
			ip = m.Dst
		}
	} else {
		var m ipv6.ControlMessage
		if m.Parse(c.oob[:got]) == nil {
			ip = m.Dst
		}
	}
	to, _ = netip.AddrFromSlice(ip)
	to = to.Unmap()
	if to.Is6() && to.IsLinkLocalUnicast() {
		to = to.WithZone(from.Addr().Zone())
	}
	return n, from, to, nil
}

// Write sends a datagram from a local address. What cannot be sent is lost, as
// any datagram may be.
func (c *Socket) Write(p []byte, to netip.AddrPort, from netip.Addr) {
	var oob []byte
	if c.bound.IsUnspecified() {
		if c.v4 {
			oob = unix.PktInfo4(&unix.Inet4Pktinfo{Spec_dst: from.As4()})
		} else {
			oob = unix.PktInfo6(&unix.Inet6Pktinfo{Addr: from.As16()})
		}
	}
	if !c.v4 {
		b := to.Addr().As16()
		to = netip.AddrPortFrom(netip.AddrFrom16(b).WithZone(to.Addr().Zone()), to.Port())
	}
	_, _, _ = c.conn.WriteMsgUDPAddrPort(p, oob, to)
}
