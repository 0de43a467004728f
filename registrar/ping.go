package registrar

import (
	"context"
	"sync"
	"time"

	"cradle/directory"
	"cradle/registrar/location"
)

// pings asks phones by OPTIONS whether they are there, where their device's
// settings say how often. A phone that does not answer counts as not reachable
// until it answers again or registers anew. What it answers does not matter.
type pings struct {
	mu    sync.Mutex
	heard map[string]*heard // by account and Contact
	snap  *directory.Snapshot
	of    []pinged
	slots chan struct{}
}

// heard is what the pings of one binding have shown.
type heard struct {
	since time.Time // Registered of the binding
	trip  time.Duration
	lost  bool
	seen  time.Time // when it was last asked
}

// pinged is one account that is asked.
type pinged struct {
	account string
	every   time.Duration
	next    time.Time
}

const (
	pingsAtOnce = 256
	pingWait    = 8 * time.Second // as long as a datagram is repeated in it four times
)

func newPings() *pings {
	return &pings{heard: map[string]*heard{}, slots: make(chan struct{}, pingsAtOnce)}
}

func pingKey(b *Binding) string { return b.Account + " " + b.Contact }

// mark fills in what is known of a binding.
func (p *pings) mark(b *Binding) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.heard) == 0 {
		return
	}
	if h := p.heard[pingKey(b)]; h != nil && h.since.Equal(b.Registered) {
		b.RoundTrip, b.Unreachable = h.trip, h.lost
	}
}

// tell notes the outcome of one ping; changed says that the phone came or went.
func (p *pings) tell(b *Binding, trip time.Duration, lost bool, now time.Time) (changed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.heard[pingKey(b)]
	if h == nil || !h.since.Equal(b.Registered) {
		h = &heard{since: b.Registered}
		p.heard[pingKey(b)] = h
	}
	changed = h.lost != lost
	h.lost, h.seen = lost, now
	if !lost {
		h.trip = trip
	}
	return changed
}

// list gives the accounts whose time has come. The list of all is made anew when
// the directory has changed, once a second at most, since that is how often it
// is asked for.
func (p *pings) list(s *directory.Snapshot, now time.Time) (out []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.snap != s {
		p.renew(s, now)
	}
	for i := range p.of {
		if one := &p.of[i]; !now.Before(one.next) {
			one.next = now.Add(one.every)
			out = append(out, one.account)
		}
	}
	return out
}

func (p *pings) renew(s *directory.Snapshot, now time.Time) {
	next := make(map[string]time.Time, len(p.of))
	for _, one := range p.of {
		next[one.account] = one.next
	}
	p.snap, p.of = s, p.of[:0]
	for d := range s.Devices("") {
		if d.SIP.Ping == 0 || d.Disabled {
			continue
		}
		every := time.Duration(d.SIP.Ping) * time.Second
		for _, l := range d.Lines {
			at, ok := next[l.Account.User]
			if !ok || at.After(now.Add(every)) {
				at = now
			}
			p.of = append(p.of, pinged{l.Account.User, every, at})
		}
	}
	for k, h := range p.heard { // of bindings that are gone, and of those nobody asks any more
		if now.Sub(h.seen) > time.Hour+time.Minute {
			delete(p.heard, k)
		}
	}
}

// pingDue asks all whose time has come; call it once a second.
func (r *Registrar) pingDue(ctx context.Context) {
	if r.edge == nil {
		return
	}
	for _, account := range r.pings.list(r.dir.Snapshot(), r.now()) {
		for _, b := range r.Lookup(account) {
			if b.FlowLost {
				continue
			}
			select {
			case r.pings.slots <- struct{}{}:
			default:
				return // a second later
			}
			r.work.Add(1)
			go func() {
				defer r.work.Done()
				defer func() { <-r.pings.slots }()
				r.ping(ctx, b)
			}()
		}
	}
}

// ping asks one phone, and tells watchers when it has come or gone.
func (r *Registrar) ping(ctx context.Context, b Binding) {
	ctx, cancel := context.WithTimeout(ctx, pingWait)
	defer cancel()
	begun := time.Now()
	err := r.askOptions(ctx, b)
	trip := time.Since(begun)
	if ctx.Err() == context.Canceled { //nolint:errorlint // it is compared with itself
		return // we are closing
	}
	if r.pings.tell(&b, trip, err != nil, r.now()) {
		b.RoundTrip, b.Unreachable = trip, err != nil
		r.log.Info("a phone was asked whether it is there", "account", b.Account, "source", b.Source, "reachable", err == nil)
		r.loc.Post(location.Change{Account: b.Account, Binding: b})
	}
}
