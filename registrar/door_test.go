package registrar

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/directory"
	"cradle/registrar/edge"
	"cradle/registrar/siptest"
	"cradle/registrar/transaction"
)

func dial(t testing.TB, r *Registrar, from string) net.Conn {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	c, err := d.Dial("tcp4", "127.0.0.1:"+port(r))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	return c
}

const optionsTCP = "OPTIONS sip:acme.example SIP/2.0\r\nVia: SIP/2.0/TCP 10.0.0.1:5060;branch=z9hG4bK%d\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:acme.example>\r\n" +
	"Call-ID: c%d\r\nCSeq: 1 OPTIONS\r\nl: %d\r\n\r\n%s"

func TestStreamFraming(t *testing.T) {
	h := newHouse(t, 0)
	r := h.door("127.0.0.1:0", nil)
	c := dial(t, r, "127.0.0.1")
	var all strings.Builder
	for i := range 5 { // with and without bodies, with blank lines and pings between
		body := strings.Repeat("x\r\n\r\n", i)
		fmt.Fprintf(&all, optionsTCP, i, i, len(body), body)
		all.WriteString([]string{"", "\r\n", "\r\n\r\n", "\r\n\r\n\r\n", ""}[i])
	}
	go func() { // byte by byte, then all at once
		for _, b := range []byte(all.String()) {
			_, _ = c.Write([]byte{b})
		}
		_, _ = c.Write([]byte(all.String()))
	}()
	in := bufio.NewReader(c)
	oks, pongs := 0, 0
	for oks < 10 {
		l, err := in.ReadString('\n')
		if err != nil {
			t.Fatal(oks, err)
		}
		switch {
		case strings.HasPrefix(l, "SIP/2.0 200"):
			oks++
			for l != "\r\n" {
				if l, err = in.ReadString('\n'); err != nil {
					t.Fatal(err)
				}
			}
		case l == "\r\n":
			pongs++
		default:
			t.Fatalf("%q", l)
		}
	}
	if pongs < 2 {
		t.Error("pings without an answer:", pongs)
	}
}

func TestStreamsThatCannotBeFramedEnd(t *testing.T) {
	h := newHouse(t, 0)
	r := h.door("127.0.0.1:0", nil)
	for name, b := range map[string]string{
		"bad length":     strings.Replace(fmt.Sprintf(optionsTCP, 1, 1, 0, ""), "l: 0", "l: -5", 1),
		"big length":     strings.Replace(fmt.Sprintf(optionsTCP, 1, 1, 0, ""), "l: 0", "l: 900000", 1),
		"endless header": "OPTIONS sip:a SIP/2.0\r\n" + strings.Repeat("X: y\r\n", 5000),
		"endless line":   strings.Repeat("A", 70000),
		"carriage":       "\rAAAAAAAA",
	} {
		c := dial(t, r, "127.0.0.1")
		_, _ = c.Write([]byte(b))
		got, err := io.ReadAll(c)
		var late net.Error
		if errors.As(err, &late) && late.Timeout() {
			t.Errorf("%s: still open", name)
		}
		if name == "bad length" && !strings.HasPrefix(string(got), "SIP/2.0 400") {
			t.Errorf("%s: %q", name, got)
		}
	}
	mustAnswer(t, h, r)
}

func mustAnswer(t testing.TB, h *house, r *Registrar) {
	t.Helper()
	c := dial(t, r, "127.0.0.1")
	fmt.Fprintf(c, optionsTCP, 9, 9, 0, "")
	if l, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.HasPrefix(l, "SIP/2.0 200") {
		t.Fatalf("%q %v", l, err)
	}
}

func TestConnectionCaps(t *testing.T) {
	h := newHouse(t, 0)
	h.update(func(tx *directory.Tx) error {
		if err := tx.SetLimit("sip_connections_per_source", 2); err != nil {
			return err
		}
		return tx.SetLimit("tcp_connections", 4)
	})
	r := h.door("0.0.0.0:0", nil)
	open := func(from string) (net.Conn, bool) {
		c := dial(t, r, from)
		fmt.Fprintf(c, optionsTCP, 1, 1, 0, "")
		_, err := c.Read(make([]byte, 10))
		return c, err == nil
	}
	a, ok1 := open("127.1.0.1")
	_, ok2 := open("127.1.0.1")
	if _, third := open("127.1.0.1"); !ok1 || !ok2 || third {
		t.Error("cap of one source", ok1, ok2, third)
	}
	_, ok1 = open("127.0.0.1")
	_, ok2 = open("127.0.0.1")
	if _, fifth := open("127.0.0.1"); !ok1 || !ok2 || fifth {
		t.Error("cap of all", ok1, ok2, fifth)
	}
	_ = a.Close()
	until(t, "room again", func() bool { _, ok := open("127.0.0.1"); return ok })
}

// Many strangers together leave room for the phones of the sites.
func TestStrangersLeaveRoom(t *testing.T) {
	h := newHouse(t, 0)
	h.update(func(tx *directory.Tx) error { return tx.SetLimit("tcp_connections", 8) })
	r := h.door("0.0.0.0:0", nil)
	for i := range 12 {
		from, most := fmt.Sprintf("127.1.0.%d", i+1), 6
		if i >= 8 {
			from, most = "127.0.0.1", 10
		}
		c := dial(t, r, from)
		fmt.Fprintf(c, optionsTCP, 1, 1, 0, "")
		if _, err := c.Read(make([]byte, 10)); (err == nil) != (i < most && i != 6 && i != 7) {
			t.Errorf("connection %d from %s: %v", i, from, err)
		}
	}
}

func TestUntrustedConnectionsEnd(t *testing.T) {
	ended := make(chan time.Duration, 1)
	e, err := edge.Open(context.Background(), edge.Config{Listen: "127.0.0.1:0", Log: discard(), Untrusted: 100 * time.Millisecond, Idle: time.Hour,
		Screen:  func(p *edge.Packet) bool { p.Trust(); return false },
		Request: func(_ *sip.Request, tx *transaction.Server) { tx.Terminate() }})
	if err != nil {
		t.Fatal(err)
	}
	e.Start()
	defer e.Close()
	start := time.Now()
	drip, err := net.Dial("tcp", e.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer drip.Close() //nolint:errcheck // a test
	go func() {
		for {
			if _, err := drip.Write([]byte("X")); err != nil {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	go func() { _, _ = io.ReadAll(drip); ended <- time.Since(start) }()
	trusted, _ := net.Dial("tcp", e.Addr().String())
	defer trusted.Close() //nolint:errcheck // a test
	fmt.Fprintf(trusted, optionsTCP, 1, 1, 0, "")
	if d := <-ended; d > 5*time.Second {
		t.Error("a dripping connection lived for", d)
	}
	_ = trusted.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
	if _, err := trusted.Read(make([]byte, 1)); errors.Is(err, io.EOF) {
		t.Error("a trusted connection was closed")
	}
}

// A request whose connection is gone must not make us connect to where its Via
// says, nor ask a name server for it.
func TestDeadConnectionsAreNeverDialled(t *testing.T) {
	for _, transport := range transports[1:] {
		t.Run(transport, func(t *testing.T) { neverDialled(t, transport) })
	}
}

func neverDialled(t *testing.T, transport string) {
	h := newHouse(t, 1)
	trap, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer trap.Close() //nolint:errcheck // a test
	dialled := make(chan struct{}, 1)
	go func() {
		if c, err := trap.Accept(); err == nil {
			_ = c.Close()
			dialled <- struct{}{}
		}
	}()
	release := make(chan struct{})
	answered := make(chan error, 1)
	r := h.door("127.0.0.1:0", func(r *Registrar) {
		r.Handle(sip.MESSAGE, func(_ Peer, req *sip.Request, tx *transaction.Server) {
			<-release
			answered <- tx.Respond(sip.NewResponseFromRequest(req, 200, "OK", nil))
			tx.Terminate()
		})
	})
	p := h.phone(r, 0, func(c *siptest.Config) { c.Transport = transport })
	m := request(p, "MESSAGE", "sip:1@acme.example", "")
	m.Headers[0].Value = "SIP/2.0/" + strings.ToUpper(transport) + " " + trap.Addr().String() + ";branch=z9hG4bK" + token()
	signed := p.Answer(ask(t, p, m), m)
	signed.Headers[0].Value = "SIP/2.0/" + strings.ToUpper(transport) + " " + trap.Addr().String() + ";branch=z9hG4bK" + token()
	_ = p.Say(signed.Bytes())
	until(t, "in the handler", func() bool { return r.running.Load() == 1 })
	p.Close()
	// The transaction ends with its connection.
	until(t, "connection gone", func() bool { return r.edge.Connections() == 0 })
	close(release)
	<-answered
	select {
	case <-dialled:
		t.Error("dialled the Via of a request")
	case <-time.After(100 * time.Millisecond):
	}
	until(t, "no transaction left", func() bool { return r.running.Load() == 0 })
}

// The screen sees datagrams and streams.
func TestScreenSeesEveryTransport(t *testing.T) {
	h := newHouse(t, 1)
	r := h.door("127.0.0.1:0", nil)
	for i, transport := range transports {
		p := h.phone(r, 0, func(c *siptest.Config) { c.Transport = transport })
		ask(t, p, request(p, "OPTIONS", "sip:acme.example", ""))
		until(t, transport+" screened", func() bool { return r.edge.Screened.Load() == uint64(i+1) })
	}
}

func TestOccupiedPortIsOneError(t *testing.T) {
	h := newHouse(t, 0)
	r := h.door("127.0.0.1:0", nil)
	if _, err := New(context.Background(), Config{Directory: h.dir, Listen: r.Addr().String()}); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Error(err)
	}
	for _, bad := range []string{"x", "127.0.0.1:x", "127.0.0.1:70000", "no such host:5060"} {
		if _, err := New(context.Background(), Config{Directory: h.dir, Listen: bad}); err == nil {
			t.Error(bad)
		}
	}
}
