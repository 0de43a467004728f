package media

import (
	"slices"
	"strings"

	"cradle/media/codec"
	"cradle/media/sdp"
)

// ownCodecs are those we can write ourselves, as an offer of ours names them.
var ownCodecs = [...]string{"PCMA", "PCMU", "G722"}

// speech says whether a format carries voice.
func speech(c *sdp.Codec) bool { return !c.Event() && !c.Noise() }

// own says whether it is one that we can read and write.
func own(c *sdp.Codec) bool {
	_, known := codec.Find(c.Name)
	return known && c.Clock == codec.Clock && (c.Channels == "" || c.Channels == "1")
}

func voiced(l []sdp.Codec) bool {
	return slices.ContainsFunc(l, func(c sdp.Codec) bool { return speech(&c) })
}

// named finds a codec by its name among others; -1: it is not there.
func named(l []sdp.Codec, c *sdp.Codec) int {
	return slices.IndexFunc(l, func(o sdp.Codec) bool { return c.Same(&o) })
}

// eventsOf are the formats of dialled digits; there may be one for each clock.
func eventsOf(l []sdp.Codec) []sdp.Codec {
	return slices.DeleteFunc(slices.Clone(l), func(c sdp.Codec) bool { return !c.Event() })
}

// allowed says whether a session's party may use a codec.
func (s *Session) allowed(c *sdp.Codec) bool {
	return s.codecs == nil || !speech(c) || slices.ContainsFunc(s.codecs, func(n string) bool { return strings.EqualFold(n, c.Name) })
}

// narrow takes out of a line what the party may not use.
func (s *Session) narrow(m *sdp.Media) {
	m.Codecs = slices.DeleteFunc(m.Codecs, func(c sdp.Codec) bool { return !s.allowed(&c) })
}

// choose are the codecs the party may use, in the order it is to prefer, without the format of digits.
func (s *Session) choose(from []sdp.Codec) []sdp.Codec {
	l := slices.DeleteFunc(slices.Clone(from), func(c sdp.Codec) bool { return c.Event() || !s.allowed(&c) })
	slices.SortStableFunc(l, func(a, b sdp.Codec) int { return s.place(&a) - s.place(&b) })
	return l
}

// place is where a codec stands in the party's list; what is no speech comes last.
func (s *Session) place(c *sdp.Codec) int {
	if s.codecs == nil && speech(c) {
		return 0
	}
	i := slices.IndexFunc(s.codecs, func(n string) bool { return strings.EqualFold(n, c.Name) })
	if i < 0 {
		return len(s.codecs) + 1
	}
	return i
}

// widen puts codecs of our own behind those that are there, as far as the party may use them.
func (s *Session) widen(l []sdp.Codec) []sdp.Codec {
	var more []sdp.Codec
	for _, name := range ownCodecs {
		c, _ := sdp.Known(name)
		if s.allowed(&c) && named(l, &c) < 0 && free(l, c.Type) {
			more = append(more, c)
		}
	}
	return append(l, s.choose(more)...)
}

func free(l []sdp.Codec, pt uint8) bool {
	return !slices.ContainsFunc(l, func(c sdp.Codec) bool { return c.Type == pt })
}

// answerOf are the codecs the party is told in answer to its own offer: those of the other party that it offered, and
// where there are none, ours that it offered: the sound is then translated. None: nothing fits.
func (s *Session) answerOf(theirs *sdp.Media, way Digits) []sdp.Codec {
	mine := s.remote.line().Codecs
	l := slices.DeleteFunc(s.choose(theirs.Codecs), func(c sdp.Codec) bool { return named(mine, &c) < 0 })
	here := wayOf(s.digits, mine)
	ours := common(mine, s.codecs)
	can := len(ours) > 0 && !ours[0].Event() && speaksOwn(theirs.Codecs)
	if voiced(l) && (!differ(here, way) || !can) {
		if here == Events {
			l = append(l, eventsOf(theirs.Codecs)...)
		}
		return l
	}
	if !can {
		return nil
	}
	if here != Events {
		ours = slices.DeleteFunc(ours, func(c sdp.Codec) bool { return c.Event() })
	}
	return ours
}

// offerOf are the codecs the party is offered: those of the other one, and ours as well where that must be translated.
func (s *Session) offerOf(theirs *sdp.Media, way Digits) []sdp.Codec {
	l := s.choose(theirs.Codecs)
	can := slices.ContainsFunc(theirs.Codecs, func(c sdp.Codec) bool { return own(&c) })
	expected := s.digits
	if expected == Auto {
		expected = Events
	}
	if can && differ(expected, way) { // digits will be translated: nothing that we cannot read
		l = slices.DeleteFunc(l, func(c sdp.Codec) bool { return !own(&c) })
	}
	wider := s.wider
	s.wider = false
	switch had := s.said(); {
	case !can:
	case s.wide, wider, !voiced(l), had != nil && !had.IsFax() && !slices.ContainsFunc(l, func(c sdp.Codec) bool { return speech(&c) && named(had.Codecs, &c) >= 0 }):
		l = s.widen(l)
	}
	s.less = can && len(s.widen(l)) > len(l) && !share(s.terms(s.held), l)
	if s.digits == ByInfo || s.digits == InSound {
		return l
	}
	switch digits := eventsOf(theirs.Codecs); {
	case len(digits) > 0:
		l = append(l, digits...)
	case can && (way == ByInfo || way == InSound):
		l = withEvents(l)
	}
	return l
}

// withEvents adds the format of digits by the payload type it mostly has, or another that is free, if there is one.
func withEvents(l []sdp.Codec) []sdp.Codec {
	c, _ := sdp.Known("telephone-event")
	for pt := uint8(96); pt < 128; pt++ {
		if free(l, c.Type) {
			return append(l, c)
		}
		c.Type = pt
	}
	return l
}

// speaksOwn says whether the first codec for voice is one of ours: it is what the party will speak.
func speaksOwn(l []sdp.Codec) bool {
	i := slices.IndexFunc(l, func(c sdp.Codec) bool { return speech(&c) })
	return i >= 0 && own(&l[i])
}

// Narrowed says whether the last offer to this party named less than could be, and nothing that it speaks now: an offer
// to the same phone by a session that is Wide would name more, and what it then answers would be translated.
func (s *Session) Narrowed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.less
}

// Widen lets the next offer to this party name our own codecs beside those of its partner. False: the last one did, or
// there are none to add.
func (s *Session) Widen() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wider = s.less
	return s.less
}
