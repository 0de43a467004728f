package calls

import (
	"slices"

	"github.com/emiago/sipgo/sip"

	"cradle/calls/cdr"
	"cradle/calls/event"
	"cradle/calls/leg"
)

// up: caller and callee talk. The book gets a note, for the case of a crash.
func (c *Call) up() {
	c.record.Answered, c.record.ToDevice = c.x.cfg.Now(), c.partner.device
	c.record.Status = sip.StatusOK
	c.showPartner()
	c.setState(Talking)
	c.publish(event.Answered, "callee", c.partner)
	c.listenIn()
	c.After(oneWayLook, c.listenForBoth)
	c.After(piece, c.measure)
	c.note(c.caller, c.partner)
}

// note keeps in the book whom to say goodbye to after a crash.
func (c *Call) note(parties ...*party) {
	var saved []savedLeg
	for _, p := range parties {
		saved = append(saved, p.save())
	}
	c.x.book.Began(cdr.Note{Record: c.record, Legs: saved})
}

// conclude ends the call for everybody who listens, once: media closed,
// limits given back, event and record told. Legs may still say goodbye.
func (c *Call) conclude(by string, status int, reason string) {
	if c.ended {
		return
	}
	c.ended, c.onAck = true, nil
	if c.desk != nil {
		c.desk.leave()
	}
	c.letGo()
	parties := append([]*party{c.caller}, c.branches...)
	for _, p := range parties {
		p.quit()
	}
	c.writeRecord(by, status, reason)
	c.setState(Over)
	c.publish(event.Ended, by, c.partner)
	for _, p := range parties { // last, because it may wait
		p.close()
	}
	c.log.Info("call ended", "by", by, "status", c.record.Status, "reason", reason, "why", c.plan.Why)
}

// letGo gives the limits back, once.
func (c *Call) letGo() {
	if c.release != nil {
		c.release()
		c.release = nil
	}
}

func (c *Call) writeRecord(by string, status int, reason string) {
	if c.record.Answered.IsZero() {
		c.record.Status = status
	}
	c.record.Ended, c.record.EndedBy, c.record.Reason = c.x.cfg.Now(), by, reason
	var callIDs []string
	for _, p := range []*party{c.caller, c.partner} {
		if p != nil && p.stats != nil {
			c.record.Legs = append(c.record.Legs, *p.stats)
			callIDs = append(callIDs, p.leg.CallID())
			c.x.totals.ended(p.stats)
		}
	}
	c.x.book.Ended(c.record)
	if len(callIDs) > 0 {
		kept := c.record
		kept.Legs = slices.Clone(kept.Legs)
		c.x.afterwards.keep(&kept, callIDs)
	}
}

// turnAway refuses a call that never began, on the handler's goroutine.
func (c *Call) turnAway(r leg.Refusal) {
	c.letGo()
	leg.Refuse(c.req, c.tx, r)
	c.x.dialogs.dismiss(c.key)
	c.writeRecord("system", r.Status, r.Reason)
	c.log.Info("call turned away", "status", r.Status, "reason", r.Reason)
}

// broken ends the call after a fault in it; a second fault abandons it.
func (c *Call) broken() {
	if c.faults++; c.faults > 1 || c.caller == nil {
		c.abandon()
		return
	}
	c.step(func() { c.hangUp("system", sip.StatusInternalServerError, "Server Internal Error") })
	c.step(func() { c.dropAll("") })
}

// abandon ends every leg at once, saying nothing more to anybody.
func (c *Call) abandon() {
	if c.caller == nil {
		leg.Refuse(c.req, c.tx, leg.Refusal{Status: sip.StatusInternalServerError, Reason: "Server Internal Error"})
		return
	}
	for _, p := range append([]*party{c.caller}, c.branches...) {
		if p.leg != nil {
			p.leg.Abandon()
		}
	}
}

// over tells whether nothing more will happen in this call.
func (c *Call) over() bool {
	if c.caller == nil {
		return true // it broke before it had a leg
	}
	for _, p := range c.branches {
		if p.leg != nil && !p.leg.Over() {
			return false
		}
	}
	return c.caller.leg.Over()
}

// bury takes the call out of every table. It is the last thing a call does.
func (c *Call) bury() {
	defer c.x.forget(c)
	if c.caller == nil {
		c.letGo()
		return
	}
	c.conclude("system", sip.StatusInternalServerError, "abandoned")
	for _, p := range append([]*party{c.caller}, c.branches...) {
		if p.leg != nil {
			c.x.dialogs.remove(p.leg)
			p.leg.Forget()
		}
	}
}
