package media

import (
	"slices"

	"cradle/media/sdp"
	"cradle/media/secure"
)

// video is the part of a session that carries pictures: a session of its own beside it, that is described in the same
// words. It has ports, keys and checks of its own or, with browsers, goes by those of the sound (bundle.go). Pictures are
// relayed as they are and never translated.
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
		allowed, among = v.side.transport().offered.kinds, v.side.transport().offered.suites
	}
	if v.said = s.pictures(w, allowed, among); v.said == nil || v.side == nil {
		return
	}
	if v.said.bundled != (v.side.carrier != nil) {
		if !w.offer { // it is no answer to what was offered
			v.said = nil
		}
		return // what is told of them next is told by another session
	}
	if !w.offer {
		v.said.mux = v.said.mux && v.side.transport().offered.mux
	}
	v.side.see(v.said)
}

// transport is the session whose ports, keys and checks are used.
func (s *Session) transport() *Session {
	if s.carrier != nil {
		return s.carrier
	}
	return s
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
	if p.bundled = w.rides(i); !p.bundled && s.may.ICE && p.kind == DTLS {
		p.user = m.ICE.User
	}
	return p
}

// show puts the line of the other party's pictures where this party has one, or behind all others of an offer. The line
// of the sound is there already.
func (s *Session) show(layout []sdp.Media, lines []sdp.Line, sound int, theirs *sdp.Media, answer bool) []sdp.Media {
	v, m := &s.video, *theirs
	if !s.party.Video || answer && v.said == nil {
		return layout
	}
	bundled := s.rides(&lines[sound], &m, answer)
	m.Codecs = slices.DeleteFunc(slices.Clone(m.Codecs), func(c sdp.Codec) bool {
		return bundled && !free(lines[sound].From.Codecs, c.Type) || answer && named(v.said.line().Codecs, &c) < 0
	})
	if len(m.Codecs) == 0 || !s.sideFor(bundled) {
		return layout // the call goes on without pictures
	}
	m.Direction, m.Zero = m.Flow(), false
	if bundled {
		m.Direction = openly(m.Direction, lines[sound].From.Flow())
	}
	at := slices.IndexFunc(layout, func(m sdp.Media) bool { return m.Kind == "video" })
	if answer {
		at = v.said.audio
		m.Direction = answerTo(v.said.line().Flow(), m.Direction)
	} else {
		layout, at = s.lay(layout, at)
	}
	v.side.mu.Lock()
	defer v.side.mu.Unlock()
	switch v.side.told = m.Codecs; {
	case bundled:
		s.ride(layout, lines, sound, at, &m, answer)
	case answer:
		lines[at] = v.side.answer(&m)
	default:
		lines[at] = v.side.offer(&m)
	}
	return layout
}

// sideFor sees to the session of the pictures: one that goes by the transport of the sound, or one that does not.
func (s *Session) sideFor(bundled bool) bool {
	v := &s.video
	if v.side != nil {
		if (v.side.carrier != nil) == bundled {
			return true
		}
		v.close()
		v.side = nil
	}
	p := s.party
	p.Video = false
	var err error
	if bundled {
		v.side, err = s.relay.within(p, s)
	} else if v.side, err = s.relay.newSession(p, s.reactor); err == nil {
		l := v.side.leg
		s.reactor.post(func() { l.rate = pictureRate })
	}
	if err != nil {
		v.side = nil
		return false
	}
	if v.said != nil {
		v.side.see(v.said)
	}
	return true
}

// lay finds the line of an offer that pictures get: the one the dialog has, or a new one behind all others. A line that
// is off gets a new tag (RFC 9429 section 5.2.2), and so does a new one, where there are tags.
func (s *Session) lay(layout []sdp.Media, at int) ([]sdp.Media, int) {
	layout = slices.Clone(layout)
	if at < 0 {
		at = len(layout)
		layout = append(layout, sdp.Media{Kind: "video", Proto: s.may.profile(), Formats: []string{"0"}})
	}
	if m := &layout[at]; s.may.ICE && m.Port == 0 {
		m.Mid = freeMid(layout)
	}
	return layout, at
}

func (v *video) close() {
	if v.side != nil {
		v.side.Close()
	}
}
