package media

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
)

func TestStrangersGetNothingAndChangeNothing(t *testing.T) {
	r := start(t, config())
	a, b, evil := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.66")
	sa, _ := pair(t, r, a, b, "127.0.0.2")
	for i := range 50 {
		evil.send(at(sa), packet(0, uint16(i), 66))
		evil.send(ctl(sa), report(66))
	}
	until(t, "all are refused", func() bool { return sa.Stats().Dropped.Source == 100 })
	b.nothing(t)
	if sa.Stats().Source.IsValid() {
		t.Fatal("a stranger was learnt")
	}
	a.send(at(sa), packet(0, 1, 7))
	b.expect(t, packet(0, 1, 7))
	if got := sa.Stats().Source; got != a.addr {
		t.Fatalf("locked %v, want %v", got, a.addr)
	}
	for i := range 50 { // now the kernel keeps them out
		evil.send(at(sa), packet(0, uint16(i), 66))
	}
	a.send(at(sa), packet(0, 2, 7))
	b.expect(t, packet(0, 2, 7))
	b.nothing(t)
	evil.nothing(t)
	if got := sa.Stats(); got.Source != a.addr || got.Dropped.Source != 100 {
		t.Errorf("%+v", got)
	}
}

func TestAnyPortOfTheSignalledAddressThenLocked(t *testing.T) {
	r := start(t, config())
	a, b, other, third := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	sa, sb := pair(t, r, a, b, "")
	b.send(at(sb), packet(0, 1, 8))
	a.expect(t, packet(0, 1, 8)) // to where the SDP said
	other.send(at(sa), packet(0, 1, 7))
	b.expect(t, packet(0, 1, 7))
	b.send(at(sb), packet(0, 2, 8))
	other.expect(t, packet(0, 2, 8)) // to where the packets come from
	third.send(at(sa), packet(0, 2, 7))
	a.send(at(sa), packet(0, 2, 7))
	other.send(at(sa), packet(0, 3, 7))
	b.expect(t, packet(0, 3, 7))
	b.nothing(t)
	a.nothing(t)
}

// What waits in the socket when it is connected may be a stranger's.
func TestQueuedStrangersAreRefused(t *testing.T) {
	r := start(t, config())
	a, b, evil := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.66")
	sa, _ := pair(t, r, a, b, "")
	go_, stopped := make(chan struct{}), make(chan struct{})
	sa.reactor.post(func() { close(stopped); <-go_ })
	<-stopped
	a.send(at(sa), packet(0, 1, 7))
	for i := range 20 {
		evil.send(at(sa), packet(0, uint16(100+i), 66))
	}
	a.send(at(sa), packet(0, 2, 7))
	close(go_)
	b.expect(t, packet(0, 1, 7))
	b.expect(t, packet(0, 2, 7))
	if got := sa.Stats().Dropped.Source; got != 20 {
		t.Errorf("%d refused, want 20", got)
	}
	sa.reactor.do(func() {
		if sa.leg.rtp.strict {
			t.Error("still compares sources with an empty queue")
		}
	})
}

func TestBehindNATFiveInARow(t *testing.T) {
	r := start(t, config())
	nat, b := wireAt(t, "127.0.0.9"), wireAt(t, "127.0.0.1")
	sa := session(t, r, Party{Signalled: netip.MustParseAddr("127.0.0.9")})
	sb := session(t, r, Party{With: sa})
	mustSet(t, sa, say(netip.MustParseAddrPort("192.168.77.5:4000")))
	mustSet(t, sb, say(b.addr))
	Bridge(sa, sb)
	for i := uint16(1); i <= 4; i++ {
		nat.send(at(sa), packet(0, i, 7))
		b.expect(t, packet(0, i, 7)) // forwarded, not dropped
	}
	nat.send(at(sa), packet(0, 5, 9)) // another SSRC: the row begins anew
	b.expect(t, packet(0, 5, 9))
	nat.send(at(sa), packet(77, 6, 9)) // not negotiated: the row begins anew
	until(t, "refused", func() bool { return sa.Stats().Dropped.Payload == 1 })
	for i := uint16(7); i <= 10; i++ {
		nat.send(at(sa), packet(8, i, 9))
		b.expect(t, packet(8, i, 9))
	}
	nat.send(at(sa), packet(8, 10, 9)) // does not rise
	b.expect(t, packet(8, 10, 9))
	if sa.Stats().Source.IsValid() {
		t.Fatal("locked too early")
	}
	for i := uint16(11); i <= 14; i++ {
		nat.send(at(sa), packet(8, i, 9))
		b.expect(t, packet(8, i, 9))
	}
	until(t, "locked", func() bool { return sa.Stats().Source == nat.addr })
	b.send(at(sb), packet(0, 1, 8))
	nat.expect(t, packet(0, 1, 8))
	// RTCP follows the address of RTP.
	natRTCP, bRTCP := wireAt(t, "127.0.0.9"), wireOn(t, fmt.Sprintf("127.0.0.1:%d", b.addr.Port()+1))
	natRTCP.send(ctl(sa), report(1))
	bRTCP.expect(t, report(1))
	bRTCP.send(ctl(sb), report(2))
	natRTCP.expect(t, report(2))
	until(t, "RTCP is counted", func() bool { st := sa.Stats(); return st.Control.Packets == 1 && st.ControlOut.Packets == 1 })
	// A new offer with the same private address: we go on sending to the NAT.
	mustSet(t, sa, say(netip.MustParseAddrPort("192.168.77.5:4000")))
	settle(sa)
	b.send(at(sb), packet(0, 2, 8))
	nat.expect(t, packet(0, 2, 8))
}

func TestNewOfferReopensLearning(t *testing.T) {
	r := start(t, config())
	a, b, moved := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.3")
	sa, sb := pair(t, r, a, b, "")
	a.send(at(sa), packet(0, 1, 7))
	b.expect(t, packet(0, 1, 7))
	mustSet(t, sa, say(moved.addr))
	settle(sa)
	if sa.Stats().Source.IsValid() {
		t.Error("still locked")
	}
	b.send(at(sb), packet(0, 1, 8))
	moved.expect(t, packet(0, 1, 8))
	a.send(at(sa), packet(0, 2, 7)) // the old address is a stranger now
	until(t, "refused", func() bool { return sa.Stats().Dropped.Source == 1 })
	moved.send(at(sa), packet(0, 1, 9))
	b.expect(t, packet(0, 1, 9))
	if got := sa.Stats().Source; got != moved.addr {
		t.Errorf("locked %v", got)
	}
}

func TestSilenceReopensLearning(t *testing.T) {
	c := config()
	c.Silence = 60 * time.Millisecond
	r := start(t, c)
	a, b, rebooted := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	sa, sb := pair(t, r, a, b, "")
	a.send(at(sa), packet(0, 1, 7))
	b.expect(t, packet(0, 1, 7))
	until(t, "learning is open again", func() bool { return !sa.Stats().Source.IsValid() })
	b.send(at(sb), packet(0, 1, 8))
	a.expect(t, packet(0, 1, 8)) // the last known place
	rebooted.send(at(sa), packet(0, 1, 9))
	b.expect(t, packet(0, 1, 9))
	until(t, "locked", func() bool { return sa.Stats().Source == rebooted.addr || sa.Stats().Received.Packets == 2 })
}

// A party that is found at its other address is reported to and heard there at once: RTCP does not stay where RTP was.
func TestRTCPFollowsRTP(t *testing.T) {
	c := config()
	c.Silence = 400 * time.Millisecond
	r := start(t, c)
	near, nearRTCP, nat, b := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.9"), wireAt(t, "127.0.0.1")
	sa := session(t, r, Party{Signalled: netip.MustParseAddr("127.0.0.9")})
	sb := session(t, r, Party{With: sa})
	mustSet(t, sa, say(near.addr))
	mustSet(t, sb, say(b.addr))
	Bridge(sa, sb)
	near.send(at(sa), packet(0, 1, 7))
	b.expect(t, packet(0, 1, 7))
	nearRTCP.send(ctl(sa), report(7))
	where := func() (ip netip.Addr, locked bool) {
		sa.reactor.do(func() { ip, locked = sa.leg.rtcp.to.ip(), sa.leg.rtcp.locked })
		return ip, locked
	}
	until(t, "RTCP is learnt", func() bool { _, locked := where(); return locked })
	until(t, "silence", func() bool { return !sa.Stats().Source.IsValid() })
	for i := uint16(2); i < 2+fitting; i++ {
		nat.send(at(sa), packet(0, i, 8))
		b.expect(t, packet(0, i, 8))
	}
	if ip, locked := where(); ip != nat.addr.Addr() || locked {
		t.Errorf("RTCP is at %v, locked %v", ip, locked)
	}
}

func TestBadPacketsAreCountedAndEndNothing(t *testing.T) {
	r := start(t, config())
	a, b := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	sa, _ := pair(t, r, a, b, "")
	a.send(at(sa), packet(0, 1, 7))
	b.expect(t, packet(0, 1, 7))
	bad := [][]byte{{}, {0x80}, packet(0, 1, 7)[:11], append([]byte{0x40}, packet(0, 1, 7)[1:]...), // short, version 1
		append([]byte{0x8f}, packet(0, 1, 7)[1:]...), append([]byte{0x90}, packet(0, 1, 7)[1:]...), // CSRC, extension past the end
		append([]byte{0xa0}, packet(0, 1, 7)[1:]...), make([]byte, maxPacket+1), {0x80, 200, 0, 9, 0, 0, 0, 0}}
	for _, p := range bad {
		a.send(at(sa), p)
	}
	until(t, "all counted", func() bool { return sa.Stats().Dropped.Malformed == uint64(len(bad)) })
	for _, p := range [][]byte{{1}, report(1)[:6], {0x80, 100, 0, 1, 0, 0, 0, 0}, {0x80, 201, 0, 7, 0, 0, 0, 0}} {
		a.send(ctl(sa), p)
	}
	until(t, "bad RTCP counted", func() bool { return sa.Stats().Dropped.Malformed == uint64(len(bad)+4) })
	b.nothing(t)
	a.send(at(sa), packet(99, 2, 7)) // a type nobody negotiated, from the learnt source: counted, passed on
	b.expect(t, packet(99, 2, 7))
	if got := sa.Stats().Dropped.Payload; got != 1 {
		t.Errorf("payload: %d", got)
	}
	a.send(at(sa), packet(0, 3, 7))
	b.expect(t, packet(0, 3, 7))
}

func TestRTCPByAttributeAndByMux(t *testing.T) {
	r := start(t, config())
	a, b, aRTCP, bRTCP := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	sa, sb := pair(t, r, a, b, "")
	mustSet(t, sa, say(a.addr, fmt.Sprintf("a=rtcp:%d", aRTCP.addr.Port())))
	mustSet(t, sb, say(b.addr, fmt.Sprintf("a=rtcp:%d IN IP4 127.0.0.1", bRTCP.addr.Port())))
	settle(sa)
	a.send(at(sa), report(1)) // multiplexed although nobody spoke of it
	bRTCP.expect(t, report(1))
	bRTCP.send(ctl(sb), report(2))
	aRTCP.expect(t, report(2))
	mustSet(t, sa, say(a.addr, "a=rtcp-mux"))
	wantLines(t, "described", body(t, sb, sa), "a=rtcp")
	settle(sa)
	bRTCP.send(ctl(sb), report(3))
	a.expect(t, report(3))
	stranger := wireAt(t, "127.0.0.66")
	stranger.send(at(sa), report(66))
	until(t, "refused", func() bool { return sa.Stats().Dropped.Source == 1 })
}

func TestHoldWithAddressZero(t *testing.T) {
	r := start(t, config())
	a, b := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	sa, sb := pair(t, r, a, b, "")
	mustSet(t, sa, say(netip.AddrPortFrom(netip.IPv4Unspecified(), a.addr.Port())))
	if !sa.Hold() || sb.Hold() {
		t.Error("a is on hold, b is not")
	}
	settle(sa)
	b.send(at(sb), packet(0, 1, 8))
	until(t, "nowhere to send to", func() bool { return sb.Stats().Dropped.Nowhere == 1 })
	a.send(at(sa), packet(0, 1, 7)) // its music still comes
	b.expect(t, packet(0, 1, 7))
	mustSet(t, sa, say(a.addr))
	settle(sa)
	b.send(at(sb), packet(0, 2, 8))
	a.expect(t, packet(0, 2, 8))
}

// Two descriptions that name each other's relay ports would send a packet round for ever.
func TestLoopIsBounded(t *testing.T) {
	r := start(t, config())
	sa := session(t, r, Party{})
	sb := session(t, r, Party{With: sa})
	mustSet(t, sa, say(at(sb)))
	mustSet(t, sb, say(at(sa)))
	Bridge(sa, sb)
	settle(sa)
	wireAt(t, "127.0.0.1").send(at(sa), packet(0, 1, 7))
	until(t, "the packet came", func() bool { return sa.Stats().Received.Packets > 0 })
	until(t, "the loop ran dry or never ran", func() bool {
		n := r.Stats().Relayed.Packets
		time.Sleep(5 * time.Millisecond)
		return r.Stats().Relayed.Packets == n
	})
	if n := r.Stats().Relayed.Packets; n > 4*maxPerTick {
		t.Errorf("%d packets out of one", n)
	}
}

func TestFloodIsCutPerPort(t *testing.T) {
	r, err := open(config(), 10)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	a, b := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	sa, _ := pair(t, r, a, b, "")
	for i := range uint16(100) {
		a.send(at(sa), packet(0, i, 7))
	}
	until(t, "all judged", func() bool { s := sa.Stats(); return s.Received.Packets+s.Dropped.Flood == 100 })
	if got := sa.Stats().Received.Packets; got < 10 || got > 20 { // a tick may fall in between
		t.Errorf("%d let through", got)
	}
}

// A party whose port is closed answers with ICMP; the other direction must go on.
func TestRefusedPortHurtsNobody(t *testing.T) {
	r := start(t, config())
	a, b := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	sa, sb := pair(t, r, a, b, "")
	a.send(at(sa), packet(0, 1, 7))
	b.expect(t, packet(0, 1, 7))
	back := a.addr
	a.conn.Close()
	for i := uint16(1); i <= 10; i++ {
		b.send(at(sb), packet(0, i, 8))
	}
	until(t, "all read", func() bool { return sb.Stats().Received.Packets == 10 })
	again := wireOn(t, back.String())
	until(t, "packets arrive again", func() bool {
		b.send(at(sb), packet(0, 11, 8))
		return again.next(10*time.Millisecond) != nil
	})
	again.send(at(sa), packet(0, 2, 7))
	b.expect(t, packet(0, 2, 7))
}

// RTCP that comes from elsewhere is taken again when the place it came from has been silent for three spells.
func TestControlIsLearntAnewAfterSilence(t *testing.T) {
	c := config()
	c.Silence = 40 * time.Millisecond
	r := start(t, c)
	a, b, first, second := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	sa, sb := pair(t, r, a, b, "")
	mustSet(t, sb, say(b.addr, fmt.Sprintf("a=rtcp:%d", wireAt(t, "127.0.0.1").addr.Port())))
	settle(sa)
	first.send(ctl(sa), report(1))
	until(t, "the first is taken", func() bool { return sa.Stats().Control.Packets == 1 })
	until(t, "the second is taken", func() bool {
		second.send(ctl(sa), report(2))
		return sa.Stats().Control.Packets > 1
	})
	settle(sa)
	var to netip.AddrPort
	sa.reactor.do(func() { to = sa.leg.rtcp.to.addrPort() })
	if to != second.addr {
		t.Errorf("RTCP goes to %s, the newest came from %s", to, second.addr)
	}
}
