// Package edge holds every socket of the SIP door: UDP on one SO_REUSEPORT
// socket for each core, TCP on the same port, TLS on its own, WebSockets that the
// web door opened, and the multicast group of plug-and-play.
//
// The readers are ours. Each cuts whole messages out of what comes in and shows
// them to Config.Screen in its own goroutine, one after the other: what the
// screen answers or drops never costs a transaction, and since the kernel
// deals datagrams to sockets by their source, the order of one phone is kept
// without a queue; the socket's buffer is the queue. What the screen lets pass
// goes to the transactions, still on that goroutine. Answers and requests leave
// from the address the phone knows.
package edge

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/registrar/sipmsg"
	"cradle/registrar/transaction"
)

// Config is what Open needs.
type Config struct {
	Listen string // "host:port" for UDP and TCP; an empty or unspecified host: every local address; port 0: any; empty: neither
	// Secure takes connections for TLS, with the configuration TLS; nil: none. It
	// is closed with the door.
	Secure net.Listener
	TLS    *tls.Config
	Log    *slog.Logger
	// Screen judges a message; true lets it pass. The packet is valid during the
	// call only.
	Screen func(p *Packet) bool
	// Request gets what passed, on the goroutine that reads its socket, with a
	// transaction that it has to end.
	Request func(req *sip.Request, tx *transaction.Server)
	// Admit says whether one more connection may be kept for this source, which
	// has n already, of total in all. Nil: always.
	Admit func(source netip.Addr, n, total int) bool
	// FlowGone hears of connections that ended.
	FlowGone func(source netip.AddrPort, by sipmsg.Transport)
	// Readers is the number of UDP sockets; 0: one a core.
	Readers int
	// Idle is how long a trusted connection may be silent; 0: 2 hours.
	Idle time.Duration
	// Untrusted is how long a connection has to prove itself; 0: 30 seconds.
	Untrusted time.Duration
	// Handshake is how long that of TLS may take; 0: 10 seconds.
	Handshake time.Duration
}

// Edge is the open door. Use Open.
type Edge struct {
	c     Config
	log   *slog.Logger
	addr  netip.AddrPort
	any   bool // bound to every local address
	udp4  []*net.UDPConn
	udp6  []*net.UDPConn
	tcp   []net.Listener
	parse *sip.Parser
	txs   *transaction.Layer
	conns connTable
	tap   atomic.Pointer[Tap]

	mu     sync.Mutex
	groups []*net.UDPConn
	closed bool
	done   chan struct{}
	work   sync.WaitGroup

	// Counters, for metrics.
	Passed, Screened, Refused, Panics atomic.Uint64
}

// Open opens the sockets; nothing is read before Start.
func Open(ctx context.Context, c Config) (*Edge, error) {
	if c.Readers == 0 {
		// The scheduler may have been given more processors than there are.
		c.Readers = min(runtime.GOMAXPROCS(0), runtime.NumCPU())
	}
	if c.Idle == 0 {
		c.Idle = 2 * time.Hour
	}
	if c.Untrusted == 0 {
		c.Untrusted = 30 * time.Second
	}
	if c.Handshake == 0 {
		c.Handshake = 10 * time.Second
	}
	e := &Edge{c: c, log: c.Log, done: make(chan struct{}), parse: sip.NewParser(sip.WithHeadersParsers(headersParsers()))}
	e.txs = transaction.New(transaction.Config{Write: e.Write, Request: c.Request})
	e.conns.init()
	if c.Listen == "" {
		return e, nil
	}
	if err := e.listen(ctx); err != nil {
		return nil, err
	}
	return e, nil
}

// Start begins to read.
func (e *Edge) Start() {
	for _, l := range e.tcp {
		e.goDo(func() { e.accept(l, openTCP) })
	}
	if l := e.c.Secure; l != nil {
		e.goDo(func() { e.accept(l, openTLS) })
	}
	for _, u := range append(append([]*net.UDPConn(nil), e.udp4...), e.udp6...) {
		e.goDo(func() { e.readUDP(u) })
	}
}

func (e *Edge) goDo(f func()) {
	e.work.Add(1)
	go func() {
		defer e.work.Done()
		f()
	}()
}

// Addr is where the door for UDP and TCP really is; invalid: it is closed.
func (e *Edge) Addr() netip.AddrPort { return e.addr }

// Close ends everything and waits for the readers.
func (e *Edge) Close() {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return
	}
	e.closed = true
	close(e.done)
	e.mu.Unlock()
	e.txs.Close()
	e.closeSockets()
	e.conns.closeAll()
	e.work.Wait()
}

func (e *Edge) closeSockets() {
	for _, l := range e.tcp {
		_ = l.Close()
	}
	if e.c.Secure != nil {
		_ = e.c.Secure.Close()
	}
	for _, list := range [][]*net.UDPConn{e.udp4, e.udp6, e.groups} {
		for _, u := range list {
			_ = u.Close()
		}
	}
}

// Packet is one whole SIP message on its way in.
type Packet struct {
	Data          []byte
	Source, Local netip.AddrPort // Local is never unspecified
	Transport     sipmsg.Transport
	Group         bool // it came to a multicast group
	Anonymous     bool // it came by a WebSocket that named no origin
	// Busy is set while more waits to be read than can be served soon.
	Busy bool
	// Out is scratch for building the answer.
	Out []byte
	// Msg is scratch for parsing; what the screen leaves in it is used when the
	// message passes.
	Msg sipmsg.Message

	marked []byte // scratch for pass
	send   func(p *Packet, b []byte)
	stream *streamConn
}

// Reply sends b, which was written to Out, back to where the packet came from,
// from where it came to. Its bytes must not be touched afterwards.
func (p *Packet) Reply(b []byte) { p.send(p, b) }

// Trust notes that the sender has proved who it is: its connection may stay
// open while it is silent.
func (p *Packet) Trust() {
	if p.stream != nil {
		p.stream.trusted.Store(true)
	}
}

// KeepFor says how long the sender's connection may be silent from now on, where
// it is to be less than Config.Idle.
func (p *Packet) KeepFor(d time.Duration) {
	if p.stream != nil {
		p.stream.idle.Store(int64(d))
	}
}

// take shows a packet to the owner, and passes it on; a panic drops that packet
// only.
func (e *Edge) take(p *Packet) {
	defer func() {
		if r := recover(); r != nil {
			e.Panics.Add(1)
			e.log.Error("a SIP message could not be handled", "source", p.Source, "panic", fmt.Sprint(r), "stack", stack())
		}
	}()
	e.tapped(true, p.Local, p.Source, p.Transport, p.Data)
	if e.c.Screen(p) {
		e.Passed.Add(1)
		e.pass(p)
		return
	}
	e.Screened.Add(1)
}

func stack() string {
	b := make([]byte, 4096)
	return string(b[:runtime.Stack(b, false)])
}

// Connections is the number of open stream connections.
func (e *Edge) Connections() int {
	e.conns.mu.Lock()
	defer e.conns.mu.Unlock()
	return len(e.conns.all)
}

// NewPacket makes a packet without a socket, for tests and benchmarks of a screen.
func NewPacket(source, local netip.AddrPort, send func(p *Packet, b []byte)) Packet {
	return Packet{Source: source, Local: local, send: send}
}

// Trust notes that the connection of a flow has proved itself.
func (e *Edge) Trust(source netip.AddrPort, by sipmsg.Transport) {
	if s := e.conns.find(farEnd{source, by}); s != nil {
		s.trusted.Store(true)
	}
}
