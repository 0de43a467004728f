package calls

import (
	"github.com/emiago/sipgo/sip"

	"cradle/calls/event"
	"cradle/calls/leg"
	"cradle/media"
)

// Offered is told that a party wants to change the session (hold, resume, other codecs).
// The other party is asked and decides; ports and addresses stay ours.
func (c *Call) Offered(l *leg.Leg, o *leg.Offer) {
	if c.desk != nil && c.desk.end != nil && !c.ended && c.onAck == nil {
		c.desk.offered(o)
		return
	}
	p := c.party(l)
	other := c.other(p)
	if c.ended || c.partner == nil || other == nil || c.onAck != nil || !other.leg.Confirmed() {
		o.Refuse(sip.StatusRequestPending)
		return
	}
	if len(o.Body) == 0 {
		c.askForOffer(p, other, o)
		return
	}
	before := p.said
	told, err := c.exchange(p, offer, o.Body)
	if err != nil {
		c.restore(p, before)
		o.Refuse(sip.StatusNotAcceptableHere)
		return
	}
	c.offerOn(p, other, o, told, before)
}

// offerOn asks the other party. One that takes none of the codecs it is offered is asked once more, with ours beside
// them: the two are then translated.
func (c *Call) offerOn(p, other *party, o *leg.Offer, told, before []byte) {
	other.leg.Reoffer(told, func(r leg.Result) {
		if !c.ended && knowsNone(r.Status) && other.media.Widen() {
			if told, err := c.describe(other, p, offer); err == nil {
				c.offerOn(p, other, o, told, before)
				return
			}
		}
		if r.Status/100 != 2 {
			other.media.Refused()
			c.restore(p, before)
			o.Refuse(r.Status)
			return
		}
		other.leg.Ack(nil)
		told, err := c.exchange(other, answer, r.Body)
		if err != nil {
			c.log.Info("unusable answer to a re-INVITE", "error", err)
			c.restore(p, before)
			o.Refuse(sip.StatusNotAcceptableHere)
			return
		}
		c.meet()
		if o.Answer(told) {
			c.holdChanged(p)
		}
	})
}

// askForOffer serves a re-INVITE without a description: the other party makes
// the offer, and its ACK waits for the answer in ours.
func (c *Call) askForOffer(p, other *party, o *leg.Offer) {
	other.leg.Reoffer(nil, func(r leg.Result) {
		if r.Status/100 != 2 {
			o.Refuse(r.Status)
			return
		}
		told, err := c.exchange(other, offer, r.Body)
		if err != nil || !o.Answer(told) {
			o.Refuse(sip.StatusNotAcceptableHere)
			c.hangUp("system", sip.StatusNotAcceptableHere, "a re-INVITE could not be finished")
			return
		}
		c.onAck = func(_ *leg.Leg, body []byte) {
			c.lateAnswer(p, other, body)
			c.holdChanged(p)
		}
	})
}

// restore puts back what a party said before an offer that came to nothing.
func (c *Call) restore(p *party, said []byte) {
	p.media.Rollback()
	p.said = said
}

// meet joins the two that talk, after they described themselves anew. Where one holds the other, that one hears music.
func (c *Call) meet() {
	a, b := c.caller, c.partner
	switch held := [2]bool{b.media.Hold(), a.media.Hold()}; {
	case c.x.cfg.Music == nil || held[0] == held[1]:
		join(a, b)
	case held[0]:
		c.hold(a, b)
	default:
		c.hold(b, a)
	}
}

func (c *Call) hold(held, holder *party) {
	if err := media.Hold(held.media, holder.media, c.x.cfg.Music.Hold(string(c.record.Organization))); err != nil {
		c.log.Info("no music on hold", "error", err)
	}
}

// holdChanged tells listeners when the call became held or was resumed.
func (c *Call) holdChanged(by *party) {
	if c.ended {
		return
	}
	held := c.caller.media.Hold() || c.partner.media.Hold()
	state, kind := Talking, event.Resumed
	if held {
		state, kind = Held, event.Held
	}
	if c.setState(state) {
		who := "callee"
		if by == c.caller {
			who = "caller"
		}
		c.publish(kind, who, c.partner)
	}
}
