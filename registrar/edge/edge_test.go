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
	"cradle/registrar/transaction"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const message = "MESSAGE sip:a SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK%s\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: %s\r\nCSeq: 1 MESSAGE\r\nk: path\r\nContent-Length: 0\r\n\r\n"

func open(t *testing.T, listen string, request func(*sip.Request, *transaction.Server)) *Edge {
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

func ok(req *sip.Request, tx *transaction.Server) {
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
	e := open(t, "127.0.0.1:0", func(req *sip.Request, tx *transaction.Server) {
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
		t.Error("the parser's own table was written to")
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

// A request that comes when the door is closed goes nowhere, and says so.
func TestNothingIsSentAfterClose(t *testing.T) {
	e := open(t, "127.0.0.1:0", ok)
	e.Close()
	phone := Route{Remote: netip.MustParseAddrPort("127.0.0.1:9")}
	req := sip.NewRequest(sip.BYE, sip.Uri{Host: "127.0.0.1", Port: 9})
	req.AppendHeader(&sip.ViaHeader{ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: "UDP", Host: "127.0.0.1", Params: sip.HeaderParams{{K: "branch", V: "z9hG4bK1"}}})
	req.AppendHeader(&sip.CSeqHeader{SeqNo: 1, MethodName: sip.BYE})
	if _, err := e.Request(phone, req, nil); !errors.Is(err, errNotStarted) {
		t.Errorf("Request: %v", err)
	}
	if err := e.Write(phone, []byte("x")); err == nil {
		t.Error("written by a door that is closed")
	}
}

// TestGroupBesideTheWildcard: as it is delivered, the door is bound to every
// address and plug-and-play to its group, on one port.
func TestGroupBesideTheWildcard(t *testing.T) {
	e := open(t, "0.0.0.0:0", func(*sip.Request, *transaction.Server) {})
	group := netip.AddrPortFrom(netip.MustParseAddr("224.0.1.75"), e.Addr().Port())
	if err := e.OpenGroup(context.Background(), group, []string{"lo"}, func(*Packet) {}); err != nil {
		t.Fatal(err)
	}
}
