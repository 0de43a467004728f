package media

import (
	"bytes"
	"net"
	"net/netip"
	"testing"
	"time"

	"cradle/media/rtp"
)

// longest is how long a packet is waited for.
const longest = 5 * time.Second

// wire is a socket that speaks packet by packet.
type wire struct {
	conn *net.UDPConn
	addr netip.AddrPort
}

func wireAt(t testing.TB, ip string) *wire { return wireOn(t, ip+":0") }

func wireOn(t testing.TB, at string) *wire {
	t.Helper()
	w := tryWire(t, netip.MustParseAddrPort(at))
	if w == nil {
		t.Fatalf("no socket at %s", at)
	}
	return w
}

// tryWire is wireOn where the port may be somebody else's; nil: it is.
func tryWire(t testing.TB, at netip.AddrPort) *wire {
	t.Helper()
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(at))
	if err != nil {
		return nil
	}
	t.Cleanup(func() { c.Close() })
	return &wire{c, c.LocalAddr().(*net.UDPAddr).AddrPort()}
}

func (w *wire) send(to netip.AddrPort, b []byte) {
	w.conn.WriteToUDPAddrPort(b, to) //nolint:errcheck // judged by what arrives
}

func (w *wire) expect(t testing.TB, want []byte) {
	t.Helper()
	got := w.next(longest)
	if !bytes.Equal(got, want) {
		t.Fatalf("got % x, want % x", got, want)
	}
}

// nothing checks that no packet waits. Call it after a counter has shown that the relay is through.
func (w *wire) nothing(t testing.TB) {
	t.Helper()
	if got := w.next(2 * time.Millisecond); got != nil {
		t.Fatalf("got % x, want nothing", got)
	}
}

func (w *wire) next(d time.Duration) []byte {
	b := make([]byte, 2048)
	w.conn.SetReadDeadline(time.Now().Add(d)) //nolint:errcheck // a socket that is open
	n, err := w.conn.Read(b)
	if err != nil {
		return nil
	}
	return b[:n]
}

func packet(pt uint8, seq uint16, ssrc uint32) []byte {
	return rtp.Append(nil, rtp.Header{Type: pt, Seq: seq, Time: uint32(seq) * 160, SSRC: ssrc}, []byte("sound"))
}

// report is an empty receiver report.
func report(ssrc byte) []byte { return []byte{0x80, 201, 0, 1, 0, 0, 0, ssrc} }

// pair bridges two legs whose parties are wires; the first signals from sip.
func pair(t testing.TB, r *Relay, a, b *wire, sip string) (sa, sb *Session) {
	t.Helper()
	p := Party{}
	if sip != "" {
		p.Signalled = netip.MustParseAddr(sip)
	}
	sa = session(t, r, p)
	sb = session(t, r, Party{With: sa})
	mustSet(t, sa, say(a.addr))
	mustSet(t, sb, say(b.addr))
	Bridge(sa, sb)
	settle(sa)
	return sa, sb
}
