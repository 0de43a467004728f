package registrar

import (
	"bytes"
	"context"
	"net/netip"
	"testing"

	"cradle/directory"
	"cradle/registrar/edge"
	"cradle/registrar/siptest"
)

// benchDoor is a registrar without sockets, and packets as a reader makes them.
type benchDoor struct {
	r     *Registrar
	h     *house
	p     edge.Packet
	reply []byte
	out   []byte
	phone *siptest.Phone
}

func newBench(b testing.TB) *benchDoor { return benchOf(newHouse(b, 1)) }

func benchOf(h *house) *benchDoor {
	b := h.t
	h.update(func(tx *directory.Tx) error { return tx.SetLimit("site_unauthenticated_per_second", 10_000_000) })
	r, err := New(context.Background(), Config{Directory: h.dir})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = r.Close(context.Background()) })
	d := &benchDoor{r: r, h: h, out: make([]byte, 0, 8192)}
	d.p = edge.NewPacket(netip.MustParseAddrPort("127.0.0.1:5062"), netip.MustParseAddrPort("127.0.0.1:5060"), func(_ *edge.Packet, x []byte) { d.reply = x })
	d.phone = h.phone(&Registrar{edge: nil}, 0, func(c *siptest.Config) { c.Server = "127.0.0.1:9" })
	return d
}

func (d *benchDoor) say(m []byte) []byte {
	d.p.Data, d.p.Out, d.reply = m, d.out[:0], nil
	d.r.screen(&d.p)
	return d.reply
}

func (d *benchDoor) register() *siptest.Msg {
	m := d.phone.NewRegister()
	m.Headers = append([]siptest.Header{{Name: "Via", Value: "SIP/2.0/UDP 127.0.0.1:5062;rport;branch=z9hG4bK1"}}, m.Headers...)
	return m
}

// signed makes n REGISTERs with the credentials of one challenge and rising counts.
func (d *benchDoor) signed(b testing.TB, n int) [][]byte {
	ch, _ := siptest.ParseMsg(d.say(d.register().Bytes()))
	sign := d.phone.Signer(ch)
	out := make([][]byte, n)
	for i := range out {
		m := d.register()
		sign(m)
		out[i] = m.Bytes()
	}
	return out
}

func BenchmarkRegisterChallenge(b *testing.B) {
	d := newBench(b)
	m := d.register().Bytes()
	b.ReportAllocs()
	for b.Loop() {
		if d.say(m) == nil {
			b.Fatal("silence")
		}
	}
}

func BenchmarkRegisterRefresh(b *testing.B) {
	d := newBench(b)
	const batch = 2000
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; done += batch {
		b.StopTimer()
		list := d.signed(b, min(batch, b.N-done))
		b.StartTimer()
		for _, m := range list {
			if !bytes.HasPrefix(d.say(m), []byte("SIP/2.0 200")) {
				b.Fatalf("%s", d.reply)
			}
		}
	}
}

// The hot path makes next to no garbage.
func TestRegisterAllocations(t *testing.T) {
	d := newBench(t)
	m := d.register().Bytes()
	if n := testing.AllocsPerRun(200, func() { d.say(m) }); n > 0 {
		t.Errorf("challenge: %v allocations", n)
	}
	list := d.signed(t, 301)
	d.say(list[0]) // makes the binding
	i := 1
	if n := testing.AllocsPerRun(50, func() {
		if !bytes.HasPrefix(d.say(list[i]), []byte("SIP/2.0 200")) {
			panic(string(d.reply))
		}
		i++
	}); n > 2 {
		t.Errorf("refresh: %v allocations", n)
	}
}

func BenchmarkLookup(b *testing.B) {
	d := newBench(b)
	d.say(d.signed(b, 1)[0])
	user := d.h.account(0).User
	b.ReportAllocs()
	for b.Loop() {
		if len(d.r.Lookup(user)) != 1 {
			b.Fatal("lost")
		}
	}
}

func FuzzScreen(f *testing.F) {
	d := newBench(f)
	for _, x := range torture {
		f.Add([]byte(x.msg))
	}
	f.Add(d.signed(f, 1)[0])
	f.Fuzz(func(_ *testing.T, m []byte) { d.say(bytes.Clone(m)) })
}

// While more comes in than can be served, phones that are not registered yet
// wait, and those that are go first.
func TestOverloadSendsNewcomersAway(t *testing.T) {
	d := newBench(t)
	signed := d.signed(t, 1)[0]
	d.p.Busy = true
	spread := map[string]bool{}
	for range 50 {
		m, _ := siptest.ParseMsg(d.say(d.register().Bytes()))
		if m.Status != 503 || m.Get("Retry-After") == "" {
			t.Fatal(m.Raw)
		}
		spread[m.Get("Retry-After")] = true
	}
	if len(spread) < 3 {
		t.Error("all are sent away for the same time", spread)
	}
	if got := d.say(signed); !bytes.HasPrefix(got, []byte("SIP/2.0 200")) {
		t.Errorf("%s", got)
	}
}
