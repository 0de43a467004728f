package kernel

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/cilium/ebpf"
)

func local(port int) netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(port))
}

func onLoopback(n int) Flow {
	return Flow{From: local(4000 + n), At: local(20000 + 4*n), Source: local(20002 + 4*n), To: local(6000 + n), Stream: Stream{Source: 7, Clock: 8000}}
}

// add waits until the interface is hooked.
func add(t testing.TB, p *Path, f Flow) (*Entry, error) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if e, err := p.Add(f, 1000); !errors.Is(err, ErrLater) {
			return e, err
		}
	}
	return nil, ErrLater
}

func TestAddAndRemove(t *testing.T) {
	p := open(t, 8)
	if _, err := p.Add(onLoopback(0), 1); !errors.Is(err, ErrLater) {
		t.Errorf("before the interface is hooked: %v", err)
	}
	var all []*Entry
	for i := range 4 {
		e, err := add(t, p, onLoopback(i))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	if p.Flows() != 4 {
		t.Errorf("%d flows", p.Flows())
	}
	if _, err := p.Add(onLoopback(0), 1); !errors.Is(err, ErrUnsuitable) {
		t.Errorf("two flows at one port: %v", err)
	}
	all[1].Remove()
	all[1].Remove()
	if _, err := p.Add(onLoopback(1), 1); err != nil {
		t.Errorf("in the place of another: %v", err)
	}
	for _, e := range all {
		e.Remove()
	}
	if p.Flows() != 0 {
		t.Errorf("%d flows", p.Flows())
	}
}

func TestUnsuitable(t *testing.T) {
	p := open(t, 4)
	six, far := netip.MustParseAddrPort("[::1]:5000"), netip.MustParseAddrPort("192.0.2.1:5000")
	for what, spoil := range map[string]func(*Flow){
		"IPv6": func(f *Flow) { f.To = six }, "no port": func(f *Flow) { f.From = local(0) }, "from elsewhere to here": func(f *Flow) { f.From = far },
		"from here to elsewhere": func(f *Flow) { f.To = far }, "all addresses": func(f *Flow) { f.At = netip.MustParseAddrPort("0.0.0.0:20000") },
		"a port below ours": func(f *Flow) { f.At = local(19998) }, "a port above ours": func(f *Flow) { f.At = local(20008) },
		"a port of RTCP": func(f *Flow) { f.At = local(20001) },
		"a group":        func(f *Flow) { f.To = netip.MustParseAddrPort("224.0.1.75:5000") }, "RTCP": func(f *Flow) { f.Type = 72 },
		"an address that is not ours": func(f *Flow) { f.From, f.To, f.At, f.Source = far, far, far, far },
	} {
		f := onLoopback(0)
		spoil(&f)
		if _, err := add(t, p, f); !errors.Is(err, ErrUnsuitable) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if p.Flows() != 0 {
		t.Error("something is left")
	}
}

// gone waits until the kernel has let a program go, and with it its tables.
func gone(t testing.TB, id ebpf.ProgramID) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		p, err := ebpf.NewProgramFromID(id)
		if errors.Is(err, os.ErrNotExist) {
			return
		}
		p.Close()
		if time.Now().After(end) {
			t.Fatalf("the program is still there: %v", err)
		}
	}
}

func programID(t testing.TB, p *Path) ebpf.ProgramID {
	t.Helper()
	i, err := p.program.Info()
	if err != nil {
		t.Fatal(err)
	}
	id, _ := i.ID()
	return id
}

func TestCloseGivesBack(t *testing.T) {
	open(t, 1) // or else it is skipped
	p, err := Open(20000, 4, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := add(t, p, onLoopback(0)); err != nil {
		t.Error(err)
	}
	id := programID(t, p)
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	gone(t, id)
}

// A process that is killed leaves nothing in the kernel.
func TestKillGivesBack(t *testing.T) {
	if os.Getenv("KERNEL_VICTIM") != "" {
		p := open(t, 4)
		if _, err := add(t, p, onLoopback(0)); err != nil {
			t.Fatal(err)
		}
		fmt.Printf("program %d\n", programID(t, p))
		select {}
	}
	open(t, 1)
	c := exec.Command(os.Args[0], "-test.run=^TestKillGivesBack$")
	c.Env = append(os.Environ(), "KERNEL_VICTIM=1")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var id ebpf.ProgramID
	_, err = fmt.Fscanf(out, "program %d\n", &id)
	c.Process.Kill()
	c.Wait()
	if err != nil {
		t.Fatal(err)
	}
	gone(t, id)
}

func TestOpenIsRefused(t *testing.T) {
	open(t, 1)
	if p, err := Open(20000, 1<<30, nil); err == nil {
		p.Close()
		t.Error("a table of a billion flows")
	}
}

func TestWords(t *testing.T) {
	for _, c := range [][2]string{{"192.0.2.1", "10.0.0.1"}, {"255.255.255.255", "0.0.0.0"}, {"0.0.0.0", "255.255.255.255"}, {"10.9.8.7", "10.9.8.7"}} {
		a, b := netip.MustParseAddr(c[0]).As4(), netip.MustParseAddr(c[1]).As4()
		var sum [4]byte
		native.PutUint32(sum[:], words(a[:], b[:]))
		if got := fold(append(sum[:], b[:]...), 0); got%0xffff != fold(a[:], 0)%0xffff {
			t.Errorf("%s instead of %s: %#x and not %#x", c[0], c[1], got, fold(a[:], 0))
		}
	}
}

func FuzzAnswer(f *testing.F) {
	r, err := newRoutes()
	if err != nil {
		f.Fatal(err)
	}
	defer r.close()
	if _, err := r.to(netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.1")); !errors.Is(err, ErrUnsuitable) {
		f.Fatalf("loopback is a route to another host: %v", err)
	}
	f.Add(question(1, netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.2")))
	f.Add(append([]byte{36, 0, 0, 0, 24, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 32, 32, 0, 254, 0, 0, 1, 0, 0, 0, 0}, 8, 0, 4, 0, 3, 0, 0, 0))
	f.Fuzz(func(_ *testing.T, b []byte) {
		answer(b) //nolint:errcheck // it must not fall over
	})
}
