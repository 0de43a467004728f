package edge

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

const receiveBuffer = 4 << 20

// listen opens TCP first, which tells an occupied port plainly, then UDP on
// the same port.
func (e *Edge) listen(ctx context.Context) error {
	host, portText, err := net.SplitHostPort(e.c.Listen)
	if err != nil {
		return fmt.Errorf("SIP address %q: %w", e.c.Listen, err)
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil {
		return fmt.Errorf("SIP address %q: port is no number", e.c.Listen)
	}
	ip, err := hostAddr(host)
	if err != nil {
		return fmt.Errorf("SIP address %q: %w", e.c.Listen, err)
	}
	e.any = ip.IsUnspecified()
	for try := 0; ; try++ {
		err = e.listenAt(ctx, netip.AddrPortFrom(ip, uint16(port)))
		if err == nil {
			break
		}
		e.closeSockets()
		e.tcp, e.udp4, e.udp6 = nil, nil, nil
		if port != 0 || try == 20 { // a port the kernel chose for TCP may be taken for UDP
			return err
		}
	}
	if host == "" || e.any && ip.Is6() {
		e.listenV6(ctx)
	}
	return nil
}

func hostAddr(host string) (netip.Addr, error) {
	if host == "" {
		return netip.IPv4Unspecified(), nil
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap(), nil
	}
	a, err := net.ResolveIPAddr("ip", host)
	if err != nil {
		return netip.Addr{}, err
	}
	out, _ := netip.AddrFromSlice(a.IP)
	return out.Unmap(), nil
}

func (e *Edge) listenAt(ctx context.Context, at netip.AddrPort) error {
	if at.Addr() == netip.IPv6Unspecified() {
		at = netip.AddrPortFrom(netip.IPv4Unspecified(), at.Port())
	}
	network, list := "4", &e.udp4
	if at.Addr().Is6() {
		network, list = "6", &e.udp6
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp"+network, at.String())
	if err != nil {
		return err
	}
	e.tcp = append(e.tcp, l)
	e.addr = netip.AddrPortFrom(at.Addr(), uint16(l.Addr().(*net.TCPAddr).Port))
	for range e.c.Readers {
		u, err := e.openUDP(ctx, "udp"+network, e.addr)
		if err != nil {
			return err
		}
		*list = append(*list, u)
	}
	return nil
}

// listenV6 opens the same port for IPv6, where the machine has it.
func (e *Edge) listenV6(ctx context.Context) {
	at := netip.AddrPortFrom(netip.IPv6Unspecified(), e.addr.Port())
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp6", at.String())
	if err != nil {
		e.log.Debug("no SIP over IPv6", "error", err)
		return
	}
	u, err := e.openUDP(ctx, "udp6", at)
	if err != nil {
		_ = l.Close()
		e.log.Debug("no SIP over IPv6", "error", err)
		return
	}
	e.tcp, e.udp6 = append(e.tcp, l), append(e.udp6, u)
}

func (e *Edge) openUDP(ctx context.Context, network string, at netip.AddrPort) (*net.UDPConn, error) {
	lc := net.ListenConfig{Control: func(network, _ string, c syscall.RawConn) error {
		var err error
		if ce := c.Control(func(fd uintptr) { err = udpOptions(int(fd), network == "udp6") }); ce != nil {
			return ce
		}
		return err
	}}
	pc, err := lc.ListenPacket(ctx, network, at.String())
	if err != nil {
		return nil, err
	}
	return pc.(*net.UDPConn), nil
}

func udpOptions(fd int, v6 bool) error {
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
		return err
	}
	if !v6 {
		// What others of this machine have joined is not for this socket.
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_MULTICAST_ALL, 0); err != nil {
			return err
		}
	}
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, receiveBuffer) != nil {
		// Without the right to force it, as much as the machine allows.
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, receiveBuffer)
	}
	if v6 {
		return unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1)
	}
	return unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_PKTINFO, 1)
}
