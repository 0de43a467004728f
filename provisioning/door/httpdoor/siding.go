package httpdoor

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"
)

// siding is the listener of the library: the connections that have left the
// lane. Its Accept starts nothing; what comes in is served in the lane first,
// by a goroutine for each connection.
type siding struct {
	inner net.Listener
	lane  *lane
	wrap  func(net.Conn) net.Conn
	over  chan net.Conn
	gone  chan struct{}
	fault chan error
	once  sync.Once
}

func newSiding(inner net.Listener, l *lane, wrap func(net.Conn) net.Conn) *siding {
	s := &siding{inner: inner, lane: l, wrap: wrap, over: make(chan net.Conn), gone: make(chan struct{}), fault: make(chan error, 1)}
	l.served.Add(1)
	go s.admit()
	return s
}

// admit ends when the listener is closed, which Close does. What else fails,
// such as a lack of descriptors, passes.
func (s *siding) admit() {
	defer s.lane.served.Done()
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		c, err := s.inner.Accept()
		if err == nil {
			pause = 5 * time.Millisecond
			go s.serve(c)
			continue
		}
		if errors.Is(err, net.ErrClosed) {
			s.fault <- err
			return
		}
		s.lane.log.Warn("accepting a connection failed", "err", err)
		select {
		case <-time.After(pause):
		case <-s.gone:
		}
	}
}

// serve ends with its connection, or when that is the library's.
func (s *siding) serve(c net.Conn) {
	if c = s.lane.run(s.wrap(c)); c == nil {
		return
	}
	select {
	case s.over <- c:
	case <-s.gone:
		c.Close()
	}
}

// Accept gives the next connection that is the library's.
func (s *siding) Accept() (net.Conn, error) {
	select {
	case c := <-s.over:
		return c, nil
	case err := <-s.fault:
		return nil, err
	}
}

// Close ends the listening.
func (s *siding) Close() error {
	err := s.inner.Close()
	s.once.Do(func() { close(s.gone) })
	return err
}

// Addr is the address listened at.
func (s *siding) Addr() net.Addr { return s.inner.Addr() }

// shake does the TLS handshake within a time; it tells whether HTTP/2 was agreed.
func shake(c net.Conn, within time.Duration) (two bool, err error) {
	t, ok := c.(*tls.Conn)
	if !ok {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	if err := t.HandshakeContext(ctx); err != nil {
		return false, err
	}
	return t.ConnectionState().NegotiatedProtocol == "h2", nil
}
