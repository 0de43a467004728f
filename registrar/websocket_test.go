package registrar

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/directory"
	"cradle/registrar/edge"
	"cradle/registrar/siptest"
	"cradle/registrar/transaction"
)

// socket opens a WebSocket of the house by hand.
func (h *house) socket(r *Registrar, transport, origin string, more http.Header) (*siptest.Socket, *http.Response) {
	h.t.Helper()
	var look *tls.Config
	if transport == "wss" {
		look = &tls.Config{InsecureSkipVerify: true}
	}
	s, res, err := siptest.DialSocket(soon(h.t), &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}}, h.web(r, transport).String(), origin, look, more)
	if s == nil && res == nil {
		h.t.Fatal(err)
	}
	if s != nil {
		h.t.Cleanup(func() { _ = s.Close() })
		_ = s.SetReadDeadline(time.Now().Add(10 * time.Second))
	}
	return s, res
}

const optionsWS = "OPTIONS sip:acme.example SIP/2.0\r\nVia: SIP/2.0/WS x.invalid;branch=z9hG4bK%s\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:acme.example>\r\n" +
	"Call-ID: %s\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"

func options(id string) []byte { return fmt.Appendf(nil, optionsWS, id, id) }

// answered reads messages until one has that Call-ID.
func answered(t testing.TB, s *siptest.Socket, id string) {
	t.Helper()
	for {
		b := make([]byte, 65536)
		n, err := s.Read(b)
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		if m, _ := siptest.ParseMsg(b[:n]); m != nil && m.Get("Call-ID") == id {
			if m.Status != 200 {
				t.Errorf("%s: %s", id, m.Raw)
			}
			return
		}
	}
}

func TestWebSocketHandshakes(t *testing.T) {
	h := newHouse(t, 0)
	r := h.door("127.0.0.1:0", nil)
	own := h.web(r, "ws").String()
	for name, c := range map[string]struct {
		origin string
		more   http.Header
		want   int
	}{
		"as it should be":       {"", nil, 101},
		"no browser":            {siptest.NoOrigin, nil, 101},
		"letter case":           {"HTTP://" + own, http.Header{"Upgrade": {"WebSocket"}, "Connection": {"UPGRADE"}}, 101},
		"several protocols":     {"", http.Header{"Sec-Websocket-Protocol": {"chat, sip"}}, 101},
		"another origin":        {"http://elsewhere.example", nil, 403},
		"another port":          {"http://127.0.0.1:1", nil, 403},
		"an opaque origin":      {"null", nil, 403},
		"an empty origin":       {"", http.Header{"Origin": {" "}}, 403},
		"two origins":           {"", http.Header{"Origin": {"http://" + own, "http://elsewhere.example"}}, 403},
		"a file":                {"file://" + own, nil, 403},
		"a name that points us": {"http://evil.example", http.Header{"Host": {"evil.example"}}, 403},
		"another protocol":      {"", http.Header{"Sec-Websocket-Protocol": {"chat"}}, 400},
		"no protocol":           {"", http.Header{"Sec-Websocket-Protocol": {""}}, 400},
		"no upgrade":            {"", http.Header{"Upgrade": {""}}, 400},
		"upgrade to h2c":        {"", http.Header{"Upgrade": {"h2c"}}, 400},
		"no connection":         {"", http.Header{"Connection": {"close"}}, 400},
		"an old version":        {"", http.Header{"Sec-Websocket-Version": {"8"}}, 426},
		"a short key":           {"", http.Header{"Sec-Websocket-Key": {"AAAA"}}, 400},
		"no key":                {"", http.Header{"Sec-Websocket-Key": {""}}, 400},
	} {
		t.Run(name, func(t *testing.T) {
			_, res := h.socket(r, "ws", c.origin, c.more)
			if res.StatusCode != c.want {
				t.Errorf("%s, want %d", res.Status, c.want)
			}
			if c.want == 101 && res.Header.Get("Sec-WebSocket-Protocol") != "sip" {
				t.Error("the protocol is not agreed on")
			}
		})
	}
	if _, res := h.socket(r, "wss", "http://"+h.web(r, "wss").String(), nil); res.StatusCode != 403 {
		t.Error("a page without TLS opened a socket with TLS:", res.Status)
	}
}

// RFC 6455 section 1.3 gives this pair.
func TestWebSocketAcceptance(t *testing.T) {
	h := newHouse(t, 0)
	_, res := h.socket(h.door("127.0.0.1:0", nil), "ws", "", http.Header{"Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}})
	if got := res.Header.Get("Sec-WebSocket-Accept"); got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Error(got)
	}
}

// Without TLS only this machine and named proxies come in.
func TestPlainWebSocketFromOutside(t *testing.T) {
	h := newHouse(t, 0)
	r := h.door("127.0.0.1:0", nil)
	status := func(remote, host string) int {
		req := httptest.NewRequest(http.MethodGet, "http://"+host+"/ws", nil)
		req.RemoteAddr = remote
		w := httptest.NewRecorder()
		r.WebSocket().ServeHTTP(w, req)
		return w.Code
	}
	const refused, goesOn = 403, 400 // the handshake itself is missing here
	for _, c := range []struct {
		remote, host string
		want         int
	}{{"192.0.2.9:1000", "pbx.example", refused}, {"127.0.0.1:1000", "localhost:8080", goesOn}, {"[::1]:1000", "[::1]:8080", goesOn},
		{"[::ffff:127.0.0.1]:1000", "127.0.0.1", goesOn}, {"127.0.0.1:1000", "evil.example", refused}} {
		if got := status(c.remote, c.host); got != c.want {
			t.Errorf("%s asks %s: %d", c.remote, c.host, got)
		}
	}
	h.update(func(tx *directory.Tx) error {
		return tx.SetSetting(directory.Scope{Kind: "appliance"}, settingProxies, "198.51.100.7, 192.0.2.0/24")
	})
	for remote, want := range map[string]int{"192.0.2.9:1000": goesOn, "198.51.100.7:1": goesOn, "198.51.100.8:1": refused} {
		if got := status(remote, "pbx.example"); got != want {
			t.Errorf("%s behind named proxies: %d", remote, got)
		}
	}
}

func TestWebSocketFrames(t *testing.T) {
	h := newHouse(t, 0)
	r := h.door("127.0.0.1:0", nil)
	for _, transport := range []string{"ws", "wss"} {
		s, _ := h.socket(r, transport, "", nil)
		say := func(op byte, fin bool, b []byte) {
			t.Helper()
			if err := s.Frame(op, fin, b); err != nil {
				t.Fatal(err)
			}
		}
		say(1, true, options("text"))
		answered(t, s, "text")
		say(2, true, options("binary"))
		answered(t, s, "binary")
		say(9, true, []byte("are you there"))
		if op, b, err := s.Next(); err != nil || op != 10 || string(b) != "are you there" {
			t.Errorf("a ping is answered %d %q %v", op, b, err)
		}
		say(10, true, []byte("nobody asked"))
		m := options("fragments")
		say(1, false, m[:10])
		say(9, true, nil) // between fragments
		if op, b, err := s.Next(); err != nil || op != 10 || len(b) != 0 {
			t.Errorf("a ping between fragments is answered %d %q %v", op, b, err)
		}
		say(0, false, nil)
		say(0, false, m[10:300/2])
		say(0, true, m[150:])
		answered(t, s, "fragments")
		say(1, true, []byte("\r\n"))
		say(1, true, []byte("\r\n\r\n"))
		if op, b, err := s.Next(); err != nil || op != 1 || string(b) != "\r\n" {
			t.Errorf("CRLF CRLF is answered %d %q %v", op, b, err)
		}
		say(1, true, nil)
		say(1, true, []byte("no SIP at all"))
		long := bytes.Replace(options("long"), []byte("Content-Length"), []byte("X: "+strings.Repeat("y", 50000)+"\r\nContent-Length"), 1)
		say(1, true, long)
		answered(t, s, "long")
		say(8, true, []byte{3, 232, 'b', 'y', 'e'})
		if op, b, err := s.Next(); err != nil || op != 8 || !bytes.Equal(b, []byte{3, 232}) {
			t.Errorf("close is answered %d %x %v", op, b, err)
		}
		if _, _, err := s.Next(); !errors.Is(err, io.EOF) {
			t.Error("the connection outlives its close:", err)
		}
	}
	until(t, "no connection is left", func() bool { return r.edge.Connections() == 0 })
}

// What no client may send ends its connection with the right word, and nobody
// else's.
func TestWebSocketFaults(t *testing.T) {
	h := newHouse(t, 0)
	r := h.door("127.0.0.1:0", nil)
	other, _ := h.socket(r, "ws", "", nil)
	mask := []byte{1, 2, 3, 4}
	masked := func(head ...byte) []byte { return append(append([]byte{}, head...), mask...) }
	for name, c := range map[string]struct {
		bytes []byte
		want  byte // of 1000 and more
	}{
		"no mask":                    {append([]byte{0x81, 5}, "hello"...), 2},
		"a reserved bit":             {masked(0xC1, 0x80), 2},
		"a reserved opcode":          {masked(0x83, 0x80), 2},
		"a reserved control opcode":  {masked(0x8B, 0x80), 2},
		"a ping in fragments":        {masked(0x09, 0x80), 2},
		"a long ping":                {masked(0x89, 0xFE, 0, 126), 2},
		"a fragment of nothing":      {masked(0x80, 0x80), 2},
		"a message amid another":     {append(masked(0x01, 0x80), masked(0x81, 0x80)...), 2},
		"text that is none":          {append(masked(0x81, 0x81), 0xff^1), 7},
		"64 KiB and a byte":          {masked(0x81, 0xFF, 0, 0, 0, 0, 0, 1, 0, 1), 9},
		"more than there is":         {masked(0x82, 0xFF, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), 9},
		"a close with half a code":   {append(masked(0x88, 0x81), 3), 2},
		"a close with no code's one": {append(masked(0x88, 0x82), 3^1, 0xed^2), 2},
	} {
		s, _ := h.socket(r, "ws", "", nil)
		if _, err := s.Conn.Write(c.bytes); err != nil {
			t.Fatal(err)
		}
		op, b, err := s.Next()
		if err != nil || op != 8 || !bytes.Equal(b, []byte{3, 232 + c.want}) {
			t.Errorf("%s: %d %x %v", name, op, b, err)
		}
		if _, _, err := s.Next(); !errors.Is(err, io.EOF) {
			t.Errorf("%s: the connection is still open: %v", name, err)
		}
	}
	// In fragments that are each small and together too big.
	s, _ := h.socket(r, "ws", "", nil)
	_ = s.Frame(1, false, make([]byte, 60<<10))
	_ = s.Frame(0, true, make([]byte, 60<<10))
	if op, b, err := s.Next(); err != nil || op != 8 || !bytes.Equal(b, []byte{3, 241}) {
		t.Errorf("many fragments: %d %x %v", op, b, err)
	}
	_ = other.Frame(1, true, options("other"))
	answered(t, other, "other")
	if n := r.edge.Panics.Load(); n != 0 {
		t.Errorf("%d panics", n)
	}
}

// A client that stops half-way holds up nobody: before its request is whole,
// after its upgrade, in the middle of a frame.
func TestSilentWebSocketsDelayNobody(t *testing.T) {
	h := newHouse(t, 0)
	r := h.door("127.0.0.1:0", nil)
	at := h.web(r, "ws").String()
	for range 20 {
		c, err := net.Dial("tcp4", at)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close() //nolint:errcheck // a test
		_, _ = io.WriteString(c, "GET /ws HTTP/1.1\r\nHost: ")
		h.socket(r, "ws", "", nil)
		half, _ := h.socket(r, "ws", "", nil)
		_, _ = half.Conn.Write([]byte{0x81, 0xFE, 1})
	}
	start := time.Now()
	s, _ := h.socket(r, "ws", "", nil)
	_ = s.Frame(1, true, options("quick"))
	answered(t, s, "quick")
	if d := time.Since(start); d > 3*time.Second {
		t.Errorf("the answer took %v", d)
	}
}

// Who says nothing within its time is let go, also when it drips bytes or pings.
func TestUntrustedWebSocketsEnd(t *testing.T) {
	e, err := edge.Open(context.Background(), edge.Config{Log: discard(), Untrusted: 100 * time.Millisecond,
		Screen: func(*edge.Packet) bool { return false }, Request: func(_ *sip.Request, tx *transaction.Server) { tx.Terminate() }})
	if err != nil {
		t.Fatal(err)
	}
	e.Start()
	defer e.Close()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { e.WebSocket(w, r, edge.Socket{}) }))
	defer web.Close()
	s, _, err := siptest.DialSocket(soon(t), &net.Dialer{}, web.Listener.Addr().String(), "", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // a test
	done := make(chan struct{})
	go func() {
		defer close(done)
		for s.Frame(9, true, nil) == nil {
			time.Sleep(5 * time.Millisecond)
		}
	}()
	_ = s.SetReadDeadline(time.Now().Add(5 * time.Second))
	var late net.Error
	if _, err := s.Read(make([]byte, 10)); errors.As(err, &late) && late.Timeout() {
		t.Error("it lives on pings alone")
	}
	until(t, "it is not counted any more", func() bool { return e.Connections() == 0 })
	_ = s.Close()
	<-done
}

func TestWebSocketCaps(t *testing.T) {
	h := newHouse(t, 0)
	h.update(func(tx *directory.Tx) error { return tx.SetLimit("site_connections", 2) })
	r := h.door("127.0.0.1:0", nil)
	h.socket(r, "ws", "", nil)
	tcp := dial(t, r, "127.0.0.1")
	until(t, "both are counted", func() bool { return r.edge.Connections() == 2 })
	if _, res := h.socket(r, "ws", "", nil); res.StatusCode != 503 {
		t.Error("opened past the cap:", res.Status)
	}
	_ = tcp.Close()
	until(t, "room again", func() bool { _, res := h.socket(r, "ws", "", nil); return res.StatusCode == 101 })
}

// Only a program that is a softphone may come without an origin.
func TestSoftphonesHaveNoOrigin(t *testing.T) {
	h := newHouse(t, 2)
	h.update(func(tx *directory.Tx) error { d := *h.phones[1]; d.Model = "acme-softphone"; return tx.PutDevice(&d) })
	r := h.door("127.0.0.1:0", func(r *Registrar) {
		r.Softphones(func(d *directory.Device) bool { return d.Model == "acme-softphone" })
	})
	for i, want := range []int{403, 200} {
		p := h.phone(r, i, func(c *siptest.Config) { c.Transport, c.Origin = "ws", siptest.NoOrigin })
		_, err := p.Register(soon(t))
		if got := status(t, err); got != want {
			t.Errorf("phone %d without an origin: %d", i, got)
		}
		if got := h.with(t, p, request(p, "MESSAGE", "sip:1@acme.example", "")).Status; (got == 403) != (want == 403) {
			t.Errorf("phone %d without an origin: MESSAGE %d", i, got)
		}
	}
}

// A browser's binding lives as long as its connection; what is for it never goes
// to another's, though all of them share one local address.
func TestWebSocketFlows(t *testing.T) {
	h := newHouse(t, 3)
	r := h.door("127.0.0.1:0", nil)
	var got [3]chan string
	var phones [3]*siptest.Phone
	for i := range phones {
		got[i] = make(chan string, 8)
		phones[i] = h.phone(r, i, func(c *siptest.Config) {
			c.Transport, c.ContactParams = "wss", fmt.Sprintf(`;+sip.instance="<urn:uuid:%d>";reg-id=1`, i)
			c.OnNotify = func(m *siptest.Msg) int { got[i] <- m.URI; return 200 }
		})
		mustRegister(t, phones[i])
	}
	for i, p := range phones {
		if err := r.Notify(soon(t), p.User(), "check-sync", "", nil); err != nil {
			t.Fatal(err)
		}
		if uri := <-got[i]; uri != p.Contact() {
			t.Errorf("%s got what is for %s", p.Contact(), uri)
		}
	}
	phones[0].Close()
	until(t, "flow lost", func() bool { l := r.Lookup(phones[0].User()); return len(l) == 1 && l[0].FlowLost })
	if err := r.Notify(soon(t), phones[0].User(), "check-sync", "", nil); !errors.Is(err, ErrFlowLost) {
		t.Error(err)
	}
	again := h.phone(r, 0, func(c *siptest.Config) {
		c.Transport, c.ContactParams = "wss", `;+sip.instance="<urn:uuid:0>";reg-id=1`
	})
	mustRegister(t, again)
	if l := r.Lookup(again.User()); len(l) != 1 || l[0].FlowLost || l[0].Transport != "wss" || l[0].Source != again.Addr() {
		t.Errorf("%+v", l)
	}
	if len(got[1])+len(got[2]) != 0 {
		t.Error("another browser heard of it")
	}
}

// At the end browsers are told to go, so that they come back by themselves.
func TestWebSocketsAreToldToGo(t *testing.T) {
	h := newHouse(t, 0)
	r, err := New(context.Background(), Config{Directory: h.dir, Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	r.Run()
	s, _ := h.socket(r, "ws", "", nil)
	_ = s.Frame(1, true, options("here"))
	answered(t, s, "here")
	if err := r.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if op, b, err := s.Next(); err != nil || op != 8 || !bytes.Equal(b, []byte{3, 233}) {
		t.Errorf("%d %x %v", op, b, err)
	}
}
