package media

// Bridge joins two sessions: from now on packets flow both ways, before an answer as well (early media). A session has
// one partner: a former one is let go. Bridging the same two again changes nothing; a closed session is not joined.
//
// Where the two share no codec, or have their digits by different ways, what they say is translated (translate.go).
// Bridge is therefore called again whenever both have described themselves anew.
//
// A packet must not cross threads, so both legs must be served by one reactor. Party.With sees to that from the
// beginning; where it was not given, b moves to a's reactor here. Packets that come in that moment wait in the socket.
func Bridge(a, b *Session) {
	if a == b || a.relay != b.relay {
		return
	}
	first, second := a, b
	if second.id < first.id {
		first, second = second, first
	}
	first.mu.Lock()
	defer first.mu.Unlock()
	second.mu.Lock()
	defer second.mu.Unlock()
	if a.closed || b.closed {
		return
	}
	la, lb := a.leg, b.leg
	if va, vb := a.video.side, b.video.side; va != nil && vb != nil {
		defer Bridge(va, vb)
	}
	link := func(re *reactor) { re.link(la, lb) }
	a.translated, b.translated = foreign(a, b), false
	if b.translated = a.translated; a.translated {
		na, nb := facing(a, b)
		link = func(re *reactor) { re.translate(la, lb, na, nb) }
		defer a.settle() // behind the link
		defer b.settle()
	}
	re := a.reactor
	b.move(re, func() { link(re) })
}

// move lets another reactor serve a session, and with it its pictures; then follows what is to be done there. s.mu is
// held.
func (s *Session) move(to *reactor, then func()) {
	from := s.reactor
	if from == to {
		to.post(then)
		return
	}
	legs, moved := []*leg{s.leg}, []*Session{s}
	if v := s.video.side; v != nil {
		v.mu.Lock()
		defer v.mu.Unlock()
		if !v.closed {
			legs, moved = append(legs, v.leg), append(moved, v)
		}
	}
	if !from.do(func() {
		for _, l := range legs {
			from.detach(l)
		}
	}) {
		return
	}
	from.load.Add(-int64(len(legs)))
	to.load.Add(int64(len(legs)))
	for _, m := range moved { // not before: what waited there for its reactor is done by now
		m.reactor = to
	}
	to.post(func() {
		for _, l := range legs {
			to.attach(l)
		}
		then()
	})
}
