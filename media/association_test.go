package media

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"cradle/media/sdp"
	"cradle/media/secure"
)

// associated is a party with a wire that agrees on keys by DTLS.
type associated struct {
	*wire
	h       *secure.Handshakes
	mu      sync.Mutex
	shake   *secure.Handshake
	agreed  chan secure.Agreed
	packets chan []byte
	in      secure.In
	out     secure.Out
}

func associatedAt(t testing.TB, ip string) *associated {
	t.Helper()
	return associatedBy(t, wireAt(t, ip), nil)
}

// associatedBy speaks by a wire, with the certificate of another one of its ports; nil: its own.
func associatedBy(t testing.TB, w *wire, h *secure.Handshakes) *associated {
	t.Helper()
	own := h == nil
	if own {
		var err error
		if h, err = secure.NewHandshakes(4, false); err != nil {
			t.Fatal(err)
		}
	}
	p := &associated{wire: w, h: h, agreed: make(chan secure.Agreed, 4), packets: make(chan []byte, 256)}
	var wait sync.WaitGroup
	wait.Go(p.listen)
	t.Cleanup(func() {
		p.conn.Close()
		wait.Wait()
		if own {
			h.Close()
		}
	})
	return p
}

func (p *associated) listen() {
	b := make([]byte, 2048)
	for {
		n, err := p.conn.Read(b)
		if err != nil {
			return
		}
		got := bytes.Clone(b[:n])
		p.mu.Lock()
		shake := p.shake
		p.mu.Unlock()
		if !secure.IsDTLS(got) {
			p.packets <- got
		} else if shake != nil {
			shake.Feed(got)
		}
	}
}

// greet begins a handshake with what we were told.
func (p *associated) greet(t testing.TB, to netip.AddrPort, client bool, told []string) {
	t.Helper()
	prints := lines(told, "a=fingerprint:")
	if len(prints) != 1 {
		t.Fatalf("fingerprints %q", prints)
	}
	f, err := sdp.ParseFingerprint(strings.TrimPrefix(prints[0], "a=fingerprint:"))
	if err != nil {
		t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var ok bool
	p.shake, ok = p.h.Start(secure.Peer{Client: client, Prints: []sdp.Fingerprint{f}, Write: func(b []byte) { p.send(to, b) },
		Done: func(a secure.Agreed) { p.agreed <- a }, Log: slog.New(slog.DiscardHandler)})
	if !ok {
		t.Fatal("no room for a handshake")
	}
}

func (p *associated) shaken(t testing.TB) {
	t.Helper()
	select {
	case a := <-p.agreed:
		if err := p.in.Use(a.Theirs, 0); err != nil {
			t.Fatal(err)
		}
		if err := p.out.Use(a.Ours); err != nil {
			t.Fatal(err)
		}
	case <-time.After(15 * time.Second):
		t.Fatal("no keys")
	}
}

func (p *associated) say(profile, setup string, more ...string) string {
	return strings.Replace(say(p.addr), "RTP/AVP", profile, 1) + "a=fingerprint:" + p.h.Print().String() + "\r\na=setup:" + setup + "\r\n" + strings.Join(more, "")
}

func (p *associated) speak(t testing.TB, to netip.AddrPort, b []byte) {
	t.Helper()
	c, ok := p.out.RTP(roomy(b))
	if !ok {
		t.Fatal("not closed")
	}
	p.send(to, c)
}

func (p *associated) hears(t testing.TB, want []byte) {
	t.Helper()
	p.opens(t, p.in.RTP, want)
}

// opens waits for a packet that is, opened, what is wanted.
func (p *associated) opens(t testing.TB, open func([]byte, int64) ([]byte, bool), want []byte) {
	t.Helper()
	select {
	case got := <-p.packets:
		if plain, ok := open(got, 0); !ok || !bytes.Equal(plain, want) {
			t.Fatalf("opened %v to % x, want % x", ok, plain, want)
		}
	case <-time.After(longest):
		t.Fatal("heard nothing")
	}
}

// both speaks and hears through a bridge with a plain wire.
func (p *associated) both(t *testing.T, s, other *Session, w *wire, seq uint16) {
	t.Helper()
	p.shaken(t)
	until(t, "keys on our side", func() bool { // they may come a moment later
		p.speak(t, at(s), packet(0, seq, 7))
		seq++
		return w.next(20*time.Millisecond) != nil
	})
	w.send(at(other), packet(0, seq, 8))
	p.hears(t, packet(0, seq, 8))
}

var byDTLS = Encryption{Offer: DTLS, Accept: DTLS, Require: true}

// A phone without ICE, in every role it can offer or answer.
func TestDTLSAndPlain(t *testing.T) {
	r := start(t, config())
	for _, c := range []struct {
		theirs, ours string
		weOffer      bool
	}{{"actpass", "passive", false}, {"active", "passive", false}, {"passive", "active", false}, {"active", "actpass", true}, {"passive", "actpass", true}} {
		a, b := associatedAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
		sa := session(t, r, Party{Encryption: byDTLS})
		sb := session(t, r, Party{With: sa})
		var told []string
		if c.weOffer {
			mustSet(t, sb, say(b.addr))
			told = body(t, sa, sb)
			wantLines(t, "offer", told, "m=", "m=audio "+port(sa)+" UDP/TLS/RTP/SAVP 0 8 101")
			wantLines(t, "offer", told, "a=rtcp-mux", "a=rtcp-mux")
			if err := sa.SetAnswer([]byte(a.say("UDP/TLS/RTP/SAVP", c.theirs, "a=rtcp-mux\r\n"))); err != nil {
				t.Fatal(err)
			}
		} else {
			mustSet(t, sa, a.say("UDP/TLS/RTP/SAVPF", c.theirs))
			told = answerOf(t, sb, sa, say(b.addr))
		}
		wantLines(t, c.theirs, told, "a=setup", "a=setup:"+c.ours)
		Bridge(sa, sb)
		a.greet(t, at(sa), c.theirs != "passive", told)
		a.both(t, sa, sb, b, 1)
		if st := sa.Stats(); st.Encryption != "DTLS AEAD_AES_128_GCM" || st.Source != a.addr {
			t.Errorf("%+v", st)
		}
		sa.Close()
		sb.Close()
	}
}

// A hello that overtakes the answer it belongs to is heard as soon as that is there.
func TestEarlyHello(t *testing.T) {
	r := start(t, config())
	a, b := associatedAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	sa := session(t, r, Party{Encryption: byDTLS, Signalled: lo})
	sb := session(t, r, Party{With: sa})
	mustSet(t, sb, say(b.addr))
	told := body(t, sa, sb)
	Bridge(sa, sb)
	a.greet(t, at(sa), true, told)
	until(t, "a hello waits", func() bool {
		n := 0
		sa.reactor.do(func() { n = len(sa.leg.early.first) })
		return n > 0
	})
	if err := sa.SetAnswer([]byte(a.say("UDP/TLS/RTP/SAVP", "active"))); err != nil {
		t.Fatal(err)
	}
	a.both(t, sa, sb, b, 1)
}

// The same certificate in a new offer means the same association: hold and resume need no handshake.
func TestHoldOnTheSameAssociation(t *testing.T) {
	r := start(t, config())
	a, b := associatedAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	sa := session(t, r, Party{Encryption: byDTLS})
	sb := session(t, r, Party{With: sa})
	mustSet(t, sa, a.say("UDP/TLS/RTP/SAVP", "passive"))
	told := answerOf(t, sb, sa, say(b.addr))
	Bridge(sa, sb)
	a.greet(t, at(sa), false, told)
	a.both(t, sa, sb, b, 1)
	mustSet(t, sa, a.say("UDP/TLS/RTP/SAVP", "actpass", "a=sendonly\r\n"))
	told = answerOf(t, sb, sa, say(b.addr))
	wantLines(t, "hold", told, "a=setup", "a=setup:active") // the role we had
	mustSet(t, sa, a.say("UDP/TLS/RTP/SAVP", "actpass"))
	answerOf(t, sb, sa, say(b.addr))
	settle(sa)
	a.speak(t, at(sa), packet(0, 2000, 7))
	b.expect(t, packet(0, 2000, 7))

	// Another certificate is another association; until it stands the keys before are good.
	again := associatedAt(t, "127.0.0.1")
	mustSet(t, sa, again.say("UDP/TLS/RTP/SAVP", "actpass"))
	told = answerOf(t, sb, sa, say(b.addr))
	wantLines(t, "another", told, "a=setup", "a=setup:passive")
	settle(sa)
	a.speak(t, at(sa), packet(0, 2001, 7))
	b.expect(t, packet(0, 2001, 7))
	mustSet(t, sa, again.say("UDP/TLS/RTP/SAVP", "actpass"))
	settle(sa)
	again.greet(t, at(sa), true, told)
	again.both(t, sa, sb, b, 1)
}

// A certificate that was not announced, or none at all, is heard by nobody.
func TestWrongFingerprintNoMedia(t *testing.T) {
	r := start(t, config())
	a, b, liar := associatedAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1"), associatedAt(t, "127.0.0.1")
	sa := session(t, r, Party{Encryption: byDTLS})
	sb := session(t, r, Party{With: sa})
	mustSet(t, sa, a.say("UDP/TLS/RTP/SAVP", "active"))
	told := answerOf(t, sb, sa, say(b.addr))
	Bridge(sa, sb)
	settle(sa)
	liar.greet(t, at(sa), true, told)
	until(t, "it is turned away", func() bool {
		over := false
		sa.reactor.do(func() { over = sa.leg.dtls.shake != nil && sa.leg.dtls.shake.Over() })
		return over
	})
	liar.send(at(sa), packet(0, 1, 7))
	until(t, "a packet is refused", func() bool { return sa.Stats().Dropped.Forged > 0 })
	b.nothing(t)
	if st := sa.Stats(); st.Encryption != "DTLS" || st.Source.IsValid() || st.Received.Packets != 0 {
		t.Errorf("%+v", st)
	}
	// The true party is still served.
	a.greet(t, at(sa), true, told)
	a.both(t, sa, sb, b, 1)
}

// Whoever writes to the port, during and after: the call goes on.
func TestStrayHandshakesEndNothing(t *testing.T) {
	r := start(t, config())
	a, b, evil := associatedAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.66")
	near := wireAt(t, "127.0.0.1")
	sa := session(t, r, Party{Encryption: byDTLS})
	sb := session(t, r, Party{With: sa})
	mustSet(t, sa, a.say("UDP/TLS/RTP/SAVP", "active"))
	told := answerOf(t, sb, sa, say(b.addr))
	Bridge(sa, sb)
	settle(sa)
	alert := []byte{21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 2, 40}
	hello := append([]byte{22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 1, 0, 50, 1, 0, 0, 38, 0, 0, 0, 0, 0, 0, 0, 38}, make([]byte, 38)...)
	spray := func() {
		for range 20 {
			for _, w := range []*wire{evil, near, a.wire} {
				w.send(at(sa), alert)
			}
			evil.send(at(sa), hello)
			near.send(at(sa), alert)
		}
	}
	spray()
	a.greet(t, at(sa), true, told)
	spray()
	a.both(t, sa, sb, b, 1)
	spray()
	a.send(at(sa), hello) // the party's own address, forged
	a.speak(t, at(sa), packet(0, 900, 7))
	b.expect(t, packet(0, 900, 7))
	b.send(at(sb), packet(0, 901, 8))
	a.hears(t, packet(0, 901, 8))
}

// Somebody else at the party's address, behind the same NAT for one, who is quicker with a hello does not keep it out: one
// from where the description says is heard at once, and any other when it repeats its own.
func TestQuickStrangerKeepsNobodyOut(t *testing.T) {
	r := start(t, config())
	hello := append([]byte{22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 1, 0, 50, 1, 0, 0, 38, 0, 0, 0, 0, 0, 0, 0, 38}, make([]byte, 38)...)
	for _, where := range []string{"as described", "elsewhere"} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			a, b, near := associatedAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
			sa := session(t, r, Party{Encryption: byDTLS})
			sb := session(t, r, Party{With: sa})
			said := a.say("UDP/TLS/RTP/SAVP", "active")
			if where == "elsewhere" {
				said = strings.Replace(said, fmt.Sprint(a.addr.Port()), "9", 1)
			}
			mustSet(t, sa, said)
			told := answerOf(t, sb, sa, say(b.addr))
			Bridge(sa, sb)
			settle(sa)
			near.send(at(sa), hello)
			until(t, "its handshake is under way", func() (is bool) {
				sa.reactor.do(func() { is = sa.leg.dtls.underWay() })
				return is
			})
			begin := time.Now()
			a.greet(t, at(sa), true, told)
			near.send(at(sa), hello)
			a.both(t, sa, sb, b, 1)
			if took := time.Since(begin); took > 6*time.Second { // the stranger's lasts twelve
				t.Errorf("the party is kept out for %v", took)
			}
		})
	}
}

// DTLS on one side, SDES on the other.
func TestDTLSAndSDES(t *testing.T) {
	r := start(t, config())
	a, b := associatedAt(t, "127.0.0.1"), securedAt(t, "127.0.0.1", secure.CM128SHA80)
	sa := session(t, r, Party{Encryption: byDTLS})
	sb := session(t, r, Party{With: sa, Encryption: required})
	mustSet(t, sa, a.say("UDP/TLS/RTP/SAVP", "actpass"))
	b.learn(t, body(t, sb, sa))
	told := answerOf(t, sb, sa, b.say("RTP/SAVP", b.crypto(2)))
	Bridge(sa, sb)
	a.greet(t, at(sa), true, told)
	a.shaken(t)
	seq := uint16(0)
	until(t, "keys on our side", func() bool {
		seq++
		a.speak(t, at(sa), packet(0, seq, 7))
		got := b.next(20 * time.Millisecond)
		if got == nil {
			return false
		}
		plain, ok := b.in.RTP(got, 0)
		return ok && bytes.Equal(plain, packet(0, seq, 7))
	})
	b.speak(t, at(sb), packet(0, 1, 8))
	a.hears(t, packet(0, 1, 8))
}

// Both kinds offered in one line; the party chooses.
func TestEitherKindIsOffered(t *testing.T) {
	r := start(t, config())
	a := session(t, r, Party{})
	mustSet(t, a, say(netip.MustParseAddrPort("127.0.0.1:9")))
	for _, kind := range []string{"SDES", "DTLS"} {
		b := session(t, r, Party{With: a, Encryption: Encryption{Offer: SDES | DTLS, Accept: SDES | DTLS, Require: true}})
		offer := body(t, b, a)
		wantLines(t, "offer", offer, "m=", "m=audio "+port(b)+" RTP/SAVP 0 8 101")
		if len(lines(offer, "a=crypto:")) != 2 || len(lines(offer, "a=fingerprint:")) != 1 {
			t.Errorf("offered %q", offer)
		}
		answer := securedAt(t, "127.0.0.1", secure.AEAD128)
		said := answer.say("RTP/SAVP", answer.crypto(1))
		if kind == "DTLS" {
			said = associatedAt(t, "127.0.0.1").say("RTP/SAVP", "active")
		}
		if err := b.SetAnswer([]byte(said)); err != nil || !strings.HasPrefix(b.Stats().Encryption, kind) {
			t.Errorf("%v %q", err, b.Stats().Encryption)
		}
	}
}

// bind makes a check of a browser.
func bind(told []string, nominate bool) []byte {
	user := strings.TrimPrefix(lines(told, "a=ice-ufrag:")[0], "a=ice-ufrag:")
	password := strings.TrimPrefix(lines(told, "a=ice-pwd:")[0], "a=ice-pwd:")
	b := append([]byte{0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42}, "transaction!"...)
	attribute := func(kind uint16, v []byte) {
		b = binary.BigEndian.AppendUint16(b, kind)
		b = binary.BigEndian.AppendUint16(b, uint16(len(v)))
		b = append(append(b, v...), make([]byte, -len(v)&3)...)
	}
	length := func(more int) { binary.BigEndian.PutUint16(b[2:], uint16(len(b)-20+more)) }
	attribute(6, []byte(user+":them"))
	if nominate {
		attribute(0x25, nil)
	}
	length(24)
	m := hmac.New(sha1.New, []byte(password))
	m.Write(b)
	attribute(8, m.Sum(nil))
	length(8)
	attribute(0x8028, binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(b)^0x5354554e))
	return b
}

// checks sends a check and waits for its answer.
func (p *associated) checks(t testing.TB, to netip.AddrPort, told []string) bool {
	t.Helper()
	p.send(to, bind(told, true))
	select {
	case got := <-p.packets:
		return len(got) > 20 && got[0] == 1 && got[1] == 1
	case <-time.After(longest):
		return false
	}
}

const browserLines = "a=ice-ufrag:%s\r\na=ice-pwd:0123456789012345678901\r\na=rtcp-mux\r\na=mid:0\r\n"

// A browser is found by its checks and by nothing else; it moves, restarts and stays in the call.
func TestBrowser(t *testing.T) {
	r := start(t, config())
	a, b := associatedAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	elsewhere := wireAt(t, "127.0.0.5") // where it is not: what a browser writes into c= is no help
	sa := session(t, r, Party{Encryption: Encryption{Offer: DTLS, Accept: DTLS, Require: true, ICE: true}})
	sb := session(t, r, Party{With: sa})
	says := func(user string) string {
		s := strings.Replace(a.say("UDP/TLS/RTP/SAVPF", "actpass", fmt.Sprintf(browserLines, user)), "t=0 0\r\n", "t=0 0\r\na=group:BUNDLE 0\r\n", 1)
		return strings.Replace(strings.ReplaceAll(s, "127.0.0.1", "0.0.0.0"), "m=audio "+fmt.Sprint(a.addr.Port()), "m=audio 9", 1)
	}
	mustSet(t, sa, says("them"))
	if sa.Hold() {
		t.Error("a browser that has not found itself yet is not on hold")
	}
	told := answerOf(t, sb, sa, say(b.addr))
	for _, l := range []string{"a=ice-lite", "a=group:BUNDLE 0", "a=mid:0", "a=rtcp-mux", "a=setup:passive", "a=end-of-candidates",
		"a=candidate:1 1 UDP 2130706431 127.0.0.1 " + port(sa) + " typ host", "a=sendrecv"} {
		wantLines(t, "answer", told, l, l)
	}
	Bridge(sa, sb)
	settle(sa)
	a.greet(t, at(sa), true, told) // not looked at: no check has come
	until(t, "a hello is refused", func() bool { return sa.Stats().Dropped.Source > 0 })
	wrong := append([]string{"a=ice-ufrag:" + strings.TrimPrefix(lines(told, "a=ice-ufrag:")[0], "a=ice-ufrag:"), "a=ice-pwd:another-password-of-some-length"}, told...)
	elsewhere.send(at(sa), bind(wrong, true))
	until(t, "a forged check is refused", func() bool { return sa.Stats().Dropped.Forged > 0 })
	elsewhere.nothing(t)
	if !a.checks(t, at(sa), told) {
		t.Fatal("the check is not answered")
	}
	a.both(t, sa, sb, b, 1)

	// It moves: the checks from its new place carry the media there, under the same keys.
	moved := wireAt(t, "127.0.0.7")
	moved.send(at(sa), bind(told, true))
	if got := moved.next(longest); len(got) < 20 || got[1] != 1 {
		t.Fatalf("answered % x", got)
	}
	b.send(at(sb), packet(0, 1001, 8))
	if plain, ok := a.in.RTP(moved.next(longest), 0); !ok || !bytes.Equal(plain, packet(0, 1001, 8)) {
		t.Error("media does not follow")
	}
	c, _ := a.out.RTP(roomy(packet(0, 1001, 7)))
	moved.send(at(sa), c)
	b.expect(t, packet(0, 1001, 7))

	// It restarts: other credentials on both sides, the same association.
	before := lines(told, "a=ice-")
	mustSet(t, sa, says("next"))
	told = answerOf(t, sb, sa, say(b.addr))
	if now := lines(told, "a=ice-"); now[1] == before[1] || now[2] == before[2] {
		t.Errorf("a restart is answered by the same credentials %q", now)
	}
	settle(sa)
	if !a.checks(t, at(sa), told) {
		t.Fatal("the check after the restart is not answered")
	}
	a.speak(t, at(sa), packet(0, 1002, 7))
	b.expect(t, packet(0, 1002, 7))
	b.send(at(sb), packet(0, 1002, 8))
	a.hears(t, packet(0, 1002, 8))
}

// What a browser is offered, and that its checks are answered before its answer is known.
func TestOfferToABrowser(t *testing.T) {
	r := start(t, config())
	a, b := associatedAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	sa := session(t, r, Party{Encryption: Encryption{Offer: DTLS, Accept: DTLS, Require: true, ICE: true}})
	sb := session(t, r, Party{With: sa})
	mustSet(t, sb, say(b.addr))
	offer := body(t, sa, sb)
	wantLines(t, "offer", offer, "m=", "m=audio "+port(sa)+" UDP/TLS/RTP/SAVPF 0 8 101")
	wantLines(t, "offer", offer, "a=setup", "a=setup:actpass")
	wantLines(t, "offer", offer, "a=group", "a=group:BUNDLE 0")
	settle(sa)
	if !a.checks(t, at(sa), offer) {
		t.Fatal("an early check is not answered")
	}
	if err := sa.SetAnswer([]byte(a.say("UDP/TLS/RTP/SAVPF", "active", fmt.Sprintf(browserLines, "them")))); err != nil {
		t.Fatal(err)
	}
	Bridge(sa, sb)
	a.greet(t, at(sa), true, offer)
	a.both(t, sa, sb, b, 1)
}

// Many short encrypted sessions leave neither ports nor descriptors nor goroutines.
func TestManyShortEncryptedSessionsLeaveNothing(t *testing.T) {
	r := start(t, Config{Ports: [2]int{43400, 43499}, Cores: 2})
	p, a := securedAt(t, "127.0.0.1", secure.AEAD128), associatedAt(t, "127.0.0.1")
	before, free := descriptors(t), r.Stats().FreePairs
	hello := append([]byte{22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 1, 0, 50, 1, 0, 0, 38, 0, 0, 0, 0, 0, 0, 0, 38}, make([]byte, 38)...)
	for i := range 1000 {
		sa := session(t, r, Party{Encryption: required})
		sb := session(t, r, Party{With: sa, Encryption: byDTLS})
		mustSet(t, sa, p.say("RTP/SAVP", p.crypto(1)))
		body(t, sb, sa)
		if err := sb.SetAnswer([]byte(a.say("UDP/TLS/RTP/SAVP", map[bool]string{true: "active", false: "passive"}[i%2 == 0]))); err != nil {
			t.Fatal(err)
		}
		Bridge(sa, sb)
		a.send(at(sb), hello) // begins a handshake that comes to nothing
		sb.Stats()
		sa.Close()
		sb.Close()
	}
	if got := r.Stats(); got.FreePairs != free || got.Sessions != 0 {
		t.Errorf("%+v, want %d free pairs", got, free)
	}
	until(t, "descriptors are where they were", func() bool { return descriptors(t) == before })
}

// One that might use ICE and need not: before it answers nobody is heard, and once it has answered in the open it is
// learnt as any other party.
func TestPlainAnswerOfABrowser(t *testing.T) {
	r := start(t, config())
	a, b, evil := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.66")
	sa := session(t, r, Party{})
	sb := session(t, r, Party{With: sa, Encryption: Encryption{Offer: DTLS, Accept: SDES | DTLS, ICE: true}})
	mustSet(t, sa, say(a.addr))
	wantLines(t, "offer", body(t, sb, sa), "a=ice-lite", "a=ice-lite")
	Bridge(sa, sb)
	settle(sa)
	evil.send(at(sb), packet(0, 1, 66))
	evil.send(ctl(sb), report(66))
	until(t, "refused before the answer", func() bool { return sb.Stats().Dropped.Source == 2 })
	if err := sb.SetAnswer([]byte(say(b.addr))); err != nil {
		t.Fatal(err)
	}
	settle(sb)
	evil.send(at(sb), packet(0, 2, 66))
	evil.send(ctl(sb), report(66))
	until(t, "refused after the answer", func() bool { return sb.Stats().Dropped.Source == 4 })
	a.nothing(t)
	a.send(at(sa), packet(0, 1, 7))
	b.expect(t, packet(0, 1, 7))
	b.send(at(sb), packet(0, 1, 8))
	a.expect(t, packet(0, 1, 8))
	if got := sb.Stats().Source; got != b.addr {
		t.Errorf("locked %v", got)
	}
}
