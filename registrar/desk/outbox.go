package desk

import (
	"bytes"
	"context"
	"errors"
	"hash/maphash"
	"slices"
	"strconv"
	"time"
)

// The outbox. A subscription is told one thing after the other and never two at
// once; a phone a few at once; all phones together so many at once. What changes
// while a NOTIFY is under way or has just been, is told by the next, and the
// newest counts. So a queue never holds more than one place a subscription.

// enqueue gives an idle entry its place. d.mu is held.
func (d *Desk) enqueue(e *entry) {
	if e.mode != idle || e.gone {
		return
	}
	e.mode = due
	e.phone.due = append(e.phone.due, e)
	d.line(e.phone)
}

func (d *Desk) line(p *phone) {
	if !p.lined && len(p.due) > 0 && p.flying < perPhone {
		p.lined = true
		d.ready = append(d.ready, p)
	}
}

// pump sends what may be sent, one of each phone in turn. d.mu is held.
func (d *Desk) pump() {
	if d.closed {
		return
	}
	for most := d.c.Parallel(); d.flying < most && len(d.ready) > 0; {
		p := d.ready[0]
		d.ready[0] = nil
		d.ready = d.ready[1:]
		p.lined = false
		e := p.due[0]
		p.due[0] = nil
		p.due = p.due[1:]
		if e.gone {
			d.line(p)
			d.forget(p)
			continue
		}
		p.flying++
		d.flying++
		e.mode = flying
		e.dirty = false
		d.line(p)
		d.work.Go(func() { d.deliver(e) })
	}
}

// deliver tells one subscription how things stand.
func (d *Desk) deliver(e *entry) {
	d.mu.Lock()
	s := e.Subscription
	d.mu.Unlock()
	state := d.state(s)
	n, news := d.compose(e, state)
	var err error
	if news {
		err = d.send(n)
	}
	d.landed(e, news, n.Reason, err)
}

// state asks for the state; one that cannot be told ends the subscription.
func (d *Desk) state(s Subscription) (out State) {
	defer func() {
		if x := recover(); x != nil {
			d.c.Log.Error("the state of an event package cannot be told", "event", s.Package, "user", s.User, "panic", x)
			out = State{Gone: "deactivated"}
		}
	}()
	return d.c.State(s)
}

func (d *Desk) send(n Notice) (err error) {
	defer func() {
		if x := recover(); x != nil {
			d.c.Log.Error("a NOTIFY cannot be sent", "event", n.Package, "panic", x)
			err = ErrGone
		}
	}()
	return d.c.Send(d.ctx, n)
}

// compose makes the NOTIFY, if there is anything to be told.
func (d *Desk) compose(e *entry, state State) (n Notice, news bool) {
	sum := maphash.Bytes(d.seed, state.Body) | 1
	d.mu.Lock()
	defer d.mu.Unlock()
	if e.gone {
		return n, false
	}
	d.rewatch(e, state.Watch)
	if state.Gone != "" && e.ending == "" {
		e.ending = state.Gone
	}
	news = e.force || e.ending != "" || sum != e.sum
	if !news {
		return n, false
	}
	e.force, e.sum = false, sum
	e.Number++
	if e.Number > e.stored {
		d.changed[e.LocalTag] = e
	}
	n = Notice{Subscription: e.Subscription, Number: e.Number, Reason: e.ending, ContentType: state.ContentType, List: state.List}
	n.Body = state.Body
	if bytes.IndexByte(n.Body, 0) >= 0 {
		n.Body = bytes.ReplaceAll(n.Body, []byte{0}, strconv.AppendUint(nil, uint64(e.Number-1), 10))
	}
	return n, true
}

// landed notes how a NOTIFY ended and goes on with what is due.
func (d *Desk) landed(e *entry, sent bool, reason string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := e.phone
	p.flying--
	d.flying--
	if d.closed {
		return // whatever happened: the phone is told again after the start
	}
	if sent {
		d.count(err)
	}
	switch {
	case e.gone:
	case errors.Is(err, ErrSilent):
		d.remove(e)
		d.giveUp(p)
	case errors.Is(err, ErrGone), sent && reason != "" && e.ending == reason:
		d.remove(e)
	case errors.Is(err, ErrAway):
		e.mode, e.force = away, true
	default:
		d.rest(e, err)
	}
	d.line(p)
	d.forget(p)
	d.pump()
}

func (d *Desk) count(err error) {
	if err == nil {
		d.sent++
	} else {
		d.failed++
	}
}

// giveUp ends what waits to be sent to a phone that has just not answered: a
// phone that is off must not hold the places of those that are on.
func (d *Desk) giveUp(p *phone) {
	for _, e := range slices.Clone(p.due) {
		d.remove(e)
	}
}

// rest keeps an entry from being told again at once.
func (d *Desk) rest(e *entry, err error) {
	if err != nil {
		e.sum = 0 // it was not taken: told again with the next change
	}
	e.mode, e.wake = resting, d.c.Now().Add(d.c.Rest)
	d.resting = append(d.resting, e)
	select {
	case d.kick <- struct{}{}:
	default:
	}
}

// clock wakes what has rested.
func (d *Desk) clock() {
	t := time.NewTimer(time.Hour)
	defer t.Stop()
	for {
		t.Reset(d.wakeUp())
		select {
		case <-t.C:
		case <-d.kick:
		case <-d.ctx.Done():
			return
		}
	}
}

// wakeUp wakes those whose time has come; it gives the time until the next.
func (d *Desk) wakeUp() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.c.Now()
	for len(d.resting) > 0 && !d.resting[0].wake.After(now) {
		e := d.resting[0]
		d.resting[0] = nil
		d.resting = d.resting[1:]
		if e.mode != resting {
			continue
		}
		e.mode = idle
		if e.dirty || e.force || e.ending != "" {
			d.enqueue(e)
		}
	}
	d.pump()
	if len(d.resting) == 0 {
		return time.Hour
	}
	return max(d.resting[0].wake.Sub(now), time.Millisecond)
}

// Wait waits until nothing is due or under way, or ctx ends.
func (d *Desk) Wait(ctx context.Context) {
	t := time.NewTicker(time.Millisecond)
	defer t.Stop()
	for {
		d.mu.Lock()
		done := d.flying == 0 && len(d.ready) == 0
		d.mu.Unlock()
		if done {
			return
		}
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}
