package media

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"cradle/media/codec"
	"cradle/media/secure"
)

// sprayer is a stranger who knows the pool of ports and writes to all of it whatever may be answered or passed on.
type sprayer struct {
	*wire
	seq  uint16
	sent int
}

// spray writes to every port of the pool once with each kind of packet.
func (s *sprayer) spray(first, last int) {
	hello := append([]byte{22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 1, 0, 50, 1, 0, 0, 38, 0, 0, 0, 0, 0, 0, 0, 38}, make([]byte, 38)...)
	check := append([]byte{0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42}, make([]byte, 12)...)
	event := append(packet(101, 0, 66)[:12], codec.AppendEvent(nil, codec.Event{Key: '5', Duration: 160})...)
	s.seq++
	for port := first; port <= last; port++ {
		for _, b := range [][]byte{packet(0, s.seq, 66), packet(8, s.seq, 66), event, report(66), hello, check, {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 2, 40}, {0x80}, {}} {
			s.send(netip.AddrPortFrom(lo, uint16(port)), b)
			s.sent++
		}
	}
}

// RTP that is sprayed over all ports before, while and after sources are learnt gets nothing out of it, into no call, and
// ends none: plain ones, one behind NAT, by SDES, by DTLS, with ICE, on hold, and one that we answer ourselves.
func TestSpraysGetNothing(t *testing.T) {
	const first, last = 46000, 46059
	r, err := open(Config{Ports: [2]int{first, last}, Cores: 2}, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	strangers := make([]*sprayer, 3)
	for i := range strangers {
		strangers[i] = &sprayer{wire: wireAt(t, fmt.Sprintf("127.0.0.%d", 66+i))}
	}
	spray := func() {
		for _, s := range strangers {
			s.spray(first, last)
		}
	}
	spray() // nobody is there yet

	a, b := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	sa, sb := pair(t, r, a, b, "")
	nat, natted := wireAt(t, "127.0.0.2"), session(t, r, Party{Signalled: netip.MustParseAddr("127.0.0.2")})
	partner, behind := wireAt(t, "127.0.0.1"), session(t, r, Party{With: natted})
	mustSet(t, natted, say(netip.MustParseAddrPort("127.0.0.3:9"))) // what it believes to be its address
	mustSet(t, behind, say(partner.addr))
	Bridge(natted, behind)
	key, keyed := securedAt(t, "127.0.0.1", secure.AEAD128), session(t, r, Party{Encryption: required})
	deskK, plainK := wireAt(t, "127.0.0.1"), session(t, r, Party{With: keyed})
	mustSet(t, keyed, key.say("RTP/SAVP", key.crypto(1)))
	key.learn(t, answerOf(t, plainK, keyed, say(deskK.addr)))
	Bridge(keyed, plainK)
	dtls, shaken := associatedAt(t, "127.0.0.1"), session(t, r, Party{Encryption: byDTLS})
	deskD, plainD := wireAt(t, "127.0.0.1"), session(t, r, Party{With: shaken})
	mustSet(t, shaken, dtls.say("UDP/TLS/RTP/SAVP", "active", "a=rtcp-mux\r\n"))
	told := answerOf(t, plainD, shaken, say(deskD.addr))
	Bridge(shaken, plainD)
	browser := session(t, r, Party{Encryption: Encryption{Offer: DTLS, Accept: DTLS, Require: true, ICE: true}})
	mustSet(t, browser, dtls.say("UDP/TLS/RTP/SAVPF", "actpass", fmt.Sprintf(browserLines, "them")))
	held := session(t, r, Party{})
	mustSet(t, held, say(netip.MustParseAddrPort("127.0.0.4:4000"), "a=sendonly\r\n"))
	alone, n := session(t, r, Party{}), &notes{}
	mustSet(t, alone, say(netip.MustParseAddrPort("127.0.0.5:4000")))
	local(t, alone, EndpointConfig{Pressed: n.pressed})
	settle(alone)
	all := []*Session{sa, sb, natted, behind, keyed, plainK, shaken, plainD, browser, held, alone}

	spray() // before anybody has spoken
	for i := range uint16(fitting) {
		nat.send(at(natted), packet(0, 10+i, 9))
		partner.expect(t, packet(0, 10+i, 9))
		spray() // between the packets by which it is learnt
	}
	dtls.greet(t, at(shaken), true, told)
	spray()
	dtls.both(t, shaken, plainD, deskD, 1)
	spray()
	chance := rand.New(rand.NewPCG(1, 2))
	for i := range uint16(20) {
		seq := 3000 + i
		a.send(at(sa), packet(0, seq, 7))
		b.send(at(sb), packet(0, seq, 8))
		nat.send(at(natted), packet(0, seq, 9))
		partner.send(at(behind), packet(0, seq, 10))
		key.speak(t, at(keyed), packet(0, seq, 11))
		deskK.send(at(plainK), packet(0, seq, 12))
		dtls.speak(t, at(shaken), packet(0, seq, 13))
		deskD.send(at(plainD), packet(0, seq, 14))
		if chance.IntN(4) == 0 {
			spray()
		}
		b.expect(t, packet(0, seq, 7))
		a.expect(t, packet(0, seq, 8))
		partner.expect(t, packet(0, seq, 9))
		nat.expect(t, packet(0, seq, 10))
		deskK.expect(t, packet(0, seq, 11))
		key.hears(t, packet(0, seq, 12))
		deskD.expect(t, packet(0, seq, 13))
		dtls.hears(t, packet(0, seq, 14))
	}
	for _, s := range all {
		settle(s)
		if st := s.Stats(); st.Source.IsValid() && (st.Source.Addr() == strangers[0].addr.Addr() || st.Source.Addr() == strangers[1].addr.Addr()) {
			t.Errorf("a stranger was learnt: %+v", st)
		}
	}
	for _, s := range all {
		s.Close()
	}
	spray() // when all is over
	sent := 0
	for _, s := range strangers {
		sent += s.sent
		if got := s.next(100 * time.Millisecond); got != nil {
			t.Errorf("a stranger was sent % x", got)
		}
	}
	for _, w := range []*wire{a, b, nat, partner, deskK, deskD} {
		w.nothing(t)
	}
	if keys := n.dialled(); keys != "" {
		t.Errorf("a stranger dialled %q", keys)
	}
	t.Logf("%d packets of strangers, %d of them met by a socket of ours", sent, r.Stats().Dropped.Source+r.Stats().Dropped.Malformed+r.Stats().Dropped.Forged)
}
