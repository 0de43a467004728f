// Package desk holds the subscriptions of phones (RFC 6665): who watches what,
// until when, and what each still has to be told. It knows no SIP: the
// registrar opens and refreshes subscriptions here, and sends the NOTIFYs that
// the desk hands out.
//
// A subscription watches keys. Whoever changes something calls Changed with its
// key; the desk then asks for the state anew and sends it, unless it is what
// the phone was told last. outbox.go is the order in which that happens,
// record.go what is there again after a restart.
package desk

import (
	"context"
	"errors"
	"hash/maphash"
	"log/slog"
	"sync"
	"time"
)

// Errors. What Send gives decides how a subscription goes on: ErrGone ends it,
// ErrAway keeps it until the phone is back, any other keeps it as it is.
var (
	ErrGone    = errors.New("the phone has ended the subscription")
	ErrSilent  = errors.New("the phone does not answer")
	ErrAway    = errors.New("no way leads to the phone now")
	ErrTooMany = errors.New("too many subscriptions")
	ErrUnknown = errors.New("no such subscription")
	ErrOrder   = errors.New("CSeq out of order")
)

// State is what a watcher is told: always the whole state.
type State struct {
	ContentType string
	// Body may hold NUL bytes: each is written as the version of the state, which
	// counts the NOTIFYs of a subscription from 0 (RFC 4235 section 4.1).
	Body []byte
	// Watch are the keys whose change makes this state another.
	Watch []string
	// List says that it is one of a list (RFC 4662).
	List bool
	// Gone is why there is nothing to watch any more, a reason of RFC 6665 section
	// 4.1.3; empty: there is.
	Gone string
}

// Notice is one NOTIFY to be sent.
type Notice struct {
	Subscription
	Number      uint32 // its CSeq
	Reason      string // why the subscription ends with it; empty: it goes on
	ContentType string
	Body        []byte
	List        bool
}

// Config is what New needs; all of it but Parallel, Rest, Log and Now.
type Config struct {
	// State asks for the state of what is watched, as that watcher may see it.
	State func(Subscription) State
	// Send sends a NOTIFY and waits for its answer.
	Send  func(context.Context, Notice) error
	Store Store
	// Parallel bounds the NOTIFYs under way at once; nil: 512.
	Parallel func() int
	// Rest is the least time between two NOTIFYs of one subscription: what changes
	// meanwhile is told once; 0: 200 ms.
	Rest time.Duration
	Log  *slog.Logger
	Now  func() time.Time
}

// perPhone is how many NOTIFYs are under way to one account at once. A phone
// with forty keys has forty subscriptions, and few phones bear forty requests
// at once.
const perPhone = 4

// Desk is the table of all subscriptions. Use New, then Run.
type Desk struct {
	c    Config
	seed maphash.Seed
	ctx  context.Context // ends with Close
	stop context.CancelFunc
	work sync.WaitGroup
	kick chan struct{} // to the clock: something rests

	mu      sync.Mutex
	closed  bool
	byTag   map[string]*entry
	watched map[string][]*entry
	phones  map[string]*phone
	ready   []*phone // that have something due and may be told
	flying  int
	resting []*entry // in the order of their wake
	changed map[string]*entry
	sweeps  int
	sent    uint64
	failed  uint64
}

// entry is a subscription with what the desk knows of it.
type entry struct {
	Subscription
	phone  *phone
	watch  []string
	sum    uint64 // of what the phone was told last; 0: nothing yet
	mode   mode
	dirty  bool      // there may be news
	force  bool      // a NOTIFY has to go out even without news
	ending string    // why it ends with the next NOTIFY
	wake   time.Time // while resting
	stored uint32    // highest Number that the store promises not to be used again
	gone   bool
}

type mode uint8

const (
	idle    mode = iota
	due          // waits for its turn
	flying       // a NOTIFY is under way
	resting      // was told just now
	away         // no way leads to the phone
)

// phone is one account that subscribes.
type phone struct {
	account string
	entries map[*entry]struct{}
	due     []*entry
	flying  int
	lined   bool // it is in Desk.ready
}

// New makes an empty desk.
func New(c Config) *Desk {
	if c.Parallel == nil {
		c.Parallel = func() int { return 512 }
	}
	if c.Rest == 0 {
		c.Rest = 200 * time.Millisecond
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	d := &Desk{c: c, seed: maphash.MakeSeed(), kick: make(chan struct{}, 1), byTag: map[string]*entry{}, watched: map[string][]*entry{},
		phones: map[string]*phone{}, changed: map[string]*entry{}}
	d.ctx, d.stop = context.WithCancel(context.Background())
	return d
}

// Run reads back what was stored, tells those watchers the whole state, and
// begins to wake what rests.
func (d *Desk) Run() error {
	err := d.restore()
	d.work.Go(d.clock)
	return err
}

// Close ends every NOTIFY under way; Flush afterwards writes the last word.
func (d *Desk) Close() {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	d.stop()
	d.work.Wait()
}

// Len is how many subscriptions there are.
func (d *Desk) Len() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.byTag)
}

// Counts are the NOTIFYs that phones took, and those they did not, since the start.
func (d *Desk) Counts() (sent, failed uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.sent, d.failed
}

// Subscriptions lists those of an account.
func (d *Desk) Subscriptions(account string) []Subscription {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.phones[account]
	if p == nil {
		return nil
	}
	out := make([]Subscription, 0, len(p.entries))
	for e := range p.entries {
		out = append(out, e.Subscription)
	}
	return out
}
