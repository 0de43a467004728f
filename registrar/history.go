package registrar

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"cradle/directory"
	"cradle/registrar/location"
)

// The kinds of steps in an account's history.
const (
	StepRegistered = "registered" // by a flow it was not bound by before
	StepLost       = "lost"       // its connection has ended
	StepGone       = "gone"       // it took the binding back, or the time ran out
)

// Step is one step in the history of an account's registrations.
type Step struct {
	At        time.Time
	Kind      string
	Source    string // address and port
	Transport string
	UserAgent string
}

// Past is what is known of an account's registrations.
type Past struct {
	Steps []Step // the oldest first, bounded
	// Flapping: it came and went several times within minutes.
	Flapping bool
	// RoundTrip is how long its phone took to answer the last request of ours; 0: not known.
	RoundTrip time.Duration
}

// The bounds of a history, and what counts as flapping.
const (
	maxSteps   = 32
	flapSteps  = 6
	flapWithin = 10 * time.Minute
	flushEvery = 10 // upkeeps
)

// history keeps the last steps of every account, in memory and on a shelf.
type history struct {
	mu      sync.Mutex
	of      map[string]*past
	dirty   map[string]bool
	shelf   *directory.Shelf
	upkeeps int
}

type past struct {
	steps     []Step
	roundTrip time.Duration
}

func newHistory(s *directory.Shelf) *history {
	return &history{of: map[string]*past{}, dirty: map[string]bool{}, shelf: s}
}

func (h *history) account(name string) *past {
	p := h.of[name]
	if p == nil {
		p = &past{}
		h.of[name] = p
	}
	return p
}

// note takes in one change of a binding.
func (h *history) note(c location.Change, now time.Time) {
	s := Step{At: now, Kind: StepRegistered, Source: c.Binding.Source.String(), Transport: c.Binding.Transport, UserAgent: c.Binding.UserAgent}
	switch {
	case c.Gone:
		s.Kind = StepGone
	case c.Binding.FlowLost:
		s.Kind = StepLost
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.account(c.Account)
	if len(p.steps) >= maxSteps {
		p.steps = slices.Delete(p.steps, 0, 1)
	}
	p.steps = append(p.steps, s)
	h.dirty[c.Account] = true
}

// answered notes how long a phone took to answer.
func (h *history) answered(account string, took time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.account(account).roundTrip = took
}

func (h *history) past(account string, now time.Time) Past {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.of[account]
	if p == nil {
		return Past{}
	}
	out := Past{Steps: slices.Clone(p.steps), RoundTrip: p.roundTrip}
	n := 0
	for _, s := range p.steps {
		if now.Sub(s.At) < flapWithin {
			n++
		}
	}
	out.Flapping = n >= flapSteps
	return out
}

// restore reads back what was written, without accounts that are gone.
func (h *history) restore(snap *directory.Snapshot) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.shelf.All(func(account string, value []byte) bool {
		var steps []Step
		if snap.Account(account) == nil || json.Unmarshal(value, &steps) != nil || len(steps) > maxSteps {
			h.dirty[account] = true // written as deleted
			return true
		}
		h.account(account).steps = steps
		return true
	})
}

// flush writes down what changed, now and then; at once when last.
func (h *history) flush(ctx context.Context, snap *directory.Snapshot, last bool) error {
	h.mu.Lock()
	if h.upkeeps++; !last && h.upkeeps%flushEvery != 0 || len(h.dirty) == 0 {
		h.mu.Unlock()
		return nil
	}
	batch := make([]directory.Item, 0, len(h.dirty))
	for account := range h.dirty {
		item := directory.Item{Key: account}
		if snap.Account(account) == nil {
			delete(h.of, account)
		} else if p := h.of[account]; p != nil {
			item.Value, _ = json.Marshal(p.steps) //nolint:errchkjson // times and strings
		}
		batch = append(batch, item)
	}
	clear(h.dirty)
	h.mu.Unlock()
	return h.shelf.Put(ctx, batch)
}

// Past tells the history of an account's registrations.
func (r *Registrar) Past(account string) Past { return r.history.past(account, r.now()) }
