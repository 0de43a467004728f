package edge

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/registrar/sipmsg"
)

const (
	// A burst that sipgo has not read yet; past it datagrams are shed. It holds
	// what a thousand calls that begin at one instant send.
	localQueue = 8192
	maxLocals  = 256
	// sipgo keeps every source address it has seen until its connection ends.
	// After so many messages it is given a new one, which empties that list.
	retireAfter = 100_000
	retireGrace = 10 * time.Second
	// sipgo takes each message on a goroutine of its own, and opens a socket for
	// the answer where the connection has gone meanwhile. So it stays as long.
	handOver = 50 * time.Millisecond
)

// localConn is what sipgo sees of the UDP sockets: one connection for each
// local address, on which come the messages that passed the screen.
type localConn struct {
	e     *Edge
	at    netip.AddrPort
	addr  *net.UDPAddr
	queue chan datagram
	ready chan struct{}
	end   chan struct{}
	once  sync.Once
	ends  sync.Once
	self  sip.Connection
	read  int
	last  atomic.Int64 // when sipgo was given a message, in ns of Unix time
}

type datagram struct {
	data []byte
	from *net.UDPAddr
}

// pass hands a message to sipgo, with a Via that makes it answer to the source.
func (e *Edge) pass(p *Packet) {
	l := e.local(p.Local)
	if l == nil {
		return
	}
	d := datagram{from: net.UDPAddrFromAddrPort(p.Source)}
	if p.Msg.IsRequest() {
		d.data = sipmsg.ForceRport(make([]byte, 0, len(p.Data)+16), &p.Msg)
	} else {
		d.data = append([]byte(nil), p.Data...)
	}
	if !p.Urgent && len(l.queue) >= localQueue/8*7 { // the rest is for what is urgent
		e.Shed.Add(1)
		return
	}
	select {
	case l.queue <- d:
	default:
		e.Shed.Add(1) // it will be sent again
	}
}

// local is the connection for a local address, made when it is first needed.
func (e *Edge) local(at netip.AddrPort) *localConn {
	if l := (*e.locals.Load())[at]; l != nil {
		return l
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	old := *e.locals.Load()
	if l := old[at]; l != nil {
		return l
	}
	if e.closed || len(old) >= maxLocals || !at.IsValid() || at.Addr().IsUnspecified() {
		return nil
	}
	return e.newLocal(at)
}

// newLocal replaces the table, so that readers need no lock. e.mu is held.
func (e *Edge) newLocal(at netip.AddrPort) *localConn {
	l := &localConn{e: e, at: at, addr: net.UDPAddrFromAddrPort(at), queue: make(chan datagram, localQueue),
		ready: make(chan struct{}), end: make(chan struct{})}
	e.goDo(func() { _ = e.tp.ServeUDP(l) })
	select {
	case <-l.ready:
	case <-e.done:
		return nil
	}
	next := map[netip.AddrPort]*localConn{at: l}
	for k, v := range *e.locals.Load() {
		if k != at {
			next[k] = v
		}
	}
	e.locals.Store(&next)
	return l
}

// retire puts a new connection in l's place; l is read for a while longer, so
// that what is on its way finds the source it is looked up by.
func (l *localConn) retire() {
	l.e.mu.Lock()
	if !l.e.closed && (*l.e.locals.Load())[l.at] == l {
		l.e.newLocal(l.at)
	}
	l.e.mu.Unlock()
	t := time.NewTimer(retireGrace)
	defer t.Stop()
	select {
	case <-t.C:
	case <-l.e.done:
	}
	_ = l.Close()
}

// ReadFrom gives sipgo the next message. The first call says that sipgo knows
// the connection by its address.
func (l *localConn) ReadFrom(b []byte) (int, net.Addr, error) {
	l.once.Do(func() {
		l.self = l.e.tp.Pool("udp").Get(l.addr.String())
		close(l.ready)
	})
	select {
	case d := <-l.queue:
		if l.read++; l.read == retireAfter {
			l.e.goDo(l.retire)
		}
		// sipgo notes the way back only when the source changes. Where a phone
		// talks to two of our addresses, the last one has to win.
		l.e.tp.Pool("udp").Add(d.from.String(), l.self)
		l.last.Store(time.Now().UnixNano())
		return copy(b, d.data), d.from, nil
	case <-l.end:
	case <-l.e.done:
	}
	l.linger()
	return 0, nil, net.ErrClosed
}

// linger waits until what sipgo was given last has surely been taken.
func (l *localConn) linger() { time.Sleep(handOver - time.Since(time.Unix(0, l.last.Load()))) }

// WriteTo sends from this local address, also after the connection was retired.
func (l *localConn) WriteTo(b []byte, to net.Addr) (int, error) {
	u, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, net.ErrClosed
	}
	ap := u.AddrPort()
	return l.e.writeUDP(b, l.at, netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port()))
}

// LocalAddr is the real local address.
func (l *localConn) LocalAddr() net.Addr { return l.addr }

// Close ends reading.
func (l *localConn) Close() error {
	l.ends.Do(func() { close(l.end) })
	return nil
}

// SetDeadline is not needed by sipgo.
func (l *localConn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline is not needed by sipgo.
func (l *localConn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline is not needed by sipgo.
func (l *localConn) SetWriteDeadline(time.Time) error { return nil }
