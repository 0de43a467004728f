package rollout

import (
	"fmt"
	"time"

	"cradle/directory"
)

// Count is how far the phones of a roll-out are. Those after Phones are of the
// phones that its stages have reached.
type Count struct {
	Phones int // that get the change in the end
	// Done have registered again since the stage began, and have the firmware.
	Done       int
	Waiting    int // are still to be told, to load a firmware, or to register again
	Failed     int // were registered when the stage began and no longer are, or the template does not render for them
	Off        int // were not registered before either
	Registered int // now
}

// Count looks at the phones of a roll-out.
func (e *Engine) Count(r *directory.Rollout) (c Count) {
	s := e.c.Directory.Snapshot()
	longest := time.Duration(s.Limit("max_expires")) * time.Second
	var faults map[directory.ID]string
	if r.Kind == "template" && e.c.Faults != nil {
		faults = e.c.Faults()
	}
	for d := range s.Devices(r.Organization) {
		if !r.Concerns(d) {
			continue
		}
		c.Phones++
		lot, since := directory.Lot(r.Subject, d.ID), r.Moved
		if lot >= r.Stages[r.Stage] {
			continue
		}
		if r.Stage > 0 && lot < r.Stages[r.Stage-1] {
			since = r.Started // it has been judged; what counts is that it stays
		}
		last, live := e.registration(d)
		if live {
			c.Registered++
		}
		// Registrations are remembered by the second.
		again := live && !last.Before(since.Truncate(time.Second))
		switch {
		case last.Before(since.Add(-longest)):
			c.Off++
		case !live || faults[d.ID] != "":
			c.Failed++
		case !again || e.c.Pending(d.ID) || r.Kind == "firmware" && d.Firmware != r.Target:
			c.Waiting++
		default:
			c.Done++
		}
	}
	return c
}

// registration is the newest of a device's accounts.
func (e *Engine) registration(d *directory.Device) (last time.Time, live bool) {
	for _, l := range d.Lines {
		if at, _, is := e.c.Registered(l.Account.User); at.After(last) {
			last, live = at, is
		}
	}
	return last, live
}

// verdict is what becomes of a stage.
type verdict int

const (
	wait verdict = iota
	goOn
	stop
)

// patience is how long, after its soak, a stage waits for phones that are off,
// in calls, or outside the hours of their site.
const patience = 25 * time.Hour

// judge is the rule, of nothing but what was counted.
func judge(r *directory.Rollout, c Count, now time.Time) (verdict, string) {
	soaked := r.Moved.Add(time.Duration(r.Soak) * time.Second)
	if now.Before(soaked) {
		return wait, ""
	}
	alive := c.Done + c.Waiting + c.Failed
	switch {
	case alive > 0 && (alive-c.Failed)*100 < r.Least*alive:
		return stop, fmt.Sprintf("at %d percent of the phones, %d of %d are registered again with it; %d percent must be", r.Stages[r.Stage], alive-c.Failed, alive, r.Least)
	case c.Waiting > 0 && now.Before(soaked.Add(patience)):
		return wait, ""
	case c.Done == 0 && c.Off > 0 && now.Before(soaked.Add(patience)):
		return wait, "" // nobody has tried it
	}
	return goOn, ""
}
