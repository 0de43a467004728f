package location

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"cradle/registrar/sipmsg"
)

var start = time.Unix(1_800_000_000, 0)

func reg(account, call string, cseq uint32, contacts ...Contact) *Registration {
	return &Registration{Account: account, CallID: []byte(call), CSeq: cseq, Source: netip.MustParseAddrPort("192.0.2.1:5060"),
		Local: netip.MustParseAddrPort("192.0.2.9:5060"), UserAgent: []byte("phone 1.0"), Contacts: contacts, MaxContacts: 3, Nonce: uint64(cseq)<<32 | uint64(call[0]), NC: 1}
}

func at(uri string, seconds uint32) Contact {
	return Contact{URI: []byte(uri), Granted: seconds, Q: 1000}
}

func uris(t *Table, account string, now time.Time) string {
	var out []string
	for _, b := range t.Lookup(account, now) {
		out = append(out, b.Contact)
	}
	return strings.Join(out, " ")
}

func TestReplaceInPlace(t *testing.T) {
	inst := func(uri, instance string, id uint32) Contact {
		return Contact{URI: []byte(uri), Instance: []byte(instance), RegID: id, Granted: 100}
	}
	for name, c := range map[string]struct {
		first, second *Registration
		want          string
	}{
		"same contact":           {reg("a", "x", 1, at("sip:a@1", 100)), reg("a", "y", 1, at("sip:a@1", 100)), "sip:a@1"},
		"another contact":        {reg("a", "x", 1, at("sip:a@1", 100)), reg("a", "y", 1, at("sip:a@2", 100)), "sip:a@2 sip:a@1"},
		"same Call-ID":           {reg("a", "x", 1, at("sip:a@1", 100)), reg("a", "x", 2, at("sip:a@2", 100)), "sip:a@2"},
		"same instance":          {reg("a", "x", 1, inst("sip:a@1", "<urn:1>", 0)), reg("a", "y", 1, inst("sip:a@2", "<urn:1>", 0)), "sip:a@2"},
		"same reg-id":            {reg("a", "x", 1, inst("sip:a@1", "<urn:1>", 1)), reg("a", "y", 1, inst("sip:a@2", "<urn:1>", 1)), "sip:a@2"},
		"another reg-id":         {reg("a", "x", 1, inst("sip:a@1", "<urn:1>", 1)), reg("a", "y", 1, inst("sip:a@2", "<urn:1>", 2)), "sip:a@2"},
		"several of one Call-ID": {reg("a", "x", 1, at("sip:a@1", 100), at("sip:a@2", 100)), reg("a", "x", 2, at("sip:a@1", 100), at("sip:a@3", 100)), "sip:a@3 sip:a@1 sip:a@2"},
		"one taken back":         {reg("a", "x", 1, at("sip:a@1", 100), at("sip:a@2", 100)), reg("a", "x", 2, at("sip:a@1", 0)), "sip:a@2"},
		"unknown taken back":     {reg("a", "x", 1, at("sip:a@1", 100)), reg("a", "x", 2, at("sip:a@7", 0)), "sip:a@1"},
	} {
		tab := New()
		for i, r := range []*Registration{c.first, c.second} {
			if _, err := tab.Save(r, start.Add(time.Duration(i)*time.Second), nil); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got := uris(tab, "a", start.Add(time.Second)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// A phone with two flows is rung by one of them (RFC 5626 section 6.2): by the
// one it refreshed last, and by the other when that is gone.
func TestOneFlowOfAPhone(t *testing.T) {
	tab := New()
	flow := func(id uint32, port uint16, after time.Duration) {
		r := reg("a", fmt.Sprint(id), 1, Contact{URI: []byte(fmt.Sprint("sip:a@", id)), Instance: []byte("<urn:1>"), RegID: id, Granted: 100})
		r.Source, r.Transport, r.CSeq, r.Nonce = netip.AddrPortFrom(r.Source.Addr(), port), sipmsg.TCP, uint32(after/time.Second)+1, uint64(id)<<32|uint64(after)
		if _, err := tab.Save(r, start.Add(after), nil); err != nil {
			t.Fatal(err)
		}
	}
	want := func(now time.Duration, uri string) {
		t.Helper()
		if got := uris(tab, "a", start.Add(now)); got != uri {
			t.Errorf("after %v: %s, want %s", now, got, uri)
		}
	}
	flow(1, 1001, 0)
	flow(2, 1002, 0)
	want(0, "sip:a@2")
	flow(1, 1001, 50*time.Second)
	want(50*time.Second, "sip:a@1")
	tab.LoseFlow(netip.MustParseAddrPort("192.0.2.1:1001"), sipmsg.TCP)
	want(60*time.Second, "sip:a@2")
	n := 0
	tab.All(start.Add(60*time.Second), func(Binding) bool { n++; return true })
	if n != 2 {
		t.Errorf("%d bindings are kept", n)
	}
	want(120*time.Second, "sip:a@1")
}

// A phone without an instance that started anew over TCP leaves nothing behind;
// what is lost makes room where there is none.
func TestNoGhosts(t *testing.T) {
	tab := New()
	call := 0
	save := func(uri string, port uint16, agent string) error {
		call++
		r := reg("a", fmt.Sprint(call), 1, at(uri, 100))
		r.Source, r.Transport, r.UserAgent, r.Nonce = netip.AddrPortFrom(r.Source.Addr(), port), sipmsg.TCP, []byte(agent), uint64(call)
		_, err := tab.Save(r, start, nil)
		return err
	}
	gone := func(port uint16) {
		tab.LoseFlow(netip.AddrPortFrom(netip.MustParseAddr("192.0.2.1"), port), sipmsg.TCP)
	}
	for i, err := range []error{save("sip:x1@h", 1, "phone"), save("sip:y@h", 2, "other"), save("sip:z@h", 3, "third"), save("sip:x2@h", 4, "phone")} {
		if (err != nil) != (i == 3) {
			t.Fatal(i, err)
		}
	}
	gone(1)
	if err := save("sip:x2@h", 4, "phone"); err != nil || len(tab.Lookup("a", start)) != 3 {
		t.Errorf("%v, %s", err, uris(tab, "a", start))
	}
	gone(2)
	if err := save("sip:w@h", 5, "fourth"); err != nil || len(tab.Lookup("a", start)) != 3 {
		t.Errorf("%v, %s", err, uris(tab, "a", start))
	}
	if got := uris(tab, "a", start); strings.Contains(got, "x1") || strings.Contains(got, "y@") {
		t.Error("ghosts:", got)
	}
}

func TestOrderAndLimit(t *testing.T) {
	tab := New()
	save := func(r *Registration) error { _, err := tab.Save(r, start, nil); return err }
	if err := save(reg("a", "x", 5, at("sip:a@1", 100))); err != nil {
		t.Fatal(err)
	}
	if err := save(reg("a", "x", 5, at("sip:a@1", 100))); err != nil {
		t.Error("the same request again: ", err)
	}
	if err := save(reg("a", "x", 4, at("sip:a@1", 100))); !errors.Is(err, ErrOutOfOrder) {
		t.Error("older request:", err)
	}
	star := reg("a", "x", 3)
	star.Star = true
	if err := save(star); !errors.Is(err, ErrOutOfOrder) {
		t.Error("older star:", err)
	}
	again := reg("a", "y", 9, at("sip:a@1", 100))
	again.Nonce = 5<<32 | 'x'
	if err := save(again); !errors.Is(err, ErrReplayed) {
		t.Error("used count:", err)
	}
	// Two more go in, the one after that does not, and nothing of that request is kept.
	if err := save(reg("a", "z", 10, at("sip:a@2", 100), at("sip:a@3", 100))); err != nil {
		t.Error(err)
	}
	if err := save(reg("a", "z", 11, at("sip:a@2", 0), at("sip:a@4", 100), at("sip:a@5", 100))); !errors.Is(err, ErrTooMany) {
		t.Error("past the limit:", err)
	}
	if got := len(tab.Lookup("a", start)); got != 3 || tab.Len() != 3 {
		t.Error(got, tab.Len())
	}
	star = reg("a", "q", 12)
	star.Star = true
	if err := save(star); err != nil || tab.Len() != 0 {
		t.Error(err, tab.Len())
	}
}

func TestNonceCounts(t *testing.T) {
	tab := New()
	for _, c := range []struct {
		nonce uint64
		nc    uint32
		ok    bool
	}{{1, 1, true}, {1, 1, false}, {1, 3, true}, {1, 2, true}, {1, 2, false}, {1, 100, true}, {1, 37, true}, {1, 36, false}, {1, 101, true}, {2, 1, true}, {3, 0, true}, {3, 0, false},
		// Three nonces side by side; one older than those is over.
		{1, 102, true}, {5, 1, true}, {1, 103, false}, {2, 2, true}} {
		if got := tab.Count("a", c.nonce, c.nc); got != c.ok {
			t.Errorf("nonce %d count %d: %v", c.nonce, c.nc, got)
		}
	}
}

func TestExpiry(t *testing.T) {
	tab := New()
	w := tab.Watch()
	defer w.Close()
	_, _ = tab.Save(reg("a", "x", 1, at("sip:a@1", 60)), start, nil)
	out, _ := tab.Save(reg("a", "x", 2, at("sip:a@1", 100)), start.Add(50*time.Second), nil)
	if string(out) != "Contact: <sip:a@1>;expires=100\r\n" {
		t.Errorf("%q", out)
	}
	tab.Sweep(start.Add(60 * time.Second))
	if tab.Len() != 1 {
		t.Fatal("refreshed binding swept")
	}
	if got := uris(tab, "a", start.Add(149*time.Second)); got != "sip:a@1" {
		t.Error(got)
	}
	if got := uris(tab, "a", start.Add(150*time.Second)); got != "" {
		t.Error("listed after its end")
	}
	// A refresh that ends sooner is swept sooner.
	_, _ = tab.Save(reg("a", "x", 3, at("sip:a@1", 60)), start.Add(51*time.Second), nil)
	tab.Sweep(start.Add(111 * time.Second))
	if tab.Len() != 0 || tab.AccountAt(netip.MustParseAddrPort("192.0.2.1:5060"), sipmsg.UDP) != "" {
		t.Error("not swept")
	}
	if last, _, live := tab.Last("a", start.Add(200*time.Second)); live || !last.Equal(start.Add(51*time.Second)) {
		t.Error(last, live)
	}
	tab.Tick()
	var got []string
	for len(got) < 2 {
		for _, c := range <-w.C() {
			got = append(got, fmt.Sprint(c.Account, c.Gone))
		}
	}
	if strings.Join(got, " ") != "a false a true" && strings.Join(got, " ") != "afalse atrue" {
		t.Error(got)
	}
}

func TestSlowWatcherIsToldOfItsLoss(t *testing.T) {
	tab := New()
	w := tab.Watch()
	defer w.Close()
	for i := range 2000 {
		_, _ = tab.Save(reg(fmt.Sprint("a", i), "x", 1, at("sip:a@1", 60)), start, nil)
	}
	lost, n := false, 0
	for more := true; more; {
		select {
		case l := <-w.C():
			for _, c := range l {
				n++
				lost = lost || c.Overflow
			}
		default:
			tab.Tick()
			more = len(w.C()) > 0
		}
	}
	if !lost || n > 1000 {
		t.Error(lost, n)
	}
}

func TestFlows(t *testing.T) {
	tab := New()
	src := netip.MustParseAddrPort("192.0.2.1:5060")
	for _, a := range []string{"a", "b"} {
		r := reg(a, a, 1, at("sip:"+a+"@1", 100))
		r.Transport = sipmsg.TCP
		_, _ = tab.Save(r, start, nil)
	}
	if tab.AccountAt(src, sipmsg.UDP) != "" || tab.AccountAt(src, sipmsg.TCP) != "a" {
		t.Fatal("flow not known")
	}
	tab.LoseFlow(src, sipmsg.TCP)
	for _, a := range []string{"a", "b"} {
		if l := tab.Lookup(a, start); len(l) != 1 || !l[0].FlowLost {
			t.Errorf("%s: %+v", a, l)
		}
	}
	if tab.AccountAt(src, sipmsg.TCP) != "" {
		t.Error("lost flow still known")
	}
	r := reg("b", "b", 2, at("sip:b@1", 100))
	r.Transport = sipmsg.TCP
	_, _ = tab.Save(r, start, nil)
	if tab.Lookup("b", start)[0].FlowLost || tab.AccountAt(src, sipmsg.TCP) != "b" {
		t.Error("phone that is back is not found")
	}
	tab.Forget("b")
	if tab.AccountAt(src, sipmsg.TCP) != "" || tab.Len() != 1 {
		t.Error("forgotten account still there")
	}
}

// memory is a Store.
type memory struct {
	m    map[string][]byte
	puts int
	fail error
}

func (s *memory) Put(_ context.Context, batch []Record) error {
	if s.fail != nil {
		return s.fail
	}
	s.puts++
	for _, r := range batch {
		if r.Value == nil {
			delete(s.m, r.Key)
		} else {
			s.m[r.Key] = r.Value
		}
	}
	return nil
}

func (s *memory) All(f func(string, []byte) bool) error {
	for k, v := range s.m {
		if !f(k, v) {
			break
		}
	}
	return nil
}

func TestManyAccountsAreWrittenInParts(t *testing.T) {
	st := &memory{m: map[string][]byte{}}
	tab, ctx := New(), context.Background()
	const count = 5 * flushMost
	for i := range count {
		_, _ = tab.Save(reg(fmt.Sprint("a", i), "x", 1, at("sip:a@1", 1000)), start, nil)
	}
	st.fail = errors.New("disk full")
	if tab.Flush(ctx, st, start, false) == nil {
		t.Fatal("failure not told")
	}
	st.fail = nil
	if err := tab.Flush(ctx, st, start, false); err != nil || len(st.m) != count || st.puts < 4 || st.puts > 5 {
		t.Errorf("%d accounts in %d parts: %v", len(st.m), st.puts, err)
	}
}

func TestRestart(t *testing.T) {
	st := &memory{m: map[string][]byte{"broken": []byte("{")}}
	tab, ctx := New(), context.Background()
	udp := reg("a", "x", 7, Contact{URI: []byte("sip:a@1;line=2"), Params: []byte(";q=0.5"), Instance: []byte("<urn:1>"), RegID: 3, Granted: 1000, Q: 500})
	tcp := reg("b", "y", 1, at("sip:b@1", 1000))
	tcp.Transport = sipmsg.TCP
	for _, r := range []*Registration{udp, tcp, reg("gone", "z", 1, at("sip:c@1", 1000))} {
		_, _ = tab.Save(r, start, nil)
	}
	st.fail = errors.New("disk full")
	if tab.Flush(ctx, st, start, false) == nil {
		t.Fatal("failure not told")
	}
	st.fail = nil
	if err := tab.Flush(ctx, st, start, false); err != nil || st.puts != 1 || len(st.m) != 4 {
		t.Fatal("what could not be written was forgotten", err, len(st.m))
	}
	_ = tab.Flush(ctx, st, start, false)
	udp.CSeq, udp.NC = 8, 2
	_, _ = tab.Save(udp, start.Add(100*time.Second), nil)
	if _ = tab.Flush(ctx, st, start, false); st.puts != 1 {
		t.Error("written again though only a time moved a little")
	}
	udp.CSeq, udp.NC = 9, 3
	_, _ = tab.Save(udp, start.Add(300*time.Second), nil)
	if _ = tab.Flush(ctx, st, start.Add(300*time.Second), false); st.puts != 2 {
		t.Error("times never written")
	}

	back := New()
	dropped, err := back.Restore(st, start.Add(400*time.Second), func(n string) (string, bool) { return n, n != "gone" })
	if err != nil || len(dropped) != 2 {
		t.Fatal(dropped, err)
	}
	want, got := tab.Lookup("a", start), back.Lookup("a", start)
	if len(got) != 1 || got[0] != want[0] {
		t.Errorf("%+v, want %+v", got, want)
	}
	if l := back.Lookup("b", start); len(l) != 1 || !l[0].FlowLost {
		t.Errorf("%+v", l)
	}
	if back.AccountAt(udp.Source, sipmsg.UDP) != "a" {
		t.Error("flow of a datagram binding not known after restart")
	}
	if last, src, live := back.Last("a", start.Add(400*time.Second)); !live || !last.Equal(start.Add(300*time.Second)) || src != udp.Source.Addr() {
		t.Error(last, src, live)
	}
	back.Sweep(start.Add(1300 * time.Second))
	if back.Len() != 0 {
		t.Error("restored bindings never end")
	}
}

// A binding of a usual phone, with everything around it, stays below 1 KB.
func TestMemoryOfABinding(t *testing.T) {
	if each := bytesPerBinding(t, 20_000); each > 1024 {
		t.Errorf("%d bytes a binding", each)
	}
}

func BenchmarkMemoryAt100000(b *testing.B) {
	for b.Loop() {
		b.ReportMetric(float64(bytesPerBinding(b, 100_000)), "bytes/binding")
	}
}

func bytesPerBinding(t testing.TB, n int) uint64 {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("k3v9x2m7q%07d", i)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	tab := New()
	for i, name := range names {
		ip := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		r := &Registration{Account: name, CallID: []byte(fmt.Sprintf("0_%010d@%s", i*7919, ip)), CSeq: 2, Source: netip.AddrPortFrom(ip, 5060),
			Local: netip.MustParseAddrPort("10.255.0.1:5060"), UserAgent: []byte("Vendor SIP-T46U 108.86.0.20"), MaxContacts: 10, Nonce: uint64(i), NC: 1,
			Contacts: []Contact{{URI: []byte("sip:" + name + "@" + ip.String() + ":5060"), Granted: 3600, Q: 1000}}}
		if _, err := tab.Save(r, start, nil); err != nil {
			t.Fatal(err)
		}
	}
	_ = tab.Flush(context.Background(), &memory{m: map[string][]byte{}}, start, false)
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(tab)
	runtime.KeepAlive(names)
	return (after.HeapAlloc - before.HeapAlloc) / uint64(n)
}

func BenchmarkRefresh(b *testing.B) {
	tab := New()
	r := reg("a", "x", 1, at("sip:a@192.0.2.1:5060", 3600))
	out := make([]byte, 0, 512)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		r.CSeq, r.Nonce = uint32(i), uint64(i)
		if _, err := tab.Save(r, start, out[:0]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	tab := New()
	_, _ = tab.Save(reg("a", "x", 1, at("sip:a@192.0.2.1:5060", 3600)), start, nil)
	b.ReportAllocs()
	for b.Loop() {
		if len(tab.Lookup("a", start)) != 1 {
			b.Fatal()
		}
	}
}
