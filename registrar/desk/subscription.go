package desk

import (
	"net/netip"
	"slices"
	"time"
)

// Subscription is the dialog of one SUBSCRIBE and what it watches.
type Subscription struct {
	// The dialog (RFC 3261 section 12): From and To are the addresses of the
	// SUBSCRIBE without tags, Contact its URI, Routes its Record-Route values.
	CallID, LocalTag, RemoteTag string
	From, To                    string
	Contact                     string
	Routes                      []string
	CSeq                        uint32 // of the newest SUBSCRIBE
	Number                      uint32 // CSeq of our newest NOTIFY

	Package string // in lower case
	Event   string // the Event header as sent
	User    string // of the Request-URI, unescaped: what is watched
	Account string // who watches
	Lists   bool   // it takes lists (RFC 4662)

	// Source, Local and Transport are the flow of the newest SUBSCRIBE.
	Source, Local netip.AddrPort
	Transport     string
	Bound         bool // the account was registered by that flow
	UserAgent     string
	Expires       time.Time
}

// Caps bound subscriptions.
type Caps struct{ Account, All int }

// Open takes a subscription in; its phone is told nothing before Tell. Where an
// account has too many, its oldest one to the same resource makes room: it is
// of the same phone before it was restarted. ErrTooMany when there is none.
func (d *Desk) Open(s Subscription, caps Caps) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.phones[s.Account]
	if p != nil && len(p.entries) >= caps.Account {
		old := p.ghost(&s)
		if old == nil {
			return ErrTooMany
		}
		d.remove(old)
	}
	if len(d.byTag) >= caps.All {
		return ErrTooMany
	}
	d.add(&entry{Subscription: s})
	return nil
}

// ghost is the oldest subscription of the phone to what s asks for.
func (p *phone) ghost(s *Subscription) (oldest *entry) {
	for e := range p.entries {
		if e.Package == s.Package && e.User == s.User && (oldest == nil || e.Expires.Before(oldest.Expires)) {
			oldest = e
		}
	}
	return oldest
}

// add puts an entry into every index. d.mu is held.
func (d *Desk) add(e *entry) {
	p := d.phones[e.Account]
	if p == nil {
		p = &phone{account: e.Account, entries: map[*entry]struct{}{}}
		d.phones[e.Account] = p
	}
	e.phone = p
	p.entries[e] = struct{}{}
	d.byTag[e.LocalTag] = e
	d.changed[e.LocalTag] = e
}

// remove takes an entry out of every index. d.mu is held.
func (d *Desk) remove(e *entry) {
	if e.gone {
		return
	}
	e.gone = true
	delete(d.byTag, e.LocalTag)
	delete(e.phone.entries, e)
	d.rewatch(e, nil)
	d.changed[e.LocalTag] = e
	d.forget(e.phone)
}

// forget drops a phone that has nothing any more. d.mu is held.
func (d *Desk) forget(p *phone) {
	if len(p.entries) == 0 && p.flying == 0 && len(p.due) == 0 && d.phones[p.account] == p {
		delete(d.phones, p.account)
	}
}

// rewatch moves an entry to the keys it watches now. d.mu is held.
func (d *Desk) rewatch(e *entry, keys []string) {
	if slices.Equal(e.watch, keys) {
		return
	}
	for _, k := range e.watch {
		list := d.watched[k]
		if i := slices.Index(list, e); i >= 0 {
			list[i] = list[len(list)-1]
			list[len(list)-1] = nil
			list = list[:len(list)-1]
		}
		if len(list) == 0 {
			delete(d.watched, k)
		} else {
			d.watched[k] = list
		}
	}
	e.watch = slices.Clone(keys)
	for _, k := range keys {
		d.watched[k] = append(d.watched[k], e)
	}
}

// Find gives the live subscription of a dialog.
func (d *Desk) Find(callID, localTag, remoteTag string) (Subscription, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	e := d.byTag[localTag]
	if e == nil || e.CallID != callID || e.RemoteTag != remoteTag || e.ending != "" {
		return Subscription{}, false
	}
	return e.Subscription, true
}

// Refresh takes over what a newer SUBSCRIBE of the dialog says: CSeq, Contact,
// flow and end. One that is not newer gives ErrOrder.
func (d *Desk) Refresh(s Subscription) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	e := d.byTag[s.LocalTag]
	switch {
	case e == nil || e.ending != "":
		return ErrUnknown
	case s.CSeq <= e.CSeq:
		return ErrOrder
	}
	e.CSeq, e.Expires = s.CSeq, s.Expires
	if s.Contact != "" {
		e.Contact = s.Contact
	}
	e.Source, e.Local, e.Transport, e.Bound = s.Source, s.Local, s.Transport, s.Bound
	d.changed[e.LocalTag] = e
	return nil
}

// Tell sends a subscription its state, whether it is news or not: every
// SUBSCRIBE is followed by a NOTIFY (RFC 6665 section 4.2.1.2). With a reason it
// is the last one.
func (d *Desk) Tell(localTag, reason string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if e := d.byTag[localTag]; e != nil {
		d.tell(e, reason)
		d.pump()
	}
}

// tell makes a NOTIFY due that goes out in any case. d.mu is held.
func (d *Desk) tell(e *entry, reason string) {
	e.force = true
	if reason != "" && e.ending == "" {
		e.ending = reason
	}
	if e.mode == away || e.mode == resting {
		e.mode = idle // what rests stays in the list of those that do, and is passed over there
	}
	d.enqueue(e)
}

// Changed says that something became another; whoever watches it is told.
func (d *Desk) Changed(keys ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, k := range keys {
		for _, e := range d.watched[k] {
			e.dirty = true
			d.enqueue(e)
		}
	}
	d.pump()
}

// Back says that a way leads to an account's phone again.
func (d *Desk) Back(account string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if p := d.phones[account]; p != nil {
		for e := range p.entries {
			d.retry(e)
		}
		d.pump()
	}
}

func (d *Desk) retry(e *entry) {
	if e.mode == away {
		e.mode = idle
		d.enqueue(e)
	}
}

// Drop ends the subscriptions of an account that may watch nothing any more.
func (d *Desk) Drop(account string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if p := d.phones[account]; p != nil {
		for e := range p.entries {
			d.tell(e, "rejected")
		}
		d.pump()
	}
}

// retryEvery is how many sweeps lie between two tries to reach who was away.
const retryEvery = 30

// Sweep ends what has run out, and now and then tries again to reach who was
// away. Call it about once a second.
func (d *Desk) Sweep() {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.c.Now()
	d.sweeps++
	for _, e := range d.byTag {
		switch {
		case now.Before(e.Expires):
			if d.sweeps%retryEvery == 0 {
				d.retry(e)
			}
		case e.mode == away:
			d.remove(e) // nobody is there to be told
		case e.ending == "":
			d.tell(e, "timeout")
		}
	}
	d.pump()
}
