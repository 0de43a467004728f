// Package sntp answers phones that ask for the time (RFC 5905, the server's part
// of SNTP). TLS fails in a phone whose clock is not set, so a site without a time
// server must not be without time.
package sntp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"cradle/provisioning/door/datagram"
)

// Bounds in a second. An office behind one address boots at once.
const (
	mostBySource = 1000
	mostInAll    = 5000
	maxPacket    = 512 // longer ones are no client's
)

// Config says how the server answers. Inside is needed.
type Config struct {
	// Inside tells whether a source lies in a site's network; others get silence.
	Inside func(netip.Addr) bool
	Log    *slog.Logger     // nil: nothing is logged
	Now    func() time.Time // nil: time.Now
}

// Server answers until Close.
type Server struct {
	c      Config
	socket *datagram.Socket
	stop   context.CancelFunc
	ctx    context.Context
	done   sync.WaitGroup
	budget budget // the receiving goroutine's own
}

// Listen opens the server at a UDP address such as ":123" and serves.
func Listen(addr string, c Config) (*Server, error) {
	if c.Inside == nil {
		return nil, errors.New("the time server needs to know who is inside")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	socket, err := datagram.Listen(addr)
	if err != nil {
		return nil, fmt.Errorf("time server: %w", err)
	}
	s := &Server{c: c, socket: socket}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.done.Add(1)
	go s.receive()
	return s, nil
}

// Addr is the address really listened at.
func (s *Server) Addr() netip.AddrPort { return s.socket.Addr() }

// Close ends the server and waits for it.
func (s *Server) Close() error {
	s.stop()
	err := s.socket.Close()
	s.done.Wait()
	return err
}

func (s *Server) receive() {
	defer s.done.Done()
	buf := make([]byte, maxPacket+1)
	for {
		n, from, to, err := s.socket.Read(buf)
		switch {
		case s.ctx.Err() != nil:
			return
		case err != nil:
			s.c.Log.Warn("time server: reading failed", "err", err)
			select { // a broken socket must not spin
			case <-s.ctx.Done():
			case <-time.After(10 * time.Millisecond):
			}
		case n <= maxPacket:
			s.handle(buf[:n], from, to)
		}
	}
}

// handle answers one packet, with no more bytes than came. A source's port of
// 123 is fine: old phones ask from there; other servers are not answered, as
// their packets are no client's.
func (s *Server) handle(p []byte, from netip.AddrPort, to netip.Addr) {
	defer func() {
		if fault := recover(); fault != nil {
			s.c.Log.Error("time server", "fault", fault)
		}
	}()
	received := s.c.Now()
	if to.IsUnspecified() || to.IsMulticast() || !s.c.Inside(from.Addr()) || !s.budget.take(from.Addr(), received.Unix()) {
		return // strangers do not use up the budget
	}
	if b := answer(p, received, s.c.Now()); b != nil {
		s.socket.Write(b, from, to)
	}
}

// budget counts the packets of this second.
type budget struct {
	second int64
	all    int
	by     map[netip.Addr]int
}

func (b *budget) take(source netip.Addr, second int64) bool {
	if b.second != second || b.by == nil {
		b.second, b.all, b.by = second, 0, map[netip.Addr]int{}
	}
	if b.all >= mostInAll || b.by[source] >= mostBySource {
		return false
	}
	b.all++
	b.by[source]++
	return true
}
