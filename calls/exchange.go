// Package calls holds who talks to whom: every call between phones, from the
// INVITE to the record of its end.
//
// The story: an INVITE comes through the registrar's door, already told who
// sends it (invite.go). route decides where it goes; a Call is made, with a
// goroutine of its own (run.go), a leg to the caller and one to each phone
// that rings (fork.go). The first to answer is joined with the caller
// (call.go); media flows beside and never through here. Hold and its like are
// passed across (reoffer.go), and when somebody hangs up the call is written
// into the book and its goroutine ends (finish.go).
package calls

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/calls/cdr"
	"cradle/calls/event"
	"cradle/calls/feature"
	"cradle/directory"
	"cradle/directory/seating"
	"cradle/media"
	"cradle/media/music"
	"cradle/media/prompt"
	"cradle/registrar"
	"cradle/registrar/transaction"
)

// Registrar is the front door as calls use it; *registrar.Registrar satisfies it.
type Registrar interface {
	Handle(sip.RequestMethod, registrar.Handler)
	InDialog(func(callID, localTag, remoteTag string, from netip.AddrPort) bool)
	Lookup(account string) []registrar.Binding
	Request(context.Context, registrar.Binding, *sip.Request, transaction.Heard) (*transaction.Client, error)
	WriteACK(registrar.Binding, *sip.Request) (again func() error, err error)
	Host(registrar.Binding) string
}

// Config is what an exchange is made of. Directory, Registrar and Media must be set.
type Config struct {
	Directory *directory.Directory
	Registrar Registrar
	Media     *media.Relay
	Prompts   *prompt.Library  // nil: our own
	Music     *music.Library   // on hold; nil: none
	Seats     *seating.Rules   // nil: of this directory
	Log       *slog.Logger     // nil: slog.Default
	Now       func() time.Time // nil: time.Now
	T1        time.Duration    // RFC 3261 section 17.1.1.1; 0: 500 ms
	Silence   time.Duration    // without media until phones are asked whether they are there; 0: limit call_silence_minutes
}

// Exchange holds all calls.
type Exchange struct {
	cfg        Config
	log        *slog.Logger
	features   feature.Table
	prompts    *prompt.Library
	feed       event.Feed
	book       *cdr.Book
	dialogs    dialogs
	limits     limits
	totals     totals
	afterwards afterwards
	draining   atomic.Bool

	ctx  context.Context // ends when the exchange closes
	stop context.CancelFunc
	work sync.WaitGroup // everything that runs: calls and the readers of their transactions

	mu    sync.Mutex
	shut  bool // no call may begin any more
	live  map[directory.ID]*Call
	empty chan struct{} // closed while no call is live
}

// New joins the exchange to the front door, and ends what a crash left open.
func New(c Config) (*Exchange, error) {
	if c.Directory == nil || c.Registrar == nil || c.Media == nil {
		return nil, fmt.Errorf("%w: calls need a directory, a registrar and media", ErrConfig)
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Prompts == nil {
		c.Prompts, _ = prompt.Open("") //nolint:errcheck // there is nothing to read
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	x := &Exchange{cfg: c, log: slog.New(late{Handler: c.Log.Handler()}).With("room", "calls"), prompts: c.Prompts, live: map[directory.ID]*Call{}, empty: closed()}
	if c.Seats == nil {
		c.Seats = seating.New(seating.Config{Directory: c.Directory, Log: x.log})
	}
	x.features = feature.All(feature.Config{Seats: c.Seats})
	x.dialogs.init()
	x.ctx, x.stop = context.WithCancel(context.Background())
	x.book = cdr.Open(cdr.Config{Records: c.Directory.Shelf("callrecords"), Live: c.Directory.Shelf("livecalls"), Log: x.log})
	if err := x.closeUnfinished(); err != nil {
		x.stop()
		return nil, err
	}
	c.Registrar.InDialog(x.dialogs.vouch)
	c.Registrar.Handle(sip.INVITE, x.guard(x.invite))
	for _, m := range []sip.RequestMethod{sip.ACK, sip.BYE, sip.INFO, sip.UPDATE, sip.PRACK, sip.OPTIONS, sip.REFER, sip.MESSAGE} {
		c.Registrar.Handle(m, x.guard(x.inDialog))
	}
	return x, nil
}

// Events is the feed of what calls do.
func (x *Exchange) Events() *event.Feed { return &x.feed }

// Records reads call records of an organization, newest first; see cdr.Book.Records.
func (x *Exchange) Records(ctx context.Context, org directory.ID, after string, n int) ([]directory.CallRecord, string, error) {
	return x.book.Records(ctx, org, after, n)
}

// Busy tells whether a phone calls, rings or talks just now.
func (x *Exchange) Busy(device directory.ID) bool { return x.limits.busy(device) }

// Drain takes no new calls but emergency calls, waits for those that are up
// until ctx ends, and then hangs the rest up.
func (x *Exchange) Drain(ctx context.Context) {
	x.draining.Store(true)
	select {
	case <-x.idle():
		return
	case <-ctx.Done():
	}
	x.hangUpAll("shutting down")
}

// Close hangs up what is up, writes the book and waits for everything that runs.
func (x *Exchange) Close() error {
	x.mu.Lock()
	x.shut = true
	x.mu.Unlock()
	x.hangUpAll("shutting down")
	x.stop()
	x.work.Wait()
	return x.book.Close()
}

// farewell is how long phones get to take the BYE of a call we end.
const farewell = 2 * time.Second

func (x *Exchange) hangUpAll(why string) {
	for _, c := range x.calls() {
		c.Post(func() { c.hangUp("system", sip.StatusServiceUnavailable, why) })
	}
	select {
	case <-x.idle():
	case <-time.After(farewell):
	}
}

// idle is closed when no call is live.
func (x *Exchange) idle() <-chan struct{} {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.empty
}

func closed() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}
