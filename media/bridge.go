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
	if from, to := b.reactor, a.reactor; from != to {
		if !from.do(func() { from.detach(lb) }) {
			return
		}
		from.load.Add(-1)
		to.load.Add(1)
		b.reactor = to
		to.post(func() {
			to.attach(lb)
			link(to)
		})
		return
	}
	re := a.reactor
	re.post(func() { link(re) })
}
