package media

import (
	"bytes"
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"cradle/media/rtp"
)

// neighbours are two wires on ports that follow each other, as a phone without rtcp-mux has them.
func neighbours(t testing.TB) (a, b *wire) {
	t.Helper()
	for range 50 {
		if a = wireAt(t, "127.0.0.1"); a.addr.Port()%2 == 1 {
			continue
		}
		if b = tryWire(t, netip.AddrPortFrom(lo, a.addr.Port()+1)); b != nil {
			return a, b
		}
	}
	t.Fatal("no two ports beside each other")
	return nil, nil
}

// A phone without rtcp-mux has an association for RTCP as well, in either role; each port takes its own keys only.
func TestControlHasItsOwnAssociation(t *testing.T) {
	r := start(t, config())
	for _, setup := range []string{"actpass", "passive"} {
		main, beside := neighbours(t)
		a := associatedBy(t, main, nil)
		c := associatedBy(t, beside, a.h)
		b := wireAt(t, "127.0.0.1")
		sa := session(t, r, Party{Encryption: byDTLS})
		sb := session(t, r, Party{With: sa})
		mustSet(t, sa, a.say("UDP/TLS/RTP/SAVP", setup))
		told := answerOf(t, sb, sa, say(b.addr))
		wantLines(t, setup, told, "a=rtcp-mux")
		Bridge(sa, sb)
		b.send(ctl(sb), report(8)) // there are no keys for it yet
		client := setup != "passive"
		if !client { // greeted before it can be ready: it tries again
			settle(sa)
		}
		a.greet(t, at(sa), client, told)
		a.both(t, sa, sb, b, 1)
		c.greet(t, ctl(sa), client, told)
		c.shaken(t)
		until(t, "RTCP from the phone", func() bool {
			closed, ok := c.out.RTCP(roomy(report(7)))
			if !ok {
				t.Fatal("not closed")
			}
			c.send(ctl(sa), closed)
			return sb.Stats().ControlOut.Packets > 0
		})
		until(t, "RTCP to the phone", func() bool {
			b.send(ctl(sb), report(8))
			select {
			case got := <-c.packets:
				plain, ok := c.in.RTCP(got, 0)
				if !ok || !bytes.Equal(plain, report(8)) {
					t.Fatalf("opened %v to % x", ok, plain)
				}
				return true
			case <-time.After(20 * time.Millisecond):
				return false
			}
		})
		forged := sa.Stats().Dropped.Forged
		wrong, _ := a.out.RTCP(roomy(report(7)))
		c.send(ctl(sa), wrong)
		until(t, "the keys of the other port are refused", func() bool { return sa.Stats().Dropped.Forged == forged+1 })

		// It goes on through hold, as the other one does.
		mustSet(t, sa, a.say("UDP/TLS/RTP/SAVP", "actpass", "a=sendonly\r\n"))
		answerOf(t, sb, sa, say(b.addr))
		settle(sa)
		before := sb.Stats().ControlOut.Packets
		closed, _ := c.out.RTCP(roomy(report(7)))
		c.send(ctl(sa), closed)
		until(t, "RTCP after hold", func() bool { return sb.Stats().ControlOut.Packets > before })
		sa.Close()
		sb.Close()
	}
}

// Where RTCP goes by the port of RTP, a handshake on the other port is nobody's.
func TestNoAssociationBesideMux(t *testing.T) {
	r := start(t, config())
	main, beside := neighbours(t)
	a := associatedBy(t, main, nil)
	c, b := associatedBy(t, beside, a.h), wireAt(t, "127.0.0.1")
	sa := session(t, r, Party{Encryption: byDTLS})
	sb := session(t, r, Party{With: sa})
	mustSet(t, sa, a.say("UDP/TLS/RTP/SAVP", "active", "a=rtcp-mux\r\n"))
	told := answerOf(t, sb, sa, say(b.addr))
	Bridge(sa, sb)
	settle(sa)
	c.greet(t, ctl(sa), true, told)
	until(t, "it is refused", func() bool { return sa.Stats().Dropped.Forged > 0 })
	a.greet(t, at(sa), true, told)
	a.both(t, sa, sb, b, 1)
	closed, ok := a.out.RTCP(roomy(report(7)))
	if !ok || !rtp.IsRTCP(closed) {
		t.Fatal("not closed")
	}
	a.send(at(sa), closed)
	until(t, "RTCP by the one port", func() bool { return sb.Stats().ControlOut.Packets == 1 })
}

// A browser whose checks stop is sent nothing more; the first that comes again brings the media back, under the same keys.
func TestConsent(t *testing.T) {
	c := config()
	c.Consent = 300 * time.Millisecond
	r := start(t, c)
	a, b := associatedAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	sa := session(t, r, Party{Encryption: Encryption{Offer: DTLS, Accept: DTLS, Require: true, ICE: true}})
	sb := session(t, r, Party{With: sa})
	mustSet(t, sa, strings.Replace(a.say("UDP/TLS/RTP/SAVPF", "actpass", fmt.Sprintf(browserLines, "them")), "t=0 0\r\n", "t=0 0\r\na=group:BUNDLE 0\r\n", 1))
	told := answerOf(t, sb, sa, say(b.addr))
	Bridge(sa, sb)
	settle(sa)
	if !a.checks(t, at(sa), told) {
		t.Fatal("the check is not answered")
	}
	a.greet(t, at(sa), true, told)
	a.both(t, sa, sb, b, 1)
	for range 6 { // twice the time: checks that come keep it
		if !a.checks(t, at(sa), told) || !sa.Wanted() {
			t.Fatal("consent that is renewed is lost")
		}
		<-time.After(100 * time.Millisecond)
	}
	until(t, "consent is lost", func() bool { return !sa.Wanted() })
	drain(a.packets)
	nowhere, source := sb.Stats().Dropped.Nowhere, sa.Stats().Dropped.Source
	b.send(at(sb), packet(0, 2001, 8))
	until(t, "it is sent nothing", func() bool { return sb.Stats().Dropped.Nowhere == nowhere+1 })
	a.speak(t, at(sa), packet(0, 2001, 7))
	until(t, "nothing is taken from there", func() bool { return sa.Stats().Dropped.Source == source+1 })
	if n := len(a.packets); n != 0 {
		t.Errorf("%d packets to one that wants none", n)
	}
	if !a.checks(t, at(sa), told) {
		t.Fatal("a check is not answered any more")
	}
	until(t, "consent is back", sa.Wanted)
	b.send(at(sb), packet(0, 2002, 8))
	a.hears(t, packet(0, 2002, 8))
	a.speak(t, at(sa), packet(0, 2002, 7))
	b.expect(t, packet(0, 2002, 7))
}

// More phones than there is room for shake hands at the same moment, as after a power cut: none is lost, and no more than
// there is room for are under way at any time.
func TestManyHandshakesAtOnce(t *testing.T) {
	phones := manyHandshakes + 44
	if underRace {
		phones = 40
	}
	r := start(t, Config{Ports: [2]int{44000, 45999}, Cores: 2})
	goroutines := runtime.NumGoroutine()
	all := make([]*associated, phones)
	told, legs := make([][]string, phones), make([]*Session, phones)
	b, other := wireAt(t, "127.0.0.1"), session(t, r, Party{})
	for i := range all {
		all[i] = associatedAt(t, "127.0.0.1")
		legs[i] = session(t, r, Party{Encryption: byDTLS})
		mustSet(t, legs[i], all[i].say("UDP/TLS/RTP/SAVP", "active", "a=rtcp-mux\r\n"))
		told[i] = answerOf(t, other, legs[i], say(b.addr))
	}
	begin := time.Now()
	for i, p := range all {
		p.greet(t, at(legs[i]), true, told[i])
	}
	most := 0
	for _, p := range all {
		p.shaken(t)
		most = max(most, runtime.NumGoroutine()-goroutines)
	}
	t.Logf("%d handshakes in %v, %d goroutines of both sides at most", phones, time.Since(begin).Round(time.Millisecond), most)
	for i, s := range legs {
		seq := uint16(0)
		until(t, "keys on our side", func() bool {
			seq++
			all[i].speak(t, at(s), packet(0, seq, 7))
			return s.Stats().Received.Packets > 0
		})
	}
}

func drain(c chan []byte) {
	for {
		select {
		case <-c:
		default:
			return
		}
	}
}
