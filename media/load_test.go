package media

import (
	"errors"
	"net/netip"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"cradle/media/secure"
)

func descriptors(t testing.TB) int {
	t.Helper()
	d, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(d)
}

// heapHeld is what the heap holds when all that is not needed is gone, in bytes.
func heapHeld() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// 24,000 short calls leave every port, descriptor and goroutine where it was, and no memory.
func TestManyShortSessionsLeaveNothing(t *testing.T) {
	n := 24000
	if testing.Short() {
		n = 2000
	}
	r := start(t, Config{Ports: [2]int{43100, 43299}, Cores: 2})
	before, free, routines, heap := descriptors(t), r.Stats().FreePairs, runtime.NumGoroutine(), heapHeld()
	var wait sync.WaitGroup
	const workers = 4
	for range workers {
		wait.Go(func() {
			for range n / workers / 2 {
				a, err := r.NewSession(Party{Local: lo, Signalled: lo})
				if err != nil {
					t.Error(err)
					return
				}
				b, err := r.NewSession(Party{Local: lo, Signalled: lo})
				if err != nil {
					t.Error(err)
					a.Close()
					return
				}
				if err := a.SetOffer([]byte(say(ctl(a)))); err != nil {
					t.Error(err)
				}
				Bridge(a, b)
				a.Stats()
				b.Close()
				a.Close()
			}
		})
	}
	wait.Wait()
	if got := r.Stats(); got.FreePairs != free || got.Sessions != 0 {
		t.Errorf("%+v, want %d free pairs", got, free)
	}
	if got := descriptors(t); got != before {
		t.Errorf("%d descriptors, %d before", got, before)
	}
	if more := heapHeld() - heap; more > 1<<20 {
		t.Errorf("%d bytes more are held", more)
	}
	until(t, "goroutines have ended", func() bool { return runtime.NumGoroutine() <= routines })
	for _, re := range r.reactors {
		re.do(func() {
			if len(re.legs) != len(re.free) {
				t.Errorf("%d legs left", len(re.legs)-len(re.free))
			}
		})
		if re.load.Load() != 0 {
			t.Errorf("load is %d", re.load.Load())
		}
	}
}

func TestNoPortsAndBack(t *testing.T) {
	r := start(t, Config{Ports: [2]int{43301, 43310}, Cores: 1}) // 43302 to 43309: four pairs
	var all []*Session
	for range 4 {
		all = append(all, session(t, r, Party{}))
	}
	for _, s := range all {
		if s.Port()%2 != 0 || s.Port() < 43302 || s.Port() > 43308 {
			t.Errorf("port %d", s.Port())
		}
	}
	before := descriptors(t)
	if _, err := r.NewSession(Party{Local: lo}); !errors.Is(err, ErrNoPorts) {
		t.Fatalf("the fifth: %v", err)
	}
	if got := descriptors(t); got != before {
		t.Errorf("%d descriptors, %d before", got, before)
	}
	all[2].Close()
	if s := session(t, r, Party{}); s.Port() != all[2].Port() {
		t.Errorf("port %d, want the one given back", s.Port())
	}
}

func TestPairRestsWhileOthersAreFree(t *testing.T) {
	r := start(t, Config{Ports: [2]int{43320, 43327}, Cores: 1})
	s := session(t, r, Party{})
	s.Close()
	for range 3 {
		if o := session(t, r, Party{}); o.Port() == s.Port() {
			t.Error("a pair was given out again at once")
		}
	}
}

func TestPortsOfOtherProgramsArePassedOver(t *testing.T) {
	r := start(t, Config{Ports: [2]int{43330, 43333}, Cores: 1})
	wireOn(t, "127.0.0.1:43331") // spoils the first pair by its RTCP port
	if s := session(t, r, Party{}); s.Port() != 43332 {
		t.Errorf("port %d", s.Port())
	}
	before := descriptors(t)
	if _, err := r.NewSession(Party{Local: lo}); !errors.Is(err, ErrNoPorts) {
		t.Errorf("%v", err)
	}
	if got := descriptors(t); got != before {
		t.Errorf("%d descriptors, %d before", got, before)
	}
}

// Everything at once, for the race detector.
func TestConcurrentUse(t *testing.T) {
	r := start(t, config())
	w := wireAt(t, "127.0.0.1")
	all := make([]*Session, 8)
	for i := range all {
		all[i] = session(t, r, Party{})
		mustSet(t, all[i], say(w.addr))
	}
	var wait sync.WaitGroup
	for g := range 4 {
		wait.Go(func() {
			for i := range 200 {
				a, b := all[(g+i)%len(all)], all[(g*3+i*5+1)%len(all)]
				Bridge(a, b)
				w.send(at(a), packet(0, uint16(i), uint32(g)))
				if _, err := a.Describe(b); err != nil {
					t.Error(err)
				}
				if err := b.SetOffer([]byte(say(w.addr))); err != nil {
					t.Error(err)
				}
				a.Stats()
				b.Hold()
				r.Stats()
			}
		})
	}
	wait.Wait()
	for _, s := range all {
		wait.Go(s.Close)
		wait.Go(func() { Bridge(s, all[0]) })
	}
	wait.Wait()
}

// raw is a connected sender and its receiver without any Go runtime between, so that only the relay can allocate.
type raw struct{ from, to int }

func rawSocket(t testing.TB) (fd int, port int) {
	t.Helper()
	fd, err := openUDP(lo, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	sa, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return fd, sa.(*unix.SockaddrInet4).Port
}

// rawPair bridges a plain party with one that may be encrypted, by a key that nobody keeps.
func rawPair(t testing.TB, r *Relay, may Encryption) raw {
	t.Helper()
	fa, pa := rawSocket(t)
	fb, pb := rawSocket(t)
	sa := session(t, r, Party{})
	sb := session(t, r, Party{With: sa, Encryption: may})
	mustSet(t, sa, say(mustAddr(pa)))
	if may.Require {
		mustSet(t, sb, strings.Replace(say(mustAddr(pb)), "AVP", "SAVP", 1)+(&secured{key: secure.NewKey(secure.AEAD128)}).crypto(1))
	} else {
		mustSet(t, sb, say(mustAddr(pb)))
	}
	return joined(t, fa, fb, sa, sb)
}

// joined bridges two sessions and connects a phone's socket to each.
func joined(t testing.TB, fa, fb int, sa, sb *Session) raw {
	t.Helper()
	Bridge(sa, sb)
	settle(sa)
	to, from := toRaw(at(sa)), toRaw(at(sb))
	if e := connect(fa, &to); e != 0 {
		t.Fatal(e)
	}
	if e := connect(fb, &from); e != 0 {
		t.Fatal(e)
	}
	return raw{fa, fb}
}

func mustAddr(port int) netip.AddrPort { return netip.AddrPortFrom(lo, uint16(port)) }

// pass sends one packet and waits until it is through.
func (p raw) pass(b, in []byte) bool {
	if send(p.from, b) != 0 {
		return false
	}
	for range 1_000_000 {
		if n, e := recv(p.to, in); e == 0 {
			return n >= len(b)
		}
		runtime.Gosched()
	}
	return false
}

func TestNoAllocationPerPacket(t *testing.T) { allocations(t, Encryption{}) }

func allocations(t *testing.T, may Encryption) {
	t.Helper()
	r, err := open(config(), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p := rawPair(t, r, may)
	b, in := packet(0, 0, 7), make([]byte, 2048)
	seq := uint16(0)
	next := func() {
		seq++
		b[2], b[3] = byte(seq>>8), byte(seq)
		if !p.pass(b, in) {
			t.Fatal("a packet was lost")
		}
	}
	for range 100 {
		next()
	}
	var m0, m1 runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m0)
	const packets = 10_000
	for range packets {
		next()
	}
	runtime.ReadMemStats(&m1)
	if n := m1.Mallocs - m0.Mallocs; n > packets/100 { // the runtime itself makes a few
		t.Errorf("%d allocations for %d packets", n, packets)
	}
}

// BenchmarkRelay sends bursts over many calls, so that the reactor is kept busy as it is in service.
func BenchmarkRelay(b *testing.B) { benchmarkRelay(b, Encryption{}) }

// BenchmarkRelayToSRTP is the same from plain to AEAD_AES_128_GCM.
func BenchmarkRelayToSRTP(b *testing.B) { benchmarkRelay(b, required) }

func benchmarkRelay(b *testing.B, may Encryption) {
	for _, calls := range []int{1, 64} {
		b.Run(strconv.Itoa(calls)+"calls", func(b *testing.B) {
			r, err := open(config(), 1<<30)
			if err != nil {
				b.Fatal(err)
			}
			defer r.Close()
			var ps []raw
			for range calls {
				ps = append(ps, rawPair(b, r, may))
			}
			out, in := packet(0, 0, 7), make([]byte, 2048)
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				out[2], out[3] = byte(n>>8), byte(n)
				for _, p := range ps {
					send(p.from, out)
				}
				for _, p := range ps {
					for {
						if _, e := recv(p.to, in); e == 0 {
							break
						}
						runtime.Gosched()
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(calls), "ns/packet")
		})
	}
}

// A reactor that keeps a processor of the scheduler must neither hold up the collector nor be held up by others.
func TestReactorThatKeepsAProcessor(t *testing.T) {
	old := runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 2)
	defer runtime.GOMAXPROCS(old)
	r := start(t, config())
	if !r.reactors[0].spare {
		t.Fatal("no processor to spare")
	}
	a, b := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	sa, _ := pair(t, r, a, b, "")
	stop := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	})
	for i := range uint16(500) {
		a.send(at(sa), packet(0, i, 7))
		b.expect(t, packet(0, i, 7))
	}
	close(stop)
	wait.Wait()
}
