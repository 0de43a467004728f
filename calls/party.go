package calls

import (
	"github.com/emiago/sipgo/sip"

	"cradle/calls/leg"
	"cradle/directory"
	"cradle/media"
	"cradle/registrar"
)

// party is one phone in a call: its leg, its media and the way to it.
type party struct {
	leg      *leg.Leg
	media    *media.Session
	binding  registrar.Binding
	device   directory.ID
	said     []byte // its newest session description; nil: none yet
	rang     bool
	status   int          // its final answer, where it refused
	again    func() error // calls it once more, with a wider offer; nil: it was
	free     func()       // marks the phone as free again
	stats    *directory.LegRecord
	closed   bool     // its media
	measured measured // how it is heard
}

// word is what a session description is in its exchange (RFC 3264).
type word bool

const (
	offer  word = false
	answer word = true
)

// hear takes what the party said of its media.
func (p *party) hear(w word, body []byte) (err error) {
	if w == offer {
		err = p.media.SetOffer(body)
	} else {
		err = p.media.SetAnswer(body)
	}
	if err == nil {
		p.said = body
	}
	return err
}

// quit frees the phone for others and keeps the figures of its media.
func (p *party) quit() {
	if p.free == nil {
		return
	}
	p.free()
	p.free = nil
	if p.media != nil {
		p.stats = p.figures()
	}
}

// close is quit, and gives the media's ports back, which waits for the relay.
func (p *party) close() {
	p.quit()
	if p.media != nil && !p.closed {
		p.closed = true
		p.media.Close()
	}
}

// join lets packets flow between two parties, also before the answer.
func join(a, b *party) { media.Bridge(a.media, b.media) }

// flow is the way to one phone.
type flow struct {
	Registrar
	binding registrar.Binding
}

// party finds whose leg it is.
func (c *Call) party(l *leg.Leg) *party {
	if c.caller.leg == l {
		return c.caller
	}
	for _, p := range c.branches {
		if p.leg == l {
			return p
		}
	}
	return nil
}

// other is whom a party talks to; nil while nobody answered.
func (c *Call) other(p *party) *party {
	switch p {
	case c.caller:
		return c.partner
	case c.partner, c.early:
		return c.caller
	}
	return nil
}

// best chooses the answer for the caller when every phone has refused: what a
// person said before what a network said (in the spirit of RFC 3261 section 16.7).
func best(branches []*party) int {
	rank := map[int]int{sip.StatusGlobalDecline: 4, sip.StatusBusyHere: 3, sip.StatusGlobalBusyEverywhere: 3, sip.StatusNotAcceptableHere: 2,
		sip.StatusGlobalNotAcceptable: 2, sip.StatusUnsupportedMediaType: 2}
	answer := map[int]int{4: sip.StatusGlobalDecline, 3: sip.StatusBusyHere, 2: sip.StatusNotAcceptableHere, 0: sip.StatusTemporarilyUnavailable}
	top := 0
	for _, p := range branches {
		top = max(top, rank[p.status])
	}
	return answer[top]
}
