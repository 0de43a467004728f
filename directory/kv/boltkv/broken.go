package boltkv

import (
	"fmt"
	"runtime/debug"

	"cradle/directory/kv"
)

// bbolt meets a broken page with a panic, and a file that was cut off behind
// its back with a memory fault, which would end the process. Here both become
// an error that wraps kv.ErrDamaged. The panics of our callers stay theirs.

// watcher stands by while bbolt works.
type watcher struct {
	faults  bool // how memory faults were taken before
	calling bool // the caller's function runs
}

// watch begins; broken or named, deferred at once, ends it.
func watch() *watcher { return &watcher{faults: debug.SetPanicOnFault(true)} }

// call runs the caller's function.
func (w *watcher) call(fn func() error) error {
	w.calling = true
	err := fn()
	w.calling = false
	return err
}

func (w *watcher) broken(err *error) {
	debug.SetPanicOnFault(w.faults)
	if w.calling {
		return // the panic, if there is one, goes on
	}
	take(recover(), "store", err)
}

func (w *watcher) named(what string, err *error) {
	debug.SetPanicOnFault(w.faults)
	take(recover(), what, err)
}

// brokenPage is deferred by what reads or writes pages inside a transaction.
func brokenPage(err *error) { take(recover(), "store", err) }

func take(fault any, what string, err *error) {
	if fault != nil {
		*err = fmt.Errorf("%s: %w: %v", what, kv.ErrDamaged, fault)
	}
}
