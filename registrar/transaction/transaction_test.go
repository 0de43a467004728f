package transaction

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/registrar/sipmsg"
)

var (
	phone  = Flow{netip.MustParseAddrPort("192.0.2.1:5060"), netip.MustParseAddrPort("192.0.2.7:1024"), sipmsg.UDP}
	stream = Flow{phone.Local, phone.Remote, sipmsg.TCP}
)

// wire notes what is sent, and when.
type wire struct {
	*testing.T
	*Layer
	begun time.Time
	got   []*Server
	reqs  []*sip.Request

	mu     sync.Mutex
	sent   []string // first line, and the seconds since the beginning
	ways   []Flow   // by which it was sent; nil: that does not matter
	broken error
}

func newWire(t *testing.T) *wire {
	w := &wire{T: t, begun: time.Now()}
	w.Layer = New(Config{Write: w.write, Request: func(req *sip.Request, tx *Server) { w.got, w.reqs = append(w.got, tx), append(w.reqs, req) }})
	t.Cleanup(w.Close)
	return w
}

func (w *wire) write(f Flow, b []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	line, _, _ := strings.Cut(string(b), "\r\n")
	line = strings.TrimSuffix(strings.TrimPrefix(line, "SIP/2.0 "), " sip:x@192.0.2.7 SIP/2.0")
	if w.sent = append(w.sent, fmt.Sprintf("%s %g", line, time.Since(w.begun).Seconds())); w.ways != nil {
		w.ways = append(w.ways, f)
	}
	return w.broken
}

// expect compares what was sent since it was asked last.
func (w *wire) expect(want ...string) {
	w.Helper()
	synctest.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Equal(w.sent, want) {
		w.Errorf("sent %q, want %q", w.sent, want)
	}
	w.sent = nil
}

func (w *wire) empty() {
	w.Helper()
	synctest.Wait()
	if s, c := w.Len(); s+c != 0 || len(w.streams) != 0 {
		w.Errorf("%d requests in, %d out and %d connections are left", s, c, len(w.streams))
	}
}

func request(method sip.RequestMethod, branch string) *sip.Request {
	text := fmt.Sprintf("%s sip:x@192.0.2.7 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.7;branch=%s;rport\r\nFrom: <sip:a@b>;tag=f\r\nTo: <sip:x@b>\r\n"+
		"Route: <sip:r;lr>\r\nCall-ID: c\r\nCSeq: 7 %s\r\nContent-Length: 0\r\n\r\n", method, branch, method)
	m, err := sip.ParseMessage([]byte(text))
	if err != nil {
		panic(err)
	}
	return m.(*sip.Request)
}

const branch = "z9hG4bK1"

func (w *wire) in(method sip.RequestMethod, f Flow) { w.Receive(request(method, branch), f) }

func (w *wire) respond(status int) error {
	return w.got[len(w.got)-1].Respond(sip.NewResponseFromRequest(w.reqs[len(w.reqs)-1], status, "R", nil))
}

func (w *wire) must(err error) {
	w.Helper()
	if err != nil {
		w.Error(err)
	}
}

// An INVITE that comes again gets the newest provisional answer; a refusal is
// repeated until its ACK, or for 32 s (Timers G, H and I).
func TestRefusedInvite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		w.in(sip.INVITE, phone)
		w.in(sip.INVITE, phone)
		w.expect()
		w.must(w.respond(180))
		w.in(sip.INVITE, phone)
		w.must(w.respond(486))
		w.in(sip.INVITE, phone)
		w.expect("180 R 0", "180 R 0", "486 R 0", "486 R 0")
		time.Sleep(4 * time.Second)
		w.expect("486 R 0.5", "486 R 1.5", "486 R 3.5")
		w.in(sip.ACK, phone)
		w.in(sip.ACK, phone)
		w.in(sip.INVITE, phone)
		time.Sleep(4900 * time.Millisecond)
		if s, _ := w.Len(); s != 1 || len(w.got) != 1 {
			t.Errorf("%d transactions, %d requests told", s, len(w.got))
		}
		time.Sleep(time.Second)
		w.expect()
		w.empty()
	})
}

func TestRefusalWithoutACK(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		w.in(sip.INVITE, phone)
		w.must(w.respond(486))
		ended := 0
		w.got[0].OnTerminate(func() { ended++ })
		time.Sleep(40 * time.Second)
		w.expect("486 R 0", "486 R 0.5", "486 R 1.5", "486 R 3.5", "486 R 7.5", "486 R 11.5", "486 R 15.5", "486 R 19.5", "486 R 23.5", "486 R 27.5", "486 R 31.5")
		w.empty()
		if ended != 1 || w.got[0].OnTerminate(func() {}) || !errors.Is(w.respond(486), ErrEnded) {
			t.Error("what is over takes more")
		}
	})
}

// A 2xx is its owner's to repeat, and the ACK to it is the owner's, whatever its branch.
func TestAcceptedInvite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		w.in(sip.INVITE, phone)
		w.must(w.respond(200))
		time.Sleep(10 * time.Second)
		w.in(sip.INVITE, phone)
		w.expect("200 R 0")
		w.must(w.respond(200))
		if !errors.Is(w.respond(500), ErrEnded) {
			t.Error("a refusal after the 200")
		}
		w.expect("200 R 10")
		w.in(sip.ACK, phone)
		if len(w.got) != 2 || !w.reqs[1].IsAck() {
			t.Fatal("the ACK was not told")
		}
		w.got[1].Terminate() // it is none, and nothing happens
		time.Sleep(30 * time.Second)
		w.empty()
		w.in(sip.ACK, phone) // of nobody
		if len(w.got) != 3 {
			t.Error("an ACK without a transaction is not told")
		}
		w.empty()
	})
}

// A request is answered again for 8 s, not longer; one that nobody answers ends
// when its sender has given up.
func TestOtherRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		w.in(sip.BYE, phone)
		w.must(w.respond(200))
		w.got[0].TerminateGracefully()
		time.Sleep(7 * time.Second)
		w.in(sip.BYE, phone)
		w.expect("200 R 0", "200 R 7")
		time.Sleep(2 * time.Second)
		w.empty()
		w.in(sip.INFO, phone)
		time.Sleep(33 * time.Second)
		w.expect()
		w.empty()
		w.in(sip.INFO, phone)
		w.got[2].TerminateGracefully() // nothing was answered
		w.empty()
	})
}

// On a connection nothing is repeated, and everything ends with it.
func TestConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		w.in(sip.BYE, stream)
		w.must(w.respond(200))
		w.empty()
		w.in(sip.INVITE, stream)
		w.must(w.respond(486))
		time.Sleep(10 * time.Second)
		w.expect("200 R 0", "486 R 0")
		w.in(sip.ACK, stream)
		w.empty()
		w.in(sip.INFO, stream)
		w.must(w.respond(100))
		w.must(w.respond(200)) // the 100 was not the end
		w.expect("100 R 10", "200 R 10")
		w.empty()
		w.in(sip.INVITE, stream)
		gone, why := false, error(nil)
		w.got[3].OnTerminate(func() { gone = true })
		_, err := w.Request(request(sip.INVITE, "z9hG4bKours"), stream, func(_ *sip.Response, err error) { why = err })
		w.must(err)
		other := stream
		other.Remote = netip.MustParseAddrPort("192.0.2.8:1")
		w.Lost(other)
		synctest.Wait()
		if gone || why != nil {
			t.Error("another connection was lost")
		}
		other = stream
		other.Local = netip.MustParseAddrPort("192.0.2.2:5060") // a binding may name another address of ours
		w.Lost(other)
		synctest.Wait()
		if !gone || !errors.Is(why, ErrTransport) {
			t.Error(gone, why)
		}
		w.empty()
	})
}

// A CANCEL is answered with the tag of the INVITE's answers and told once; only a
// refusal ends the INVITE then. From elsewhere it cancels nothing.
func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		w.in(sip.INVITE, phone)
		w.reqs[0].To().Params.Add("tag", "ours")
		w.must(w.respond(180))
		told := 0
		if !w.got[0].OnCancel(func() { told++ }) {
			t.Error("cancelled before it was")
		}
		stranger := phone
		stranger.Remote = netip.MustParseAddrPort("203.0.113.1:5060")
		w.in(sip.CANCEL, stranger)
		if told != 0 {
			t.Fatal("a stranger cancels a call")
		}
		var answer string
		w.c.Write = func(f Flow, b []byte) error { answer = string(b); return w.write(f, b) }
		w.in(sip.CANCEL, phone)
		w.in(sip.CANCEL, phone)
		if told != 1 || !strings.Contains(answer, "tag=ours") {
			t.Errorf("told %d times, answered %q", told, answer)
		}
		if len(w.got) != 1 || !errors.Is(w.respond(200), ErrCancelled) || !errors.Is(w.respond(183), ErrCancelled) {
			t.Error("a call that was cancelled is answered")
		}
		if w.got[0].OnCancel(func() {}) {
			t.Error("who asks late is not told")
		}
		w.must(w.respond(487))
		w.in(sip.ACK, phone)
		w.expect("180 R 0", "481 Call/Transaction Does Not Exist 0", "200 OK 0", "200 OK 0", "487 R 0")
		time.Sleep(6 * time.Second)
		w.empty()
	})
}

// Requests are told apart as the RFCs say, also of senders before RFC 3261.
func TestWhatIsTheSame(t *testing.T) {
	w := newWire(t)
	for _, b := range []string{"z9hG4bKa", "z9hG4bKa", "z9hG4bKb", "old", "older"} {
		w.Receive(request(sip.INFO, b), phone)
	}
	if len(w.got) != 3 {
		t.Errorf("%d requests", len(w.got))
	}
	rebound := phone
	rebound.Remote = netip.AddrPortFrom(phone.Remote.Addr(), 4000)
	w.Receive(request(sip.INFO, "z9hG4bKa"), rebound)
	w.Receive(request(sip.BYE, "z9hG4bKa"), phone)
	if len(w.got) != 4 {
		t.Errorf("%d requests", len(w.got))
	}
	bare := request(sip.INFO, "z9hG4bKc")
	bare.RemoveHeader("Via")
	w.Receive(bare, phone)
	bare = request(sip.INFO, "old")
	bare.RemoveHeader("From")
	w.Receive(bare, phone)
	if len(w.got) != 4 {
		t.Error("what cannot be answered is told")
	}
}

func TestAWriteThatFails(t *testing.T) {
	w := newWire(t)
	w.broken = errors.New("no way")
	w.in(sip.INVITE, phone)
	if err := w.respond(180); !errors.Is(err, ErrTransport) || !errors.Is(err, w.broken) {
		t.Error(err)
	}
	if _, err := w.Request(request(sip.BYE, "z9hG4bK2"), phone, func(*sip.Response, error) { t.Error("told twice") }); !errors.Is(err, ErrTransport) {
		t.Error(err)
	}
	if s, c := w.Len(); s+c != 0 {
		t.Error("a transaction is left")
	}
}

// Close ends everything and tells who waits; nothing begins after it.
func TestClose(t *testing.T) {
	w := newWire(t)
	w.in(sip.INVITE, phone)
	ended, why := false, error(nil)
	w.got[0].OnTerminate(func() { ended = true })
	_, err := w.Request(request(sip.BYE, "z9hG4bK2"), phone, func(_ *sip.Response, err error) { why = err })
	w.must(err)
	w.Close()
	if !ended || !errors.Is(why, ErrEnded) {
		t.Error(ended, why)
	}
	w.in(sip.INFO, phone)
	if _, err := w.Request(request(sip.BYE, "z9hG4bK3"), phone, nil); !errors.Is(err, ErrEnded) || len(w.got) != 1 {
		t.Error("something begins after the end")
	}
	if s, c := w.Len(); s+c != 0 {
		t.Error("a transaction is left")
	}
}

// A reader writes to its own connection and to nobody else's, who may not read: what
// comes by another way belongs to no transaction of a connection.
func TestConnectionsAreApart(t *testing.T) {
	w := newWire(t)
	w.ways = []Flow{}
	w.in(sip.INVITE, stream)
	w.must(w.respond(486))
	port := stream
	port.Remote = netip.AddrPortFrom(stream.Remote.Addr(), 4000)
	heard := 0
	_, err := w.Request(request(sip.INVITE, "z9hG4bKours"), stream, func(*sip.Response, error) { heard++ })
	w.must(err)
	w.ways = w.ways[:0]
	for _, way := range []Flow{phone, port} {
		w.in(sip.INVITE, way)
		w.in(sip.CANCEL, way)
		w.Receive(sip.NewResponseFromRequest(request(sip.INVITE, "z9hG4bKours"), 486, "R", nil), way)
	}
	if slices.Contains(w.ways, stream) || heard != 0 {
		t.Errorf("written by %v, %d answers heard", w.ways, heard)
	}
	w.Receive(sip.NewResponseFromRequest(request(sip.INVITE, "z9hG4bKours"), 486, "R", nil), stream)
	if heard != 1 {
		t.Error("the answer by the connection itself was not heard")
	}
}

// A timer that has run out in the moment in which something came is late.
func TestLateTimerOfARefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		w.in(sip.INVITE, phone)
		w.must(w.respond(486))
		tx := w.got[0]
		tx.mu.Lock()
		time.Sleep(500 * time.Millisecond) // Timer G runs out and waits for the lock
		tx.state = serverConfirmed
		tx.arm(t4, 0)
		tx.mu.Unlock()
		time.Sleep(t4 - time.Millisecond)
		if s, _ := w.Len(); s != 1 {
			t.Error("the late timer ended it")
		}
		w.expect("486 R 0")
		time.Sleep(time.Millisecond)
		w.empty()
	})
}

// No text becomes a header or a further message, wherever it stands.
func TestText(t *testing.T) {
	for _, evil := range []string{"x\r\nEvil: 1", "x\nEvil: 1", "x\rEvil: 1", "x\r\n\r\nbody", strings.Repeat("\r\nEvil: 1", 7) + "\r\n\r\n"} {
		for _, put := range []func(req *sip.Request){
			func(req *sip.Request) { req.From().DisplayName = evil },
			func(req *sip.Request) { req.AppendHeader(sip.NewHeader("Subject", evil)) },
			func(req *sip.Request) { req.Recipient.User = evil },
		} {
			req := request(sip.INVITE, branch)
			req.SetBody([]byte("v=0\r\n\r\n"))
			if _, err := Text(req); err != nil {
				t.Fatal(err)
			}
			put(req)
			if b, err := Text(req); !errors.Is(err, ErrMalformed) {
				t.Errorf("%q was sent as\n%s", evil, b)
			}
		}
	}
}
