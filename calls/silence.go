package calls

import "time"

// looks is how often media is looked at in the time of silence that is allowed.
const looks = 4

// listenIn looks now and then whether media still comes. Two phones that lost
// power say no BYE, and without this their call would be up for ever: after a
// long silence both are asked, and one that is gone or knows nothing of the
// call ends it. Phones that are only quiet, on hold for one, answer and stay.
func (c *Call) listenIn() {
	if c.ended || c.partner == nil {
		return
	}
	allowed := c.x.cfg.Silence
	if allowed == 0 {
		allowed = time.Duration(c.x.cfg.Directory.Snapshot().Limit("call_silence_minutes")) * time.Minute
	}
	c.quiet++
	if n := c.caller.packets() + c.partner.packets(); n != c.heard {
		c.heard, c.quiet = n, 0
	}
	if c.quiet >= looks {
		c.quiet = 0
		c.log.Info("no media from either phone; asking both whether they are there", "for", allowed)
		c.caller.leg.Ping()
		c.partner.leg.Ping()
	}
	c.After(allowed/looks, c.listenIn)
}

// packets is what the party has sent so far, RTP and RTCP.
func (p *party) packets() uint64 {
	s := p.media.Stats()
	return s.Received.Packets + s.Control.Packets
}
