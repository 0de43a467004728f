package registrar

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"cradle/registrar/edge"
	"cradle/registrar/siptest"
)

// traps lists what a SIP stack, the one below us among them, falls into, and the
// tests of ours that walk past it. TestTraps looks whether they are there.
var traps = []struct{ trap, tests string }{
	{"a client that says nothing, or half a word, delays others: in its handshake, its upgrade, its message", "TestSilentHandshakesDelayNobody TestSilentWebSocketsDelayNobody TestSilentStreamsDelayNobody"},
	{"a connection that proves nothing stays for ever", "TestUntrustedConnectionsEnd TestHandshakesEndAtTheirDeadline TestUntrustedWebSocketsEnd"},
	{"a message goes to another phone's connection: same local address, same port used again", "TestWebSocketFlows TestAPortUsedAgain"},
	{"a response whose connection is gone is sent where its Via says, after asking a name server", "TestDeadConnectionsAreNeverDialled"},
	{"a Contact is dialled or resolved", "TestInviteGoesByTheFlow"},
	{"a listener ends by what it reads: an error of the read filter, a panic, garbage", "TestListenersSurviveAnything TestAPanicDropsOneMessage TestTortureOverTCP TestGarbageInsteadOfAClientHello TestStreamsThatCannotBeFramedEnd TestWebSocketFaults"},
	{"an accept error ends the listener; caps are not counted from the first moment", "TestConnectionCaps TestCapsCountHandshakes TestWebSocketCaps"},
	{"every source address ever seen is kept", "TestMemoryAfterAFlood TestSourcesAreBounded"},
	{"idle connections leave goroutines, memory or descriptors behind", "TestIdleTLSConnectionsLeaveNothing"},
	{"compact names are not known for what they are", "TestCompactNamesAreNormalised TestTorture"},
	{"folded, oversized, repeated headers; lengths that lie", "TestRFC4475 TestStreamFraming TestStreamsThatCannotBeFramedEnd"},
	{"IPv6 in every place", "TestRFC5118 TestIPv6"},
	{"the answer goes to the Via's port unless the phone asked for rport", "TestAnswerNamesTheRealSource TestTorture"},
	{"the answer leaves from another address than was asked", "TestAnswersLeaveFromWhereTheyWereAsked"},
	{"a custom transport silently has no filter", "TestScreenSeesEveryTransport"},
	{"a panic in a handler ends the process", "TestPanicIsAnswered500 TestAPanicDropsOneMessage"},
	{"a transaction nobody ends stays: ACK, forgotten answers", "TestInDialog TestOtherRequests TestRefusalWithoutACK"},
	{"a CANCEL from elsewhere ends a call, or crosses its answer", "TestCancel"},
	{"two answers to one request have different To tags", "TestRefusalIsRepeatedAsItWas"},
	{"WebSocket: no pong, fragments lost, binary ignored, any path and origin", "TestWebSocketFrames TestWebSocketHandshakes"},
	{"CRLF and STUN keep-alives", "TestStreamFraming TestKeepAlivesOnUDP TestWebSocketFrames"},
	{"text from records becomes headers", "TestNoHeaderInjection TestDropHeaders"},
	{"a request is sent after the door was closed, by a socket of the stack's own", "TestNothingIsSentAfterClose"},
	{"credentials serve twice, or for another number", "TestCredentialsServeOnce TestNonceCounts"},
	{"a rebooted phone leaves ghosts; two flows ring twice", "TestReplaceInPlace TestNoGhosts TestOneFlowOfAPhone"},
	{"a certificate is read once", "TestCertificateIsAskedForEachTime"},
	{"datagrams larger than an Ethernet frame are refused", "TestInviteGoesByTheFlow"},
}

func TestTraps(t *testing.T) {
	var all strings.Builder
	files, _ := filepath.Glob("*_test.go")
	more, _ := filepath.Glob("*/*_test.go")
	for _, f := range append(files, more...) {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(b)
	}
	for _, x := range traps {
		for name := range strings.FieldsSeq(x.tests) {
			if !strings.Contains(all.String(), "func "+name+"(t *testing.T)") {
				t.Errorf("%s: there is no test %s", x.trap, name)
			}
		}
	}
}

func TestSilentStreamsDelayNobody(t *testing.T) {
	h := newHouse(t, 0)
	r := h.door("127.0.0.1:0", nil)
	for i := range 40 {
		c := dial(t, r, "127.0.0.1")
		_, _ = c.Write([]byte(fmt.Sprintf(optionsTCP, 1, 1, 5, "")[:i*3]))
	}
	mustAnswer(t, h, r)
}

// Whatever comes in, the next one is served.
func TestListenersSurviveAnything(t *testing.T) {
	h := newHouse(t, 0)
	r := h.door("127.0.0.1:0", nil)
	dice := rand.New(rand.NewPCG(1, 2))
	good := options("x")
	for _, transport := range transports {
		for i := range 40 {
			b := make([]byte, dice.IntN(3000))
			for j := range b {
				b[j] = byte(dice.Uint32())
			}
			if i%2 == 0 { // nearly a message
				b = bytes.Clone(good)
				for range 1 + dice.IntN(4) {
					b[dice.IntN(len(b))] = byte(dice.Uint32())
				}
			}
			c := h.line(t, r, transport)
			raw := c.Conn
			if s, ok := raw.(*siptest.Socket); ok && i%4 > 1 {
				raw = s.Conn // not even frames
			}
			_, _ = raw.Write(b)
			_ = c.Close()
		}
		if got := h.torment(t, r, transport, []byte("\r\n"), false); len(got) != 0 {
			t.Errorf("%s: %v", transport, got)
		}
	}
	if n := r.edge.Panics.Load(); n != 0 {
		t.Errorf("%d panics", n)
	}
}

// A flood from 100,000 sources leaves nothing that grows: not in the budgets, and
// what is not let through never reaches the stack, which would remember it.
func TestMemoryAfterAFlood(t *testing.T) {
	h := newHouse(t, 0)
	r, err := New(context.Background(), Config{Directory: h.dir})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(context.Background()) //nolint:errcheck // a test
	flood := func(network byte) uint64 {
		m := options("flood")
		out := make([]byte, 0, 4096)
		for i := range 100_000 {
			source := netip.AddrPortFrom(netip.AddrFrom4([4]byte{network, byte(i >> 16), byte(i >> 8), byte(i)}), uint16(1024+i%60000))
			p := edge.NewPacket(source, netip.MustParseAddrPort("192.0.2.1:5060"), func(*edge.Packet, []byte) {})
			p.Data, p.Out = m, out
			if r.screen(&p) {
				t.Fatal("it is let through")
			}
		}
		runtime.GC()
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		return s.HeapAlloc
	}
	before := flood(11) // fills the budgets to their bound
	if after := flood(12); after > before+4<<20 {
		t.Errorf("a second flood left %d bytes more", after-before)
	}
	door := h.door("127.0.0.1:0", nil)
	for range 300 {
		c, err := net.Dial("udp4", door.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.Write(options("port"))
		_ = c.Close()
	}
	until(t, "all are read", func() bool { return door.edge.Screened.Load() >= 200 })
	if n := door.edge.Passed.Load(); n != 0 {
		t.Errorf("%d reached the stack", n)
	}
}
