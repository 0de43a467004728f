package media

import (
	"bytes"
	"slices"
	"sync/atomic"

	"cradle/media/ice"
	"cradle/media/sdp"
	"cradle/media/secure"
)

// again is how long after the beginning of a handshake another may begin, ns.
const again = 1e9

// association is what a leg that agrees on keys by DTLS knows of that. Where RTP and RTCP have ports of their own there
// is one for each (RFC 5764 section 3).
type association struct {
	on     *socket // its port
	shield *shield // gets the keys
	client bool    // we open
	prints []sdp.Fingerprint
	shake  *secure.Handshake // the newest; nil = none yet
	peer   rawAddr           // the one address it speaks with
	next   int64             // no other begins before, ns
	done   bool              // there are keys
	keys   atomic.Pointer[secure.Agreed]
}

// checked is how many sources of valid checks are remembered; a browser has a few.
const checked = 8

// candidates are what a leg with ICE knows of its party's places.
type candidates struct {
	valid []rawAddr  // sources of valid checks, the newest last
	last  int64      // when the newest came, ns
	agent *ice.Agent // nil = no ICE
}

func (c *candidates) has(a *rawAddr) bool {
	return slices.ContainsFunc(c.valid, func(v rawAddr) bool { return v.same(a) })
}

// associate follows what a description says of DTLS and ICE. The same certificate again means the same association,
// whatever else is new.
func (l *leg) associate(re *reactor, n *remote) {
	l.expect(n.ice)
	if l.dtls == nil || !samePrints(l.dtls.prints, n.prints) {
		l.dissociate()
		l.dtls, l.control = &association{on: &l.rtp, shield: l.shield, client: n.client, prints: n.prints}, nil
	}
	if l.apart() && l.control == nil {
		if l.second == nil {
			l.second = &shield{}
		}
		l.control = &association{on: &l.rtcp, shield: l.second, client: n.client, prints: n.prints}
	}
}

// apart says whether RTCP has keys of its own.
func (l *leg) apart() bool { return l.armed && l.byDTLS && !l.mux && l.ice.agent == nil }

// associations are those of both ports; either may be nil.
func (l *leg) associations() [2]*association { return [2]*association{l.dtls, l.control} }

// expect answers checks that bear these credentials from now on; none change nothing.
func (l *leg) expect(c ice.Credentials) {
	switch {
	case c.User == "":
	case l.ice.agent != nil:
		l.ice.agent.Restart(c)
	default:
		l.ice.agent = ice.NewAgent(c)
		l.rtp.open()
	}
}

// ask looks whether a browser still wants to be sent to. Its checks say so as long as it is there; we send none of our
// own. Where they stop it is sent nothing, and nothing is taken from where it was, until one comes again.
func (l *leg) ask(re *reactor) {
	if l.ice.last == 0 || re.now-l.ice.last <= re.consent {
		return
	}
	l.ice.valid, l.ice.last = nil, 0
	l.rtp.to, l.rtcp.to = rawAddr{}, rawAddr{}
	l.source.Store(nil)
	l.unwanted.Store(true)
}

func samePrints(a, b []sdp.Fingerprint) bool {
	return slices.EqualFunc(a, b, func(x, y sdp.Fingerprint) bool { return x.Hash == y.Hash && string(x.Sum) == string(y.Sum) })
}

// shake opens the association where that is for us to do: as soon as it is known where to.
func (l *leg) shake(re *reactor) {
	for _, a := range l.associations() {
		if a == nil || !a.client || a.shake != nil && !a.shake.Over() || a.done || a.keys.Load() != nil || a.on.to.n == 0 {
			continue
		}
		if l.ice.agent == nil || l.ice.has(&l.rtp.to) {
			l.begin(re, a, a.on.to)
		}
	}
}

// begin starts a handshake with one address. Where there is no room the next hello, or the next tick, tries again.
func (l *leg) begin(re *reactor, a *association, with rawAddr) {
	if re.now < a.next {
		return
	}
	if a.shake != nil {
		a.shake.End()
		a.shake = nil
	}
	a.next, a.peer = re.now+again, with
	h, ok := re.handshakes.Start(secure.Peer{Client: a.client, Prints: a.prints, Proven: l.ice.agent != nil, Log: re.log,
		Write: func(b []byte) { l.transmit(a.on, b, with) }, Done: func(k secure.Agreed) { a.keys.Store(&k); l.keyed.Store(true) }})
	if ok {
		a.shake = h
	}
}

// transmit sends a datagram of a handshake, from whatever goroutine. On its way from one reactor to another a leg loses
// it, as a network would.
func (l *leg) transmit(by *socket, b []byte, to rawAddr) {
	re := l.home.Load()
	if re == nil {
		return
	}
	re.post(func() {
		if int(l.slot) < len(re.legs) && re.legs[l.slot] == l {
			by.send(b, &to)
		}
	})
}

func (a *association) underWay() bool { return a.shake != nil && !a.shake.Over() }

// yields says whether a handshake that may be a stranger's makes room for another's hello: at once for one from where the
// description says, and never once it is with that one; else after a while.
func (l *leg) yields(re *reactor, a *association, from *rawAddr) bool {
	said := &l.said
	if a.on == &l.rtcp {
		said = &l.saidRTCP
	}
	if from.same(said) {
		a.next = 0
	}
	return !a.client && !a.peer.same(said) && re.now >= a.next
}

// onDTLS takes a datagram that came to a port from a place where the party may be.
func (re *reactor) onDTLS(l *leg, s *socket, b []byte, from *rawAddr) {
	a, early := l.dtls, &l.early
	if s == &l.rtcp {
		a, early = l.control, &l.earlyControl
	}
	hello := secure.ClientHello(b)
	switch {
	case a == nil && l.dtls != nil: // this port needs none
		re.drop(l, dropForged)
	case a == nil:
		early.keep(b, from)
	case a.underWay() && a.peer.same(from):
		a.shake.Feed(b)
	case a.underWay() && !a.done && !(hello && l.yields(re, a, from)):
		re.drop(l, dropSource) // one at a time
	case !a.client && hello:
		if l.begin(re, a, *from); a.shake != nil && a.peer.same(from) {
			a.shake.Feed(b)
		}
	default:
		re.drop(l, dropForged) // the end of an association, or its leftovers: nothing of the call's
	}
}

// early are the first datagrams of a hello that overtook the answer it belongs to; a browser's comes in two.
type early struct {
	from  rawAddr
	first [][]byte
}

func (e *early) keep(b []byte, from *rawAddr) {
	if secure.ClientHello(b) && !e.from.same(from) {
		e.from, e.first = *from, nil
	}
	if e.from.same(from) && len(e.first) < 4 {
		e.first = append(e.first, bytes.Clone(b))
	}
}

// welcome hears what came early, now that it is known whose it must be.
func (l *leg) welcome(re *reactor) {
	if l.dtls == nil {
		return
	}
	for s, e := range map[*socket]early{&l.rtp: l.early, &l.rtcp: l.earlyControl} {
		if e.first == nil || !l.from(s, &e.from) {
			continue
		}
		for _, b := range e.first {
			re.onDTLS(l, s, b, &e.from)
		}
	}
	l.early, l.earlyControl = early{}, early{}
}

// onSTUN answers a check, from wherever it comes: its signature says whose it is.
func (re *reactor) onSTUN(l *leg, b []byte, from *rawAddr) {
	if l.ice.agent == nil {
		re.drop(l, dropMalformed)
		return
	}
	answer, verdict := l.ice.agent.Check(b, from.addrPort())
	if answer == nil {
		re.drop(l, dropForged)
		return
	}
	l.rtp.send(answer, from)
	if verdict < ice.Valid {
		return
	}
	if l.ice.last = re.now; l.unwanted.Load() {
		l.unwanted.Store(false)
	}
	if !l.ice.has(from) {
		if len(l.ice.valid) == checked {
			l.ice.valid = slices.Delete(l.ice.valid, 0, 1)
		}
		l.ice.valid = append(l.ice.valid, *from)
	}
	if verdict == ice.Nominated || !l.ice.has(&l.rtp.to) {
		l.rtp.to, l.rtcp.to = *from, *from
		at := from.addrPort()
		l.source.Store(&at)
	}
	l.shake(re)
}

// agree puts keys into force that a handshake has agreed on meanwhile.
func (l *leg) agree(re *reactor) {
	if !l.keyed.Load() {
		return
	}
	l.keyed.Store(false) // before the look: what comes now is seen by the next one
	for _, a := range l.associations() {
		if a == nil || a.keys.Load() == nil {
			continue
		}
		k := a.keys.Swap(nil)
		a.done = true
		if err := a.shield.in.Use(k.Theirs, re.now); err != nil {
			re.log.Error("key of a party not taken", "err", err)
		}
		if err := a.shield.out.Use(k.Ours); err != nil {
			re.log.Error("key for a party not taken", "err", err)
		}
		l.suite.Store(uint32(k.Theirs.Suite()))
	}
}

// dissociate ends what runs for the leg.
func (l *leg) dissociate() {
	for _, a := range l.associations() {
		if a != nil && a.shake != nil {
			a.shake.End()
		}
	}
}
