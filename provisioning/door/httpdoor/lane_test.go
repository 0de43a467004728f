package httpdoor

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// dated takes the Date out of raw bytes.
var dated = regexp.MustCompile(`Date: [^\r]*\r\n`)

// raw says bytes and gives all that comes back until the connection ends.
func raw(t *testing.T, addr, ask string) string {
	t.Helper()
	c := dial(t, "127.0.0.7", addr)
	io.WriteString(c, ask)
	b, err := io.ReadAll(c)
	if err != nil {
		t.Fatalf("%q: %v", ask, err)
	}
	return string(dated.ReplaceAll(b, nil))
}

// laned serves a desk by the lane as well.
func laned(t *testing.T, config *tls.Config) (string, *desk) {
	d := &desk{}
	phones := New(d.answer, nil)
	addr, _ := serve(t, ServerConfig{Handler: phones, Phones: phones, Claims: func(p string) bool { return !strings.HasPrefix(p, "/portal") }}, config)
	return addr, d
}

// The lane answers as the library does, byte for byte.
func TestLaneIsTheLibrarysTwin(t *testing.T) {
	fast, _ := laned(t, nil)
	slow, _ := serve(t, ServerConfig{}, nil)
	for _, ask := range []string{
		"GET /p/0004131234ab.cfg HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"GET /p//0004131234ab.cfg HTTP/1.1\r\nhost: x\r\nUser-Agent: odd/1\r\nconnection: Close\r\n\r\n",
		"HEAD /p/0004131234ab.cfg HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"GET /p/0004131234AB.cfg HTTP/1.0\r\n\r\n",
		"GET /p/0004131234AB.cfg HTTP/1.0\n\n",
		"GET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"GET /none HTTP/1.0\r\nHost: x\r\n\r\n",
		"GET /busy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"GET /common.cfg HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"GET /common.cfg HTTP/1.1\r\nHost: x\r\nRange: bytes=2-3\r\nConnection: close\r\n\r\n",
		"GET /common.cfg HTTP/1.1\r\nHost: x\r\n\r\nGET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"GET /common.cfg HTTP/1.1\r\nHost: x\r\n\r\nPUT /none HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab",
		"GET /common.cfg HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
		"GET /common.cfg HTTP/1.1\r\nHost : x\r\n\r\n",
		"GET /common.cfg HTTP/1.1\r\nHost: x\r\n folded\r\nConnection: close\r\n\r\n",
		"GET /common.cfg HTTP/2.0\r\nHost: x\r\n\r\n",
		"GET common.cfg HTTP/1.1\r\nHost: x\r\n\r\n",
		"\r\n\r\n",
	} {
		if got, want := raw(t, fast, ask), raw(t, slow, ask); got != want {
			t.Errorf("%q:\n%q, the library says\n%q", ask, got, want)
		}
	}
}

// A phone that keeps its connection is served in the lane, then a request that
// is not plain takes the same connection to the library.
func TestLaneToLibraryOverTLS(t *testing.T) {
	addr, d := laned(t, selfSigned(t))
	c := tls.Client(dial(t, "127.0.0.7", addr), &tls.Config{InsecureSkipVerify: true})
	in := bufio.NewReader(c)
	for _, ask := range []string{
		"GET /common.cfg HTTP/1.1\r\nHost: x\r\n\r\n", "GET /common.cfg HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /common.cfg HTTP/1.1\r\nHost: x\r\nRange: bytes=0-19\r\n\r\n",
		"GET /common.cfg HTTP/1.1\r\n\r\n", // no Host: the library has mended requests only on their first
	} {
		io.WriteString(c, ask)
		r, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatalf("%q: %v", ask, err)
		}
		if b, _ := io.ReadAll(r.Body); r.StatusCode < 300 && string(b) != body {
			t.Fatalf("%q: %q", ask, b)
		}
		if q := d.last(t); q.TLS == nil || q.Door != "https" || q.Source.Addr().String() != "127.0.0.7" {
			t.Errorf("%q was heard as %+v", ask, q)
		}
	}
	c = tls.Client(dial(t, "127.0.0.7", addr), &tls.Config{InsecureSkipVerify: true})
	fmt.Fprint(c, "GET /common.cfg HTTP/1.1\r\n\r\n")
	if r, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil || r.StatusCode != 200 {
		t.Errorf("no Host over TLS: %+v, %v", r, err)
	}
}

// Over TLS a phone may say at once that it says no more.
func TestLaneAnswersWhoSaysNoMore(t *testing.T) {
	addr, _ := laned(t, selfSigned(t))
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		under := &together{Conn: dial(t, "127.0.0.7", addr)}
		c := tls.Client(under, &tls.Config{InsecureSkipVerify: true, MaxVersion: version})
		if err := c.Handshake(); err != nil {
			t.Fatal(err)
		}
		under.hold = true
		io.WriteString(c, "GET /common.cfg HTTP/1.1\r\nHost: x\r\n\r\n")
		c.CloseWrite()
		under.hold = false
		if err := under.SetDeadline(time.Now().Add(5 * time.Second)); err != nil { // CloseWrite set one that is over
			t.Fatal(err)
		}
		if _, err := under.Conn.Write(under.held); err != nil {
			t.Fatal(err)
		}
		if r, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil || r.StatusCode != 200 {
			t.Errorf("%s: %+v, %v", tls.VersionName(version), r, err)
		}
	}
}

// together is a connection that sends several writes as one.
type together struct {
	net.Conn
	hold bool
	held []byte
}

func (c *together) Write(b []byte) (int, error) {
	if !c.hold {
		return c.Conn.Write(b)
	}
	c.held = append(c.held, b...)
	return len(b), nil
}

// What is said twice the lane and the library hear in the same way.
func TestLaneHearsTheFirstAgent(t *testing.T) {
	addr, d := laned(t, nil)
	raw(t, addr, "GET /common.cfg HTTP/1.1\r\nHost: x\r\nUser-Agent: one\r\nUser-Agent: two\r\nConnection: close\r\n\r\n")
	if q := d.last(t); q.UserAgent != "one" {
		t.Errorf("heard %q", q.UserAgent)
	}
}

// A fault ends a request in the lane, never the server; a header that comes in
// crumbs has its time and no more.
func TestLaneGuards(t *testing.T) {
	addr, _ := laned(t, nil)
	if got := raw(t, addr, "GET /panic HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 503") {
		t.Error(got)
	}
	d := &desk{}
	phones := New(d.answer, nil)
	slow, _ := serve(t, ServerConfig{Handler: phones, Phones: phones, Claims: func(string) bool { return true }, HeaderTimeout: 200 * time.Millisecond}, nil)
	c := dial(t, "127.0.0.7", slow)
	began := time.Now()
	for {
		if _, err := io.WriteString(c, "G"); err != nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
		if time.Since(began) > 5*time.Second {
			t.Fatal("crumbs hold a connection")
		}
	}
}

// What the lane takes for plain the library understands in the same way.
func FuzzPlain(f *testing.F) {
	f.Add([]byte("GET /p/0004131234ab.cfg HTTP/1.1\r\nHost: x\r\nUser-Agent: a b\r\n\r\n"))
	f.Add([]byte("HEAD /x HTTP/1.0\r\nConnection: close\r\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		end := headerEnd(b, 0)
		if end == 0 {
			return
		}
		r, ok := parsePlain(b[:end])
		if !ok {
			return
		}
		q, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(b[:end])))
		if err != nil {
			t.Fatalf("%q: %v", b, err)
		}
		if q.URL.Path != r.path || q.Host != r.host || q.UserAgent() != r.agent || (q.Method == "HEAD") != r.head || q.ContentLength != 0 || !r.old && q.Close != r.close {
			t.Fatalf("%q: %+v, the library has %+v", b, r, q)
		}
	})
}

func BenchmarkPlain(b *testing.B) {
	d := &desk{}
	phones := New(d.answer, nil)
	for name, c := range map[string]ServerConfig{
		"lane": {Handler: phones, Phones: phones, Claims: func(string) bool { return true }}, "library": {Handler: phones},
	} {
		b.Run(name, func(b *testing.B) {
			s := NewServer(c)
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				b.Fatal(err)
			}
			go s.Serve(ln)
			defer s.Close()
			conn, err := net.Dial("tcp", ln.Addr().String())
			if err != nil {
				b.Fatal(err)
			}
			defer conn.Close()
			in := make([]byte, 4096)
			b.ReportAllocs()
			for b.Loop() {
				io.WriteString(conn, "GET /common.cfg HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\n\r\n")
				if _, err := conn.Read(in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
