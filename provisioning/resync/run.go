package resync

import (
	"path"
	"runtime/debug"
	"strings"
	"time"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
)

// run is the one goroutine that decides. It owns all tasks.
func (r *Resync) run() {
	defer close(r.done)
	defer r.sending.Wait()
	defer r.stop()
	defer r.watcher.Close()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	changes, steps := r.watcher.C(), r.steps
	for {
		timer.Reset(r.act(time.Now()))
		select {
		case <-r.ctx.Done():
			return
		case c, ok := <-changes:
			if !ok {
				changes = nil
				break
			}
			r.guard(func() { r.changed(c) })
		case s, ok := <-steps:
			if !ok {
				steps = nil
				break
			}
			r.fetched(s)
		case o := <-r.asked:
			r.put(o.device, 0, &o)
		case res := <-r.results:
			r.flying--
			r.answered(res)
		case <-timer.C:
		}
	}
}

// guard keeps the loop alive whatever one change does.
func (r *Resync) guard(f func()) {
	defer func() {
		if fault := recover(); fault != nil {
			r.c.Log.Error("a change could not be judged", "panic", fault, "stack", string(debug.Stack()))
		}
	}()
	f()
}

// changed books the phones that a commit touches.
func (r *Resync) changed(changes []directory.Change) {
	s := r.c.Directory.Snapshot()
	for device := range affected(s, changes) {
		if s.Device(device) == nil {
			r.forget(device)
			continue
		}
		if r.differs(device) {
			r.put(device, r.c.Settle, nil)
		}
	}
}

// differs tells whether a device's rendered settings are others than before.
func (r *Resync) differs(device directory.ID) bool {
	if r.c.Fingerprint == nil {
		return true
	}
	now, err := r.c.Fingerprint(device)
	if err != nil {
		r.c.Log.Warn("settings cannot be rendered", "device", device, "error", err)
		return false
	}
	before, known := r.prints[device]
	r.prints[device] = now
	return !known || before != now
}

// put books a NOTIFY for a change, or for somebody's order. What is booked
// already is not put off; a wish to reboot stays.
func (r *Resync) put(device directory.ID, wait time.Duration, o *order) {
	now, reason := time.Now(), "settings have changed"
	t := r.tasks.get(device)
	if t == nil {
		t = &task{device: device, stage: waiting, due: now.Add(wait)}
		r.tasks.add(t)
	} else if t.stage == sent {
		t.anew = true
	} else if t.stage != waiting || t.due.After(now.Add(wait)) {
		t.stage, t.tries, t.other = waiting, 0, false
		r.tasks.move(t, now.Add(wait))
	}
	t.since = now
	if o != nil {
		reason = "somebody asked for it"
		t.reboot, t.byHand = t.reboot || o.reboot, true
	}
	r.set(device, Pending, reason)
}

// act does what is due and tells how long nothing will be.
func (r *Resync) act(now time.Time) time.Duration {
	for {
		t := r.tasks.first()
		if t == nil {
			return time.Hour
		}
		if t.due.After(now) {
			return t.due.Sub(now)
		}
		switch open, opens := r.open(t, now); {
		case t.stage == reading:
			r.otherwise(t, "the phone answered but did not read its settings within "+r.c.Fetch.String())
		case t.stage == registering:
			r.register(t, now)
		case !open:
			r.set(t.device, Pending, "waits for the hours of its site, from "+opens.Format("15:04"))
			r.tasks.move(t, opens)
		case r.c.Busy.Busy(t.device):
			r.set(t.device, Pending, "the phone is in a call")
			r.tasks.move(t, now.Add(r.c.Retry))
		case r.flying >= r.c.Parallel:
			return time.Hour // a result wakes us
		case r.next.After(now):
			return r.next.Sub(now)
		default:
			r.next = now.Add(r.c.Spread)
			r.send(t, now)
		}
	}
}

// open tells whether a phone may be disturbed now, and else when it may.
func (r *Resync) open(t *task, now time.Time) (open bool, opens time.Time) {
	if t.byHand || t.stage != waiting {
		return true, now
	}
	open, _, opens = hours(r.siteOf(t.device), now)
	return open, opens
}

func (r *Resync) siteOf(device directory.ID) *directory.Site {
	s := r.c.Directory.Snapshot()
	if d := s.Device(device); d != nil {
		return s.Site(d.Site)
	}
	return nil
}

// fetched hears that a phone has read its own file.
func (r *Resync) fetched(s provisioning.Step) {
	if s.Status != 200 || s.MAC == "" || s.Door == provisioning.DoorPnP || !r.own(s.File) {
		return
	}
	d := r.c.Directory.Snapshot().DeviceByMAC(s.MAC)
	if d == nil {
		return
	}
	t := r.tasks.get(d.ID)
	switch {
	case t == nil && r.State(d.ID).Status != Failed:
		return
	case t == nil: // later than we waited
		t = &task{device: d.ID}
		r.tasks.add(t)
	case s.At.Before(t.since) || t.reboot || t.stage == registering:
		return
	}
	t.stage, t.read = registering, s.At
	r.tasks.move(t, s.At)
	r.register(t, time.Now())
}

// own tells whether a path is that of a device's own settings.
func (r *Resync) own(file string) bool {
	name := path.Base(strings.TrimSuffix(file, "/"))
	matches, _ := r.c.Catalog.Current().Asked(name)
	for _, m := range matches {
		if m.File.Kind == catalog.Device {
			return true
		}
	}
	return false
}
