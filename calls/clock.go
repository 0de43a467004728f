package calls

import (
	"sync"
	"time"
)

// timers are reused from call to call.
var timers = sync.Pool{New: func() any {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return t
}}

// clock keeps the few deadlines of a call under one timer.
type clock struct {
	timer   *time.Timer
	entries []*deadline
}

type deadline struct {
	at time.Time
	f  func() // nil: stopped
}

func (k *clock) set(at time.Time, f func()) (stop func()) {
	d := &deadline{at: at, f: f}
	k.entries = append(k.entries, d)
	k.arm()
	return func() { d.f = nil }
}

// due takes out what is to be run by now. Each is to be looked at once more
// before it runs: one of them may stop another.
func (k *clock) due(now time.Time) []*deadline {
	if len(k.entries) == 0 {
		return nil
	}
	var run []*deadline
	kept := k.entries[:0]
	for _, d := range k.entries {
		switch {
		case d.f == nil:
		case d.at.After(now):
			kept = append(kept, d)
		default:
			run = append(run, d)
		}
	}
	clear(k.entries[len(kept):])
	k.entries = kept
	k.arm()
	return run
}

// arm sets the timer to the nearest deadline.
func (k *clock) arm() {
	if k.timer == nil {
		return
	}
	var nearest time.Time
	for _, d := range k.entries {
		if d.f != nil && (nearest.IsZero() || d.at.Before(nearest)) {
			nearest = d.at
		}
	}
	if !nearest.IsZero() {
		k.timer.Reset(time.Until(nearest))
	}
}

func (k *clock) release() {
	k.timer.Stop()
	timers.Put(k.timer)
	k.timer, k.entries = nil, nil
}
