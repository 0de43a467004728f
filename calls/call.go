package calls

import (
	"log/slog"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/calls/event"
	"cradle/calls/leg"
	"cradle/calls/route"
	"cradle/directory"
	"cradle/registrar"
	"cradle/registrar/transaction"
)

// Call is one call: a caller, the phones that ring for it, and the one that
// answered. All of it belongs to its loop, but for what live.go shows.
//
// It is the owner of its legs: the methods below are what it hears from them.
type Call struct {
	loop
	x        *Exchange
	log      *slog.Logger
	id       directory.ID
	plan     route.Plan
	snapshot *directory.Snapshot // as it was when the call began; nil once it rings
	peer     registrar.Peer      // who calls
	req      *sip.Request        // the INVITE, until the caller's leg has it
	tx       *transaction.Server
	key      callerKey
	release  func() // gives the limits back
	ringTime time.Duration

	caller   *party
	branches []*party // every phone that was called
	partner  *party   // the one that answered
	near     bool     // both phones are of one site and network that lets their voice go straight
	direct   bool     // in this exchange it does
	early    *party   // the one whose early media the caller hears
	rang     map[int]bool
	desk     *desk                         // we answered: a feature speaks with the caller
	onAck    func(l *leg.Leg, body []byte) // what waits for the ACK of a late offer
	ended    bool
	faults   int
	heard    uint64 // packets both parties had sent when last looked at
	oneWay   oneWay
	quiet    int // looks in a row at which there were no more
	record   directory.CallRecord

	show Info // guarded by loop.mu
}

// start is the first step of the loop: the caller's leg, its media, then the plan.
func (c *Call) start() {
	if !c.openCaller() {
		return
	}
	c.publish(event.Began, "", nil)
	switch c.plan.Kind {
	case route.Ring:
		c.ring()
	case route.Feature:
		if run := c.x.features[c.plan.Feature]; run != nil {
			c.serve(run)
			return
		}
		c.Refuse(sip.StatusForbidden, "this code is not available yet")
	default:
		c.Refuse(c.plan.Status, c.plan.Reason)
	}
}

// Refuse ends the call before it was answered.
func (c *Call) Refuse(status int, reason string) {
	c.refuse("system", leg.Refusal{Status: status, Reason: reason})
}

func (c *Call) refuse(by string, r leg.Refusal) {
	c.letGo() // first: a phone may dial again as soon as it is refused
	c.caller.leg.Refuse(r)
	c.conclude(by, r.Status, r.Reason)
}

// Rang is told that a phone rings. The caller hears of each kind of ringing once, and of
// the first early media.
func (c *Call) Rang(l *leg.Leg, status int, body []byte) {
	p := c.party(l)
	if c.ended || c.partner != nil || p == nil {
		return
	}
	if !p.rang {
		p.rang = true
		c.publish(event.Ringing, "", p)
	}
	if len(body) > 0 && c.early == nil && c.caller.said != nil && p.hear(answer, body) == nil {
		if told, err := c.describe(c.caller, p, answer); err == nil {
			c.early = p
			join(c.caller, p)
			c.caller.leg.Ring(sip.StatusSessionInProgress, told, c.identify(p))
			return
		}
	}
	if c.early == nil && !c.rang[status] {
		c.rang[status] = true
		c.caller.leg.Ring(status, nil, c.identify(p))
	}
}

// Answered is told that a phone answers. The first that does is joined with the caller, the
// others are told that the call went elsewhere.
func (c *Call) Answered(l *leg.Leg, body []byte) {
	p := c.party(l)
	if c.ended || c.partner != nil {
		l.Bye(elsewhere)
		return
	}
	c.partner = p
	for _, other := range c.branches {
		if other != p {
			other.leg.Cancel(elsewhere)
			other.close()
		}
	}
	if len(body) == 0 {
		body = p.said // sent with early media and not repeated
	}
	w := answer
	if c.caller.said == nil { // the INVITE had no offer, so this is one
		w = offer
	}
	told, err := c.exchange(p, w, body)
	if err != nil {
		c.log.Info("the phone's media does not fit", "error", err)
		c.hangUp("system", sip.StatusNotAcceptableHere, "Not Acceptable Here")
		return
	}
	if w == offer { // the phone's ACK waits for the caller's answer
		c.onAck = func(_ *leg.Leg, body []byte) { c.lateAnswer(c.caller, p, body) }
	} else {
		join(c.caller, p)
		p.leg.Ack(nil)
	}
	if c.caller.leg.Answer(told, c.identify(p)) {
		c.up()
	}
}

// elsewhere keeps a phone from counting a missed call (RFC 3326).
var elsewhere = leg.Reason(sip.StatusOK, "Call completed elsewhere")

// exchange takes what one party said and makes what the other is told.
func (c *Call) exchange(p *party, w word, body []byte) ([]byte, error) {
	if err := p.hear(w, body); err != nil {
		return nil, err
	}
	return c.describe(c.other(p), p, w)
}

// lateAnswer ends an exchange that began without an offer: `from` answered in its ACK.
func (c *Call) lateAnswer(from, to *party, body []byte) {
	told, err := c.exchange(from, answer, body)
	if err != nil {
		c.log.Info("no usable answer in the ACK", "error", err)
		c.hangUp("system", sip.StatusNotAcceptableHere, "Not Acceptable Here")
		return
	}
	c.meet()
	to.leg.Ack(told)
}

// Refused is told that a phone said no, or nothing. One phone's refusal is held until all
// that ring have ended.
func (c *Call) Refused(l *leg.Leg, status int, reason string) {
	p := c.party(l)
	if c.wider(p, status) {
		status = 0 // the second answer counts
	}
	p.status = status
	p.close()
	c.log.Debug("phone refused", "device", p.device, "status", status, "reason", reason)
	c.settle()
}

// settle refuses the caller when no phone is left.
func (c *Call) settle() {
	if c.ended || c.partner != nil {
		return
	}
	for _, p := range c.branches {
		if !p.leg.Over() {
			return
		}
	}
	status := best(c.branches)
	c.refuse("callee", leg.Refusal{Status: status, Reason: leg.Phrase(status)})
}

// Cancelled is told that the caller gave up while phones rang.
func (c *Call) Cancelled(*leg.Leg) {
	c.dropAll(leg.Reason(sip.StatusRequestTerminated, "Caller gave up"))
	c.conclude("caller", sip.StatusRequestTerminated, "the caller gave up")
}

// Acked is told that our 2xx arrived; somebody may wait for the answer in it.
func (c *Call) Acked(l *leg.Leg, body []byte) {
	if f := c.onAck; f != nil {
		c.onAck = nil
		f(l, body)
	}
}

// Ended is told that a party hung up or was lost.
func (c *Call) Ended(l *leg.Leg, reason string) {
	p := c.party(l)
	if p == nil || c.ended {
		return
	}
	if p != c.caller && p != c.partner { // a phone that rang hung up instead of refusing
		p.status = sip.StatusTemporarilyUnavailable
		p.close()
		c.settle()
		return
	}
	c.letGo()
	by := "callee"
	if p == c.caller {
		by = "caller"
	}
	status := sip.StatusOK
	if c.partner == nil && c.record.Answered.IsZero() {
		status = sip.StatusRequestTerminated
	}
	c.dropAll(leg.Reason(sip.StatusOK, "Normal call clearing"))
	c.conclude(by, status, reason)
}

// hangUp ends the call from our side, however far it has come.
func (c *Call) hangUp(by string, status int, reason string) {
	if c.ended {
		return
	}
	c.caller.leg.Refuse(leg.Refusal{Status: status, Reason: reason})
	c.dropAll(leg.Reason(status, reason))
	c.conclude(by, status, reason)
}

// dropAll hangs up or cancels every leg that is not over.
func (c *Call) dropAll(reason string) {
	for _, p := range append([]*party{c.caller}, c.branches...) {
		p.leg.Bye(reason)
	}
}

// Told passes digits and the like on: they go to the other party, and its answer back.
func (c *Call) Told(l *leg.Leg, i *leg.Info) {
	if c.desk != nil && c.desk.end != nil {
		c.desk.told(i)
		return
	}
	other := c.other(c.party(l))
	if other == nil {
		i.Reply(sip.StatusInternalServerError)
		return
	}
	if key := infoKey(i); key != 0 && other.media.Press(key) {
		i.Reply(sip.StatusOK)
		return
	}
	other.leg.Info(i, func(r leg.Result) { i.Reply(r.Status) })
}
