package edge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"
)

// OpenGroup opens a socket that is bound to a multicast group, joins the group
// on each of the named interfaces (none: on all that are up), and shows what
// comes in to screen. Answers leave from the main socket, from the address that
// the sender can be reached from.
func (e *Edge) OpenGroup(ctx context.Context, group netip.AddrPort, names []string, screen func(p *Packet)) error {
	ifaces, err := groupInterfaces(names)
	if err != nil {
		return err
	}
	lc := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		var err error
		if ce := c.Control(func(fd uintptr) { err = groupOptions(int(fd)) }); ce != nil {
			return ce
		}
		return err
	}}
	pc, err := lc.ListenPacket(ctx, "udp4", group.String())
	if err != nil {
		return err
	}
	u := pc.(*net.UDPConn)
	if err := join(u, group.Addr(), ifaces); err != nil {
		_ = u.Close()
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		_ = u.Close()
		return net.ErrClosed
	}
	e.groups = append(e.groups, u)
	e.goDo(func() { e.readGroup(u, screen) })
	return nil
}

func groupOptions(fd int) error {
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		return err
	}
	// The door itself may be bound to the same port of every address, and its
	// sockets share that port in this way.
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
		return err
	}
	// Only what this socket itself has joined.
	if err := unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_MULTICAST_ALL, 0); err != nil {
		return err
	}
	return unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_PKTINFO, 1)
}

func groupInterfaces(names []string) ([]net.Interface, error) {
	if len(names) > 0 {
		var out []net.Interface
		for _, n := range names {
			i, err := net.InterfaceByName(n)
			if err != nil {
				return nil, fmt.Errorf("interface %q: %w", n, err)
			}
			out = append(out, *i)
		}
		return out, nil
	}
	all, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	var out []net.Interface
	for _, i := range all {
		if i.Flags&net.FlagUp != 0 && i.Flags&(net.FlagMulticast|net.FlagLoopback) != 0 {
			out = append(out, i)
		}
	}
	return out, nil
}

// join succeeds when the group could be joined on one interface at least.
func join(u *net.UDPConn, group netip.Addr, ifaces []net.Interface) error {
	raw, err := u.SyscallConn()
	if err != nil {
		return err
	}
	var errs []error
	joined := 0
	for _, i := range ifaces {
		var err error
		m := &unix.IPMreqn{Multiaddr: group.As4(), Ifindex: int32(i.Index)}
		if ce := raw.Control(func(fd uintptr) { err = unix.SetsockoptIPMreqn(int(fd), unix.IPPROTO_IP, unix.IP_ADD_MEMBERSHIP, m) }); ce != nil {
			return ce
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("join %s on %s: %w", group, i.Name, err))
			continue
		}
		joined++
	}
	if joined == 0 {
		return fmt.Errorf("no interface to join %s on: %w", group, errors.Join(errs...))
	}
	return nil
}

func (e *Edge) readGroup(u *net.UDPConn, screen func(p *Packet)) {
	buf, oob := make([]byte, biggestDatagram), make([]byte, 256)
	p := &Packet{Group: true, send: func(p *Packet, b []byte) { _, _ = e.writeUDP(b, p.Local, p.Source) }}
	for {
		n, oobn, _, from, err := u.ReadMsgUDPAddrPort(buf, oob)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		local := localOf(oob[:oobn])
		if err != nil || !local.IsValid() || local.IsUnspecified() || local.IsMulticast() {
			continue
		}
		if !e.any {
			local = e.addr.Addr()
		}
		p.Data, p.Out, p.Local = buf[:n], p.Out[:0], netip.AddrPortFrom(local, e.addr.Port())
		p.Source = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		e.group(p, screen)
	}
}

// group shows a packet; a panic drops that packet only.
func (e *Edge) group(p *Packet, screen func(p *Packet)) {
	defer func() {
		if r := recover(); r != nil {
			e.Panics.Add(1)
			e.log.Error("a multicast message could not be handled", "source", p.Source, "panic", fmt.Sprint(r), "stack", stack())
		}
	}()
	screen(p)
}
