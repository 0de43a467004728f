package media

import "cradle/media/sdp"

// CanMeet says whether two parties may be told each other's places, so that their packets do not come here: the first,
// in its last word, speaks in the open and both ways, at the address its signalling comes from (anything else is behind
// NAT, or a trick to make the other one's phone send somewhere); and the second, if it has spoken, does so in the open,
// and may not be offered anything else.
//
// Whose codecs or digits are chosen for it may have to be translated, and stays here.
func CanMeet(from, to *Session) bool {
	from.mu.Lock()
	ok := from.remote != nil && from.inTheOpen() && from.straight(from.remote)
	from.mu.Unlock()
	to.mu.Lock()
	defer to.mu.Unlock()
	return ok && to.inTheOpen() && from.local.Is4() == to.local.Is4() && from.digits == to.digits
}

// inTheOpen says whether the party neither encrypts nor may be offered to, and nothing is chosen for it.
func (s *Session) inTheOpen() bool {
	return s.may.Offer == 0 && !s.may.Require && !s.may.ICE && !s.wide && s.codecs == nil && (s.remote == nil || s.remote.kind == 0)
}

// straight says whether the party hears where it signals from, and wants to hear and to be heard, and nothing else.
func (s *Session) straight(w *word) bool {
	for i := range w.Media {
		if i != w.audio && w.Media[i].Port > 0 {
			return false
		}
	}
	m := w.line()
	usual := !m.RTCP.IsValid() && m.RTCP.Port() == 0 || m.RTCP.Port() == uint16(m.Port+1) && !m.RTCP.Addr().IsValid()
	return m.Plain() && !m.Zero && m.Flow() == sdp.SendRecv && m.Port > 0 && usual && m.Addr.IsValid() && m.Addr == s.signalled
}

// Aside says whether Describe names the other one's own address and port instead of ours from now on. Ask CanMeet first.
func (s *Session) Aside(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.aside = on
}

// whither says where the party is told to send: here, or where the other one hears. What we say ourselves is heard here.
func (s *Session) whither(l *sdp.Line) sdp.Local {
	here := s.here
	if s.aside && l.From.Addr.IsValid() {
		here.Addr, here.V6, l.Port = l.From.Addr.String(), l.From.Addr.Is6(), l.From.Port
	}
	return here
}
