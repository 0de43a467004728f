package media

import (
	"bytes"
	"fmt"

	"cradle/media/sdp"
	"cradle/media/secure"
)

// offered is what a party was last offered, for its answer to be held against.
type offered struct {
	kinds  Kind
	suites []secure.Suite
	mux    bool
}

// Describe makes the SDP for this party: what other's party said last, with our address and ports, and of its codecs
// those that this party may use, in that order. Where nothing is left, ours stand in place of them (choice.go). It is an offer where
// that was one, and an answer where that was one. Its m= lines are those this party used itself, so that answers match
// their offers, with all but the audio, and the video that the other party has too, refused; a first offer has no refused
// lines, because some phones stumble over them. Errors: ErrNoSDP, ErrClosed, and ErrUnsupported where encryption is required and there is no way to
// offer it. The bytes must not be changed.
func (s *Session) Describe(other *Session) ([]byte, error) {
	other.mu.Lock()
	w, digits, pictures := other.remote, other.digits, other.video.said
	other.mu.Unlock()
	if w == nil {
		return nil, ErrNoSDP
	}
	m := *w.line()
	if m.IsFax() {
		return s.tell(&m, !w.offer)
	}
	s.mu.Lock()
	if way := wayOf(digits, m.Codecs); w.offer || s.remote == nil {
		m.Codecs = s.offerOf(&m, way)
	} else {
		m.Codecs = s.answerOf(&m, way)
	}
	s.direct(&m, !w.offer)
	s.mu.Unlock()
	if !voiced(m.Codecs) {
		return nil, fmt.Errorf("%w: no codec that both have, nor one to translate to", ErrUnsupported)
	}
	return s.tell(&m, !w.offer, pictures)
}

// direct sets the direction this party is told. Held, it is to receive music; the answer to an offer says no more than
// that allows (RFC 3264 section 6.1).
func (s *Session) direct(m *sdp.Media, answer bool) {
	if s.remote == nil {
		return
	}
	mine, flow := s.remote.line().Flow(), m.Flow()
	holds := mine == sdp.SendOnly || mine == sdp.Inactive
	if s.music && m.Hold() && !holds {
		flow = sdp.SendOnly
	}
	if answer {
		flow = answerTo(mine, flow)
	}
	m.Direction, m.Zero = flow, false
}

// answerTo is what of a direction may stand in the answer to an offer of another one.
func answerTo(offered, flow sdp.Direction) sdp.Direction {
	switch {
	case offered == sdp.Inactive:
		return sdp.Inactive
	case offered == sdp.SendOnly && flow == sdp.SendRecv:
		return sdp.RecvOnly
	case offered == sdp.RecvOnly && flow == sdp.SendRecv:
		return sdp.SendOnly
	}
	return flow
}

// Propose makes an offer of our own, for an INVITE that came without one. Codecs are names in order of preference:
// PCMU, PCMA, G722, telephone-event; none = all four. Errors: ErrUnsupported, ErrClosed.
func (s *Session) Propose(codecs ...string) ([]byte, error) {
	if len(codecs) == 0 {
		codecs = []string{"PCMA", "PCMU", "G722", "telephone-event"}
	}
	m := sdp.Media{Kind: "audio", Proto: "RTP/AVP", Ptime: "20"}
	for _, name := range codecs {
		c, ok := sdp.Known(name)
		if !ok {
			return nil, fmt.Errorf("%w: codec %q", ErrUnsupported, name)
		}
		m.Codecs = append(m.Codecs, c)
	}
	return s.tell(&m, false)
}

// tell writes a description in the layout this party's dialog has, and gives it a new version only when it changed.
func (s *Session) tell(m *sdp.Media, answer bool, pictures ...*word) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	layout, audio := []sdp.Media{{Proto: s.may.profile()}}, 0
	if s.may.ICE {
		layout[0].Mid = "0"
	}
	if s.remote != nil {
		layout, audio = s.remote.Media, s.remote.audio
	}
	lines := make([]sdp.Line, len(layout)+1)
	if m.IsFax() && s.may.Require {
		return nil, fmt.Errorf("%w: a fax cannot be encrypted", ErrUnsupported)
	}
	if s.remote == nil && s.may.Require && s.may.Offer == 0 {
		return nil, fmt.Errorf("%w: encryption is required and no way of it may be offered", ErrUnsupported)
	}
	if answer && s.remote != nil {
		lines[audio] = s.answer(m)
		s.open = false
	} else {
		lines[audio] = s.offer(m)
	}
	lines[audio].Bundled = s.may.ICE && !m.IsFax() && layout[audio].Mid != "" && (!answer || s.remote == nil || s.remote.Bundled(audio))
	if len(pictures) > 0 && pictures[0] != nil {
		layout = s.show(layout, lines, audio, pictures[0].line(), answer)
	}
	lines = lines[:len(layout)]
	if s.told = m.Codecs; answer {
		s.held = s.told
	}
	here := s.whither(&lines[audio])
	body := sdp.Append(make([]byte, 0, 640), here, layout, lines...)
	if s.body != nil && bytes.Equal(body, s.body) {
		return s.body, nil
	}
	s.here.Version++
	here.Version = s.here.Version
	s.body = sdp.Append(body[:0], here, layout, lines...)
	return s.body, nil
}

// answer takes the way the party's offer was met by.
func (s *Session) answer(m *sdp.Media) sdp.Line {
	w := s.remote
	line := sdp.Line{Port: s.port, From: m, Mux: w.mux}
	if w.kind == SDES {
		line.Keys = []sdp.Crypto{s.crypto(w.tag, w.key.Suite())}
	}
	if w.kind == DTLS {
		line.Prints, line.Setup = []sdp.Fingerprint{s.relay.handshakes.Print()}, sdp.Passive
		if w.client {
			line.Setup = sdp.Active
		}
	}
	if w.user != "" {
		line.ICE = s.iceLine()
	}
	return line
}

// offer names the ways that are open to the party; within a dialog, the one that was agreed on.
func (s *Session) offer(m *sdp.Media) sdp.Line {
	o := offered{kinds: s.may.Offer, suites: secure.Offered[:], mux: s.may.Offer&DTLS != 0}
	if w := s.remote; w != nil && !w.line().IsFax() {
		o = offered{kinds: w.kind, suites: []secure.Suite{w.key.Suite()}, mux: w.mux}
	}
	s.offered = o
	line := sdp.Line{Port: s.port, From: m, Mux: o.mux}
	if o.kinds&SDES != 0 {
		for i, suite := range o.suites {
			line.Keys = append(line.Keys, s.crypto(i+1, suite))
		}
	}
	if o.kinds&DTLS != 0 {
		line.Prints, line.Setup = []sdp.Fingerprint{s.relay.handshakes.Print()}, sdp.ActPass
	}
	if s.may.ICE && (s.remote == nil || s.remote.user != "") {
		line.ICE = s.iceLine()
		l, c := s.leg, s.ice
		re := s.reactor
		re.post(func() { // checks may overtake the answer
			re.recall(l)
			l.expect(c)
		})
	}
	return line
}

func (s *Session) iceLine() sdp.ICE {
	c := s.checks()
	return sdp.ICE{User: c.User, Password: c.Password}
}

func (s *Session) crypto(tag int, of secure.Suite) sdp.Crypto {
	return sdp.Crypto{Tag: tag, Suite: of.String(), Key: s.key(of).Reveal()}
}
