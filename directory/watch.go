package directory

import "cradle/directory/kv"

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
type Watcher struct{ r *kv.Listener[[]Change] }

// C gives one slice a commit, in order, after the snapshot shows it. A reader that
// is too slow gets a slice of one Change with KindOverflow and should read the
// snapshot anew. The channel is closed by Close of the watcher or the directory.
func (w *Watcher) C() <-chan []Change { return w.r.C() }

// Close ends the feed. It may be called twice.
func (w *Watcher) Close() { w.r.Close() }

// hub hands commits to watchers and never waits for one.
type hub struct{ kv.Fan[[]Change] }

// Watch begins a feed of the changes from now on.
func (d *Directory) Watch() *Watcher {
	r, _ := d.hub.Join(watchDepth)
	return &Watcher{r}
}

// send gives a commit to all, or the mark of an overflow.
func (h *hub) send(changes []Change) {
	h.Send(changes, func() []Change {
		return []Change{{Revision: changes[len(changes)-1].Revision, Kind: KindOverflow}}
	})
}
