package edge

import (
	"errors"
	"net"
	"net/netip"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"cradle/registrar/sipmsg"
)

const (
	biggestDatagram = 65535
	// Every so many datagrams a reader looks how much is waiting.
	lookEvery = 64
)

// readUDP is one reader: it owns its buffers and uses them again and again.
func (e *Edge) readUDP(u *net.UDPConn) {
	raw, err := u.SyscallConn()
	if err != nil {
		return
	}
	r := reader{e: e, b: newBatch(raw), raw: raw, room: receiveBuffer, bound: u.LocalAddr().(*net.UDPAddr).AddrPort()}
	r.bound = netip.AddrPortFrom(r.bound.Addr().Unmap(), r.bound.Port())
	_ = raw.Control(func(fd uintptr) {
		if n, err := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF); err == nil {
			r.room = n / 2
		}
	})
	r.look = func(fd uintptr) { r.p.Busy = waiting(int(fd)) > r.room }
	r.p.send = r.reply
	for {
		switch err := r.b.read(e.any); {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil:
			time.Sleep(time.Millisecond) // such as no memory: never spin
		default:
			r.serve()
		}
	}
}

// reader serves one socket.
type reader struct {
	e     *Edge
	b     *batch
	p     Packet
	raw   syscall.RawConn
	bound netip.AddrPort
	room  int // bytes that may wait before the socket counts as busy
	seen  int
	look  func(fd uintptr)
	at    int // the datagram that is being served
}

// serve shows the datagrams of a batch to the screen, and sends the answers.
func (r *reader) serve() {
	if r.seen += r.b.got; r.seen >= lookEvery {
		r.seen = 0
		_ = r.raw.Control(r.look)
	}
	for r.at = 0; r.at < r.b.got; r.at++ {
		data, from, control := r.b.datagram(r.at)
		p := &r.p
		p.Data, p.Out, p.Source, p.Local = data, r.b.scratch(), from, r.bound
		if r.e.any {
			a := localOf(control)
			if !a.IsValid() || a.IsUnspecified() {
				continue
			}
			p.Local = netip.AddrPortFrom(a, r.bound.Port())
		}
		if len(data) >= 16 && from.IsValid() {
			r.e.take(p)
		}
	}
	r.b.flush()
}

func (r *reader) reply(p *Packet, b []byte) {
	local := netip.Addr{}
	if r.e.any {
		local = p.Local.Addr()
	}
	r.e.tapped(false, p.Local, p.Source, p.Transport, b)
	r.b.reply(r.at, b, local)
	p.Out = r.b.scratch()
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
	e.tapped(false, local, to, sipmsg.UDP, b)
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
