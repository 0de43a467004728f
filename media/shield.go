package media

import (
	"cradle/media/ice"
	"cradle/media/rtp"
	"cradle/media/secure"
)

// shield is the encryption of one leg. It stays with the leg through offers that switch it off and on, because counters
// must never begin anew under one key.
type shield struct {
	in  secure.In
	out secure.Out
}

// arm follows what a description says of encryption.
func (l *leg) arm(re *reactor, n *remote) {
	l.armed, l.byDTLS, l.mux = n.kind != 0, n.kind == DTLS, n.mux
	if n.kind == 0 { // checks are of those who encrypt: a plain party is learnt as any other
		l.ice = candidates{}
		return
	}
	if l.shield == nil {
		l.shield = &shield{}
	}
	if n.kind == DTLS {
		l.associate(re, n)
		return
	}
	if err := l.shield.in.Use(n.key, re.now); err != nil {
		re.log.Error("key of a party not taken", "err", err)
	}
	if err := l.shield.out.Use(n.ours); err != nil {
		re.log.Error("key for a party not taken", "err", err)
	}
}

// unprotect opens a packet of an encrypted party before anybody looks into it; nil: it is dropped, or was of another
// kind than RTP and RTCP. Only what may come from the party is worth the work.
func (re *reactor) unprotect(l *leg, s *socket, b []byte) []byte {
	from := &re.from
	if s.locked && !s.strict {
		from = &s.to
	}
	if ice.Is(b) {
		re.onSTUN(l, b, from)
		return nil
	}
	if !l.from(s, from) {
		re.drop(l, dropSource)
		return nil
	}
	if secure.IsDTLS(b) {
		re.onDTLS(l, s, b, from)
		return nil
	}
	l.agree(re)
	in := &l.shield.in
	if s == &l.rtcp && l.apart() {
		in = &l.second.in
	}
	var ok bool
	if s == &l.rtcp || rtp.IsRTCP(b) {
		b, ok = in.RTCP(b, re.now)
	} else {
		b, ok = in.RTP(b, re.now)
	}
	if !ok {
		re.drop(l, dropForged)
		return nil
	}
	return b
}

// from says whether a packet may be the party's: with ICE it comes from where a check came from.
func (l *leg) from(s *socket, a *rawAddr) bool {
	if l.ice.agent != nil {
		return s == &l.rtp && l.ice.has(a)
	}
	return s.locked && !s.strict || l.near(a.ip())
}

// protect closes a packet for an encrypted party after everybody has looked into it; nil: it cannot be.
func (l *leg) protect(re *reactor, b []byte, control bool) []byte {
	l.agree(re)
	var ok bool
	switch {
	case control && l.apart():
		b, ok = l.second.out.RTCP(b)
	case control:
		b, ok = l.shield.out.RTCP(b)
	default:
		b, ok = l.shield.out.RTP(b)
	}
	if !ok {
		return nil
	}
	return b
}
