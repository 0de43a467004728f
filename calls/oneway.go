package calls

import (
	"time"

	"cradle/calls/event"
)

// Two looks in a row at which one party sends and the other does not are told:
// within 5 s of the silence.
const (
	oneWayLook = 1500 * time.Millisecond
	sends      = 20 // packets between two looks, far below the 75 of a phone that talks
)

// oneWay watches for audio that goes one way only, a fault of the network as
// a rule. It is told once until both are heard again.
type oneWay struct {
	heard [2]uint64 // packets of caller and callee at the last look
	mute  [2]int    // looks in a row at which only the other one sent
	told  bool
}

// listenForBoth looks at a call of two phones every now and then.
func (c *Call) listenForBoth() {
	if c.ended || c.partner == nil {
		return
	}
	w := &c.oneWay
	now := [2]uint64{c.caller.media.Received(), c.partner.media.Received()}
	sent := [2]uint64{now[0] - w.heard[0], now[1] - w.heard[1]}
	w.heard = now
	held := c.caller.media.Hold() || c.partner.media.Hold() || c.caller.media.Fax() // a page goes one way for long
	parties := [2]*party{c.caller, c.partner}
	for i := range w.mute {
		if w.mute[i]++; held || sent[i] > 0 || sent[1-i] < sends || parties[i].media.Pausing() {
			w.mute[i] = 0
		}
		if w.mute[i] == 2 && !w.told {
			w.told = true
			c.x.totals.oneWay.Add(1)
			c.showSilent(i, true)
			parties[i].measured.silent = true
			c.publish(event.OneWay, [2]string{"caller", "callee"}[i], c.partner)
			c.log.Warn("audio goes one way only", "silent", [2]string{"caller", "callee"}[i])
		}
	}
	if sent[0] > 0 && sent[1] > 0 {
		w.told = false
		c.showSilent(0, false)
		c.showSilent(1, false)
	}
	c.After(oneWayLook, c.listenForBoth)
}
