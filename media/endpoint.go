package media

import (
	"fmt"
	"math/rand/v2"

	"cradle/media/codec"
	"cradle/media/rtp"
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
	ear   ear
	mouth mouth
}

// agreement is what both sides of an endpoint agreed on.
type agreement struct {
	kind   codec.Kind
	pt     uint8
	event  uint8 // payload type of events the party takes; 0: none
	kinds  [128]codec.Kind
	events [2]uint64
	hushed bool
}

// Local joins a session with an endpoint; a former partner is let go. Errors: ErrClosed.
func (s *Session) Local(c EndpointConfig) (*Endpoint, error) {
	n := &endpoint{ear: ear{digits: c.Digits, pressed: c.Pressed, sink: c.Sound}}
	n.mouth.header = rtp.Header{Seq: uint16(rand.Uint32()), Time: rand.Uint32(), SSRC: rand.Uint32()}
	n.ear.need()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	l, re := s.leg, s.reactor
	re.post(func() {
		re.unlink(l)
		if l.local == nil {
			re.pace.enter(l)
		}
		l.local = n
	})
	s.settle()
	return &Endpoint{s}, nil
}

// Answer makes the SDP that an endpoint's session answers with, or offers where the party has said nothing yet. Codecs
// are the names allowed, in order of preference; none: PCMA, PCMU and G722, in the party's order. Digits are always
// taken as events where the party offers them. Errors: ErrUnsupported when the party offers nothing of it, ErrClosed.
func (s *Session) Answer(codecs ...string) ([]byte, error) {
	s.mu.Lock()
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
	ours := func(c *sdp.Codec) bool {
		_, known := codec.Find(c.Name)
		return known && c.Clock == codec.Clock && (c.Channels == "" || c.Channels == "1")
	}
	for _, name := range allowed {
		f, _ := codec.Find(name)
		take(func(c *sdp.Codec) bool {
			g, _ := codec.Find(c.Name)
			return ours(c) && f.Kind == g.Kind
		})
	}
	if len(allowed) == 0 {
		take(ours)
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
		c := &s.told[i]
		named := names(said.Codecs, c)
		if c.Event() {
			a.events[c.Type>>6] |= 1 << (c.Type & 63)
			if a.event == 0 && named && c.Type > 0 {
				a.event = c.Type
			}
			continue
		}
		f, ok := codec.Find(c.Name)
		if !ok || !named {
			continue
		}
		if a.kinds[c.Type] = f.Kind; a.kind == codec.None {
			a.kind, a.pt = f.Kind, c.Type
		}
	}
	for i := range said.Codecs { // a late answer names what the party takes
		if c := &said.Codecs[i]; c.Event() {
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

func names(l []sdp.Codec, c *sdp.Codec) bool {
	for i := range l {
		if l[i].Type == c.Type {
			return true
		}
	}
	return false
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
			if len(n.mouth.dial.keys) < maxKeys && len(codec.AppendEvent(nil, codec.Event{Key: keys[i]})) > 0 {
				n.mouth.dial.keys = append(n.mouth.dial.keys, keys[i])
			}
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
