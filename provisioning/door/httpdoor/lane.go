package httpdoor

import (
	"bytes"
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"cradle/provisioning"
)

// lane is the short way through the server: it reads each connection's
// requests itself and answers those of phones that are plain, in a fifth of the
// library's time. The first request that is anything else goes to the library
// with its connection, which stays there.
type lane struct {
	phones *Handler
	claims func(path string) bool
	log    *slog.Logger
	header time.Duration // bounds a handshake and the reading of a header
	idle   time.Duration // bounds the wait for the next request
	date   clock

	ended  atomic.Bool
	mu     sync.Mutex
	conns  map[*laneConn]struct{}
	served sync.WaitGroup
}

// laneConn is one connection in the lane.
type laneConn struct {
	net.Conn
	busy atomic.Bool // a request is being answered
}

func newLane(phones *Handler, claims func(string) bool, log *slog.Logger, header, idle time.Duration) *lane {
	return &lane{phones: phones, claims: claims, log: log, header: header, idle: idle, conns: map[*laneConn]struct{}{}}
}

// run serves one connection until it ends, and then gives nil; or gives it back
// where its next request is for the library.
func (l *lane) run(c net.Conn) (over net.Conn) {
	lc := &laneConn{Conn: c}
	if !l.enter(lc) {
		c.Close()
		return nil
	}
	defer l.leave(lc)
	defer func() {
		if fault := recover(); fault != nil {
			l.log.Error("connection failed", "panic", fault, "stack", string(debug.Stack()))
			over = nil
		}
		if over == nil {
			c.Close()
		}
	}()
	two, err := shake(c, l.header)
	if err != nil {
		l.log.Debug("handshake failed", "source", c.RemoteAddr(), "error", err)
		return nil
	}
	if two {
		return c
	}
	held, other := l.requests(lc)
	if !other || c.SetDeadline(time.Time{}) != nil {
		return nil
	}
	return &read{Conn: c, held: mend(held)}
}

// requests answers one plain request after the other.
func (l *lane) requests(c *laneConn) (held []byte, over bool) {
	source, local, state := ends(c.Conn)
	base := provisioning.Request{Door: provisioning.DoorHTTP, Source: source, Local: local, TLS: state}
	if state != nil {
		base.Door = provisioning.DoorHTTPS
	}
	var err error
	b := buffers.Get().(*buffer) //nolint:forcetypeassert // only buffers are in it
	defer buffers.Put(b)
	in := b.in[:0]
	for wait := l.header; ; wait = l.idle {
		if in, err = l.readHeader(c, in, wait); err != nil {
			return nil, false
		}
		end := headerEnd(in, 0)
		if end == 0 {
			return bytes.Clone(in), true // longer than any phone's: the library judges it
		}
		c.busy.Store(true)
		r, ok := parsePlain(in[:end])
		if !ok || !l.claims(r.path) {
			return bytes.Clone(in), true
		}
		q := base
		q.Path, q.UserAgent, q.Host, q.Method = r.path, r.agent, r.host, "GET"
		if r.head {
			q.Method = "HEAD"
		}
		resp := l.answer(q)
		_ = c.SetWriteDeadline(time.Now().Add(l.idle))
		if err = b.answer(c, resp, r, l.date.now()); err != nil || r.close {
			return nil, false
		}
		in = in[:copy(in, in[end:])]
		c.busy.Store(false)
		if l.ended.Load() {
			return nil, false
		}
	}
}

// readHeader reads until a whole header is there or the room is full. The first
// byte may take as long as said, the whole header its own time, however slowly
// it comes.
func (l *lane) readHeader(c net.Conn, in []byte, first time.Duration) ([]byte, error) {
	begun := len(in) > 0
	if begun {
		first = l.header
	}
	_ = c.SetReadDeadline(time.Now().Add(first))
	for from := 0; headerEnd(in, from) == 0 && len(in) < cap(in); {
		from = max(0, len(in)-3)
		n, err := c.Read(in[len(in):cap(in)])
		in = in[:len(in)+n]
		if err != nil && headerEnd(in, from) == 0 { // over TLS the end of what is said comes with the last of it
			return in, err
		}
		if !begun && headerEnd(in, from) == 0 {
			begun = true
			_ = c.SetReadDeadline(time.Now().Add(l.header))
		}
	}
	return in, nil
}

// answer is the handler's with its guard.
func (l *lane) answer(q provisioning.Request) (resp provisioning.Response) {
	defer func() {
		if fault := recover(); fault != nil {
			l.log.Error("request failed", "panic", fault, "stack", string(debug.Stack()))
			resp = provisioning.Response{Status: 503, RetryAfter: 30}
		}
	}()
	return l.phones.answer(context.Background(), q)
}

// ends are the two addresses of a connection and its TLS state.
func ends(c net.Conn) (source netip.AddrPort, local netip.Addr, state *tls.ConnectionState) {
	if a, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		source = a.AddrPort()
		source = netip.AddrPortFrom(source.Addr().Unmap(), source.Port())
	}
	if a, ok := c.LocalAddr().(*net.TCPAddr); ok {
		local = a.AddrPort().Addr().Unmap()
	}
	if t, ok := c.(*tls.Conn); ok {
		s := t.ConnectionState()
		state = &s
	}
	return source, local, state
}

func (l *lane) enter(c *laneConn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended.Load() {
		return false
	}
	l.conns[c] = struct{}{}
	l.served.Add(1)
	return true
}

func (l *lane) leave(c *laneConn) {
	l.mu.Lock()
	delete(l.conns, c)
	l.mu.Unlock()
	l.served.Done()
}

// end closes the connections nobody asks on, at once all of them; the others
// end with their answer.
func (l *lane) end(all bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended.Store(true)
	for c := range l.conns {
		if all || !c.busy.Load() {
			c.Close()
		}
	}
}

// wait waits until all connections have left the lane.
func (l *lane) wait(ctx context.Context) error {
	done := make(chan struct{})
	go func() { l.served.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		l.end(true)
		<-done
		return ctx.Err()
	}
}
