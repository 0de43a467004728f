package httpdoor

import (
	"bufio"
	"bytes"
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
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cradle/provisioning"
	"cradle/provisioning/door"
)

func TestMain(m *testing.M) {
	// The library lingers for half a second on a connection it has refused.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait"))
}

const body = "0123456789abcdefghij"

// desk answers from a table and keeps what was asked.
type desk struct {
	mu    sync.Mutex
	asked []provisioning.Request
}

func (d *desk) answer(_ context.Context, r provisioning.Request) provisioning.Response {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, r)
	switch strings.ToLower(strings.TrimLeft(strings.ReplaceAll(r.Path, `\`, "/"), "/")) {
	case "p/0004131234ab.cfg", "p//0004131234ab.cfg", "p/a b.cfg":
		return provisioning.Response{Status: 200, ContentType: "text/plain", Body: []byte(body), ETag: `"v1"`, NoStore: true}
	case "common.cfg":
		return provisioning.Response{Status: 200, ContentType: "text/plain", Body: []byte(body), ETag: `"v1"`}
	case "busy":
		return provisioning.Response{Status: 503, RetryAfter: 7, ContentType: "text/plain", Body: []byte("busy\n")}
	case "panic":
		panic("a fault behind the door")
	}
	return provisioning.Response{Status: 404, ContentType: "text/plain; charset=utf-8", Body: []byte("not found\n"), NoStore: true}
}

func (d *desk) last(t *testing.T) provisioning.Request {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.asked) == 0 {
		t.Fatal("nothing was asked")
	}
	return d.asked[len(d.asked)-1]
}

// serve runs a server; with a TLS configuration it serves HTTPS.
func serve(t *testing.T, c ServerConfig, config *tls.Config) (string, *desk) {
	t.Helper()
	d := &desk{}
	if c.Handler == nil {
		c.Handler = New(d.answer, nil)
	}
	s := NewServer(c)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		if config != nil {
			done <- s.ServeTLS(ln, config)
		} else {
			done <- s.Serve(ln)
		}
	}()
	t.Cleanup(func() {
		s.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
		for deadline := time.Now().Add(5 * time.Second); s.open() != 0; time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Errorf("%d connections are still counted", s.open())
				return
			}
		}
	})
	return ln.Addr().String(), d
}

func (s *Server) open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.counts)
}

func dial(t *testing.T, from, to string) net.Conn {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 5 * time.Second}
	c, err := d.Dial("tcp", to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c
}

// exchange says raw bytes and reads one answer; its Date is taken out.
func exchange(t *testing.T, addr, ask string) (head string, content string) {
	t.Helper()
	c := dial(t, "127.0.0.7", addr)
	if _, err := io.WriteString(c, ask); err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(ask, " ")
	r, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%.60q: %v", ask, err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatalf("%q: %v", ask, err)
	}
	r.Header.Del("Date")
	var h strings.Builder
	fmt.Fprintf(&h, "%s %d close %v\n", r.Proto, r.ContentLength, r.Close)
	fmt.Fprintln(&h, r.Status)
	r.Header.Write(&h)
	return h.String(), string(b)
}

func TestOddRequestsAreServed(t *testing.T) {
	addr, d := serve(t, ServerConfig{}, nil)
	for _, ask := range []string{
		"GET /p/0004131234ab.cfg HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /p/0004131234AB.cfg HTTP/1.0\r\n\r\n",
		"GET /p/0004131234AB.CFG HTTP/1.0\n\n",
		"GET /p//0004131234ab.cfg HTTP/1.1\r\nhost: x\r\n\r\n",
		"GET //p//0004131234ab.cfg HTTP/1.0\r\n\r\n",
		"GET /p/0004131234ab.cfg HTTP/1.1\r\n\r\n",
		"GET /p/0004131234ab.cfg HTTP/1.1\r\nUser-Agent: old\r\nConnection: keep-alive\r\n\r\n",
		"GET http://elsewhere/p/0004131234ab.cfg?x=1 HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /p/a%20b.cfg HTTP/1.1\r\nHost: x:8080\r\n\r\n",
	} {
		head, got := exchange(t, addr, ask)
		if got != body || !strings.Contains(head, "200 OK") || !strings.Contains(head, "Cache-Control: no-store") || !strings.Contains(head, "Content-Length: 20") {
			t.Errorf("%q: %s%q", ask, head, got)
		}
		if strings.Contains(head, "Location") {
			t.Errorf("%q was redirected", ask)
		}
	}
	r := d.last(t)
	if r.Door != provisioning.DoorHTTP || r.Path != "/p/a b.cfg" || r.Source.Addr().String() != "127.0.0.7" || r.Local.String() != "127.0.0.1" || r.Host != "x:8080" {
		t.Errorf("asked %+v", r)
	}
}

// A header that comes in crumbs is still mended, and what follows it is not lost.
func TestSlowHeaderWithoutHost(t *testing.T) {
	addr, _ := serve(t, ServerConfig{}, nil)
	c := dial(t, "127.0.0.7", addr)
	for _, crumb := range []string{"PUT /p/log HT", "TP/1.1\r", "\nContent-Length: 4\r\n", "\r", "\nab"} {
		io.WriteString(c, crumb)
		time.Sleep(5 * time.Millisecond)
	}
	io.WriteString(c, "cd")
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || r.StatusCode != 404 || !r.Close {
		t.Fatalf("%+v, %v", r, err)
	}
}

func TestKeepAlive(t *testing.T) {
	addr, _ := serve(t, ServerConfig{}, nil)
	c := dial(t, "127.0.0.7", addr)
	in := bufio.NewReader(c)
	for range 3 {
		io.WriteString(c, "GET /common.cfg HTTP/1.1\r\nHost: x\r\n\r\n")
		r, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatal(err)
		}
		if b, _ := io.ReadAll(r.Body); string(b) != body {
			t.Fatalf("%q", b)
		}
	}
}

func TestPiecesAndNews(t *testing.T) {
	addr, _ := serve(t, ServerConfig{}, nil)
	for _, c := range []struct{ method, fields, status, content, length string }{
		{"GET", "Range: bytes=5-9\r\n", "206", "56789", "Content-Length: 5"},
		{"GET", "Range: bytes=15-\r\n", "206", "fghij", "Content-Range: bytes 15-19/20"},
		{"GET", "Range: bytes=-3\r\n", "206", "hij", "Content-Length: 3"},
		{"GET", "Range: bytes=50-\r\n", "416", "invalid range: failed to overlap\n", "Content-Range: bytes */20"},
		{"GET", "Range: bytes=5-9\r\nIf-Range: \"v0\"\r\n", "200", body, "Content-Length: 20"},
		{"GET", "If-None-Match: \"v1\"\r\n", "304", "", `Etag: "v1"`},
		{"GET", "If-None-Match: \"v0\"\r\n", "200", body, `Etag: "v1"`},
		{"HEAD", "", "200", "", "Content-Length: 20"},
		{"HEAD", "If-None-Match: \"v1\"\r\n", "304", "", `Etag: "v1"`},
	} {
		head, got := exchange(t, addr, c.method+" /common.cfg HTTP/1.1\r\nHost: x\r\n"+c.fields+"\r\n")
		if got != c.content || !strings.Contains(head, "\n"+c.status+" ") || !strings.Contains(head, c.length) {
			t.Errorf("%s %q: %s%q", c.method, c.fields, head, got)
		}
		if strings.Contains(head, "no-store") {
			t.Errorf("%q: a file without secrets may be stored", c.fields)
		}
	}
}

func TestRefusalsAreEqual(t *testing.T) {
	addr, _ := serve(t, ServerConfig{}, nil)
	want, content := exchange(t, addr, "GET /p/none HTTP/1.1\r\nHost: x\r\n\r\n")
	if !strings.Contains(want, "404") || content != "not found\n" {
		t.Fatalf("%s%q", want, content)
	}
	for _, ask := range []string{
		"GET /p/~token/none HTTP/1.1\r\nHost: y\r\n\r\n",
		"GET //none HTTP/1.1\r\nHost: x\r\nRange: bytes=0-3\r\n\r\n",
		"GET /none HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\n\r\n",
		"PUT /none HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
		"POST /p/none HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
	} {
		if got, c := exchange(t, addr, ask); got != want || c != content {
			t.Errorf("%q: %s%q, want %s%q", ask, got, c, want, content)
		}
	}
	if got, c := exchange(t, addr, "HEAD /none HTTP/1.1\r\nHost: x\r\n\r\n"); got != want || c != "" {
		t.Errorf("HEAD: %s%q", got, c)
	}
}

func TestUploads(t *testing.T) {
	addr, d := serve(t, ServerConfig{}, nil)
	head, got := exchange(t, addr, "PUT /p/0004131234ab.cfg HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello")
	if got != "" || !strings.Contains(head, "200 OK") || !strings.Contains(head, "Content-Length: 0") || strings.Contains(head, "Etag") {
		t.Errorf("%s%q", head, got)
	}
	if d.last(t).Method != "PUT" {
		t.Errorf("asked %+v", d.last(t))
	}
	for size, closes := range map[int]bool{maxUpload: false, 3 * maxUpload: true} {
		// Of the larger one little more than the bound is sent: nobody waits for the rest.
		sent := min(size, maxUpload+10)
		head, _ := exchange(t, addr, fmt.Sprintf("PUT /common.cfg HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", size, strings.Repeat("x", sent)))
		if !strings.Contains(head, "200 OK") || strings.Contains(head, "close true") != closes {
			t.Errorf("%d bytes: %s", size, head)
		}
	}
	if head, _ := exchange(t, addr, "DELETE /common.cfg HTTP/1.1\r\nHost: x\r\n\r\n"); !strings.Contains(head, "405") {
		t.Error(head)
	}
}

func TestFaultsAndLoad(t *testing.T) {
	addr, _ := serve(t, ServerConfig{}, nil)
	if head, _ := exchange(t, addr, "GET /panic HTTP/1.1\r\nHost: x\r\n\r\n"); !strings.Contains(head, "503") {
		t.Error(head)
	}
	if head, _ := exchange(t, addr, "GET /busy HTTP/1.1\r\nHost: x\r\n\r\n"); !strings.Contains(head, "503") || !strings.Contains(head, "Retry-After: 7") {
		t.Error(head)
	}
}

func TestConnectionsOfASource(t *testing.T) {
	gate := func(a netip.Addr) door.Budget { return door.Budget{Key: a.String(), Max: 3} }
	addr, _ := serve(t, ServerConfig{Gate: gate}, nil)
	open := func(from string) (net.Conn, bool) {
		c := dial(t, from, addr)
		io.WriteString(c, "GET /common.cfg HTTP/1.1\r\nHost: x\r\n\r\n")
		r, err := http.ReadResponse(bufio.NewReader(c), nil)
		return c, err == nil && r.StatusCode == 200
	}
	var held []net.Conn
	for i := range 4 {
		c, ok := open("127.0.0.7")
		if ok != (i < 3) {
			t.Errorf("connection %d was served: %v", i+1, ok)
		}
		held = append(held, c)
	}
	if _, ok := open("127.0.0.8"); !ok {
		t.Error("another source was refused")
	}
	held[0].Close()
	for deadline := time.Now().Add(5 * time.Second); ; {
		if _, ok := open("127.0.0.7"); ok {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the place of a closed connection was not given on")
		}
	}
}

func TestSlowStrangersAreCut(t *testing.T) {
	addr, _ := serve(t, ServerConfig{HeaderTimeout: 80 * time.Millisecond, IdleTimeout: 80 * time.Millisecond}, nil)
	for _, start := range []string{"", "GET /common", "GET /common.cfg HTTP/1.1\r\nHost: x\r\n"} {
		c := dial(t, "127.0.0.7", addr)
		io.WriteString(c, start)
		if _, err := io.ReadAll(c); err != nil && !errors.Is(err, net.ErrClosed) {
			var timeout net.Error
			if errors.As(err, &timeout) && timeout.Timeout() {
				t.Errorf("%q: the connection lives on", start)
			}
		}
	}
	if head, _ := exchange(t, addr, "GET /x HTTP/1.1\r\nHost: x\r\nLong: "+strings.Repeat("x", 2*maxHeader)+"\r\n\r\n"); !strings.Contains(head, "431") {
		t.Error(head)
	}
}

func selfSigned(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"x"}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
}

func TestHTTPS(t *testing.T) {
	addr, d := serve(t, ServerConfig{}, selfSigned(t))
	for protocol, want := range map[string]string{"": "HTTP/1.1", "h2": "HTTP/2.0"} {
		tr := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: protocol == "h2"}
		r, err := (&http.Client{Transport: tr}).Get("https://" + addr + "/p/0004131234ab.cfg")
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(r.Body)
		r.Body.Close()
		tr.CloseIdleConnections()
		if string(b) != body || r.Proto != want {
			t.Errorf("%s: %q", r.Proto, b)
		}
		if q := d.last(t); q.Door != provisioning.DoorHTTPS || q.TLS == nil {
			t.Errorf("asked %+v", q)
		}
	}
}

func FuzzMissingHost(f *testing.F) {
	for _, s := range []string{"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\nHost: x\n\n", "GET / HTTP/1.0\r\n\r\n", "\r\n\r\n", "X\n\r\nHost", "A HTTP/1.1\r\nhOsT:x\r\n\r\nrest"} {
		f.Add([]byte(s), 3)
	}
	f.Fuzz(func(t *testing.T, raw []byte, cut int) {
		end := headerEnd(raw, 0)
		if end < 0 || end > len(raw) {
			t.Fatalf("end %d of %d", end, len(raw))
		}
		// However the bytes are cut, the same end is found.
		if cut = min(max(cut, 0), len(raw)); headerEnd(raw[:cut], 0) == 0 && end != headerEnd(raw, max(0, cut-3)) {
			t.Fatalf("cut at %d: another end", cut)
		}
		if at := missingHost(string(raw[:end])); at < 0 || at > end {
			t.Fatalf("offset %d of %d", at, end)
		}
		mended := mend(raw)
		if !bytes.HasSuffix(mended, raw[end:]) || missingHost(string(mended[:headerEnd(mended, 0)])) != 0 || missingSlash(string(mended[:headerEnd(mended, 0)])) != 0 {
			t.Fatalf("%q became %q", raw, mended)
		}
	})
}
