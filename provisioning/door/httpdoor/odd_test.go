package httpdoor

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"cradle/provisioning"
)

// oddly speaks to the door in the clear and over TLS.
func oddly(t *testing.T, each func(t *testing.T, dial func() net.Conn, d *desk)) {
	plain, d := laned(t, nil)
	t.Run("http", func(t *testing.T) { each(t, func() net.Conn { return dial(t, "127.0.0.7", plain) }, d) })
	secure, ds := laned(t, selfSigned(t))
	t.Run("https", func(t *testing.T) {
		each(t, func() net.Conn {
			return tls.Client(dial(t, "127.0.0.7", secure), &tls.Config{InsecureSkipVerify: true})
		}, ds)
	})
}

// say sends bytes on a connection and reads one answer.
func say(t *testing.T, c net.Conn, ask string) (*http.Response, string) {
	t.Helper()
	if _, err := io.WriteString(c, ask); err != nil {
		t.Fatal(err)
	}
	method, _, _ := strings.Cut(ask, " ")
	r, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: method})
	if err != nil {
		t.Fatalf("%q: %v", ask, err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatalf("%q: %v", ask, err)
	}
	return r, string(b)
}

// TestOddClients has a line for each kind of client that would be refused, cut
// or sent elsewhere by an ordinary web server.
func TestOddClients(t *testing.T) {
	const file = "0004131234ab.cfg"
	oddly(t, func(t *testing.T, dial func() net.Conn, d *desk) {
		for name, ask := range map[string]string{
			"HTTP/1.0":                       "GET /p/" + file + " HTTP/1.0\r\n\r\n",
			"HTTP/1.0 that keeps alive":      "GET /p/" + file + " HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
			"HTTP/1.0 with a Host":           "GET /p/" + file + " HTTP/1.0\r\nHost: x\r\n\r\n",
			"lines that end with LF alone":   "GET /p/" + file + " HTTP/1.0\n\n",
			"HTTP/1.1 without Host":          "GET /p/" + file + " HTTP/1.1\r\n\r\n",
			"without Host, with more":        "GET /p/" + file + " HTTP/1.1\r\nUser-Agent: odd\r\nAccept: */*\r\n\r\n",
			"an empty Host":                  "GET /p/" + file + " HTTP/1.1\r\nHost:\r\n\r\n",
			"a Host with a port":             "GET /p/" + file + " HTTP/1.1\r\nHost: x:8080\r\n\r\n",
			"field names in capitals":        "GET /p/" + file + " HTTP/1.1\r\nHOST: x\r\nUSER-AGENT: odd\r\n\r\n",
			"a file name in capitals":        "GET /p/" + strings.ToUpper(file) + " HTTP/1.1\r\nHost: x\r\n\r\n",
			"a doubled slash":                "GET //p//" + file + " HTTP/1.1\r\nHost: x\r\n\r\n",
			"a doubled slash, nothing else":  "GET //p//" + file + " HTTP/1.0\r\n\r\n",
			"a whole URL":                    "GET http://x/p/" + file + " HTTP/1.1\r\nHost: x\r\n\r\n",
			"a query":                        "GET /p/" + file + "?mac=1 HTTP/1.1\r\nHost: x\r\n\r\n",
			"escapes":                        "GET /p/%30004131234ab%2Ecfg HTTP/1.1\r\nHost: x\r\n\r\n",
			"no slash at the beginning":      "GET p/" + file + " HTTP/1.0\r\n\r\n",
			"no slash, no Host":              "GET p/" + file + " HTTP/1.1\r\n\r\n",
			"backslashes":                    "GET \\p\\" + file + " HTTP/1.1\r\nHost: x\r\n\r\n",
			"a backslash after a slash":      "GET /p\\" + file + " HTTP/1.1\r\nHost: x\r\n\r\n",
			"a Range of everything":          "GET /p/" + file + " HTTP/1.1\r\nHost: x\r\nRange: bytes=0-\r\n\r\n",
			"If-Modified-Since":              "GET /p/" + file + " HTTP/1.1\r\nHost: x\r\nIf-Modified-Since: Thu, 01 Jan 2037 00:00:00 GMT\r\n\r\n",
			"If-None-Match of another":       "GET /p/" + file + " HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"v0\"\r\n\r\n",
			"a Range in a unit of its own":   "GET /p/" + file + " HTTP/1.1\r\nHost: x\r\nRange: lines=1-2\r\n\r\n",
			"a body with its GET":            "GET /p/" + file + " HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
			"credentials nobody asked for":   "GET /p/" + file + " HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YTpi\r\n\r\n",
			"an Expect with nothing to send": "GET /p/" + file + " HTTP/1.1\r\nHost: x\r\nExpect:\r\n\r\n",
		} {
			r, got := say(t, dial(), ask)
			want := 200
			if name == "a Range of everything" {
				want = 206
			}
			if r.StatusCode != want || got != body || r.Header.Get("Location") != "" {
				t.Errorf("%s: %s %q", name, r.Status, got)
			}
			if q := d.last(t); q.Source.Addr().String() != "127.0.0.7" || q.Path == "" {
				t.Errorf("%s was heard as %+v", name, q)
			}
		}
	})
}

// TestPieces: what phones with little memory ask for piece by piece.
func TestPieces(t *testing.T) {
	oddly(t, func(t *testing.T, dial func() net.Conn, _ *desk) {
		for fields, want := range map[string]struct {
			status  int
			content string
			field   string // name: value
		}{
			"Range: bytes=0-4":                          {206, body[:5], "Content-Range: bytes 0-4/20"},
			"Range: bytes=19-400":                       {206, body[19:], "Content-Range: bytes 19-19/20"},
			"Range: bytes=20-":                          {416, "invalid range: failed to overlap\n", "Content-Range: bytes */20"},
			"Range: bytes=x":                            {416, "invalid range\n", ""},
			"Range: bytes=4-2":                          {416, "invalid range\n", ""},
			"Range: bytes=0-4\r\nIf-Range: \"v1\"":      {206, body[:5], "Etag: \"v1\""},
			"Range: bytes=0-4\r\nIf-Range: \"v0\"":      {200, body, "Content-Length: 20"},
			"Range: bytes=0-4\r\nIf-Range: W/\"v1\"":    {200, body, "Content-Length: 20"},
			"Range: bytes=0-4\r\nIf-None-Match: \"v1\"": {304, "", "Etag: \"v1\""},
			"If-Match: \"v1\"":                          {200, body, "Content-Length: 20"},
			"If-Match: \"v0\"":                          {412, "", ""},
			"If-None-Match: \"v0\", \"v1\"":             {304, "", ""},
			"If-None-Match: *":                          {304, "", ""},
		} {
			r, got := say(t, dial(), "GET /common.cfg HTTP/1.1\r\nHost: x\r\n"+fields+"\r\n\r\n")
			name, value, _ := strings.Cut(want.field, ": ")
			if r.StatusCode != want.status || got != want.content || name != "" && r.Header.Get(name) != value {
				t.Errorf("%q: %s %q %v", fields, r.Status, got, r.Header)
			}
		}
	})
}

// Several pieces at once come as one message of parts.
func TestSeveralPieces(t *testing.T) {
	oddly(t, func(t *testing.T, dial func() net.Conn, _ *desk) {
		r, got := say(t, dial(), "GET /common.cfg HTTP/1.1\r\nHost: x\r\nRange: bytes=0-1, 18-\r\n\r\n")
		if r.StatusCode != 206 || !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/byteranges; boundary=") {
			t.Fatalf("%s %v", r.Status, r.Header)
		}
		for _, part := range []string{"Content-Range: bytes 0-1/20\r\n", "\r\n\r\n01\r\n", "Content-Range: bytes 18-19/20\r\n", "\r\n\r\nij\r\n"} {
			if !strings.Contains(got, part) {
				t.Errorf("no %q in %q", part, got)
			}
		}
		// More pieces than there is file come whole: nobody makes much of little.
		if r, got := say(t, dial(), "GET /common.cfg HTTP/1.1\r\nHost: x\r\nRange: bytes="+strings.Repeat("0-,", 500)+"0-\r\n\r\n"); r.StatusCode != 200 || got != body {
			t.Errorf("%s, %d bytes", r.Status, len(got))
		}
	})
}

// HEAD has every field of GET and no body, also of a piece.
func TestHead(t *testing.T) {
	oddly(t, func(t *testing.T, dial func() net.Conn, d *desk) {
		for _, ask := range []string{" /p/0004131234ab.cfg HTTP/1.1\r\nHost: x\r\n\r\n", " /p/0004131234ab.cfg HTTP/1.0\r\n\r\n", " /none HTTP/1.1\r\nHost: x\r\n\r\n", " /common.cfg HTTP/1.1\r\nHost: x\r\nRange: bytes=1-2\r\n\r\n"} {
			get, _ := say(t, dial(), "GET"+ask)
			head, got := say(t, dial(), "HEAD"+ask)
			get.Header.Del("Date")
			head.Header.Del("Date")
			if got != "" || head.StatusCode != get.StatusCode || head.ContentLength != get.ContentLength || fmt.Sprint(head.Header) != fmt.Sprint(get.Header) {
				t.Errorf("%q: %v %v, GET has %v %v", ask, head.Status, head.Header, get.Status, get.Header)
			}
			if d.last(t).Method != "HEAD" {
				t.Errorf("%q was heard as %+v", ask, d.last(t))
			}
		}
	})
}

// Phones upload with every method and framing that they know.
func TestUploadsOfAllKinds(t *testing.T) {
	oddly(t, func(t *testing.T, dial func() net.Conn, d *desk) {
		for name, ask := range map[string]string{
			"PUT":          "PUT /p/0004131234ab.cfg HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
			"POST":         "POST /p/0004131234ab.cfg HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
			"chunks":       "PUT /p/0004131234ab.cfg HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
			"without Host": "PUT /p/0004131234ab.cfg HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
			"HTTP/1.0":     "PUT /p/0004131234ab.cfg HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello",
			"nothing":      "PUT /p/0004131234ab.cfg HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
			"form data":    "POST /p/0004131234ab.cfg HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 9\r\n\r\n--b\r\n--b--",
		} {
			r, got := say(t, dial(), ask)
			if r.StatusCode != 200 || got != "" || d.last(t).Method != "PUT" {
				t.Errorf("%s: %s %q", name, r.Status, got)
			}
		}
		c := dial()
		io.WriteString(c, "PUT /p/0004131234ab.cfg HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
		in := bufio.NewReader(c)
		if line, err := in.ReadString('\n'); err != nil || !strings.Contains(line, "100") {
			t.Errorf("it waits to be told: %q, %v", line, err)
		}
		if _, err := in.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		io.WriteString(c, "hello")
		if r, err := http.ReadResponse(in, nil); err != nil || r.StatusCode != 200 {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

// A body that comes in crumbs and an answer that nobody reads have their time,
// in the lane and in the library.
func TestSlowBodiesAndReaders(t *testing.T) {
	const short = 150 * time.Millisecond
	big := make([]byte, 32<<20)
	phones := New(func(context.Context, provisioning.Request) provisioning.Response {
		return provisioning.Response{Status: 200, ContentType: "text/plain", Body: big, ETag: `"v"`}
	}, nil)
	addr, _ := serve(t, ServerConfig{Handler: phones, Phones: phones, Claims: func(string) bool { return true }, HeaderTimeout: short, Timeout: short, IdleTimeout: short}, nil)
	for name, ask := range map[string]string{
		"a slow upload":                 "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n",
		"a slow reader in the lane":     "GET /a HTTP/1.1\r\nHost: x\r\n\r\n",
		"a slow reader of the library":  "GET /a HTTP/1.1\r\nHost: x\r\nRange: bytes=1-\r\n\r\n",
		"a header without end":          "GET /a HTTP/1.1\r\n",
		"a header without end, no line": "GET /a",
	} {
		c := dial(t, "127.0.0.7", addr)
		if err := c.(*net.TCPConn).SetReadBuffer(4096); err != nil {
			t.Fatal(err)
		}
		io.WriteString(c, ask)
		began := time.Now()
		for { // one byte now and then, until the server has had enough
			if _, err := io.WriteString(c, "x"); err != nil {
				break
			}
			if time.Since(began) > 10*time.Second {
				t.Errorf("%s holds its connection", name)
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
}
