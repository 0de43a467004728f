// Package transaction is the transaction layer of SIP (RFC 3261 section 17, with
// the corrections of RFC 6026): what is sent again until it is answered, and what
// is known when it comes again.
//
//	Receive  a message that came in                        this file
//	Server   a request of a phone, and the answers to it   server.go
//	Client   a request of ours, and its answers            client.go
//
// Everything happens on the goroutine that brings it: the reader of a socket, the
// owner of a request, a timer. So the messages of one phone keep their order, and
// one that comes in costs no goroutine. What a transaction calls back must
// therefore not wait for anything.
package transaction

import (
	"net/netip"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/registrar/sipmsg"
)

// Flow is the way a message goes: between which addresses, and by what.
type Flow struct {
	Local, Remote netip.AddrPort
	Transport     sipmsg.Transport
}

// Times of RFC 3261 section 17.1.1.1, but for T1, which Config holds.
const (
	defaultT1 = 500 * time.Millisecond
	t2        = 4 * time.Second  // no request is repeated more seldom
	t4        = 5 * time.Second  // how long a message may be under way
	timerD    = 32 * time.Second // how long a refusal of ours may be repeated
	// timerJ is how long a request may be repeated after its answer. The RFC says
	// 32 s; a phone that has heard nothing for 8 s has sent it five times.
	timerJ = 8 * time.Second
)

// Config is what New needs.
type Config struct {
	// Write sends bytes by a flow; it may take as long as a write does, and does
	// not keep b.
	Write func(f Flow, b []byte) error
	// Request gets every new request but CANCEL with its transaction, and every ACK
	// that no transaction was waiting for.
	Request func(req *sip.Request, tx *Server)
	T1      time.Duration // the estimate of the round trip; 0: 500 ms
}

// Layer holds the transactions. Use New.
type Layer struct {
	c       Config
	mu      sync.Mutex
	servers map[serverKey]*Server
	clients map[clientKey]*Client
	streams map[Flow]map[member]struct{} // those that end with a connection, which its far end names
	closed  bool
	work    sync.WaitGroup
}

// member is a transaction that ends with its connection.
type member interface{ lost(err error) }

// New makes a layer without transactions.
func New(c Config) *Layer {
	if c.T1 == 0 {
		c.T1 = defaultT1
	}
	return &Layer{c: c, servers: map[serverKey]*Server{}, clients: map[clientKey]*Client{}, streams: map[Flow]map[member]struct{}{}}
}

// Receive takes a message that came by a flow.
func (l *Layer) Receive(m sip.Message, f Flow) {
	switch m := m.(type) {
	case *sip.Request:
		m.SetSource(f.Remote.String())
		l.request(m, f)
	case *sip.Response:
		l.response(m, f)
	}
}

// request sorts out what a request is: an ACK or CANCEL that belongs to an
// INVITE, one that came before, or something new.
func (l *Layer) request(req *sip.Request, f Flow) {
	key, ok := serverKeyOf(req, f)
	if !ok {
		return // nobody could be answered
	}
	switch {
	case req.IsAck():
		if tx := l.server(key); tx == nil || !tx.acknowledged() {
			l.c.Request(req, &Server{l: l, flow: f, state: serverEnded})
		}
		return
	case req.IsCancel():
		invite := key
		invite.method = sip.INVITE
		if tx := l.server(invite); tx != nil {
			tx.cancel(req)
		} else { // without a transaction, as it costs its sender nothing
			_ = l.c.Write(f, text(sip.NewResponseFromRequest(req, sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist", nil)))
		}
		return
	}
	tx, before := l.open(key, req, f)
	switch {
	case before:
		tx.repeated()
	case tx != nil:
		l.c.Request(req, tx)
	}
}

func (l *Layer) server(k serverKey) *Server {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.servers[k]
}

// open finds the transaction of a request, or begins one; nil: we are closing.
func (l *Layer) open(k serverKey, req *sip.Request, f Flow) (tx *Server, before bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if tx := l.servers[k]; tx != nil {
		return tx, true
	}
	if l.closed {
		return nil, false
	}
	tx = newServer(l, k, req, f)
	l.servers[k] = tx
	l.join(f, tx)
	return tx, false
}

// response hands an answer to the request it is for; nobody waits for others. What
// went by a connection is answered by it.
func (l *Layer) response(res *sip.Response, f Flow) {
	key, ok := clientKeyOf(res)
	if !ok {
		return
	}
	l.mu.Lock()
	tx := l.clients[key]
	l.mu.Unlock()
	if tx != nil && tx.flow.takes(f) {
		tx.receive(res)
	}
}

// takes says whether a message that came by g may belong to what went by f.
func (f Flow) takes(g Flow) bool {
	return f.Transport == g.Transport && (!f.Transport.Stream() || f.Remote == g.Remote)
}

// join notes that a transaction ends with its connection. l.mu is held.
func (l *Layer) join(f Flow, m member) {
	if !f.Transport.Stream() {
		return
	}
	f.Local = netip.AddrPort{}
	all := l.streams[f]
	if all == nil {
		all = map[member]struct{}{}
		l.streams[f] = all
	}
	all[m] = struct{}{}
}

// leave forgets what join noted. l.mu is held.
func (l *Layer) leave(f Flow, m member) {
	f.Local = netip.AddrPort{}
	if all := l.streams[f]; all != nil {
		if delete(all, m); len(all) == 0 {
			delete(l.streams, f)
		}
	}
}

// Lost ends all transactions of a connection that is gone. It does not wait.
func (l *Layer) Lost(f Flow) {
	f.Local = netip.AddrPort{}
	l.mu.Lock()
	all := l.streams[f]
	delete(l.streams, f)
	if len(all) > 0 && !l.closed {
		l.work.Go(func() {
			for m := range all {
				m.lost(ErrTransport)
			}
		})
	}
	l.mu.Unlock()
}

// Close ends everything; who waits for an answer hears ErrEnded.
func (l *Layer) Close() {
	l.mu.Lock()
	l.closed = true
	all := make([]member, 0, len(l.servers)+len(l.clients))
	for _, tx := range l.servers {
		all = append(all, tx)
	}
	for _, tx := range l.clients {
		all = append(all, tx)
	}
	l.mu.Unlock()
	for _, m := range all {
		m.lost(ErrEnded)
	}
	l.work.Wait()
}

// Len is how many transactions there are.
func (l *Layer) Len() (servers, clients int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.servers), len(l.clients)
}
