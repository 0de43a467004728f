package resync

import (
	"context"
	"path"
	"runtime/debug"
	"strings"
	"time"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
)

// attempts is how often a NOTIFY is tried before the phone is given up.
const attempts = 3

// result is what became of one NOTIFY.
type result struct {
	device directory.ID
	err    error
}

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
			r.put(o.device, 0, o.reboot)
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
			r.put(device, r.c.Settle, false)
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

// put books a NOTIFY. What is booked already is not put off; a wish to reboot stays.
func (r *Resync) put(device directory.ID, wait time.Duration, reboot bool) {
	now := time.Now()
	t := r.tasks.get(device)
	if t == nil {
		t = &task{device: device, stage: waiting, due: now.Add(wait)}
		r.tasks.add(t)
	} else if t.stage == sent {
		t.anew = true
	} else if t.stage == reading || t.due.After(now.Add(wait)) {
		t.stage, t.tries = waiting, 0
		r.tasks.move(t, now.Add(wait))
	}
	t.since, t.reboot = now, t.reboot || reboot
	r.set(device, Pending, "settings have changed")
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
		switch {
		case t.stage == reading:
			r.tasks.drop(t.device)
			r.set(t.device, Failed, "the phone answered but did not read its settings within "+r.c.Fetch.String())
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

// send lets a NOTIFY go out in a goroutine of its own.
func (r *Resync) send(t *task, now time.Time) {
	accounts, event := r.address(t)
	if event == "" {
		r.tasks.drop(t.device)
		r.set(t.device, Failed, "its model is not known, so nobody knows how to ask it")
		return
	}
	t.stage = sent
	r.tasks.move(t, now.Add(2*r.c.Answer)) // its result comes earlier
	r.flying++
	r.sending.Go(func() {
		res := result{device: t.device}
		ctx, cancel := context.WithTimeout(r.ctx, r.c.Answer)
		defer cancel()
		defer func() {
			if fault := recover(); fault != nil {
				res.err = errFault
				r.c.Log.Error("NOTIFY failed", "panic", fault, "stack", string(debug.Stack()))
			}
			r.results <- res // has room for all that fly
		}()
		res.err = errNoAccount
		for _, account := range accounts {
			if res.err = r.c.Notifier.Notify(ctx, account, event, "", nil); res.err == nil {
				return
			}
		}
	})
}

// address gives the device's accounts, the first line's first, and the event of its vendor.
func (r *Resync) address(t *task) (accounts []string, event string) {
	d := r.c.Directory.Snapshot().Device(t.device)
	if d == nil {
		return nil, ""
	}
	for _, l := range d.Lines {
		accounts = append(accounts, l.Account.User)
	}
	var events catalog.Events
	if m := r.c.Catalog.Current().Model(d.Model); m != nil {
		events = m.Family.Resync
	} else if vendor := r.c.Catalog.Current().Vendor(d.Vendor); vendor != nil {
		events = vendor.Resync
	}
	if t.reboot {
		return accounts, events.Reboot
	}
	return accounts, events.Resync
}

// answered hears what became of a NOTIFY.
func (r *Resync) answered(res result) {
	t := r.tasks.get(res.device)
	if t == nil || t.stage != sent {
		return // the phone has read its settings meanwhile, or is gone
	}
	now := time.Now()
	switch {
	case t.anew: // changed again while it was under way
		t.anew, t.stage, t.tries = false, waiting, 0
		r.tasks.move(t, now.Add(r.c.Settle))
	case res.err == nil:
		t.stage, t.reboot = reading, false
		r.tasks.move(t, now.Add(r.c.Fetch))
		r.set(t.device, Pending, "the phone was told and is to read its settings")
	case t.tries+1 < attempts:
		t.stage = waiting
		r.tasks.move(t, now.Add(r.c.Retry<<t.tries))
		t.tries++
		r.set(t.device, Pending, "not reached, is tried again: "+res.err.Error())
	default:
		r.tasks.drop(t.device)
		r.set(t.device, Failed, res.err.Error())
	}
}

// fetched closes the loop: a phone that reads its own file has what is in force.
func (r *Resync) fetched(s provisioning.Step) {
	if s.Status != 200 || s.MAC == "" || s.Door == provisioning.DoorPnP || !r.own(s.File) {
		return
	}
	d := r.c.Directory.Snapshot().DeviceByMAC(s.MAC)
	if d == nil {
		return
	}
	t := r.tasks.get(d.ID)
	if t == nil {
		if r.State(d.ID).Status == Failed { // later than we waited
			r.set(d.ID, Applied, "the phone has read its settings")
		}
		return
	}
	if s.At.Before(t.since) || t.reboot {
		return
	}
	r.tasks.drop(d.ID)
	r.set(d.ID, Applied, "the phone has read its settings")
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
