// Package event holds the feed of what calls do: ringing, answered, held,
// resumed, ended. Calls speak, whoever wants listens; nobody is waited for.
package event

import (
	"sync"
	"time"

	"cradle/directory"
)

// Kind is what happened.
type Kind string

// The things that happen to a call.
const (
	Began    Kind = "began"    // somebody has dialled
	Ringing  Kind = "ringing"  // a phone rings
	Answered Kind = "answered" // the parties talk
	Held     Kind = "held"     // one party put the other on hold
	Resumed  Kind = "resumed"  // nobody holds any more
	OneWay   Kind = "oneway"   // only one of two parties is heard; By says who is not
	Ended    Kind = "ended"
	Lost     Kind = "overflow" // this reader was too slow and missed some: read the live list anew
)

// Event is one step of one call.
type Event struct {
	Kind         Kind
	Time         time.Time
	Call         directory.ID
	Organization directory.ID
	From, To     string // numbers
	FromDevice   directory.ID
	// ToDevice is the phone that rings, answered or was held; empty: several or none.
	ToDevice directory.ID
	// By is who held, resumed, ended or is not heard: "caller", "callee", "system".
	By string
	// Status is the final SIP status of an ended call, 200 when it was answered.
	Status int
}

// depth is how many events a reader may be behind.
const depth = 256

// Feed passes events to all who watch. The zero value is ready.
type Feed struct {
	mu       sync.Mutex
	watchers map[*Watcher]struct{}
}

// Watcher is one reader of a feed.
type Watcher struct {
	feed   *Feed
	c      chan Event
	missed bool // guarded by feed.mu
}

// Watch begins to listen. The reader must Close it.
func (f *Feed) Watch() *Watcher {
	w := &Watcher{feed: f, c: make(chan Event, depth)}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.watchers == nil {
		f.watchers = map[*Watcher]struct{}{}
	}
	f.watchers[w] = struct{}{}
	return w
}

// C yields events until Close. After missing some the next is one of kind Lost.
func (w *Watcher) C() <-chan Event { return w.c }

// Close ends listening; C is closed.
func (w *Watcher) Close() {
	w.feed.mu.Lock()
	defer w.feed.mu.Unlock()
	if _, ok := w.feed.watchers[w]; ok {
		delete(w.feed.watchers, w)
		close(w.c)
	}
}

// Publish tells every reader; one that is full misses it and is told so later.
func (f *Feed) Publish(e Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for w := range f.watchers {
		w.offer(e)
	}
}

func (w *Watcher) offer(e Event) {
	if w.missed {
		if len(w.c) > depth-2 {
			return
		}
		w.missed = false
		w.c <- Event{Kind: Lost, Time: e.Time}
	}
	select {
	case w.c <- e:
	default:
		w.missed = true
	}
}
