package media

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"cradle/media/codec"
	"cradle/media/rtp"
	"cradle/media/sdp"
	"cradle/media/secure"
)

// secured is a party with a wire that encrypts.
type secured struct {
	*wire
	in  secure.In
	out secure.Out
	key secure.Key // what it sends with
}

func securedAt(t testing.TB, ip string, s secure.Suite) *secured {
	t.Helper()
	p := &secured{wire: wireAt(t, ip), key: secure.NewKey(s)}
	if err := p.out.Use(p.key); err != nil {
		t.Fatal(err)
	}
	return p
}

// crypto is the party's a=crypto line.
func (p *secured) crypto(tag int) string {
	return fmt.Sprintf("a=crypto:%d %s inline:%s\r\n", tag, p.key.Suite(), base64.StdEncoding.EncodeToString(p.key.Reveal()))
}

// say describes the party in a profile.
func (p *secured) say(profile string, lines ...string) string {
	return strings.Replace(say(p.addr), "RTP/AVP", profile, 1) + strings.Join(lines, "")
}

// learn takes our key of a suite from what the party was told.
func (p *secured) learn(t testing.TB, told []string) {
	t.Helper()
	for _, l := range lines(told, "a=crypto:") {
		c, err := sdp.ParseCrypto(strings.TrimPrefix(l, "a=crypto:"))
		if err != nil {
			t.Fatal(err)
		}
		if c.Suite != p.key.Suite().String() {
			continue
		}
		k, err := secure.KeyFrom(p.key.Suite(), c.Key, c.MKI)
		if err == nil {
			err = p.in.Use(k, 0)
		}
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatalf("no key for %s in %q", p.key.Suite(), told)
}

func roomy(b []byte) []byte { return append(make([]byte, 0, len(b)+secure.Overhead), b...) }

func (p *secured) speak(t testing.TB, to netip.AddrPort, b []byte) []byte {
	t.Helper()
	c, ok := p.out.RTP(roomy(b))
	if !ok {
		t.Fatal("not closed")
	}
	p.send(to, c)
	return c
}

func (p *secured) hears(t testing.TB, want []byte) {
	t.Helper()
	got := p.next(longest)
	plain, ok := p.in.RTP(got, 0)
	if !ok || string(plain) != string(want) {
		t.Fatalf("got % x, opened %v to % x, want % x", got, ok, plain, want)
	}
}

func answerOf(t testing.TB, s, of *Session, sdp string) []string {
	t.Helper()
	if err := s.SetAnswer([]byte(sdp)); err != nil {
		t.Fatal(err)
	}
	b, err := of.Describe(s)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(b), "\r\n")
}

var optional = Encryption{Offer: SDES, Accept: SDES}
var required = Encryption{Offer: SDES, Accept: SDES, Require: true}

// Every suite on one leg, plain on the other, both ways, RTCP too.
func TestSDESAndPlain(t *testing.T) {
	r := start(t, config())
	for _, suite := range []secure.Suite{secure.AEAD128, secure.AEAD256, secure.CM128SHA80, secure.CM128SHA32, secure.CM256SHA80, secure.CM256SHA32} {
		a, b := securedAt(t, "127.0.0.1", suite), wireAt(t, "127.0.0.1")
		sa := session(t, r, Party{Encryption: required})
		sb := session(t, r, Party{With: sa})
		mustSet(t, sa, a.say("RTP/SAVP", "a=crypto:1 UNKNOWN inline:AAAA\r\n", a.crypto(7)))
		offer := body(t, sb, sa)
		wantLines(t, "offer", offer, "m=", "m=audio "+port(sb)+" RTP/AVP 0 8 101")
		wantLines(t, "offer", offer, "a=crypto")
		told := answerOf(t, sb, sa, say(b.addr))
		wantLines(t, "answer", told, "m=", "m=audio "+port(sa)+" RTP/SAVP 0 8 101")
		if l := lines(told, "a=crypto:"); len(l) != 1 || !strings.HasPrefix(l[0], "a=crypto:7 "+suite.String()) {
			t.Errorf("answered %q", l)
		}
		a.learn(t, told)
		Bridge(sa, sb)
		settle(sa)
		a.speak(t, at(sa), packet(0, 1, 7))
		b.expect(t, packet(0, 1, 7))
		b.send(at(sb), packet(0, 1, 8))
		a.hears(t, packet(0, 1, 8))
		rtcp, _ := a.out.RTCP(roomy(report(7)))
		bctl := wireOn(t, fmt.Sprintf("127.0.0.1:%d", b.addr.Port()+1))
		a.send(ctl(sa), rtcp)
		bctl.expect(t, report(7))
		if st := sa.Stats(); st.Encryption != "SDES "+suite.String() || st.Source != a.addr || st.Dropped != (Drops{}) {
			t.Errorf("%+v", st)
		}
		sa.Close()
		sb.Close()
	}
}

// Two encrypted legs with different suites, offered by us as well.
func TestSDESBothWaysAndOffers(t *testing.T) {
	r := start(t, config())
	a, b := securedAt(t, "127.0.0.1", secure.AEAD128), securedAt(t, "127.0.0.1", secure.CM128SHA80)
	for _, c := range []struct {
		may           Encryption
		profile, mine string
	}{{required, "RTP/SAVP", "RTP/AVP"}, {optional, "RTP/AVP", "RTP/AVP"}} {
		sa := session(t, r, Party{Encryption: optional})
		sb := session(t, r, Party{With: sa, Encryption: c.may})
		mustSet(t, sa, a.say(c.mine, a.crypto(1)))
		offer := body(t, sb, sa)
		wantLines(t, "offer", offer, "m=", "m=audio "+port(sb)+" "+c.profile+" 0 8 101")
		if l := lines(offer, "a=crypto:"); len(l) != 2 || !strings.HasPrefix(l[0], "a=crypto:1 AEAD_AES_128_GCM ") || !strings.HasPrefix(l[1], "a=crypto:2 AES_CM_128_HMAC_SHA1_80 ") {
			t.Errorf("offered %q", l)
		}
		b.learn(t, offer)
		a.learn(t, answerOf(t, sb, sa, b.say(c.profile, b.crypto(2))))
		Bridge(sa, sb)
		settle(sa)
		one := packet(0, 1, 7)
		a.speak(t, at(sa), one)
		b.hears(t, one)
		b.speak(t, at(sb), packet(0, 1, 8))
		a.hears(t, packet(0, 1, 8))
		a, b = securedAt(t, "127.0.0.1", secure.AEAD128), securedAt(t, "127.0.0.1", secure.CM128SHA80)
	}
}

// What is optional falls back to plain; what is required does not.
func TestPolicy(t *testing.T) {
	r := start(t, config())
	p, w := securedAt(t, "127.0.0.1", secure.CM128SHA80), wireAt(t, "127.0.0.1")
	savp, osrtp, avp := p.say("RTP/SAVP", p.crypto(1)), p.say("RTP/AVP", p.crypto(1)), say(w.addr)
	twice := avp + strings.Join(strings.SplitAfter(savp, "\r\n")[5:], "")
	keyless, foreign := p.say("RTP/SAVP"), p.say("RTP/SAVP", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA\r\n")
	for _, c := range []struct {
		what  string
		may   Encryption
		offer string
		mode  string // "" = plain, "no" = refused
	}{
		{"off", Encryption{}, avp, ""}, {"off", Encryption{}, osrtp, ""}, {"off", Encryption{}, savp, "no"}, {"off, twice", Encryption{}, twice, ""},
		{"optional", optional, avp, ""}, {"optional", optional, osrtp, "SDES"}, {"optional", optional, savp, "SDES"}, {"optional, twice", optional, twice, "SDES"},
		{"required", required, avp, "no"}, {"required", required, osrtp, "SDES"}, {"required", required, savp, "SDES"}, {"required, twice", required, twice, "SDES"},
		{"no key", optional, keyless, "no"}, {"a short key", required, foreign, "no"}, {"DTLS only", Encryption{Accept: DTLS, Require: true}, savp, "no"},
	} {
		s := session(t, r, Party{Encryption: c.may})
		err := s.SetOffer([]byte(c.offer))
		if (c.mode == "no") != errors.Is(err, ErrUnsupported) {
			t.Errorf("%s: %v", c.what, err)
		}
		if err == nil && !strings.HasPrefix(s.Stats().Encryption, c.mode) || c.mode == "" && s.Stats().Encryption != "" {
			t.Errorf("%s: %q, want %q", c.what, s.Stats().Encryption, c.mode)
		}
		s.Close()
	}
	a := session(t, r, Party{})
	mustSet(t, a, avp)
	for _, c := range []struct {
		may    Encryption
		answer string
		ok     bool
	}{{required, avp, false}, {required, osrtp, true}, {optional, avp, true}, {required, p.say("RTP/SAVP"), false}, {Encryption{}, savp, false},
		{required, securedAt(t, "127.0.0.1", secure.CM256SHA32).say("RTP/SAVP"), false}} {
		b := session(t, r, Party{With: a, Encryption: c.may})
		body(t, b, a)
		if err := b.SetAnswer([]byte(c.answer)); (err == nil) != c.ok {
			t.Errorf("%+v: %v", c, err)
		}
		b.Close()
	}
}

// On an encrypted leg nothing plain, forged or repeated is let through, and it never locks the source.
func TestNothingPlainOrForgedPasses(t *testing.T) {
	r := start(t, config())
	a, b, evil := securedAt(t, "127.0.0.1", secure.AEAD128), wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.66")
	near := wireAt(t, "127.0.0.1") // another port of the party's own address
	sa := session(t, r, Party{Encryption: required})
	sb := session(t, r, Party{With: sa})
	early := packet(0, 9, 9)
	near.send(at(sa), early)
	Bridge(sa, sb)
	mustSet(t, sa, a.say("RTP/SAVP", a.crypto(1)))
	a.learn(t, answerOf(t, sb, sa, say(b.addr)))
	settle(sa)
	for i := range 50 {
		evil.send(at(sa), packet(0, uint16(i), 66))
		near.send(at(sa), packet(0, uint16(i), 67))
		near.send(at(sa), append([]byte{0x80, 0, 0, byte(i), 0, 0, 0, 0, 0, 0, 0, 7}, make([]byte, 60)...))
		near.send(ctl(sa), append(report(7), make([]byte, 20)...))
	}
	until(t, "all are refused", func() bool {
		d := sa.Stats().Dropped
		return d.Forged+d.Source == 201 && d.Source >= 50 // the early one may have come before anything was said
	})
	if sa.Stats().Source.IsValid() {
		t.Fatal("a forger was learnt")
	}
	b.nothing(t)
	first := roomy(a.speak(t, at(sa), packet(0, 1, 7)))
	b.expect(t, packet(0, 1, 7))
	refused := sa.Stats().Dropped.Forged
	a.send(at(sa), roomy(first))
	until(t, "the repetition is refused", func() bool { return sa.Stats().Dropped.Forged > refused })
	b.nothing(t)
	if got := sa.Stats().Source; got != a.addr {
		t.Errorf("locked %v", got)
	}
}

// Behind NAT one authentic packet is enough.
func TestAuthenticatedIsLearntAtOnce(t *testing.T) {
	r := start(t, config())
	nat, b := securedAt(t, "127.0.0.9", secure.AEAD128), wireAt(t, "127.0.0.1")
	sa := session(t, r, Party{Signalled: netip.MustParseAddr("127.0.0.9"), Encryption: required})
	sb := session(t, r, Party{With: sa})
	mustSet(t, sa, strings.ReplaceAll(nat.say("RTP/SAVP", nat.crypto(1)), "127.0.0.9", "192.168.77.5"))
	nat.learn(t, answerOf(t, sb, sa, say(b.addr)))
	Bridge(sa, sb)
	settle(sa)
	nat.speak(t, at(sa), packet(0, 1, 7))
	b.expect(t, packet(0, 1, 7))
	b.send(at(sb), packet(0, 1, 8))
	nat.hears(t, packet(0, 1, 8))
}

// A new offer with a new key, refused first and then taken; packets of the key before are good for a moment.
func TestNewKeyInTheCall(t *testing.T) {
	r := start(t, config())
	a, b := securedAt(t, "127.0.0.1", secure.CM128SHA80), wireAt(t, "127.0.0.1")
	sa := session(t, r, Party{Encryption: required})
	sb := session(t, r, Party{With: sa})
	mustSet(t, sa, a.say("RTP/SAVP", a.crypto(1)))
	a.learn(t, answerOf(t, sb, sa, say(b.addr)))
	Bridge(sa, sb)
	settle(sa)
	a.speak(t, at(sa), packet(0, 1, 7))
	b.expect(t, packet(0, 1, 7))
	before, old := sa.Stats().Encryption, a.key
	again := secure.NewKey(secure.AEAD128)
	a.key = again
	mustSet(t, sa, a.say("RTP/SAVP", a.crypto(3)))
	wantLines(t, "re-offer", body(t, sb, sa), "a=crypto")
	sa.Rollback()
	settle(sa)
	if got := sa.Stats().Encryption; got != before {
		t.Errorf("after a refusal %q, before %q", got, before)
	}
	a.speak(t, at(sa), packet(0, 2, 7)) // still under the first key
	b.expect(t, packet(0, 2, 7))
	b.send(at(sb), packet(0, 1, 8))
	a.hears(t, packet(0, 1, 8))

	mustSet(t, sa, a.say("RTP/SAVP", a.crypto(3)))
	told := answerOf(t, sb, sa, say(b.addr))
	settle(sa)
	a.speak(t, at(sa), packet(0, 3, 7)) // overtaken by the description
	b.expect(t, packet(0, 3, 7))
	a.learn(t, told)
	if err := a.out.Use(again); err != nil {
		t.Fatal(err)
	}
	a.speak(t, at(sa), packet(0, 4, 7))
	b.expect(t, packet(0, 4, 7))
	b.send(at(sb), packet(0, 2, 8))
	a.hears(t, packet(0, 2, 8))
	// our own offer in this dialog names what was agreed on, under the same key
	mustSet(t, sb, say(b.addr))
	offer := body(t, sa, sb)
	if l := lines(offer, "a=crypto:"); len(l) != 1 || l[0][len("a=crypto:1 "):] != lines(told, "a=crypto:")[0][len("a=crypto:3 "):] {
		t.Errorf("re-offered %q after %q", l, lines(told, "a=crypto:"))
	}
	if again.Same(old) {
		t.Fatal("no new key")
	}
}

// The plain phone changes its source and restarts its numbers; the encrypted one goes on hearing.
func TestNewSourceOnThePlainSide(t *testing.T) {
	r := start(t, config())
	a, b := securedAt(t, "127.0.0.1", secure.AEAD128), wireAt(t, "127.0.0.1")
	sa := session(t, r, Party{Encryption: required})
	sb := session(t, r, Party{With: sa})
	mustSet(t, sa, a.say("RTP/SAVP", a.crypto(1)))
	a.learn(t, answerOf(t, sb, sa, say(b.addr)))
	Bridge(sa, sb)
	settle(sa)
	for _, c := range []struct {
		seq  uint16
		ssrc uint32
	}{{65534, 8}, {65535, 8}, {0, 8}, {1, 8}, {5, 9}, {6, 9}, {2, 8}} {
		b.send(at(sb), packet(0, c.seq, c.ssrc))
		a.hears(t, packet(0, c.seq, c.ssrc))
	}
}

func TestMultiplexedControl(t *testing.T) {
	r := start(t, config())
	a, b := securedAt(t, "127.0.0.1", secure.AEAD128), wireAt(t, "127.0.0.1")
	sa := session(t, r, Party{Encryption: required})
	sb := session(t, r, Party{With: sa})
	mustSet(t, sa, a.say("RTP/SAVPF", a.crypto(1), "a=rtcp-mux\r\n"))
	told := answerOf(t, sb, sa, say(b.addr))
	wantLines(t, "answer", told, "a=rtcp", "a=rtcp-mux")
	a.learn(t, told)
	Bridge(sa, sb)
	settle(sa)
	bctl := wireOn(t, fmt.Sprintf("127.0.0.1:%d", b.addr.Port()+1))
	rtcp, _ := a.out.RTCP(roomy(report(7)))
	a.send(at(sa), rtcp)
	bctl.expect(t, report(7))
	bctl.send(ctl(sb), report(8))
	got := a.next(longest)
	if plain, ok := a.in.RTCP(got, 0); !ok || string(plain) != string(report(8)) {
		t.Errorf("% x came as %v % x", got, ok, plain)
	}
}

// An endpoint of ours speaks to an encrypted party and hears it.
func TestEndpointOfAnEncryptedParty(t *testing.T) {
	r := start(t, config())
	a, heard := securedAt(t, "127.0.0.1", secure.AEAD128), &notes{}
	s := session(t, r, Party{Encryption: required})
	mustSet(t, s, a.say("RTP/SAVP", a.crypto(1)))
	e, told := local(t, s, EndpointConfig{Digits: Events, Pressed: heard.pressed})
	a.learn(t, strings.Split(told, "\r\n"))
	e.Play(hums(440), nil)
	if plain, ok := a.in.RTP(a.next(longest), 0); !ok || len(plain) != 12+160 {
		t.Errorf("got %d bytes, opened %v", len(plain), ok)
	}
	key := rtp.Append(nil, rtp.Header{Type: 101, Seq: 1, SSRC: 7, Marker: true}, codec.AppendEvent(nil, codec.Event{Key: '5', Duration: 160}))
	a.speak(t, at(s), key)
	until(t, "the key is heard", func() bool { return heard.dialled() == "5" })
}

func TestNoAllocationPerEncryptedPacket(t *testing.T) {
	allocations(t, required)
}
