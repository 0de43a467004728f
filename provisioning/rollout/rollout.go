// Package rollout brings a change to phones step by step: first to a few, then,
// where enough of these are registered again, to more, at last to all. A change
// that phones do not come back from is stopped by itself and taken back.
//
// All that it goes by are records and registrations, so it goes on after a
// restart where it was.
package rollout

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"runtime/debug"
	"time"

	"cradle/directory"
)

// Errors of this room; those that wrap them name the value at fault.
var (
	ErrInvalid = errors.New("such a roll-out cannot be")
	ErrRunning = errors.New("another roll-out of it is under way")
	ErrOver    = errors.New("the roll-out is over")
)

// Config is what an Engine is made of. The first three are needed.
type Config struct {
	Directory *directory.Directory
	// Registered tells when a device account last registered and whether it is now.
	Registered func(account string) (last time.Time, source netip.Addr, live bool)
	// Pending tells whether a phone is still to be told of a change.
	Pending func(directory.ID) bool
	// Faults are the phones for which a template does not render; nil: not told.
	Faults func() map[directory.ID]string
	Alarm  func(text string, site directory.ID) // nil: nobody is told
	Log    *slog.Logger
	Now    func() time.Time // nil: time.Now
	// Every is the time between two looks at the phones; 0: 5 s.
	Every time.Duration
}

// Engine moves roll-outs on until Close.
type Engine struct {
	c      Config
	cancel context.CancelFunc
	done   chan struct{}
}

// New begins to move on the roll-outs that are under way.
func New(c Config) (*Engine, error) {
	if c.Directory == nil || c.Registered == nil || c.Pending == nil {
		return nil, errors.New("roll-outs need a directory, who is registered and who is to be told")
	}
	if c.Alarm == nil {
		c.Alarm = func(string, directory.ID) {}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Every <= 0 {
		c.Every = 5 * time.Second
	}
	c.Log = c.Log.With("room", "rollout")
	e := &Engine{c: c, done: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	e.cancel = cancel
	go e.run(ctx)
	return e, nil
}

// Close ends it; what is under way stays as it is until the next start.
func (e *Engine) Close() error {
	e.cancel()
	<-e.done
	return nil
}

func (e *Engine) run(ctx context.Context) {
	defer close(e.done)
	look := time.NewTicker(e.c.Every)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
			for r := range e.c.Directory.Snapshot().Rollouts("") {
				if r.State == directory.RolloutRunning {
					e.look(ctx, r)
				}
			}
		}
	}
}

// system names us in the audit.
var system = directory.Actor{Kind: "system", Name: "roll-out"}

// look moves one roll-out on, or stops it, where it is time for that.
func (e *Engine) look(ctx context.Context, r *directory.Rollout) {
	defer func() {
		if fault := recover(); fault != nil {
			e.c.Log.Error("a roll-out could not be judged", "panic", fault, "stack", string(debug.Stack()))
		}
	}()
	var err error
	switch verdict, reason := judge(r, e.Count(r), e.c.Now()); verdict {
	case goOn:
		err = e.next(ctx, r)
	case stop:
		if err = e.stop(ctx, system, r.ID, reason); err == nil {
			e.c.Alarm("a roll-out was stopped: "+reason, r.Site)
		}
	}
	if err != nil {
		e.c.Log.Error("a roll-out does not move", "id", r.ID, "err", err)
	}
}
