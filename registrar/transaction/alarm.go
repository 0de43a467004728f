package transaction

import "time"

// alarm is the one timer of a transaction, whose lock guards it.
type alarm struct {
	ring  func() // set once
	timer *time.Timer
	wait  time.Duration
	due   time.Time // when it runs out
}

// set lets it ring after wait, and no sooner.
func (a *alarm) set(wait time.Duration) {
	a.wait, a.due = wait, time.Now().Add(wait)
	if a.timer == nil {
		a.timer = time.AfterFunc(wait, a.ring)
		return
	}
	a.timer.Reset(wait)
}

// late says, when it rings, that it was set anew in that very moment: it will ring again.
func (a *alarm) late() bool { return time.Now().Before(a.due) }

func (a *alarm) stop() {
	if a.timer != nil {
		a.timer.Stop()
	}
}
