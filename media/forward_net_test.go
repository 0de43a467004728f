package media

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cradle/media/kernel"
	"cradle/media/mediatest"
)

// elsewhere is a network namespace: what it is given runs on its thread, one after the other. It is gone when that ends.
type elsewhere struct {
	tid  int
	work chan func()
}

func newElsewhere(t *testing.T) *elsewhere {
	t.Helper()
	e := &elsewhere{work: make(chan func())}
	ready := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		e.tid = unix.Gettid()
		ready <- unix.Unshare(unix.CLONE_NEWNET)
		for f := range e.work {
			f()
		}
	}()
	if err := <-ready; err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { close(e.work) })
	return e
}

func (e *elsewhere) do(f func()) {
	done := make(chan struct{})
	e.work <- func() { defer close(done); f() }
	<-done
}

func ip(t *testing.T, line string) {
	t.Helper()
	if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %v: %s", line, err, out)
	}
}

// inside runs the test once more in a network namespace of its own. True: this is that run.
func inside(t *testing.T) bool {
	t.Helper()
	if os.Getenv("MEDIA_INSIDE") == t.Name() {
		return true
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("the program ip is not here: ", err)
	}
	c := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	c.Env = append(os.Environ(), "MEDIA_INSIDE="+t.Name())
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	out, err := c.CombinedOutput()
	if errors.Is(err, os.ErrPermission) {
		t.Skip("namespaces are not permitted: ", err)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if strings.Contains(string(out), "--- SKIP") {
		t.Skip(string(out))
	}
	return false
}

// network is phones' networks around this host: 10.77.N.1 is ours, 10.77.N.2 the phone's in its own namespace.
func network(t *testing.T, phones int) (all []*elsewhere) {
	t.Helper()
	ip(t, "link set lo up")
	for i := range phones {
		e, n := newElsewhere(t), strconv.Itoa(i)
		ip(t, "link add here"+n+" type veth peer name there"+n+" netns "+strconv.Itoa(e.tid))
		ip(t, "addr add 10.77."+n+".1/24 dev here"+n)
		ip(t, "link set here"+n+" up")
		e.do(func() {
			ip(t, "addr add 10.77."+n+".2/24 dev there"+n)
			ip(t, "link set there"+n+" up")
		})
		all = append(all, e)
	}
	return all
}

// Two phones on two networks talk through this host, which is no router: by the kernel, with nothing lost, no packet to
// user space and nothing for strangers; also when routes change in the middle of it.
func TestKernelBetweenNetworks(t *testing.T) {
	if !inside(t) {
		return
	}
	places := network(t, 2)
	if b, err := os.ReadFile("/proc/sys/net/ipv4/ip_forward"); err != nil || strings.TrimSpace(string(b)) != "0" {
		t.Fatalf("this host forwards by itself: %s %v", b, err)
	}
	r := kernelRelay(t, 0)
	p := mediatest.NewPacer()
	defer p.Close()
	phones, legs := [2]*mediatest.Phone{}, [2]*Session{}
	for i := range phones {
		ours, its := netip.AddrFrom4([4]byte{10, 77, byte(i), 1}), netip.AddrFrom4([4]byte{10, 77, byte(i), 2})
		var err error
		places[i].do(func() { phones[i], err = p.Phone(netip.AddrPortFrom(its, 0)) })
		if err != nil {
			t.Fatal(err)
		}
		defer phones[i].Close()
		legs[i] = session(t, r, Party{Local: ours, Signalled: its, With: legs[0]})
		mustSet(t, legs[i], string(phones[i].SDP("sendrecv")))
	}
	a, b := legs[0], legs[1]
	Bridge(a, b)
	phones[0].Say(at(a), mediatest.Tone{Hz: 440})
	phones[1].Say(at(b), mediatest.Tone{Hz: 660})
	carried(t, r, 2)
	talks(t, r, legs, phones)

	before := r.kernel.Generation()
	ip(t, "route add 10.99.0.0/24 via 10.77.1.2")
	until(t, "the new route is noticed", func() bool { return r.kernel.Generation() > before })
	until(t, "the call goes by the new routes", func() (same bool) {
		a.reactor.do(func() { same = a.reactor.network == r.kernel.Generation() })
		return same
	})
	carried(t, r, 2)
	talks(t, r, legs, phones)

	var evil *wire
	places[0].do(func() { evil = wireAt(t, "10.77.0.2") })
	sent := legs[1].Stats().Sent.Packets
	for i := range 50 {
		evil.send(at(a), packet(0, uint16(i), 66))
	}
	evil.nothing(t)
	talks(t, r, legs, phones)
	if got := legs[1].Stats(); phones[1].Heard().Streams != 1 || got.Sent.Packets < sent {
		t.Errorf("the stranger is heard: %+v", phones[1].Heard())
	}
}

// talks sees both phones hear each other for a second by the kernel alone.
func talks(t *testing.T, r *Relay, legs [2]*Session, phones [2]*mediatest.Phone) {
	t.Helper()
	before := [2]uint64{inUserSpace(legs[0]), inUserSpace(legs[1])}
	sent := phones[0].Sent()
	until(t, "a second of talk", func() bool { return phones[0].Sent() >= sent+50 })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for i, hz := range []int{660, 440} {
		if _, err := phones[i].Await(ctx, hz); err != nil {
			t.Fatal(err)
		}
		if h := phones[i].Heard(); h.Lost != 0 || h.Disorder != 0 || h.From != at(legs[i]) {
			t.Errorf("phone %d heard %+v", i, h)
		}
	}
	if got := [2]uint64{inUserSpace(legs[0]), inUserSpace(legs[1])}; got != before {
		t.Errorf("%d packets came by the sockets, %d before", got, before)
	}
	if r.Stats().Flows != 2 {
		t.Errorf("%d flows", r.Stats().Flows)
	}
}

// What is no Ethernet is left to user space.
func TestKernelLeavesTunnelsAlone(t *testing.T) {
	if !inside(t) {
		return
	}
	network(t, 1)
	r := kernelRelay(t, 0)
	ip(t, "tuntap add mode tun name over")
	ip(t, "addr add 10.78.0.1/24 dev over")
	ip(t, "link set over up")
	over, ether := netip.MustParseAddrPort("10.78.0.2:4000"), netip.MustParseAddrPort("10.77.0.2:4000")
	f := kernel.Flow{From: over, At: netip.MustParseAddrPort("10.78.0.1:20000"), Source: netip.MustParseAddrPort("10.77.0.1:20002"), To: ether}
	back := kernel.Flow{From: f.To, At: f.Source, Source: f.At, To: f.From}
	for what, f := range map[string]kernel.Flow{"in by it": f, "out by it": back} {
		var err error
		until(t, what, func() bool {
			_, err = r.kernel.Add(f, 1)
			return !errors.Is(err, kernel.ErrLater)
		})
		if !errors.Is(err, kernel.ErrUnsuitable) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
