package directory

import "sync"

// watchDepth is how many commits a slow Watcher may lag behind.
const watchDepth = 128

// Change is one record that a commit created, changed or deleted. Old and New are
// *Device and so on, nil when it was created or deleted.
type Change struct {
	Revision uint64
	Kind     Kind
	ID       ID // a limit's name, a setting's scope and key
	Deleted  bool
	Old, New any
}

// Watcher is a feed of changes.
type Watcher struct {
	c    chan []Change
	hub  *hub
	lost bool
}

// C gives one slice a commit, in order, after the snapshot shows it. A reader that
// is too slow gets a slice of one Change with KindOverflow and should read the
// snapshot anew. The channel is closed by Close of the watcher or the directory.
func (w *Watcher) C() <-chan []Change { return w.c }

// Close ends the feed. It may be called twice.
func (w *Watcher) Close() { w.hub.drop(w) }

// hub hands commits to watchers and never waits for one.
type hub struct {
	mu       sync.Mutex
	closed   bool
	watchers map[*Watcher]struct{}
}

// Watch begins a feed of the changes from now on.
func (d *Directory) Watch() *Watcher {
	w := &Watcher{c: make(chan []Change, watchDepth), hub: &d.hub}
	d.hub.mu.Lock()
	defer d.hub.mu.Unlock()
	if d.hub.closed {
		close(w.c)
		return w
	}
	if d.hub.watchers == nil {
		d.hub.watchers = make(map[*Watcher]struct{})
	}
	d.hub.watchers[w] = struct{}{}
	return w
}

// send gives a commit to all. The last place of a queue is kept for the mark of
// an overflow: while it is there unread, what is dropped is covered by it.
func (h *hub) send(changes []Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.watchers {
		switch {
		case len(w.c) < cap(w.c)-1:
			w.lost = false
			w.c <- changes
		case !w.lost:
			w.lost = true
			w.c <- []Change{{Revision: changes[len(changes)-1].Revision, Kind: KindOverflow}}
		}
	}
}

func (h *hub) drop(w *Watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.watchers[w]; ok {
		delete(h.watchers, w)
		close(w.c)
	}
}

func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for w := range h.watchers {
		close(w.c)
	}
	h.watchers = nil
}
