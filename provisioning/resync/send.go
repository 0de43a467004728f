package resync

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/provisioning/settings"
)

// attempts is how often a NOTIFY is tried before another way is.
const attempts = 3

// result is what became of one NOTIFY.
type result struct {
	device directory.ID
	err    error
}

// send lets a NOTIFY go out in a goroutine of its own.
func (r *Resync) send(t *task, now time.Time) {
	letters := r.letters(t)
	if len(letters) > 0 && letters[0].event == "" {
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
		for _, l := range letters {
			if res.err = r.c.Notifier.NotifyAs(ctx, l.account, l.event, l.user, l.password); res.err == nil {
				return
			}
		}
	})
}

// letter is one NOTIFY: to which account, and as whom where the phone asks.
type letter struct {
	account, event, user string
	password             directory.Secret
}

// administrator is who has a phone's administrator's password.
const administrator = "admin"

// letters are to the device's accounts, the first line's first, with the event
// of its model.
func (r *Resync) letters(t *task) (all []letter) {
	d := r.c.Directory.Snapshot().Device(t.device)
	if d == nil {
		return nil
	}
	events := r.events(d)
	event := events.Resync
	if t.reboot {
		event = events.Reboot
	}
	for _, line := range d.Lines {
		l := letter{account: line.Account.User, event: event}
		switch events.Credential {
		case catalog.AsAccount:
			l.user, l.password = line.Account.User, line.Account.Secret
		case catalog.AsAdmin:
			l.user, l.password = administrator, d.AdminPassword
		}
		all = append(all, l)
	}
	return all
}

// events are those of a device's family, else of its vendor.
func (r *Resync) events(d *directory.Device) catalog.Events {
	shelf := r.c.Catalog.Current()
	if m := shelf.Model(d.Model); m != nil {
		return m.Family.Resync
	}
	if vendor := shelf.Vendor(d.Vendor); vendor != nil {
		return vendor.Resync
	}
	return catalog.Events{}
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
		t.stage, t.restarted, t.reboot = reading, t.reboot, false
		r.tasks.move(t, now.Add(r.c.Fetch))
		r.set(t.device, Pending, "the phone was told and is to read its settings")
	case t.tries+1 < attempts:
		t.stage = waiting
		r.tasks.move(t, now.Add(r.c.Retry<<t.tries))
		t.tries++
		r.set(t.device, Pending, "not reached, is tried again: "+res.err.Error())
	default:
		r.otherwise(t, res.err.Error())
	}
}

// otherwise tries the vendor's other event, or leaves the phone to its own next
// look at its settings. A restart takes longer than people like, so where nobody
// asked for one it is for the hours in which the site lets its phones be told.
func (r *Resync) otherwise(t *task, why string) {
	d := r.c.Directory.Snapshot().Device(t.device)
	if d == nil {
		r.tasks.drop(t.device)
		return
	}
	events := r.events(d)
	open, set, _ := hours(r.siteOf(t.device), time.Now())
	switch {
	case t.other || events.Resync == events.Reboot:
	case t.restarted || t.reboot: // the milder event may still reach it
		t.reboot, t.restarted = false, false
		r.again(t, why+"; it is told to read its settings without a restart")
		return
	case set && open:
		t.reboot = true
		r.again(t, why+"; it is restarted")
		return
	}
	r.tasks.drop(t.device)
	minutes := pile(r.c.Directory.Snapshot(), d).Number(settings.Interval)
	r.set(t.device, Failed, fmt.Sprintf("%s; it will read its settings at its next look, within %d minutes, or when it starts", why, minutes))
}

// again books the other event at once.
func (r *Resync) again(t *task, why string) {
	t.other, t.stage, t.tries = true, waiting, 0
	r.tasks.move(t, time.Now())
	r.set(t.device, Pending, why)
}
