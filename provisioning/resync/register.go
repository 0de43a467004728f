package resync

import (
	"time"

	"cradle/directory"
)

const readAndRegistered = "the phone has read its settings and is registered"

// register closes the loop of a phone that has read its settings.
func (r *Resync) register(t *task, now time.Time) {
	var since time.Time
	if t.restarted {
		since = t.read
	}
	switch d := r.c.Directory.Snapshot().Device(t.device); {
	case r.c.Registered == nil || d != nil && d.Step == directory.StepSeen: // it has no account in its settings
		r.tasks.drop(t.device)
		r.set(t.device, Applied, "the phone has read its settings")
	case r.live(t.device, since):
		r.tasks.drop(t.device)
		r.set(t.device, Applied, readAndRegistered)
	case now.Sub(t.read) >= r.c.Register:
		r.tasks.drop(t.device)
		r.set(t.device, Failed, "the phone has read its settings but is not registered with them")
		r.mu.Lock()
		if s, ok := r.states[t.device]; ok {
			s.silent = true
			r.states[t.device] = s
		}
		r.mu.Unlock()
	default:
		r.tasks.move(t, now.Add(min(r.c.Retry, r.c.Register)))
		r.set(t.device, Pending, "the phone has read its settings and is to register")
	}
}

// live tells whether one of a device's accounts is registered, and has
// registered since a time. Registrations are remembered by the second.
func (r *Resync) live(device directory.ID, since time.Time) bool {
	d := r.c.Directory.Snapshot().Device(device)
	if d == nil || r.c.Registered == nil {
		return false
	}
	for _, l := range d.Lines {
		if last, _, live := r.c.Registered(l.Account.User); live && !last.Before(since.Truncate(time.Second)) {
			return true
		}
	}
	return false
}
