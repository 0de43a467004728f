// Package resync sends phones back to their settings when these have changed,
// and watches whether they really read them.
//
// It listens to the directory, works out which phones a change touches, and
// has their vendor's event sent to exactly these: a little later, so that
// several changes become one; not too many at once; and never to a phone in a
// call, nor outside the hours of its site. The loop is closed by the journal and
// the registrar: settings are applied when the phone has fetched its own file
// and is registered.
package resync

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
)

// Notifier sends a NOTIFY with an Event header to all live bindings of a device
// account, answers where the phone asks who we are, and waits for the answers.
// The registrar satisfies it.
type Notifier interface {
	NotifyAs(ctx context.Context, account, event, user string, password directory.Secret) error
}

// Busy tells whether a phone is in a call. The calls satisfy it.
type Busy interface {
	Busy(device directory.ID) bool
}

// Directory is what is read of the directory.
type Directory interface {
	Snapshot() *directory.Snapshot
	Watch() *directory.Watcher
}

// Steps opens a feed of what phones fetch (provisioning's journal has it), and
// gives what ends it.
type Steps func() (steps <-chan provisioning.Step, stop func())

// Config says how to resync. The first five fields are needed.
type Config struct {
	Directory Directory
	Catalog   catalog.Source
	Steps     Steps
	Notifier  Notifier
	Busy      Busy
	// Fingerprint gives a text that differs when a device's rendered settings
	// differ. Where it equals that of the change before, nothing is sent. Nil:
	// every change that touches a device counts.
	Fingerprint func(directory.ID) (string, error)
	// Registered tells when a device account last registered and whether it is
	// now. Nil: settings are applied when they are read.
	Registered func(account string) (last time.Time, source netip.Addr, live bool)
	Log        *slog.Logger
	// Settle is the wait after a change for more of them; 0: 300 ms.
	Settle time.Duration
	// Spread is the least time between two NOTIFYs; 0: 20 ms.
	Spread time.Duration
	// Parallel bounds the NOTIFYs that wait for an answer; 0: 16.
	Parallel int
	// Answer bounds the wait for a phone's answer; 0: 10 s.
	Answer time.Duration
	// Fetch is how long a phone that answered may take to read its settings; 0: 60 s.
	Fetch time.Duration
	// Register is how long a phone that read its settings may take to be
	// registered; 0: 120 s.
	Register time.Duration
	// Retry is the wait before what failed, or was held back by a call, is
	// tried again; 0: 2 s. It doubles with each failure.
	Retry time.Duration
}

// Status is how far a phone is with its settings.
type Status string

// The states of a phone's settings.
const (
	Applied Status = "applied" // the phone has read what is in force
	Pending Status = "pending" // a NOTIFY is to be sent, or its effect is awaited
	Failed  Status = "failed"  // the phone will read them at its next boot or poll
)

// State is a phone's status with the reason in plain words.
type State struct {
	Status Status
	Reason string
	At     time.Time
	silent bool // it has failed for the sake of its registration alone
}

// Errors of this room.
var (
	ErrNoDevice = errors.New("no such device")
	ErrClosed   = errors.New("closed")
)

// Resync sends phones back to their settings until Close.
type Resync struct {
	c       Config
	watcher *directory.Watcher
	steps   <-chan provisioning.Step
	stop    func()
	asked   chan order
	results chan result
	ctx     context.Context
	cancel  context.CancelFunc
	done    chan struct{}
	sending sync.WaitGroup

	mu     sync.Mutex
	states map[directory.ID]State

	// What follows belongs to the goroutine run.
	tasks  tasks
	prints map[directory.ID]string
	flying int
	next   time.Time // earliest time of the next NOTIFY
}

// order is a wish of the portal.
type order struct {
	device directory.ID
	reboot bool
}

// New begins to listen.
func New(c Config) (*Resync, error) {
	if c.Directory == nil || c.Catalog == nil || c.Steps == nil || c.Notifier == nil || c.Busy == nil {
		return nil, errors.New("resync needs a directory, a catalogue, the journal's steps, a notifier and who is busy")
	}
	r := &Resync{
		c: c.withDefaults(), watcher: c.Directory.Watch(),
		asked: make(chan order), done: make(chan struct{}),
		states: map[directory.ID]State{}, prints: map[directory.ID]string{}, tasks: newTasks(),
	}
	r.steps, r.stop = c.Steps()
	r.results = make(chan result, r.c.Parallel)
	r.ctx, r.cancel = context.WithCancel(context.Background())
	go r.run()
	return r, nil
}

func (c Config) withDefaults() Config {
	for _, d := range []struct {
		at        *time.Duration
		otherwise time.Duration
	}{
		{&c.Settle, 300 * time.Millisecond}, {&c.Spread, 20 * time.Millisecond}, {&c.Answer, 10 * time.Second},
		{&c.Fetch, 60 * time.Second}, {&c.Retry, 2 * time.Second}, {&c.Register, 120 * time.Second},
	} {
		if *d.at <= 0 {
			*d.at = d.otherwise
		}
	}
	if c.Parallel <= 0 {
		c.Parallel = 16
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Log = c.Log.With("room", "resync")
	return c
}

// Close ends the listening and waits for NOTIFYs under way.
func (r *Resync) Close() error {
	r.cancel()
	<-r.done
	return nil
}

// Resync orders a phone back to its settings, by a reboot if so wished. It
// returns at once; State tells how it goes. A phone in a call is left alone
// until the call has ended.
func (r *Resync) Resync(ctx context.Context, device directory.ID, reboot bool) error {
	if r.c.Directory.Snapshot().Device(device) == nil {
		return fmt.Errorf("%w: %s", ErrNoDevice, device)
	}
	select {
	case r.asked <- order{device, reboot}:
		return nil
	case <-r.ctx.Done():
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// State tells how far a phone is. A phone nobody had to send anywhere has
// applied what it read at its boot.
func (r *Resync) State(device directory.ID) State {
	r.mu.Lock()
	s, ok := r.states[device]
	r.mu.Unlock()
	switch {
	case !ok:
		return State{Status: Applied, Reason: "no change since the last boot"}
	case s.silent && r.live(device, time.Time{}):
		return State{Status: Applied, Reason: readAndRegistered, At: s.At}
	}
	return s
}

func (r *Resync) set(device directory.ID, status Status, reason string) {
	r.mu.Lock()
	r.states[device] = State{Status: status, Reason: reason, At: time.Now()}
	r.mu.Unlock()
	r.c.Log.Debug("settings", "device", device, "status", status, "reason", reason)
}

func (r *Resync) forget(device directory.ID) {
	r.tasks.drop(device)
	delete(r.prints, device)
	r.mu.Lock()
	delete(r.states, device)
	r.mu.Unlock()
}
