package registrar

import (
	"context"
	"crypto/md5" //nolint:gosec // what phones speak
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/directory"
	"cradle/registrar/auth"
	"cradle/registrar/siptest"
	"cradle/registrar/transaction"
)

func TestNotify(t *testing.T) {
	h := newHouse(t, 1)
	r := h.door("0.0.0.0:0", nil)
	if err := r.Notify(soon(t), h.account(0).User, "check-sync", "", nil); !errors.Is(err, ErrNotRegistered) {
		t.Fatal(err)
	}
	for _, transport := range transports {
		t.Run(transport, func(t *testing.T) {
			got, door := make(chan *siptest.Msg, 4), h.doorPort(r, transport)
			answer := make(chan int, 4)
			contact := "sip:a%31;x=%20y@10.1.2.3:05060;Line=z;transport=" + transport + ";q=\"x\""
			if transport != "udp" {
				contact = "sip:2001@[2001:db8::1]:5060;ob"
			}
			p := h.phone(r, 0, func(c *siptest.Config) {
				c.Server, c.Transport, c.Contact = fmt.Sprintf("127.0.0.3:%d", door), transport, contact+"?Route=%3Csip:evil%3E"
				c.OnNotify = func(m *siptest.Msg) int { got <- m; return <-answer }
			})
			if transport == "udp" {
				// Quotes have no place in a URI; the others are kept byte for byte.
				contact = strings.ReplaceAll(contact, ";q=\"x\"", "")
				p.SetContact(contact + "?Route=%3Csip:evil%3E")
			}
			mustRegister(t, p)
			answer <- 200
			if err := r.Notify(soon(t), p.User(), "check-sync;reboot=false", "text/plain", []byte("hello")); err != nil {
				t.Fatal(err)
			}
			m := <-got
			if m.URI != contact {
				t.Errorf("Request-URI %q, want %q", m.URI, contact)
			}
			if m.Get("Event") != "check-sync;reboot=false" || string(m.Body) != "hello" || m.Get("Subscription-State") == "" || siptest.Param(m.Get("From"), "tag") == "" {
				t.Error(m.Raw)
			}
			if c := m.Get("Contact"); !strings.Contains(c, fmt.Sprintf(":%d", door)) || strings.Contains(c, ";transport="+strings.TrimSuffix(transport, "s")) != (transport != "udp") {
				t.Errorf("Contact %s", c)
			}
			// It leaves from the address the phone registered at.
			if want := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.3"), door); m.From != want || !strings.HasPrefix(m.Get("Via"), "SIP/2.0/"+strings.ToUpper(transport)+" "+want.String()) {
				t.Errorf("from %s, Via %s", m.From, m.Get("Via"))
			}
			for _, code := range []int{401, 489} { // a phone that wants credentials gets none
				answer <- code
				var s *Status
				if err := r.Notify(soon(t), p.User(), "check-sync", "", nil); !errors.As(err, &s) || s.Code != code {
					t.Error(err)
				}
			}
			answer <- 0
			ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
			defer cancel()
			if err := r.Notify(ctx, p.User(), "check-sync", "", nil); !errors.Is(err, ErrNoAnswer) {
				t.Error(err)
			}
			if _, err := p.Unregister(soon(t)); err != nil {
				t.Error(err)
			}
		})
	}
}

// Nothing that somebody typed becomes a header of its own.
func TestNoHeaderInjection(t *testing.T) {
	h := newHouse(t, 1)
	r := h.door("127.0.0.1:0", nil)
	p := h.phone(r, 0, nil)
	mustRegister(t, p)
	if err := r.Notify(soon(t), p.User(), "x\r\nRoute: <sip:evil>", "", nil); !errors.Is(err, ErrMalformed) {
		t.Error(err)
	}
}

// Contacts are never dialled: the flow is used, whatever the Contact says.
func TestInviteGoesByTheFlow(t *testing.T) {
	h := newHouse(t, 1)
	r := h.door("127.0.0.1:0", nil)
	p := h.phone(r, 0, func(c *siptest.Config) {
		c.Contact = "sip:x@does-not.exist.invalid:9"
		c.OnInvite = func(c *siptest.Call) { c.Ring(); c.Answer([]byte("v=0\r\n")) }
	})
	mustRegister(t, p)
	b := r.Lookup(p.User())[0]
	req := sip.NewRequest(sip.INVITE, ContactURI(b))
	req.AppendHeader(&sip.FromHeader{Address: sip.Uri{Scheme: "sip", User: "1", Host: "acme.example"}, Params: sip.HeaderParams{{K: "tag", V: "t"}}})
	req.AppendHeader(&sip.ToHeader{Address: sip.Uri{Scheme: "sip", User: p.User(), Host: "acme.example"}})
	call := sip.CallIDHeader("call-1")
	req.AppendHeader(&call)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: 1, MethodName: sip.INVITE})
	req.AppendHeader(r.contact(flowOf(b)))
	req.SetBody([]byte(strings.Repeat("a=x\r\n", 600))) // 3000 bytes: fragmented, not refused
	answers := make(chan *sip.Response, 8)
	tx, err := r.Request(soon(t), b, req, func(res *sip.Response, _ error) { answers <- res })
	if err != nil {
		t.Fatal(err)
	}
	var codes []int
	for len(codes) == 0 || codes[len(codes)-1] < 200 {
		select {
		case res := <-answers:
			codes = append(codes, res.StatusCode)
		case <-soon(t).Done():
			t.Fatal(codes)
		}
	}
	if codes[len(codes)-1] != 200 {
		t.Fatal(codes)
	}
	ack := sip.NewRequest(sip.ACK, ContactURI(b))
	for _, n := range []string{"From", "To", "Call-ID"} {
		sip.CopyHeaders(n, req, ack)
	}
	ack.AppendHeader(&sip.CSeqHeader{SeqNo: 1, MethodName: sip.ACK})
	if _, err := r.WriteACK(b, ack); err != nil {
		t.Fatal(err)
	}
	tx.Terminate()
}

// Answers leave from the address that was asked, also when one phone asks two
// addresses in turn, answered by us at once or after a transaction.
func TestAnswersLeaveFromWhereTheyWereAsked(t *testing.T) {
	h := newHouse(t, 1)
	var s seen
	r := h.door("0.0.0.0:0", func(r *Registrar) { r.Handle(sip.MESSAGE, s.handler(202)) })
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // a test
	p := h.phone(r, 0, nil)
	buf := make([]byte, 4096)
	exchange := func(to string, m *siptest.Msg) *siptest.Msg {
		t.Helper()
		dst := net.UDPAddrFromAddrPort(netip.MustParseAddrPort(to + ":" + port(r)))
		if _, err := c.WriteTo(m.Bytes(), dst); err != nil {
			t.Fatal(err)
		}
		_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
		n, from, err := c.ReadFromUDPAddrPort(buf)
		if err != nil {
			t.Fatal(err)
		}
		if from.String() != to+":"+port(r) {
			t.Errorf("%s: asked %s, answered by %s", m.Method, to, from)
		}
		res, _ := siptest.ParseMsg(buf[:n])
		return res
	}
	for range 3 {
		for _, to := range []string{"127.0.0.1", "127.0.0.2"} {
			if m := exchange(to, request(p, "OPTIONS", "sip:acme.example", "")); m.Status != 200 {
				t.Error(m.Raw)
			}
			m := request(p, "MESSAGE", "sip:1@acme.example", "")
			if again := p.Answer(exchange(to, m), m); again == nil {
				t.Fatal("no challenge")
			} else if res := exchange(to, again); res.Status != 202 {
				t.Error(res.Raw)
			}
		}
	}
	for i, peer := range s.all() {
		if want := []string{"127.0.0.1", "127.0.0.2"}[i%2]; peer.Local.Addr().String() != want {
			t.Errorf("local %s, want %s", peer.Local, want)
		}
	}
}

// A phone that asks who we are is answered once, with what its vendor's data say.
func TestNotifyAs(t *testing.T) {
	h := newHouse(t, 1)
	r := h.door("127.0.0.1:0", nil)
	var mu sync.Mutex
	var said []*siptest.Msg
	status, challenge := 401, `Digest realm="phone", nonce="n1", algorithm=MD5, qop="auth"`
	var p *siptest.Phone
	p = h.phone(r, 0, func(c *siptest.Config) {
		c.OnNotify = func(m *siptest.Msg) int {
			mu.Lock()
			defer mu.Unlock()
			said = append(said, m)
			v := m.Get("Authorization") + m.Get("Proxy-Authorization")
			got, ok := auth.Parse([]byte(v))
			sum := md5.Sum([]byte("admin:phone:s3cret")) //nolint:gosec // what phones speak
			secrets := auth.Secrets{MD5: new([32]byte), SHA256: new([64]byte)}
			hex.Encode(secrets.MD5[:], sum[:])
			if ok && got.Matches(secrets, []byte("NOTIFY")) && string(got.URI) == m.URI {
				return 200
			}
			header := map[int]string{401: "WWW-Authenticate", 407: "Proxy-Authenticate"}[status]
			p.Reply(m, m.Answer(status, "Unauthorized", "t").Add(header, challenge))
			return 0
		}
	})
	mustRegister(t, p)
	for _, c := range []struct {
		status    int
		challenge string
		password  string
		want      int // messages
		good      bool
	}{
		{401, `Digest realm="phone", nonce="n1", algorithm=MD5, qop="auth"`, "s3cret", 2, true},
		{407, `Digest realm="phone", nonce="n2"`, "s3cret", 2, true},
		{401, `Digest realm="phone", nonce="n3"`, "wrong", 2, false},
		{401, `Digest realm="phone", nonce="n3"`, "", 1, false},
		{401, `Basic realm="phone"`, "s3cret", 1, false},
	} {
		mu.Lock()
		said, status, challenge = nil, c.status, c.challenge
		mu.Unlock()
		err := r.NotifyAs(soon(t), p.User(), "check-sync", "admin", directory.NewSecret(c.password))
		var s *Status
		if (err == nil) != c.good || err != nil && (!errors.As(err, &s) || s.Code != c.status) {
			t.Errorf("%+v: %v", c, err)
		}
		mu.Lock()
		if len(said) != c.want || len(said) == 2 && (said[0].Get("Call-ID") != said[1].Get("Call-ID") || said[0].Get("CSeq") == said[1].Get("CSeq")) {
			t.Errorf("%+v: %d messages", c, len(said))
		}
		mu.Unlock()
	}
}

// A phone whose connection breaks before it answers is away, not silent: it will be
// back, and what was to be told it is told then.
func TestConnectionBreaksBeforeTheAnswer(t *testing.T) {
	h := newHouse(t, 1)
	r := h.door("127.0.0.1:0", nil)
	asked := make(chan struct{}, 1)
	p := h.phone(r, 0, func(c *siptest.Config) {
		c.Transport = "tcp"
		c.OnRequest = func(*siptest.Msg) bool { asked <- struct{}{}; return true }
	})
	mustRegister(t, p)
	go func() { <-asked; p.Close() }()
	if err := r.Notify(soon(t), p.User(), "check-sync", "", nil); !errors.Is(err, ErrFlowLost) {
		t.Error(err)
	}
}

func TestAllowNamesWhatIsServed(t *testing.T) {
	h := newHouse(t, 0)
	for want, handle := range map[string]bool{"CANCEL, INVITE, OPTIONS, REGISTER": true, "OPTIONS, REGISTER": false} {
		r := h.door("127.0.0.1:0", func(r *Registrar) {
			if handle {
				r.Handle(sip.INVITE, func(Peer, *sip.Request, *transaction.Server) {})
			}
		})
		if got := r.allowed(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
