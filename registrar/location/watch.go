package location

import (
	"sync"
	"sync/atomic"
)

// feed hands changes to watchers without ever waiting for one of them.
type feed struct {
	count    atomic.Int32
	mu       sync.Mutex
	watchers map[*Watch]struct{}
}

// Watch is one reader of the feed.
type Watch struct {
	t       *Table
	c       chan []Change
	mu      sync.Mutex
	pending []Change
	closed  bool
}

const (
	watchBatch   = 256 // changes in one slice
	watchBacklog = 16  // slices waiting to be read
)

// Watch begins to note changes. What only moved a binding's end is none.
func (t *Table) Watch() *Watch {
	w := &Watch{t: t, c: make(chan []Change, watchBacklog)}
	t.feed.mu.Lock()
	defer t.feed.mu.Unlock()
	if t.feed.watchers == nil {
		t.feed.watchers = map[*Watch]struct{}{}
	}
	t.feed.watchers[w] = struct{}{}
	t.feed.count.Add(1)
	return w
}

// C gives the changes in the order they happened; it is closed by Close.
func (w *Watch) C() <-chan []Change { return w.c }

// Close ends the feed.
func (w *Watch) Close() {
	w.t.feed.mu.Lock()
	delete(w.t.feed.watchers, w)
	w.t.feed.count.Store(int32(len(w.t.feed.watchers)))
	w.t.feed.mu.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closed {
		w.closed = true
		close(w.c)
	}
}

func (f *feed) post(c Change) {
	if f.count.Load() == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for w := range f.watchers {
		w.add(c)
	}
}

// Post tells watchers of a change that is no registration: a phone was found, or
// lost.
func (t *Table) Post(c Change) { t.feed.post(c) }

// add keeps a change until the reader has room. A reader that lags behind by
// more than its backlog loses what waited and is told so.
func (w *Watch) add(c Change) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return
	}
	w.pending = append(w.pending, c)
	w.push()
	if len(w.pending) >= watchBatch {
		w.pending = append(w.pending[:0:0], Change{Overflow: true})
	}
}

// push gives the pending changes away if there is room.
func (w *Watch) push() {
	if len(w.pending) == 0 {
		return
	}
	select {
	case w.c <- w.pending:
		w.pending = nil
	default:
	}
}

// Tick gives readers what had no room before; call it about once a second.
func (t *Table) Tick() {
	t.feed.mu.Lock()
	defer t.feed.mu.Unlock()
	for w := range t.feed.watchers {
		w.mu.Lock()
		if !w.closed {
			w.push()
		}
		w.mu.Unlock()
	}
}
