package httpdoor

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"cradle/provisioning/door"
)

// ServerConfig says how the server serves. Zero values are the defaults.
type ServerConfig struct {
	Handler http.Handler
	// Phones answers the plain requests for paths that Claims claims, without
	// the library; nil: all requests go to Handler.
	Phones *Handler
	Claims func(path string) bool
	// Gate bounds the connections of a source; nil: unbounded.
	Gate door.Gate
	// Strangers tells how many connections all sources outside the site networks
	// may have together, so that they cannot use up what phones and calls need;
	// nil: unbounded.
	Strangers func() int
	Log       *slog.Logger
	// HeaderTimeout bounds a TLS handshake and the reading of a header; 0: 10 s.
	HeaderTimeout time.Duration
	// Timeout bounds the reading and the writing of one message; 0: 60 s.
	// A stream of events takes its own by http.ResponseController.
	Timeout time.Duration
	// IdleTimeout ends a connection nobody asks on; 0: 60 s.
	IdleTimeout time.Duration
}

// maxHeader bounds a request's header in bytes.
const maxHeader = 16 << 10

// Server is an http.Server with all its timeouts that bounds the connections
// of each source. One server may serve plain and TLS listeners.
type Server struct {
	http *http.Server
	lane *lane
	gate door.Gate
	most func() int
	log  *slog.Logger

	mu        sync.Mutex
	counts    map[string]int // open connections by budget
	strangers int            // of them, from outside the site networks
}

// NewServer makes a server; Serve or ServeTLS start it.
func NewServer(c ServerConfig) *Server {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{gate: c.Gate, most: c.Strangers, log: c.Log.With("server", "http"), counts: map[string]int{}}
	claims := c.Claims
	if c.Phones == nil || claims == nil {
		claims = func(string) bool { return false }
	}
	s.lane = newLane(c.Phones, claims, s.log, or(c.HeaderTimeout, 10*time.Second), or(c.IdleTimeout, 60*time.Second))
	s.http = &http.Server{
		Handler:           withTLS(c.Handler),
		ConnContext:       rememberTLS,
		ReadHeaderTimeout: or(c.HeaderTimeout, 10*time.Second),
		ReadTimeout:       or(c.Timeout, 60*time.Second),
		WriteTimeout:      or(c.Timeout, 60*time.Second),
		IdleTimeout:       or(c.IdleTimeout, 60*time.Second),
		MaxHeaderBytes:    maxHeader,
		// Bad handshakes and broken requests of strangers are no errors of ours.
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	return s
}

func or(d, otherwise time.Duration) time.Duration {
	if d <= 0 {
		return otherwise
	}
	return d
}

// Serve serves plain HTTP until Shutdown or Close, then gives nil.
func (s *Server) Serve(ln net.Listener) error {
	return s.serve(ln, func(c net.Conn) net.Conn { return c })
}

// ServeTLS serves HTTPS, over HTTP/2 to those who ask for it unless the
// configuration names other protocols.
func (s *Server) ServeTLS(ln net.Listener, config *tls.Config) error {
	config = config.Clone()
	if config.NextProtos == nil {
		config.NextProtos = []string{"h2", "http/1.1"}
	}
	return s.serve(ln, func(c net.Conn) net.Conn { return tls.Server(c, config) })
}

func (s *Server) serve(ln net.Listener, wrap func(net.Conn) net.Conn) error {
	return served(s.http.Serve(newSiding(&listener{Listener: ln, server: s}, s.lane, wrap)))
}

func served(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// Shutdown stops listening and waits for requests under way.
func (s *Server) Shutdown(ctx context.Context) error {
	s.lane.end(false)
	return errors.Join(s.http.Shutdown(ctx), s.lane.wait(ctx))
}

// Close ends everything at once.
func (s *Server) Close() error {
	s.lane.end(true)
	err := s.http.Close()
	s.lane.served.Wait()
	return err
}

// listener admits connections within their source's budget.
type listener struct {
	net.Listener
	server *Server
}

// Accept gives the next connection that has a budget; others are closed.
func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		b, ok := l.server.enter(c.RemoteAddr())
		if !ok {
			c.Close()
			continue
		}
		return &conn{Conn: c, leave: sync.OnceFunc(func() { l.server.leave(b) })}, nil
	}
}

// enter counts a connection of a source, or refuses it.
func (s *Server) enter(remote net.Addr) (b door.Budget, ok bool) {
	if s.gate == nil {
		return b, true
	}
	source, err := netip.ParseAddrPort(remote.String())
	if err != nil {
		return b, true // not from a network
	}
	b = s.gate(source.Addr().Unmap())
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.counts[b.Key] >= b.Max || !b.Inside && s.most != nil && s.strangers >= s.most() {
		return b, false
	}
	s.counts[b.Key]++
	if !b.Inside {
		s.strangers++
	}
	return b, true
}

func (s *Server) leave(b door.Budget) {
	if b.Key == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !b.Inside {
		s.strangers--
	}
	if s.counts[b.Key]--; s.counts[b.Key] <= 0 {
		delete(s.counts, b.Key)
	}
}

// conn gives its place back when it is closed.
type conn struct {
	net.Conn
	leave func()
}

// Close closes the connection; it may be called more than once.
func (c *conn) Close() error {
	defer c.leave()
	return c.Conn.Close()
}

// CloseWrite ends our side only, so that a client which is still sending reads
// why it was refused before the connection goes away.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
