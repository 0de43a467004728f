package edge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
	"go.uber.org/goleak"

	"cradle/registrar/sipmsg"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const message = "MESSAGE sip:a SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK%s\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: %s\r\nCSeq: 1 MESSAGE\r\nk: path\r\nContent-Length: 0\r\n\r\n"

func open(t *testing.T, listen string, request func(*sip.Request, *sip.ServerTx)) *Edge {
	t.Helper()
	e, err := Open(context.Background(), Config{Listen: listen, Log: slog.New(slog.DiscardHandler), Request: request,
		Screen: func(p *Packet) bool { return sipmsg.Parse(p.Data, &p.Msg) == sipmsg.Fine }})
	if err != nil {
		t.Fatal(err)
	}
	e.Start()
	t.Cleanup(e.Close)
	return e
}

func ok(req *sip.Request, tx *sip.ServerTx) {
	_ = tx.Respond(sip.NewResponseFromRequest(req, 200, "OK", nil))
	tx.Terminate()
}

func ask(t *testing.T, e *Edge, id string) string {
	t.Helper()
	c, err := net.Dial("udp4", fmt.Sprintf("127.0.0.1:%d", e.Addr().Port()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // a test
	_, _ = fmt.Fprintf(c, message, id, id)
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	b := make([]byte, 4096)
	n, err := c.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[:n])
}

// sipgo keeps every source it has ever seen; a new connection in its place
// empties that list, and nobody notices.
func TestSourcesAreForgotten(t *testing.T) {
	e := open(t, "0.0.0.0:0", ok)
	for i := range 50 {
		ask(t, e, fmt.Sprint("one", i))
	}
	at := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), e.Addr().Port())
	old := e.local(at)
	pool := e.tp.Pool("udp")
	if n := pool.Size(); n < 50 {
		t.Fatalf("%d sources", n)
	}
	e.goDo(old.retire)
	for end := time.Now().Add(5 * time.Second); e.local(at) == old; {
		if time.Now().After(end) {
			t.Fatal("not replaced")
		}
	}
	ask(t, e, "between") // while both are open
	_ = old.Close()
	for end := time.Now().Add(5 * time.Second); pool.Size() > 3; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d sources", pool.Size())
		}
	}
	if got := ask(t, e, "after"); !strings.HasPrefix(got, "SIP/2.0 200") {
		t.Error(got)
	}
}

// Every UDP socket is read, and an answer comes back from each.
func TestEverySocketIsRead(t *testing.T) {
	e := open(t, "127.0.0.1:0", ok)
	for i := range 64 {
		if got := ask(t, e, fmt.Sprint("s", i)); !strings.HasPrefix(got, "SIP/2.0 200") {
			t.Fatal(got)
		}
	}
	if e.Passed.Load() != 64 || len(e.udp4) != e.c.Readers {
		t.Error(e.Passed.Load(), len(e.udp4))
	}
}

func TestCompactNamesAreNormalised(t *testing.T) {
	var supported atomic.Value
	e := open(t, "127.0.0.1:0", func(req *sip.Request, tx *sip.ServerTx) {
		if h := req.GetHeader("Supported"); h != nil {
			supported.Store(h.Value())
		}
		ok(req, tx)
	})
	ask(t, e, "k")
	if supported.Load() != "path" {
		t.Error("k: is not Supported")
	}
	if sip.DefaultHeadersParser()["k"] != nil {
		t.Error("sipgo's own table was written to")
	}
}

func TestAPanicDropsOneMessage(t *testing.T) {
	e, err := Open(context.Background(), Config{Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler), Request: ok,
		Screen: func(p *Packet) bool {
			if strings.Contains(string(p.Data), "bad") {
				panic("boom")
			}
			return sipmsg.Parse(p.Data, &p.Msg) == sipmsg.Fine
		}})
	if err != nil {
		t.Fatal(err)
	}
	e.Start()
	defer e.Close()
	c, _ := net.Dial("udp4", e.Addr().String())
	defer c.Close() //nolint:errcheck // a test
	for range 10 {
		_, _ = fmt.Fprintf(c, message, "bad", "bad")
	}
	if got := ask(t, e, "good"); !strings.HasPrefix(got, "SIP/2.0 200") {
		t.Error(got)
	}
}

func TestPktinfoRoundTrip(t *testing.T) {
	for _, s := range []string{"127.0.0.9", "2001:db8::7"} {
		a := netip.MustParseAddr(s)
		if got := localOf(appendFrom(nil, a)); got != a {
			t.Errorf("%s: %s", s, got)
		}
	}
	if localOf([]byte("garbage that is no control message at all")).IsValid() {
		t.Error("garbage read as an address")
	}
}

// TestNothingIsSentAfterClose: sipgo would open a socket of its own for a request
// whose connection is gone, and nobody would ever close it.
func TestNothingIsSentAfterClose(t *testing.T) {
	e := &Edge{}
	e.left = true
	req := sip.NewRequest(sip.BYE, sip.Uri{Host: "127.0.0.1", Port: 9})
	if _, err := e.Request(context.Background(), Route{}, req); !errors.Is(err, errNotStarted) {
		t.Errorf("Request: %v", err)
	}
	if err := e.Write(Route{}, req); !errors.Is(err, errNotStarted) {
		t.Errorf("Write: %v", err)
	}
}

// TestGroupBesideTheWildcard: as it is delivered, the door is bound to every
// address and plug-and-play to its group, on one port.
func TestGroupBesideTheWildcard(t *testing.T) {
	e := open(t, "0.0.0.0:0", func(*sip.Request, *sip.ServerTx) {})
	group := netip.AddrPortFrom(netip.MustParseAddr("224.0.1.75"), e.Addr().Port())
	if err := e.OpenGroup(context.Background(), group, []string{"lo"}, func(*Packet) {}); err != nil {
		t.Fatal(err)
	}
}
