// Package registrar holds who is where, and is the SIP front door: it screens
// every message, asks who is talking, keeps the bindings of the phones, and
// sends requests to them.
//
// A message comes in by a socket of edge. screen judges it: junk and floods
// get silence, REGISTER and OPTIONS are answered on the spot (save.go,
// options.go), requests without credentials get their challenge, all without
// a transaction. What is left is authenticated or belongs to a dialog; guard
// says who the peer is and hands it to the handler of its method, or to the
// desk of event packages (events.go). send.go is the way out.
package registrar

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/directory"
	"cradle/registrar/auth"
	"cradle/registrar/desk"
	"cradle/registrar/edge"
	"cradle/registrar/location"
	"cradle/registrar/trace"
)

// Config is what New needs.
type Config struct {
	Directory *directory.Directory
	// Listen is "host:port" for UDP and TCP on the same port; empty: neither.
	Listen string
	// Secure takes connections for SIP over TLS, with the configuration TLS; nil:
	// none. It is closed with the registrar.
	Secure net.Listener
	TLS    *tls.Config
	// Advertise is the host written into messages for peers outside all site
	// networks; empty: the local address they came to.
	Advertise string
	Log       *slog.Logger     // nil: none
	Now       func() time.Time // nil: time.Now
}

// Registrar is the open front door. Use New, then Handle, then Run.
type Registrar struct {
	c       Config
	dir     *directory.Directory
	log     *slog.Logger
	now     func() time.Time
	edge    *edge.Edge // nil: no SIP
	loc     *location.Table
	nonces  *auth.Nonces
	gruus   gruus
	dummy   auth.Secrets // stands in for accounts that do not exist
	seed    maphash.Seed
	policy  atomic.Pointer[policy]
	budget  *budget
	revoked revoked
	store   shelf
	pings   *pings

	refusals  chan Refusal
	onRefusal func(Refusal) // nil: nobody
	regs      sync.Pool     // of *location.Registration

	handlers  map[sip.RequestMethod]Handler
	pnp       EventHandler // of plug-and-play; nil: silence
	packages  map[string]EventPackage
	subs      *desk.Desk
	traces    *trace.Tracer
	history   *history
	softphone func(*directory.Device) bool // nil: none
	inDialog  func(callID, localTag, remoteTag string, from netip.AddrPort) bool
	running   atomic.Int64 // server transactions
	desk      chan struct{}

	started bool
	stop    chan struct{}
	once    sync.Once
	work    sync.WaitGroup
	flush   sync.Mutex
}

// New opens the sockets and restores the bindings. Nothing is answered before Run.
func New(ctx context.Context, c Config) (*Registrar, error) {
	if c.Directory == nil {
		return nil, errors.New("registrar: no directory")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	r := &Registrar{c: c, dir: c.Directory, log: c.Log, now: c.Now, loc: location.New(), nonces: auth.NewNonces(), gruus: newGRUUs(), seed: maphash.MakeSeed(),
		budget: newBudget(), pings: newPings(), refusals: make(chan Refusal, refusalsWaiting), store: shelf{c.Directory.Shelf("bindings")}, handlers: map[sip.RequestMethod]Handler{},
		packages: map[string]EventPackage{}, stop: make(chan struct{}), desk: make(chan struct{}, deskSize)}
	r.regs.New = func() any { return new(location.Registration) }
	r.subs, r.traces, r.history = r.newDesk(), r.newTracer(), newHistory(c.Directory.Shelf("registrations"))
	r.dummy = auth.Secrets{MD5: new([32]byte), SHA256: new([64]byte)}
	if err := errors.Join(r.restore(), r.history.restore(r.dir.Snapshot())); err != nil {
		return nil, err
	}
	if c.Listen == "" && c.Secure == nil {
		return r, nil
	}
	var err error
	r.edge, err = edge.Open(ctx, edge.Config{Listen: c.Listen, Secure: c.Secure, TLS: c.TLS, Log: c.Log, Screen: r.screen, Request: r.enter, Admit: r.admitConn, FlowGone: r.loc.LoseFlow})
	if err != nil {
		return nil, fmt.Errorf("SIP: %w", err)
	}
	return r, nil
}

// Run begins to answer and to look after the bindings; it returns at once.
func (r *Registrar) Run() {
	r.started = true
	watch := r.dir.Watch()
	bindings := r.loc.Watch()
	r.work.Add(4)
	go func() { defer r.work.Done(); r.tellRefusals() }()
	go func() { defer r.work.Done(); r.upkeep() }()
	go func() { defer r.work.Done(); defer bindings.Close(); r.followBindings(bindings) }()
	go func() { defer r.work.Done(); defer watch.Close(); r.follow(watch) }()
	if r.edge != nil {
		r.edge.Start()
	}
	if err := r.subs.Run(); err != nil {
		r.log.Error("subscriptions could not be read back", "error", err)
	}
}

// Close ends everything. All bindings and subscriptions are on disk when it returns without error.
func (r *Registrar) Close(ctx context.Context) error {
	var err error
	r.once.Do(func() {
		close(r.stop)
		r.subs.Close()
		if r.edge != nil {
			r.edge.Close()
		}
		r.work.Wait()
		err = errors.Join(r.save(ctx, true), r.subs.Flush(ctx), r.history.flush(ctx, r.dir.Snapshot(), true)) // nothing is answered any more: this is the last word
	})
	return err
}

// Addr is the real listening address for UDP and TCP, which share the port;
// invalid: it is closed.
func (r *Registrar) Addr() netip.AddrPort {
	if r.edge == nil {
		return netip.AddrPort{}
	}
	return r.edge.Addr()
}

// Bindings calls yield with every live binding until it is false.
func (r *Registrar) Bindings(yield func(Binding) bool) {
	r.loc.All(r.now(), func(b Binding) bool { r.pings.mark(&b); return yield(b) })
}

// Watch begins a feed of binding changes.
func (r *Registrar) Watch() *BindingWatch { return r.loc.Watch() }

// Registration tells when and from where an account last registered, also
// before a restart, and whether it has a live binding that can be reached.
func (r *Registrar) Registration(account string) (last time.Time, source netip.Addr, live bool) {
	return r.loc.Last(account, r.now())
}
