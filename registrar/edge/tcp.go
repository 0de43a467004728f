package edge

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"cradle/registrar/sipmsg"
)

// accept takes connections within the caps, each with a reader of its own.
func (e *Edge) accept(l net.Listener, open func(e *Edge, c net.Conn) *streamConn) {
	for {
		c, err := l.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err == nil:
			if !e.serve(open(e, c), e.c.Admit) {
				e.Refused.Add(1)
				_ = c.Close()
			}
			continue
		}
		select { // such as too many open files: never spin
		case <-e.done:
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// serve reads a connection, on a goroutine of its own; false: there is no room
// for it, or we are closing.
func (e *Edge) serve(s *streamConn, admit func(source netip.Addr, n, total int) bool) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed || !e.conns.add(s, admit) {
		return false
	}
	e.goDo(s.read)
	return true
}

// connTable counts connections by source and knows them by their far end.
type connTable struct {
	mu     sync.Mutex
	all    map[farEnd]*streamConn
	source map[netip.Addr]int
	closed bool
}

// farEnd is what a connection is known by.
type farEnd struct {
	source netip.AddrPort
	by     sipmsg.Transport
}

func (t *connTable) init() {
	t.all, t.source = map[farEnd]*streamConn{}, map[netip.Addr]int{}
}

func (t *connTable) add(s *streamConn, admit func(netip.Addr, int, int) bool) bool {
	a, owner := s.p.Source.Addr(), ownerOf(s.p.Source.Addr())
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed || admit != nil && !admit(a, t.source[owner], len(t.all)) {
		return false
	}
	if old := t.all[s.farEnd()]; old != nil {
		old.gone() // its end was not noticed yet; what was for it is not for the new one
	}
	t.all[s.farEnd()] = s
	t.source[owner]++
	return true
}

// remove forgets a connection, and tells who has to know.
func (t *connTable) remove(s *streamConn) {
	a := ownerOf(s.p.Source.Addr())
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.all[s.farEnd()] == s {
		delete(t.all, s.farEnd())
		s.gone()
	}
	if t.source[a]--; t.source[a] <= 0 {
		delete(t.source, a)
	}
}

// ownerOf is whom an address is counted for: of IPv6 one host owns a /64.
func ownerOf(a netip.Addr) netip.Addr {
	if p, err := a.Prefix(64); err == nil && a.Is6() {
		return p.Addr()
	}
	return a
}

// find is the connection of a far end; nil: there is none.
func (t *connTable) find(f farEnd) *streamConn {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all[f]
}

func (t *connTable) closeAll() {
	t.mu.Lock()
	t.closed = true
	list := make([]*streamConn, 0, len(t.all))
	for _, s := range t.all {
		list = append(list, s)
	}
	t.mu.Unlock()
	// Each on its own: one whose peer does not read takes its time to say goodbye.
	var wait sync.WaitGroup
	for _, s := range list {
		wait.Go(func() { s.leave(); _ = s.Close() })
	}
	wait.Wait()
}

// streamConn is a connection that is read message by message.
type streamConn struct {
	net.Conn
	e       *Edge
	p       Packet
	buf     []byte // what came in and is not yet a message
	accept  time.Time
	say     func(b []byte) error          // sends a message
	bye     []byte                        // what is said before we end it
	greet   func() error                  // the handshake that is still to be made; nil: none
	cut     func() (more bool, err error) // takes the next message out of buf
	trusted atomic.Bool
	idle    atomic.Int64 // how long it may be silent when it is trusted; 0: Config.Idle
	once    sync.Once
	writing sync.Mutex
}

func openTCP(e *Edge, c net.Conn) *streamConn {
	s := &streamConn{Conn: c, e: e, accept: time.Now()}
	s.p = Packet{Transport: sipmsg.TCP, stream: s, Source: tcpAddr(c.RemoteAddr()), Local: tcpAddr(c.LocalAddr()),
		send: func(_ *Packet, b []byte) { _ = s.say(b) }}
	s.cut = s.next
	s.say = func(b []byte) error {
		e.tapped(false, s.p.Local, s.p.Source, s.p.Transport, b)
		_, err := s.Write(b)
		return err
	}
	return s
}

func (s *streamConn) farEnd() farEnd { return farEnd{s.p.Source, s.p.Transport} }

func tcpAddr(a net.Addr) netip.AddrPort {
	t, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	ap := t.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap().WithZone(""), ap.Port())
}

const (
	writeTimeout = 10 * time.Second
	maxHeaders   = 16 << 10
	maxMessage   = 64 << 10
	idleBuffer   = 8 << 10
)

// read is the life of the connection.
func (s *streamConn) read() {
	defer s.Close() //nolint:errcheck // there is nothing left to say
	if s.greet != nil && s.greet() != nil {
		return
	}
	for {
		more, err := s.cut()
		if err == nil && more {
			err = s.fill()
		}
		if err != nil {
			return
		}
	}
}

// Write gives up on a peer that does not read: it has got half a message, and gets
// nothing more. One writes after the other, so that none gives another more time.
func (s *streamConn) Write(b []byte) (int, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	_ = s.SetWriteDeadline(time.Now().Add(writeTimeout))
	n, err := s.Conn.Write(b)
	if err != nil {
		_ = s.Conn.Close() // its reader does the rest
	}
	return n, err
}

// Close also tells that the flow is gone.
func (s *streamConn) Close() error {
	err := s.Conn.Close()
	s.once.Do(func() { s.e.conns.remove(s) })
	return err
}

// gone tells that the flow is gone. The table is held, so that nobody takes the
// next connection from there for this one.
func (s *streamConn) gone() {
	s.e.txs.Lost(Route{Local: s.p.Local, Remote: s.p.Source, Transport: s.p.Transport})
	if s.e.c.FlowGone != nil && s.trusted.Load() {
		s.e.c.FlowGone(s.p.Source, s.p.Transport)
	}
}

// leave says goodbye where the transport has a word for it.
func (s *streamConn) leave() {
	if s.bye != nil {
		_ = s.SetWriteDeadline(time.Now().Add(time.Second))
		_, _ = s.Conn.Write(s.bye)
	}
}

func (s *streamConn) fill() error {
	limit := s.accept.Add(s.e.c.Untrusted)
	if s.trusted.Load() {
		limit = time.Now().Add(s.e.c.Idle)
		if d := s.idle.Load(); d > 0 {
			limit = time.Now().Add(min(time.Duration(d), s.e.c.Idle))
		}
	}
	_ = s.SetReadDeadline(limit)
	if len(s.buf) == 0 && cap(s.buf) > idleBuffer {
		s.buf = nil // one long message must not cost its room for ever
	}
	if cap(s.buf)-len(s.buf) < 2048 {
		s.buf = append(make([]byte, 0, max(4096, 2*cap(s.buf))), s.buf...)
	}
	n, err := s.Conn.Read(s.buf[len(s.buf):cap(s.buf)])
	s.buf = s.buf[:len(s.buf)+n]
	if n > 0 {
		return nil
	}
	return err
}

// next frames one message (RFC 3261 section 18.3) and shows it to the screen.
// more says that bytes are missing.
func (s *streamConn) next() (more bool, err error) {
	for len(s.buf) >= 4 && string(s.buf[:4]) == "\r\n\r\n" { // a ping, RFC 5626 section 3.5.1
		s.buf = s.buf[4:]
		if _, err := s.Write([]byte("\r\n")); err != nil {
			return false, err
		}
	}
	for len(s.buf) > 2 && s.buf[0] == '\r' && s.buf[1] == '\n' && s.buf[2] != '\r' {
		s.buf = s.buf[2:]
	}
	if len(s.buf) == 0 || s.buf[0] == '\r' {
		if len(s.buf) > 4 {
			return false, errFraming
		}
		return true, nil
	}
	head, length, ok := sipmsg.Frame(s.buf)
	switch {
	case head == 0 && len(s.buf) > maxHeaders, head > maxHeaders, ok && head+length > maxMessage:
		return false, errFraming
	case head == 0:
		return true, nil
	case !ok:
		s.show(s.buf[:head]) // to be refused; where the next one begins nobody knows
		return false, errFraming
	case len(s.buf) < head+length:
		return true, nil
	}
	s.show(s.buf[:head+length])
	s.buf = append(s.buf[:0], s.buf[head+length:]...)
	return false, nil
}

var errFraming = errors.New("no SIP message")

func (s *streamConn) show(b []byte) {
	s.p.Data = b[:len(b):len(b)]
	s.p.Out = s.p.Out[:0]
	s.e.take(&s.p)
	s.p.marked = nil // a connection may be silent for hours
}
