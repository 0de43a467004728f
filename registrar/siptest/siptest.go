// Package siptest holds a SIP phone for tests and for the simulator: it
// registers, calls, rings, answers and hangs up as a desk phone does, over UDP,
// TCP, TLS or WebSocket from an address of its own. It shares no code with the rooms it is
// used against: its parser, digest and transactions are its own.
package siptest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Config describes a phone. Server is needed, the rest has defaults.
type Config struct {
	Server    string // "host:port"
	Transport string // "udp" (default), "tcp", "tls", "ws" or "wss"
	// Origin is what a WebSocket says of the page it is opened by; empty: one of
	// the server's own; NoOrigin: nothing.
	Origin string
	// TLS is how the phone looks at the server's certificate; nil: not at all.
	TLS *tls.Config
	// Local is the address to bind, "127.0.0.5" or "127.0.0.5:5060"; empty: any.
	Local string
	// User and Password are the account; Domain is the host in its addresses
	// (default: the server's).
	User, Password, Domain string
	Display                string
	UserAgent              string // default "siptest"
	Expires                int    // seconds asked for; 0: 3600
	// Contact is the Contact URI; empty: made of user and local address.
	Contact       string
	ContactParams string // header parameters of Contact, such as ";+sip.instance=\"<urn:uuid:...>\";reg-id=1"
	Algorithm     string // "MD5" or "SHA-256" if the server offers it; empty: the first offer that is understood

	// OnInvite gets every incoming call, on a goroutine of its own. Nil: 480.
	OnInvite func(c *Call)
	// OnOffer answers a re-INVITE or an INVITE inside a dialog; nil: the last SDP again.
	OnOffer func(c *Call, offer []byte) (answer []byte)
	// OnInfo gets the INFO requests of a call.
	OnInfo func(c *Call, m *Msg)
	// OnNotify gets NOTIFYs outside calls and gives the status of the answer; nil: 200.
	OnNotify func(m *Msg) int
	// OnLost hears that the server ended the connection, where there is one.
	OnLost func()
	// OnRequest may take any request before the phone does; true: taken.
	OnRequest func(m *Msg) bool
}

// Phone is one phone. Use New and Close.
type Phone struct {
	c      Config
	server netip.AddrPort
	local  netip.AddrPort
	// invalid is the host of a browser's addresses.
	invalid string
	udp     *net.UDPConn
	tcp     net.Conn // TLS too

	mu      sync.Mutex
	waiting map[string]chan *Msg // client transactions by branch and method
	calls   map[string]*Call     // by Call-ID
	sent    map[string]*Msg      // last response of server transactions
	order   []string
	listen  []*listener
	subs    map[string]*Subscription // by Call-ID
	reg     registration

	done chan struct{}
	once sync.Once
	work sync.WaitGroup
}

// Errors.
var (
	ErrClosed  = errors.New("siptest: phone closed")
	ErrTimeout = errors.New("siptest: no answer")
)

// StatusError is a final answer that was not hoped for.
type StatusError struct{ Msg *Msg }

// Error is the status line.
func (e *StatusError) Error() string {
	return fmt.Sprintf("siptest: answered %d %s", e.Msg.Status, e.Msg.Reason)
}

// New binds the phone's socket (and connects, for TCP and TLS) and begins to listen.
func New(c Config) (*Phone, error) {
	a, err := net.ResolveUDPAddr("udp", c.Server)
	if err != nil {
		return nil, err
	}
	if c.Transport == "" {
		c.Transport = "udp"
	}
	if c.UserAgent == "" {
		c.UserAgent = "siptest"
	}
	if c.Expires == 0 {
		c.Expires = 3600
	}
	p := &Phone{c: c, invalid: random() + ".invalid", server: unmap(a.AddrPort()), waiting: map[string]chan *Msg{}, calls: map[string]*Call{}, sent: map[string]*Msg{},
		done: make(chan struct{})}
	if p.c.Domain == "" {
		p.c.Domain = p.server.Addr().String()
	}
	if err := p.open(); err != nil {
		return nil, err
	}
	p.reg = registration{callID: random(), tag: random()}
	p.goDo(p.read)
	return p, nil
}

func unmap(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

func (p *Phone) goDo(f func()) {
	p.work.Add(1)
	go func() {
		defer p.work.Done()
		f()
	}()
}

// Addr is the phone's own address.
func (p *Phone) Addr() netip.AddrPort { return p.local }

// User is the account's name.
func (p *Phone) User() string { return p.c.User }

// Contact is the URI the phone registers.
func (p *Phone) Contact() string {
	p.mu.Lock()
	own := p.c.Contact
	p.mu.Unlock()
	if own != "" {
		return own
	}
	uri := "sip:" + p.c.User + "@" + p.local.String()
	switch p.c.Transport {
	case "udp":
	case "ws", "wss": // a browser does not know its address (RFC 7118 section 5.2)
		uri = "sip:" + p.c.User + "@" + p.invalid + ";transport=ws"
	default:
		uri += ";transport=" + p.c.Transport
	}
	return uri
}

// Close ends everything without a word to the server and waits for all that
// the phone started.
func (p *Phone) Close() {
	p.once.Do(func() {
		close(p.done)
		if p.tcp != nil {
			_ = p.tcp.Close()
		}
		if p.udp != nil {
			_ = p.udp.Close()
		}
	})
	p.work.Wait()
}

// pause waits; false: the phone was closed or ctx ended.
func (p *Phone) pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
	case <-p.done:
	}
	return false
}
