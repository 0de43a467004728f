package registrar

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/directory"
	"cradle/registrar/edge"
	"cradle/registrar/siptest"
	"cradle/registrar/transaction"
)

// serverTLS is a configuration with a certificate of its own.
func serverTLS(t testing.TB) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
}

// doorPort is the port that phones of a transport come to.
func (h *house) doorPort(r *Registrar, transport string) uint16 {
	switch transport {
	case "tls":
		return uint16(r.c.Secure.Addr().(*net.TCPAddr).Port)
	case "ws", "wss":
		return h.web(r, transport).Port()
	}
	return r.Addr().Port()
}

// plain connects to the TLS door without a word.
func plain(t testing.TB, r *Registrar, from string) net.Conn {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 10 * time.Second}
	c, err := d.Dial("tcp4", r.c.Secure.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	return c
}

func secure(c net.Conn, change ...func(*tls.Config)) *tls.Conn {
	conf := &tls.Config{InsecureSkipVerify: true}
	for _, f := range change {
		f(conf)
	}
	return tls.Client(c, conf)
}

// optionsAnswered asks over a connection and says whether it was answered.
func optionsAnswered(c io.ReadWriter) bool {
	fmt.Fprintf(c, strings.Replace(optionsTCP, "/TCP", "/TLS", 1), 1, 1, 0, "")
	l, err := bufio.NewReader(c).ReadString('\n')
	return err == nil && strings.HasPrefix(l, "SIP/2.0 200")
}

func TestSilentHandshakesDelayNobody(t *testing.T) {
	h := newHouse(t, 0)
	r := h.door("127.0.0.1:0", nil)
	for range 50 {
		plain(t, r, "127.0.0.1")
	}
	half := plain(t, r, "127.0.0.1")
	_, _ = half.Write([]byte{22, 3, 1, 2, 0, 1}) // the beginning of a ClientHello
	start := time.Now()
	if !optionsAnswered(secure(plain(t, r, "127.0.0.1"))) {
		t.Error("no answer")
	}
	if d := time.Since(start); d > 3*time.Second {
		t.Errorf("the answer took %v", d)
	}
	until(t, "all are counted", func() bool { return r.edge.Connections() == 52 })
}

func TestHandshakesEndAtTheirDeadline(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e, err := edge.Open(context.Background(), edge.Config{Secure: l, TLS: serverTLS(t), Log: discard(), Handshake: 100 * time.Millisecond,
		Screen: func(*edge.Packet) bool { return false }, Request: func(_ *sip.Request, tx *transaction.Server) { tx.Terminate() }})
	if err != nil {
		t.Fatal(err)
	}
	e.Start()
	defer e.Close()
	c, err := net.Dial("tcp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // a test
	go func() {     // a byte now and then of a ClientHello that never ends
		for _, b := range append([]byte{22, 3, 1, 2, 0, 1}, make([]byte, 500)...) {
			if _, err := c.Write([]byte{b}); err != nil {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	start := time.Now()
	_, _ = io.ReadAll(c)
	if d := time.Since(start); d > 4*time.Second {
		t.Errorf("it lived for %v", d)
	}
	until(t, "it is not counted any more", func() bool { return e.Connections() == 0 })
}

// A connection counts from its first moment, whatever comes of its handshake,
// and together with those of TCP.
func TestCapsCountHandshakes(t *testing.T) {
	h := newHouse(t, 0)
	h.update(func(tx *directory.Tx) error {
		if err := tx.SetLimit("sip_connections_per_source", 3); err != nil {
			return err
		}
		return tx.SetLimit("tcp_connections", 4)
	})
	r := h.door("0.0.0.0:0", nil)
	silent := plain(t, r, "127.1.0.1")
	tcp := dial(t, r, "127.1.0.1")
	until(t, "both are counted", func() bool { return r.edge.Connections() == 2 })
	if !optionsAnswered(secure(plain(t, r, "127.1.0.1"))) {
		t.Error("refused at the cap")
	}
	if optionsAnswered(secure(plain(t, r, "127.1.0.1"))) {
		t.Error("served past the cap of one source")
	}
	if !optionsAnswered(secure(plain(t, r, "127.0.0.1"))) {
		t.Error("refused at the cap of all")
	}
	if optionsAnswered(secure(plain(t, r, "127.0.0.1"))) {
		t.Error("served past the cap of all")
	}
	_, _ = silent.Close(), tcp.Close()
	until(t, "room again", func() bool { return optionsAnswered(secure(plain(t, r, "127.0.0.1"))) })
}

func TestGarbageInsteadOfAClientHello(t *testing.T) {
	h := newHouse(t, 0)
	r := h.door("127.0.0.1:0", nil)
	for name, b := range map[string]string{
		"SIP":          fmt.Sprintf(optionsTCP, 1, 1, 0, ""),
		"zeros":        strings.Repeat("\x00", 3000),
		"a big record": "\x16\x03\x01\xff\xff" + strings.Repeat("A", 70000),
		"an alert":     "\x15\x03\x01\x00\x02\x02\x28",
		"text":         "GET / HTTP/1.1\r\n\r\n",
	} {
		c := plain(t, r, "127.0.0.1")
		_, _ = c.Write([]byte(b))
		got, err := io.ReadAll(c)
		var late net.Error
		if errors.As(err, &late) && late.Timeout() {
			t.Errorf("%s: still open", name)
		}
		if strings.Contains(string(got), "SIP/2.0") {
			t.Errorf("%s was answered: %q", name, got)
		}
	}
	for _, version := range []uint16{tls.VersionTLS11, tls.VersionTLS12, tls.VersionTLS13} {
		c := secure(plain(t, r, "127.0.0.1"), func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, version })
		if got := optionsAnswered(c); got != (version >= tls.VersionTLS12) {
			t.Errorf("TLS %x: answered %v", version, got)
		}
	}
	until(t, "nothing is left but the last", func() bool { return r.edge.Connections() <= 2 })
}

// Many connections that are quiet cost nothing once they are gone.
func TestIdleTLSConnectionsLeaveNothing(t *testing.T) {
	h := newHouse(t, 0)
	r := h.door("127.0.0.1:0", nil)
	descriptors := func() int { l, _ := os.ReadDir("/proc/self/fd"); return len(l) }
	if !optionsAnswered(secure(plain(t, r, "127.0.0.1"))) {
		t.Fatal("no answer")
	}
	routines, fds := runtime.NumGoroutine(), descriptors()
	const many = 500
	list := make([]net.Conn, many)
	var wait sync.WaitGroup
	for part := range 4 {
		wait.Go(func() {
			for i := part; i < many; i += 4 {
				c, err := tls.Dial("tcp4", r.c.Secure.Addr().String(), &tls.Config{InsecureSkipVerify: true})
				if err != nil {
					t.Errorf("connection %d: %v", i, err)
					return
				}
				list[i] = c
			}
		})
	}
	wait.Wait()
	if n := r.edge.Connections(); n < many {
		t.Errorf("%d connections are counted", n)
	}
	for _, c := range list {
		if c != nil {
			_ = c.Close()
		}
	}
	until(t, "connections, goroutines and descriptors are gone", func() bool {
		return r.edge.Connections() <= 1 && runtime.NumGoroutine() <= routines && descriptors() <= fds
	})
}

// Renewal needs no restart: each connection gets what the callback gives then.
func TestCertificateIsAskedForEachTime(t *testing.T) {
	h := newHouse(t, 0)
	now := serverTLS(t)
	var mu sync.Mutex
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(context.Background(), Config{Directory: h.dir, Secure: l, TLS: &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		mu.Lock()
		defer mu.Unlock()
		return &now.Certificates[0], nil
	}}})
	if err != nil {
		t.Fatal(err)
	}
	r.Run()
	defer r.Close(context.Background()) //nolint:errcheck // a test
	shown := func() string {
		c := secure(plain(t, r, "127.0.0.1"))
		if !optionsAnswered(c) {
			t.Fatal("no answer")
		}
		return string(c.ConnectionState().PeerCertificates[0].Raw)
	}
	before := shown()
	renewed := serverTLS(t)
	mu.Lock()
	now = renewed
	mu.Unlock()
	if shown() == before {
		t.Error("the old certificate is still shown")
	}
}

// A binding lives as long as its connection, and is back with the next one.
// What a phone says with sips is understood.
func TestTLSFlowIsLostAndBack(t *testing.T) {
	h := newHouse(t, 1)
	r := h.door("127.0.0.1:0", nil)
	instance := func(c *siptest.Config) {
		c.Transport, c.ContactParams = "tls", `;+sip.instance="<urn:uuid:1>";reg-id=1`
		c.Contact = "sips:a@10.1.2.3:5061;transport=tls"
	}
	p := h.phone(r, 0, instance)
	m := p.NewRegister()
	m.URI = "sips:acme.example"
	for i := range m.Headers {
		if n := m.Headers[i].Name; n == "To" || n == "From" {
			m.Headers[i].Value = strings.Replace(m.Headers[i].Value, "sip:", "sips:", 1)
		}
	}
	if got := h.with(t, p, withViaOf(p, m)); got.Status != 200 || !strings.Contains(got.Get("Contact"), "sips:a@10.1.2.3") {
		t.Fatal(got.Raw)
	}
	if err := r.Notify(soon(t), p.User(), "check-sync", "", nil); err != nil {
		t.Error(err)
	}
	p.Close()
	until(t, "flow lost", func() bool { l := r.Lookup(p.User()); return len(l) == 1 && l[0].FlowLost })
	if err := r.Notify(soon(t), p.User(), "check-sync", "", nil); !errors.Is(err, ErrFlowLost) {
		t.Error(err)
	}
	p = h.phone(r, 0, instance)
	mustRegister(t, p)
	if l := r.Lookup(p.User()); len(l) != 1 || l[0].FlowLost || l[0].Transport != "tls" || l[0].Source != p.Addr() {
		t.Errorf("%+v", l)
	}
	if err := r.Notify(soon(t), p.User(), "check-sync", "", nil); err != nil {
		t.Error(err)
	}
}

func withViaOf(p *siptest.Phone, m *siptest.Msg) *siptest.Msg {
	m.Headers = append([]siptest.Header{{Name: "Via", Value: "SIP/2.0/TLS " + p.Addr().String() + ";branch=z9hG4bK" + token()}}, m.Headers...)
	return m
}
