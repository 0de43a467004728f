package media

import (
	"fmt"

	"cradle/media/codec"
	"cradle/media/sdp"
)

// Endpoint is us as the other side of a session: it plays to the party and hears it. It begins to do so when both have
// described themselves. What it calls, it calls on
// a reactor's thread: that must return at once and may not call the endpoint back.
type Endpoint struct{ s *Session }

// EndpointConfig says what an endpoint listens for. The zero value hears nothing.
type EndpointConfig struct {
	Digits  Digits
	Pressed func(key byte)    // a key begins to be pressed: '0' to '9', '*', '#', 'A' to 'D'. nil: nobody listens
	Sound   func(pcm []int16) // 20 ms of what the party says, at audio.Rate, silence included. nil: nobody listens
}

// endpoint is that at its reactor.
type endpoint struct {
	ear     ear
	mouth   mouth
	report  reporter
	pressed bool // a key of the other party was passed on
	byInfo  bool // and that is how its first one came
}

// agreement is what both sides of an endpoint agreed on.
type agreement struct {
	kind   codec.Kind
	pt     uint8
	event  uint8 // payload type of events the party takes; 0: none
	kinds  [128]codec.Kind
	events [2]uint64
	known  bool // the party named events itself
	hushed bool
}

// Local joins a session with an endpoint; a former partner is let go. Errors: ErrClosed.
func (s *Session) Local(c EndpointConfig) (*Endpoint, error) {
	n := newEndpoint(c.Digits)
	n.ear.pressed, n.ear.sink = c.Pressed, c.Sound
	n.ear.need()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	l, re := s.leg, s.reactor
	re.post(func() {
		re.unlink(l)
		re.seat(l, n)
	})
	s.translated = false
	s.settle()
	return &Endpoint{s}, nil
}

// Answer makes the SDP that an endpoint's session answers with, or offers where the party has said nothing yet. Codecs
// are the names allowed, in order of preference; none: those the party may use, and where it may use any, PCMA, PCMU and
// G722 in its own order. Digits are always
// taken as events where the party offers them. Errors: ErrUnsupported when the party offers nothing of it, ErrClosed.
func (s *Session) Answer(codecs ...string) ([]byte, error) {
	s.mu.Lock()
	if len(codecs) == 0 {
		codecs = s.codecs
	}
	said, asked := s.said(), s.open // where the party made no offer, this is one
	s.mu.Unlock()
	if said == nil {
		if len(codecs) > 0 {
			codecs = append(codecs[:len(codecs):len(codecs)], "telephone-event")
		}
		return s.Propose(codecs...)
	}
	m := sdp.Media{Kind: "audio", Ptime: "20", Direction: opposite(said.Flow()), Codecs: common(said.Codecs, codecs)}
	if len(m.Codecs) == 0 || m.Codecs[0].Event() {
		return nil, fmt.Errorf("%w: no codec of ours is offered", ErrUnsupported)
	}
	body, err := s.tell(&m, asked)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settle()
	return body, nil
}

// Hold plays music to a party that its partner holds, and lets the partner hear nothing; Bridge ends it. The two stay on
// their reactors, and nothing is decoded.
func Hold(held, holder *Session, music Source) error {
	if _, err := holder.Local(EndpointConfig{}); err != nil {
		return err
	}
	e, err := held.Local(EndpointConfig{})
	if err == nil {
		e.Play(music, nil)
	}
	return err
}

// opposite is what a direction is, seen from the other side.
func opposite(d sdp.Direction) sdp.Direction {
	switch d {
	case sdp.SendOnly:
		return sdp.RecvOnly
	case sdp.RecvOnly:
		return sdp.SendOnly
	}
	return d
}

// common are the codecs of ours among those offered, sound before events.
func common(offered []sdp.Codec, allowed []string) (l []sdp.Codec) {
	take := func(fits func(*sdp.Codec) bool) {
		for i := range offered {
			if fits(&offered[i]) {
				l = append(l, offered[i])
			}
		}
	}
	for _, name := range allowed {
		f, _ := codec.Find(name)
		take(func(c *sdp.Codec) bool {
			g, _ := codec.Find(c.Name)
			return own(c) && f.Kind == g.Kind
		})
	}
	if len(allowed) == 0 {
		take(own)
	}
	take(func(c *sdp.Codec) bool { return c.Event() && c.Clock == codec.Clock })
	return l
}

// settle gives what was agreed to the leg's endpoint. It speaks in the first codec that both named.
func (s *Session) settle() {
	said := s.said()
	if said == nil || s.told == nil {
		return
	}
	var a agreement
	flow := said.Flow()
	a.hushed = flow == sdp.SendOnly || flow == sdp.Inactive
	for i := range s.told {
		a.take(&s.told[i], said)
	}
	for i := range said.Codecs { // a late answer names what the party takes
		if c := &said.Codecs[i]; c.Event() {
			a.known = true
			a.events[c.Type>>6] |= 1 << (c.Type & 63)
			if a.event == 0 {
				a.event = c.Type
			}
		}
	}
	l := s.leg
	s.reactor.post(func() {
		if l.local != nil {
			l.local.ear.settle(a)
			l.local.mouth.settle(a)
		}
	})
}

// take enters a codec that the party was told: what it sends bears our payload types, and what it is sent bears its own
// (RFC 3264 section 5.1).
func (a *agreement) take(c *sdp.Codec, said *sdp.Media) {
	theirs := c.Type
	at := named(said.Codecs, c)
	if at >= 0 {
		theirs = said.Codecs[at].Type
	}
	if c.Event() {
		a.events[c.Type>>6] |= 1 << (c.Type & 63)
		if a.event == 0 && at >= 0 && theirs > 0 {
			a.event = theirs
		}
		return
	}
	f, ok := codec.Find(c.Name)
	if !ok || at < 0 {
		return
	}
	a.kinds[c.Type] = f.Kind
	if a.kinds[theirs] == codec.None {
		a.kinds[theirs] = f.Kind
	}
	if a.kind == codec.None {
		a.kind, a.pt = f.Kind, theirs
	}
}

// said is the audio line the party described last; nil: nothing yet. s.mu is held.
func (s *Session) said() *sdp.Media {
	if s.remote == nil {
		return nil
	}
	return s.remote.line()
}

// Play plays a source from its beginning, in place of what is played now, of which nothing more is told. done is called
// at its end; nil: nobody waits.
func (e *Endpoint) Play(src Source, done func()) {
	e.do(func(n *endpoint) { n.mouth.source, n.mouth.done = src, done })
}

// Hush ends what is played. Its done is not called.
func (e *Endpoint) Hush() { e.Play(nil, nil) }

// Press sends digits behind those that are being sent: as events where the party takes them, or else as sound in place
// of what is played. What is more than 64 waiting ones is dropped, and what is no key.
func (e *Endpoint) Press(keys string) {
	e.do(func(n *endpoint) {
		for i := range len(keys) {
			n.mouth.press(keys[i])
		}
	})
}

// Settle is told when the party described itself anew after we did: a late answer.
func (e *Endpoint) Settle() {
	e.s.mu.Lock()
	defer e.s.mu.Unlock()
	if !e.s.closed {
		e.s.settle()
	}
}

// do runs f on the leg's reactor, if the session is still joined with an endpoint then.
func (e *Endpoint) do(f func(*endpoint)) {
	e.s.mu.Lock()
	defer e.s.mu.Unlock()
	if e.s.closed {
		return
	}
	l := e.s.leg
	e.s.reactor.post(func() {
		if l.local != nil {
			f(l.local)
		}
	})
}
