package media

import (
	"slices"

	"cradle/media/sdp"
	"cradle/media/secure"
)

// video is the part of a session that carries pictures: a session of its own beside it, with its own ports, keys and
// checks, that is described in the same words. They are relayed as they are and never translated.
type video struct {
	side *Session // nil: there were never any
	said *word    // the party's last word on them; nil: it has none, or they are off
}

// pictureRate is how many times as many packets a second as sound pictures may be.
const pictureRate = 4

// watch takes what the party says of pictures.
func (s *Session) watch(w *word) {
	v := &s.video
	allowed, among := s.may.Accept, []secure.Suite(nil)
	if v.side != nil && !w.offer {
		allowed, among = v.side.offered.kinds, v.side.offered.suites
	}
	if v.said = s.pictures(w, allowed, among); v.said == nil || v.side == nil {
		return
	}
	if !w.offer {
		v.said.mux = v.said.mux && v.side.offered.mux
	}
	v.side.see(v.said)
}

// see is take for the session of the pictures.
func (s *Session) see(w *word) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.take(w) //nolint:errcheck // a session that closed meanwhile takes nothing
}

// pictures finds the line of pictures that can be met; nil: none, and the call goes on without them.
func (s *Session) pictures(w *word, allowed Kind, among []secure.Suite) *word {
	if !s.party.Video || w.line().Kind != "audio" {
		return nil
	}
	i := slices.IndexFunc(w.Media, func(m sdp.Media) bool {
		rank, _ := s.may.rank(&m, allowed, among)
		return m.Kind == "video" && m.Port != 0 && (m.Plain() || m.Secure()) && len(m.Codecs) > 0 && rank >= 0 &&
			(!m.Addr.IsValid() || m.Addr.Is4() == s.local.Is4())
	})
	if i < 0 {
		return nil
	}
	m := &w.Media[i]
	p := &word{Description: w.Description, audio: i, offer: w.offer, agreed: choose(m, allowed, among)}
	p.mux = m.Mux
	if s.may.ICE && p.kind == DTLS {
		p.user = m.ICE.User
	}
	return p
}

// show puts the line of the other party's pictures where this party has one, or behind all others of an offer.
func (s *Session) show(layout []sdp.Media, lines []sdp.Line, m *sdp.Media, answer bool) []sdp.Media {
	v := &s.video
	if !s.party.Video || answer && v.said == nil {
		return layout
	}
	at := slices.IndexFunc(layout, func(m sdp.Media) bool { return m.Kind == "video" })
	if answer {
		at = v.said.audio
	}
	if v.side == nil {
		p := s.party
		p.Video = false
		side, err := s.relay.newSession(p, s.reactor)
		if err != nil {
			return layout // the call goes on without pictures
		}
		v.side = side
		s.reactor.post(func() { side.leg.rate = pictureRate })
		if v.said != nil {
			side.see(v.said)
		}
	}
	if at < 0 {
		at = len(layout)
		line := sdp.Media{Kind: "video", Proto: s.may.profile(), Formats: []string{"0"}}
		if s.may.ICE {
			line.Mid = "1"
		}
		layout = append(layout[:at:at], line)
	}
	side := v.side
	side.mu.Lock()
	defer side.mu.Unlock()
	if side.told = m.Codecs; answer {
		lines[at] = side.answer(m)
	} else {
		lines[at] = side.offer(m)
	}
	return layout
}

func (v *video) close() {
	if v.side != nil {
		v.side.Close()
	}
}
