package media

import (
	"bytes"
	"context"
	"log/slog"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cradle/media/ice"
	"cradle/media/mediatest"
)

// kernelRelay is a relay that forwards in the kernel, with short ticks; where that is not permitted the test is skipped.
func kernelRelay(t testing.TB, silence time.Duration) *Relay {
	t.Helper()
	var log bytes.Buffer
	c := config()
	c.Kernel, c.Silence, c.Log = true, silence, slog.New(slog.NewTextHandler(&log, nil))
	r := start(t, c)
	if !r.Stats().InKernel {
		t.Skip("this machine does not permit it: ", log.String())
	}
	return r
}

// carried waits until both directions of a call are in the kernel. Packets must flow meanwhile.
func carried(t testing.TB, r *Relay, directions int) {
	t.Helper()
	until(t, "in the kernel", func() bool { return r.Stats().Flows == directions })
}

// call is two wires whose call is in the kernel. Their next sequence numbers are 3.
func call(t testing.TB, r *Relay) (a, b *wire, sa, sb *Session) {
	t.Helper()
	a, b = wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	sa, sb = pair(t, r, a, b, "")
	for i := range uint16(2) {
		a.send(at(sa), packet(0, 1+i, 7))
		b.expect(t, packet(0, 1+i, 7))
		b.send(at(sb), packet(8, 1+i, 8))
		a.expect(t, packet(8, 1+i, 8))
	}
	carried(t, r, 2)
	return a, b, sa, sb
}

// inUserSpace is what the leg's socket brought of RTP.
func inUserSpace(s *Session) uint64 {
	s.reactor.do(func() {
		if s.leg.flow != nil {
			s.reactor.collect(s.leg)
		}
	})
	st := s.Stats()
	return st.Received.Packets - st.Kernel.Packets
}

// Two phones talk, in the kernel: they are heard, nothing is lost, no packet wakes the relay, and the figures go on.
func TestKernelCarriesACall(t *testing.T) {
	r := kernelRelay(t, 0)
	p := mediatest.NewPacer()
	defer p.Close()
	phones, legs := [2]*mediatest.Phone{}, [2]*Session{}
	for i := range phones {
		var err error
		if phones[i], err = p.Phone(netip.AddrPortFrom(lo, 0)); err != nil {
			t.Fatal(err)
		}
		defer phones[i].Close()
		legs[i] = session(t, r, Party{With: legs[0]})
		mustSet(t, legs[i], string(phones[i].SDP("sendrecv")))
	}
	a, b := legs[0], legs[1]
	Bridge(a, b)
	phones[0].Say(at(a), mediatest.Tone{Hz: 440})
	phones[1].Say(at(b), mediatest.Tone{Hz: 660})
	carried(t, r, 2)
	before := [2]uint64{inUserSpace(a), inUserSpace(b)}
	start := a.Stats().Kernel.Packets
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for i, hz := range []int{660, 440} {
		if _, err := phones[i].Await(ctx, hz); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "a hundred packets by the kernel", func() bool { return a.Stats().Kernel.Packets >= start+100 })
	if got := [2]uint64{inUserSpace(a), inUserSpace(b)}; got != before {
		t.Errorf("%d packets came by the sockets, %d before", got, before)
	}
	for i, s := range legs {
		st := s.Stats()
		if st.Codec != "PCMU" || st.Lost != 0 || st.Jitter > 50*time.Millisecond || st.Dropped != (Drops{}) || time.Since(st.Last) > 2*time.Second ||
			st.Received.Bytes != 172*st.Received.Packets || st.Source != phones[i].Addr() {
			t.Errorf("leg %d: %+v", i, st)
		}
		if h := phones[i].Heard(); h.Lost != 0 || h.Disorder != 0 || h.Streams != 1 || h.From != at(s) {
			t.Errorf("phone %d heard %+v", i, h)
		}
	}
	a.Close()
	if st := r.Stats(); st.Flows != 0 || st.Kernel.Packets == 0 || a.Stats().Kernel.Packets < start+100 {
		t.Errorf("after Close: %+v, %+v", st, a.Stats())
	}
}

func TestKernelLetsNoStrangerIn(t *testing.T) {
	r := kernelRelay(t, time.Second)
	a, b, sa, _ := call(t, r)
	for _, from := range []string{"127.0.0.66", "127.0.0.1"} { // from elsewhere, and from another port of the same phone
		evil := wireAt(t, from)
		for i := range 20 {
			evil.send(at(sa), packet(0, uint16(3+i), 7))
		}
		evil.nothing(t)
	}
	a.send(at(sa), packet(0, 3, 7))
	b.expect(t, packet(0, 3, 7))
	b.nothing(t)
	if got := sa.Stats().Source; got != a.addr {
		t.Errorf("locked to %v", got)
	}
}

// Digits, RTCP and what is not plainly the next packet go through user space, in order, and the call stays in the kernel.
func TestKernelLeavesTheRestToUs(t *testing.T) {
	r := kernelRelay(t, time.Second)
	a, b, sa, sb := call(t, r)
	n := inUserSpace(sa)
	for _, p := range [][]byte{packet(0, 3, 7), packet(101, 4, 7), packet(0, 5, 7), packet(0, 6, 7)} {
		a.send(at(sa), p)
		b.expect(t, p)
	}
	if got := inUserSpace(sa); got != n+1 {
		t.Errorf("%d packets of RTP came by the socket, want the digit's", got-n)
	}
	a.send(ctl(sa), report(7))
	until(t, "RTCP is relayed", func() bool { return sb.Stats().ControlOut.Packets == 1 })
	a.send(at(sa), packet(0, 100, 9)) // a new source, and the kernel again from its second packet on
	b.expect(t, packet(0, 100, 9))
	n = inUserSpace(sa)
	a.send(at(sa), packet(0, 101, 9))
	b.expect(t, packet(0, 101, 9))
	if got := inUserSpace(sa); got != n {
		t.Error("a new source stays in user space")
	}
	a.send(at(sa), packet(8, 102, 9)) // another codec
	b.expect(t, packet(8, 102, 9))
	a.send(at(sa), packet(8, 104, 9)) // 103 is lost
	b.expect(t, packet(8, 104, 9))
	if got := inUserSpace(sa); got != n+1 {
		t.Error("another codec stays in user space")
	}
	if st := sa.Stats(); st.Codec != "PCMA" || st.Lost != 1 || r.Stats().Flows != 2 {
		t.Errorf("%+v", st)
	}
}

// What a leg's packets must be looked at for takes them back before it begins.
func TestKernelGivesBack(t *testing.T) {
	for what, do := range map[string]func(t *testing.T, sa, sb *Session, a *wire){
		"hold":     func(t *testing.T, sa, _ *Session, a *wire) { mustSet(t, sa, say(a.addr, "a=sendonly")) },
		"re-offer": func(t *testing.T, _, sb *Session, _ *wire) { mustSet(t, sb, say(wireAt(t, "127.0.0.1").addr)) },
		"music": func(t *testing.T, sa, _ *Session, _ *wire) {
			if _, err := sa.Local(EndpointConfig{}); err != nil {
				t.Error(err)
			}
		},
		"another partner": func(t *testing.T, sa, _ *Session, _ *wire) { Bridge(sa, session(t, sa.relay, Party{})) },
		"end":             func(_ *testing.T, _, sb *Session, _ *wire) { sb.Close() },
	} {
		t.Run(what, func(t *testing.T) {
			r := kernelRelay(t, time.Second)
			a, _, sa, sb := call(t, r)
			do(t, sa, sb, a)
			settle(sa)
			if got := r.Stats().Flows; got != 0 {
				t.Fatalf("%d flows are left", got)
			}
			n := inUserSpace(sa)
			a.send(at(sa), packet(0, 3, 7))
			until(t, "a packet comes by the socket", func() bool { return inUserSpace(sa) == n+1 })
		})
	}
}

// A phone that re-offered is learnt anew, and its call goes back into the kernel.
func TestKernelTakesACallAgain(t *testing.T) {
	r := kernelRelay(t, time.Second)
	_, b, sa, sb := call(t, r)
	moved := wireAt(t, "127.0.0.1")
	mustSet(t, sa, say(moved.addr))
	settle(sa)
	for i := range uint16(2) {
		moved.send(at(sa), packet(0, 3+i, 7))
		b.expect(t, packet(0, 3+i, 7))
		b.send(at(sb), packet(8, 3+i, 8))
		moved.expect(t, packet(8, 3+i, 8))
	}
	carried(t, r, 2)
	n := inUserSpace(sa)
	moved.send(at(sa), packet(0, 5, 7))
	b.expect(t, packet(0, 5, 7))
	if inUserSpace(sa) != n {
		t.Error("it came by the socket")
	}
}

// A phone that falls silent is given up in the kernel as well, and one that talks there is not.
func TestKernelTellsSilence(t *testing.T) {
	r := kernelRelay(t, time.Second)
	a, b, sa, sb := call(t, r)
	end := time.Now().Add(3 * time.Second)
	for i := uint16(3); time.Now().Before(end); i++ {
		a.send(at(sa), packet(0, i, 7))
		b.expect(t, packet(0, i, 7))
		time.Sleep(10 * time.Millisecond)
	}
	if !sa.Stats().Source.IsValid() {
		t.Error("one that talks was given up")
	}
	until(t, "the silent one is given up", func() bool { return !sb.Stats().Source.IsValid() })
	if got := r.Stats().Flows; got != 0 {
		t.Errorf("%d flows to a place that is not sure", got)
	}
}

func TestKernelKeepsTheBudget(t *testing.T) {
	c := config()
	c.Kernel = true
	r, err := open(c, 50)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	if !r.Stats().InKernel {
		t.Skip("this machine does not permit it")
	}
	a, _, sa, _ := call(t, r)
	for i := range uint16(200) {
		a.send(at(sa), packet(0, 3+i, 7))
	}
	until(t, "what is too much is dropped", func() bool { return sa.Stats().Dropped.Flood == 150 })
	if got := sa.Stats().Kernel.Packets; got != 50 {
		t.Errorf("%d packets passed", got)
	}
}

// Packets with more than a fixed header are not for the kernel; after a while it is not asked any more.
func TestKernelGivesUpWhatItDoesNotUnderstand(t *testing.T) {
	r := kernelRelay(t, time.Second) // a tick is a quarter of it
	a, b, sa, sb := call(t, r)
	i := uint16(3)
	next := func() {
		p := append(packet(0, i, 7), 0, 0, 0, 1)
		p[0] |= 0x20 // padding
		a.send(at(sa), p)
		b.expect(t, p)
		b.send(at(sb), packet(8, i, 8))
		a.expect(t, packet(8, i, 8))
		time.Sleep(time.Millisecond) // within the budget
		i++
	}
	until(t, "it is left to us", func() bool { next(); return r.Stats().Flows == 1 })
	end := time.Now().Add(600 * time.Millisecond)
	for time.Now().Before(end) {
		next()
	}
	if got := r.Stats().Flows; got != 1 {
		t.Errorf("%d flows", got)
	}
}

// Whoever must be looked at is not plain.
func TestKernelIsForPlainCallsOnly(t *testing.T) {
	for what, spoil := range map[string]func(*leg){
		"": func(*leg) {}, "encrypted": func(l *leg) { l.armed = true }, "muted": func(l *leg) { l.mute = true }, "not learnt": func(l *leg) { l.rtp.locked = false },
		"with an endpoint": func(l *leg) { l.local = &endpoint{} }, "a digit came last": func(l *leg) { l.current.timed = false },
		"maybe another's packets queued": func(l *leg) { l.rtp.strict = true }, "by ICE": func(l *leg) { l.ice.agent = ice.NewAgent(ice.NewCredentials()) },
		"nothing came yet": func(l *leg) { l.typed = false },
	} {
		l := &leg{rtp: socket{locked: true}, typed: true, current: payload{timed: true}}
		spoil(l)
		if l.plain() != (what == "") {
			t.Errorf("%q: plain is %t", what, l.plain())
		}
	}
}

// 400 calls come and go, and nothing of them is left in the kernel.
func TestKernelIsEmptyInTheEnd(t *testing.T) {
	r := kernelRelay(t, 2*time.Second)
	for range 10 {
		var all []*Session
		for range 40 {
			all = append(all, learnt(t, r)...)
		}
		carried(t, r, len(all))
		for _, s := range all {
			s.Close()
		}
	}
	if st := r.Stats(); st.Flows != 0 || st.Sessions != 0 {
		t.Errorf("%+v", st)
	}
}

// learnt are the two sessions of a call whose parties are known, and gone.
func learnt(t testing.TB, r *Relay) []*Session {
	t.Helper()
	a, b := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	sa, sb := pair(t, r, a, b, "")
	for i := range uint16(2) {
		a.send(at(sa), packet(0, 1+i, 7))
		b.expect(t, packet(0, 1+i, 7))
		b.send(at(sb), packet(8, 1+i, 8))
		a.expect(t, packet(8, 1+i, 8))
	}
	a.conn.Close()
	b.conn.Close()
	return []*Session{sa, sb}
}

// Without the capabilities everything goes through user space, and the log says why.
func TestWithoutPermissionUserSpaceDoesIt(t *testing.T) {
	var log bytes.Buffer
	c := config()
	c.Kernel, c.Log = true, slog.New(slog.NewTextHandler(&log, nil))
	done := make(chan *Relay)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine, and what was taken from it too
		var h unix.CapUserHeader
		var d [2]unix.CapUserData
		h.Version = unix.LINUX_CAPABILITY_VERSION_3
		if err := unix.Capset(&h, &d[0]); err != nil {
			t.Error(err)
		}
		r, err := open(c, maxPerTick)
		if err != nil {
			t.Error(err)
		}
		done <- r
	}()
	r := <-done
	defer r.Close()
	if r.Stats().InKernel || !strings.Contains(log.String(), "user space") || !strings.Contains(log.String(), "why=") {
		t.Fatalf("log: %s", log.String())
	}
	a, b := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	sa, _ := pair(t, r, a, b, "")
	a.send(at(sa), packet(0, 1, 7))
	b.expect(t, packet(0, 1, 7))
}
