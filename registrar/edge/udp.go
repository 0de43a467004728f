package edge

import (
	"errors"
	"net"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"
)

const (
	biggestDatagram = 65535
	// Every so many datagrams a reader looks how much is waiting.
	lookEvery = 64
)

// readUDP is one reader: it owns its buffers and uses them again and again.
func (e *Edge) readUDP(u *net.UDPConn) {
	buf, oob := make([]byte, biggestDatagram), make([]byte, 256)
	out, control := make([]byte, 0, 8192), make([]byte, 0, 64)
	p := &Packet{send: func(p *Packet, b []byte) {
		if !e.any {
			_, _ = u.WriteToUDPAddrPort(b, p.Source)
			return
		}
		control = appendFrom(control[:0], p.Local.Addr())
		_, _, _ = u.WriteMsgUDPAddrPort(b, control, p.Source)
	}}
	raw, err := u.SyscallConn()
	if err != nil {
		return
	}
	room := receiveBuffer
	_ = raw.Control(func(fd uintptr) {
		if n, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF); err == nil {
			room = n / 2
		}
	})
	bound := u.LocalAddr().(*net.UDPAddr).AddrPort()
	bound = netip.AddrPortFrom(bound.Addr().Unmap(), bound.Port())
	for i := 1; ; i++ {
		n, oobn, from, err := e.receive(u, buf, oob)
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			time.Sleep(time.Millisecond) // such as no memory: never spin
			continue
		}
		p.Data, p.Out, p.Local = buf[:n], out[:0], bound
		p.Source = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		if e.any {
			a := localOf(oob[:oobn])
			if !a.IsValid() || a.IsUnspecified() {
				continue
			}
			p.Local = netip.AddrPortFrom(a, bound.Port())
		}
		if i%lookEvery == 0 {
			_ = raw.Control(func(fd uintptr) { p.Busy = waiting(int(fd)) > room })
		}
		if n >= 16 && e.screen(p) {
			e.pass(p)
		}
	}
}

// receive reads one datagram, with its local address where that is not known.
func (e *Edge) receive(u *net.UDPConn, buf, oob []byte) (n, oobn int, from netip.AddrPort, err error) {
	if e.any {
		n, oobn, _, from, err = u.ReadMsgUDPAddrPort(buf, oob)
		return
	}
	n, from, err = u.ReadFromUDPAddrPort(buf)
	return
}

// waiting is the memory held by datagrams that nobody has read yet.
func waiting(fd int) int {
	n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_MEMINFO) // the first word is SK_MEMINFO_RMEM_ALLOC
	if err != nil {
		return 0
	}
	return n
}

// writeUDP sends b from a local address. Whichever socket is used, the port is
// the same.
func (e *Edge) writeUDP(b []byte, local, to netip.AddrPort) (int, error) {
	list := e.udp4
	if to.Addr().Is6() {
		list = e.udp6
	}
	if len(list) == 0 {
		return 0, errNotStarted
	}
	u := list[int(to.Port())%len(list)]
	if !e.any {
		return u.WriteToUDPAddrPort(b, to)
	}
	var control [64]byte
	n, _, err := u.WriteMsgUDPAddrPort(b, appendFrom(control[:0], local.Addr()), to)
	return n, err
}
