package edge

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"

	"cradle/registrar/sipmsg"
)

// dialTime bounds the way to a phone at a fixed address.
const dialTime = 3 * time.Second

// Dial opens a TCP connection to a phone that an administrator gave a fixed
// address, the only ones that are ever dialled; where there is one already it is
// kept. The route's local address is the door's.
func (e *Edge) Dial(ctx context.Context, remote netip.AddrPort) error {
	if e.conns.find(farEnd{remote, sipmsg.TCP}) != nil {
		return nil
	}
	if len(e.tcp) == 0 {
		return errNotStarted
	}
	d := net.Dialer{Timeout: dialTime}
	if !e.any {
		d.LocalAddr = &net.TCPAddr{IP: e.addr.Addr().AsSlice()}
	}
	c, err := d.DialContext(ctx, "tcp", remote.String())
	if err != nil {
		return err
	}
	s := openTCP(e, c)
	s.trusted.Store(true)
	s.p.Local = netip.AddrPortFrom(s.p.Local.Addr(), e.addr.Port())
	if e.conns.find(s.farEnd()) == nil && e.serve(s, nil) {
		return nil
	}
	_ = c.Close() // another call was faster, or we are closing
	if e.conns.find(s.farEnd()) == nil {
		return net.ErrClosed
	}
	return nil
}

// LocalFor is the address of ours that a datagram to a remote one leaves from.
func (e *Edge) LocalFor(remote netip.AddrPort) (netip.AddrPort, error) {
	if !e.addr.IsValid() {
		return netip.AddrPort{}, errNotStarted
	}
	if !e.any {
		return e.addr, nil
	}
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(remote)) // says nothing
	if err != nil {
		return netip.AddrPort{}, err
	}
	a, ok := c.LocalAddr().(*net.UDPAddr)
	if err := c.Close(); err != nil || !ok {
		return netip.AddrPort{}, errors.Join(errNotStarted, err)
	}
	return netip.AddrPortFrom(a.AddrPort().Addr().Unmap(), e.addr.Port()), nil
}
