package kernel

import (
	"encoding/binary"
	"errors"
	"log/slog"
	"net/netip"
	"os"
	"testing"

	"github.com/cilium/ebpf"
	"go.uber.org/goleak"

	"cradle/media/rtp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open is a path through the kernel, where the machine permits one.
func open(t testing.TB, pairs int) *Path {
	t.Helper()
	p, err := Open(20000, pairs, slog.New(slog.DiscardHandler))
	if errors.Is(err, os.ErrPermission) || errors.Is(err, ebpf.ErrNotSupported) {
		t.Skip("this machine does not permit it: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

var (
	phone = netip.MustParseAddrPort("192.0.2.10:4000")
	here  = netip.MustParseAddrPort("192.0.2.1:20000")
	there = netip.MustParseAddrPort("198.51.100.1:20002")
	other = netip.MustParseAddrPort("198.51.100.20:6001")
)

// put is Add without the question for a route.
func put(t testing.TB, p *Path, f Flow, out uint32, budget int) *state {
	t.Helper()
	s, err := p.at(f.At.Port())
	if err != nil {
		t.Fatal(err)
	}
	s.begin(f, out, budget)
	return s
}

// frame is an Ethernet frame with a UDP datagram whose checksums are right.
func frame(from, to netip.AddrPort, payload []byte) []byte {
	k := quad(from, to)
	b := make([]byte, 12, 64)
	b = append(b, 8, 0)
	b = append(b, 0x45, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(28+len(payload)))
	b = append(b, 0x12, 0x34, 0x40, 0, 57, 17, 0, 0)
	b = append(b, k[:8]...)
	binary.BigEndian.PutUint16(b[24:], ^fold(b[14:34], 0))
	b = append(b, k[8:]...)
	b = binary.BigEndian.AppendUint16(b, uint16(8+len(payload)))
	b = append(b, 0, 0)
	b = append(b, payload...)
	binary.BigEndian.PutUint16(b[40:], ^sumUDP(b))
	return b
}

func fold(b []byte, s uint32) uint16 {
	for ; len(b) > 1; b = b[2:] {
		s += uint32(binary.BigEndian.Uint16(b))
	}
	if len(b) == 1 {
		s += uint32(b[0]) << 8
	}
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return uint16(s)
}

func sumUDP(b []byte) uint16 {
	n := binary.BigEndian.Uint16(b[38:])
	return fold(b[34:34+int(n)], uint32(fold(b[26:34], uint32(n)+17)))
}

func run(t testing.TB, p *Path, in []byte) (verdict int32, out []byte) {
	t.Helper()
	out = make([]byte, len(in)+16)
	o := ebpf.RunOptions{Data: in, DataOut: out, Repeat: 1}
	v, err := p.program.Run(&o)
	if err != nil {
		t.Fatal(err)
	}
	return int32(v), o.DataOut
}

func flow() Flow {
	return Flow{From: phone, At: here, Source: there, To: other, Stream: Stream{Source: 7, Type: 8, Seq: 99, Clock: 8000}}
}

func sound(seq uint16) []byte {
	return rtp.Append(nil, rtp.Header{Type: 8, Seq: seq, Time: uint32(seq) * 160, SSRC: 7}, make([]byte, 160))
}

const redirected = 7

func TestRewritesAndCounts(t *testing.T) {
	p := open(t, 8)
	s := put(t, p, flow(), 1, 1000)
	v, out := run(t, p, frame(phone, here, sound(100)))
	if v != redirected {
		t.Fatalf("verdict %d", v)
	}
	want := frame(there, other, sound(100))
	want[15], want[22] = 46<<2, 64
	want[24], want[25] = 0, 0
	binary.BigEndian.PutUint16(want[24:], ^fold(want[14:34], 0))
	if string(out) != string(want) {
		t.Errorf("got  % x\nwant % x", out[:56], want[:56])
	}
	if f := s.Read(); f.Packets != 1 || f.Bytes != 172 || f.Seq != 100 || f.Last == 0 || f.Flood != 0 {
		t.Errorf("%+v", f)
	}
	nothing := frame(phone, here, sound(101))
	nothing[40], nothing[41] = 0, 0 // a sender that makes no checksum
	if v, out := run(t, p, nothing); v != redirected || out[40] != 0 || out[41] != 0 {
		t.Errorf("verdict %d, checksum % x", v, out[40:42])
	}
	q := flow()
	put(t, p, q, 0, 1000)
	if v, out := run(t, p, frame(phone, here, sound(102))); v != next || sumUDP(out) != 0xffff || fold(out[14:34], 0) != 0xffff {
		t.Errorf("on loopback: verdict %d, % x", v, out[:54])
	}
}

// What is not plainly the next packet of the stream goes up as it came, and is not counted.
func TestGoesUp(t *testing.T) {
	p := open(t, 8)
	s := put(t, p, flow(), 1, 1000)
	edit := func(f func(b []byte)) []byte {
		b := frame(phone, here, sound(100))
		f(b)
		return b
	}
	short := rtp.Append(nil, rtp.Header{Type: 8, Seq: 100, SSRC: 7}, nil)
	for what, in := range map[string][]byte{
		"another port of the sender":   frame(netip.AddrPortFrom(phone.Addr(), 4001), here, sound(100)),
		"another sender":               frame(netip.MustParseAddrPort("192.0.2.66:4000"), here, sound(100)),
		"our RTCP port":                frame(phone, netip.AddrPortFrom(here.Addr(), 20001), sound(100)),
		"a port above the table":       frame(phone, netip.AddrPortFrom(here.Addr(), 20016), sound(100)),
		"a port below the table":       frame(phone, netip.AddrPortFrom(here.Addr(), 19998), sound(100)),
		"a port without a flow":        frame(phone, netip.AddrPortFrom(here.Addr(), 20014), sound(100)),
		"another address of ours":      frame(phone, netip.MustParseAddrPort("192.0.2.2:20000"), sound(100)),
		"another source":               frame(phone, here, rtp.Append(nil, rtp.Header{Type: 8, Seq: 100, SSRC: 8}, nil)),
		"a digit":                      frame(phone, here, rtp.Append(nil, rtp.Header{Type: 101, Seq: 100, SSRC: 7}, make([]byte, 4))),
		"RTCP":                         frame(phone, here, []byte{0x80, 201, 0, 1, 0, 0, 0, 7, 0, 0, 0, 0}),
		"far ahead":                    frame(phone, here, sound(99+maxDropout)),
		"far behind":                   frame(phone, here, sound(99+(1<<16-maxMisorder))),
		"with an extension":            edit(func(b []byte) { b[42] = 0x90 }),
		"padded":                       edit(func(b []byte) { b[42] = 0xa0 }),
		"of another version":           edit(func(b []byte) { b[42] = 0x40 }),
		"too short for RTP":            frame(phone, here, short[:11]),
		"a fragment":                   edit(func(b []byte) { b[20] = 0x20 }),
		"a later fragment":             edit(func(b []byte) { b[21] = 1 }),
		"with options":                 edit(func(b []byte) { b[14] = 0x46 }),
		"TCP":                          edit(func(b []byte) { b[23] = 6 }),
		"IPv6":                         edit(func(b []byte) { b[12], b[13] = 0x86, 0xdd }),
		"UDP length beyond the packet": edit(func(b []byte) { b[39]++ }),
		"IP length beyond the frame":   edit(func(b []byte) { b[17]++; b[39]++ }),
		"for another host":             edit(func(b []byte) { b[0] = 2 }),
		"longer than a frame":          frame(phone, here, append(sound(100), make([]byte, 1400)...)),
		"empty":                        make([]byte, 14),
	} {
		if v, out := run(t, p, in); v != next || string(out) != string(in) {
			t.Errorf("%s: verdict %d, changed: %t", what, v, string(out) != string(in))
		}
	}
	if f := s.Read(); f.Packets != 0 || f.Seq != 99 || f.Flood != 0 {
		t.Errorf("%+v", f)
	}
	if v, _ := run(t, p, frame(phone, here, short)); v != redirected {
		t.Errorf("the shortest that is one: %d", v)
	}
}

func TestFollowsTheSequence(t *testing.T) {
	p := open(t, 8)
	f := flow()
	f.Seq = 65530
	s := put(t, p, f, 1, 1000)
	for _, step := range []struct {
		seq, max uint16
		v        int32
	}{
		{65535, 65535, redirected}, {2, 2, redirected}, {0, 2, redirected}, {65500, 2, redirected}, // late ones pass
		{2 + maxDropout - 1, 2 + maxDropout - 1, redirected}, {2 + 2*maxDropout, 2 + maxDropout - 1, next},
	} {
		if v, _ := run(t, p, frame(phone, here, sound(step.seq))); v != step.v || s.Read().Seq != step.max {
			t.Errorf("%d: verdict %d, highest %d, want %d and %d", step.seq, v, s.Read().Seq, step.v, step.max)
		}
	}
	s.Follow(Stream{Source: 9, Type: 0, Seq: 5, Clock: 8000})
	if v, _ := run(t, p, frame(phone, here, rtp.Append(nil, rtp.Header{Type: 0, Seq: 6, SSRC: 9}, nil))); v != redirected {
		t.Errorf("another stream: %d", v)
	}
}

func TestBudget(t *testing.T) {
	p := open(t, 8)
	s := put(t, p, flow(), 1, 3)
	for i := range uint16(5) {
		want := int32(redirected)
		if i >= 3 {
			want = drop
		}
		if v, _ := run(t, p, frame(phone, here, sound(100+i))); v != want {
			t.Errorf("packet %d: %d", i, v)
		}
	}
	if f := s.Read(); f.Packets != 3 || f.Flood != 2 || f.Seq != 102 {
		t.Errorf("%+v", f)
	}
	s.Renew(1)
	if v, _ := run(t, p, frame(phone, here, sound(105))); v != redirected {
		t.Errorf("after Renew: %d", v)
	}
}

// Whatever comes, a packet is passed on whole with right checksums, or left as it was.
func FuzzProgram(f *testing.F) {
	p := open(f, 8)
	put(f, p, flow(), 1, 1<<30)
	f.Add(frame(phone, here, sound(100)))
	f.Add(frame(phone, here, []byte{0x80, 201, 0, 1, 0, 0, 0, 7, 0, 0, 0, 0}))
	f.Add(frame(other, here, sound(100)))
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) < 14 || len(in) > 3000 {
			return
		}
		out := make([]byte, len(in)+16)
		o := ebpf.RunOptions{Data: in, DataOut: out, Repeat: 1}
		verdict, err := p.program.Run(&o)
		if err != nil {
			return // no packet that an interface would bring
		}
		v, out := int32(verdict), o.DataOut
		switch v {
		case next:
			if string(out) != string(in) {
				t.Errorf("changed on its way up")
			}
		case redirected:
			if fold(in[14:34], 0) != 0xffff || binary.BigEndian.Uint16(in[40:]) != 0 && sumUDP(in) != 0xffff {
				return // wrong before, wrong behind
			}
			if fold(out[14:34], 0) != 0xffff || binary.BigEndian.Uint16(out[40:]) != 0 && sumUDP(out) != 0xffff || string(out[42:]) != string(in[42:]) {
				t.Errorf("in  % x\nout % x", in, out)
			}
		case drop:
		default:
			t.Errorf("verdict %d", v)
		}
	})
}
