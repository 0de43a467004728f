package media

import (
	"math/rand/v2"
	"slices"

	"cradle/media/audio"
	"cradle/media/codec"
	"cradle/media/rtp"
	"cradle/media/sdp"
)

// unheard is the way of a party whose digits come by none that we could translate.
const unheard Digits = 0xff

// wayOf is how digits go to and come from a party that named these codecs.
func wayOf(said Digits, l []sdp.Codec) Digits {
	switch has := slices.ContainsFunc(l, func(c sdp.Codec) bool { return c.Event() && c.Clock == codec.Clock }); {
	case said == ByInfo, said == InSound:
		return said
	case has:
		return Events
	case said == Auto:
		return InSound
	}
	return unheard
}

// differ says whether digits must be translated between two ways.
func differ(a, b Digits) bool { return a != b && a != unheard && b != unheard }

// terms are what was agreed with a party, by what it said and was told.
func (s *Session) terms(told []sdp.Codec) (l []sdp.Codec) {
	if s.remote == nil {
		return nil
	}
	for _, c := range told {
		if named(s.remote.line().Codecs, &c) >= 0 {
			l = append(l, c)
		}
	}
	return l
}

// foreign says whether two parties share no codec, or have their digits by different ways: what flows between them must
// then be heard and said anew. Both must speak something of ours; others are joined as they are.
func foreign(a, b *Session) bool {
	la, lb := a.terms(a.told), b.terms(b.told)
	if !speaksOwn(la) || !speaksOwn(lb) {
		return false
	}
	return !share(la, lb) || !a.fax && !b.fax && differ(wayOf(a.digits, la), wayOf(b.digits, lb))
}

// share says whether two parties have a codec in common.
func share(la, lb []sdp.Codec) bool {
	return slices.ContainsFunc(la, func(c sdp.Codec) bool { return speech(&c) && named(lb, &c) >= 0 })
}

// Fax says that two parties send each other a fax: what they say passes untouched from now on where they share a codec,
// whatever becomes of digits.
func Fax(a, b *Session) {
	for _, s := range []*Session{a, b} {
		s.mu.Lock()
		s.fax = true
		s.mu.Unlock()
	}
	Bridge(a, b)
}

// across is one side of a translation: what the party of it says is heard, and said to the other one.
type across struct {
	to   *endpoint
	pcm  [audio.Frame]int16
	past [audio.Frame]int16
	full bool
}

// hear takes 20 ms of what the party says.
func (a *across) hear(pcm []int16) {
	copy(a.pcm[:], pcm)
	a.full = true
}

// later holds sound back for 20 ms, so that a key in it is known before it is passed on: it is told in another way, and
// its sound is left out. 20 ms of it may get through, half of what makes a key.
func (a *across) later(pcm []int16, key bool) []int16 {
	for i := range pcm {
		pcm[i], a.past[i] = a.past[i], pcm[i]
	}
	if key {
		clear(pcm)
	}
	return pcm
}

// Read gives what was heard last, once.
func (a *across) Read(dst []int16) int {
	if !a.full {
		clear(dst)
		return len(dst)
	}
	a.full = false
	return copy(dst, a.pcm[:])
}

// translate joins two legs by an endpoint at each, back to back. Both are on this reactor. Where they are joined so
// already, they stay.
func (re *reactor) translate(a, b *leg, na, nb *endpoint) {
	if a.local != nil && b.local != nil && a.local.ear.across != nil && a.local.ear.across.to == b.local {
		return
	}
	re.unlink(a)
	re.unlink(b)
	re.seat(a, na)
	re.seat(b, nb)
}

// seat gives a leg an endpoint.
func (re *reactor) seat(l *leg, n *endpoint) {
	if l.local == nil {
		re.pace.enter(l)
	}
	l.local = n
}

// facing makes the two endpoints of a translation.
func facing(a, b *Session) (na, nb *endpoint) {
	na, nb = newEndpoint(a.digits), newEndpoint(b.digits)
	na.face(nb, b)
	nb.face(na, a)
	if na.ear.faxed, nb.ear.faxed = a.party.Fax, b.party.Fax; !share(a.terms(a.told), b.terms(b.told)) { // there is no way but this
		fix := func() {
			na.ear.play.Fix()
			nb.ear.play.Fix()
		}
		na.ear.faxed, nb.ear.faxed = fix, fix
	}
	if a.digits == InSound && b.digits == InSound { // they pass as they are
		na.ear.pressed, nb.ear.pressed = nil, nil
	}
	na.ear.need()
	nb.ear.need()
	return na, nb
}

func newEndpoint(d Digits) *endpoint {
	n := &endpoint{ear: ear{digits: d}, report: newReporter()}
	n.mouth.header = rtp.Header{Seq: uint16(rand.Uint32()), Time: rand.Uint32(), SSRC: rand.Uint32()}
	return n
}

// face lets an endpoint pass on what it hears to the endpoint of another session.
func (n *endpoint) face(to *endpoint, of *Session) {
	x := &across{to: to}
	n.ear.across, n.ear.sink, to.mouth.through = x, x.hear, x
	n.ear.pressed = func(key byte) { to.press(key, false) }
	if of.digits == ByInfo {
		n.ear.pressed = of.keyed
	}
}

// press passes on a key that the other party told by INFO or with its media. The first way is the one: a party that tells
// each key by both is heard once.
func (n *endpoint) press(key byte, byInfo bool) {
	if !n.pressed {
		n.pressed, n.byInfo = true, byInfo
	}
	if n.byInfo == byInfo {
		n.mouth.press(key)
	}
}

// Press sends a key that came by INFO to the party in the way it takes them, where digits are translated; false: they are
// not, or it takes them by INFO itself, and what came by SIP goes on by SIP.
func (s *Session) Press(key byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || !s.translated || s.digits == ByInfo {
		return false
	}
	l := s.leg
	s.reactor.post(func() {
		if l.local != nil {
			l.local.press(key, true)
		}
	})
	return true
}
