package httpdoor

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cradle/provisioning"
)

// counted is a file that tells when it was closed.
type counted struct {
	*bytes.Reader
	open *atomic.Int64
}

func (c *counted) Close() error { c.open.Add(-1); return nil }

// TestLargeFiles: what is read instead of held comes by both ways through the
// server, whole, in pieces and not at all, and is closed each time.
func TestLargeFiles(t *testing.T) {
	var open atomic.Int64
	content := strings.Repeat("0123456789abcdef", 100_000)
	phones := New(func(context.Context, provisioning.Request) provisioning.Response {
		open.Add(1)
		return provisioning.Response{Status: 200, ContentType: "application/octet-stream", ETag: `"v1"`, File: &counted{bytes.NewReader([]byte(content)), &open}}
	}, nil)
	lane, _ := serve(t, ServerConfig{Handler: phones, Phones: phones, Claims: func(string) bool { return true }}, nil)
	library, _ := serve(t, ServerConfig{Handler: phones}, nil)
	for name, addr := range map[string]string{"lane": lane, "library": library} {
		for _, c := range []struct {
			ask, content string
			status       int
			length       int64
		}{
			{"GET /f HTTP/1.1\r\nHost: x\r\n\r\n", content, 200, 1_600_000},
			{"GET /f HTTP/1.0\r\n\r\n", content, 200, 1_600_000},
			{"HEAD /f HTTP/1.1\r\nHost: x\r\n\r\n", "", 200, 1_600_000},
			{"GET /f HTTP/1.1\r\nHost: x\r\nRange: bytes=16-31\r\n\r\n", "0123456789abcdef", 206, 16},
			{"GET /f HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"v1\"\r\n\r\n", "", 304, 0},
			{"PUT /f HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx", "", 200, 0},
		} {
			r, got := say(t, dial(t, "127.0.0.7", addr), c.ask)
			if r.StatusCode != c.status || got != c.content || r.ContentLength != c.length && c.status != 304 || r.StatusCode != 304 && !strings.HasPrefix(c.ask, "PUT") && r.Header.Get("Etag") != `"v1"` {
				t.Errorf("%s %.40q: %s, %d bytes, %v", name, c.ask, r.Status, len(got), r.Header)
			}
		}
	}
	for deadline := time.Now().Add(5 * time.Second); open.Load() != 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d files stay open", open.Load())
		}
	}
}

// A download may take longer than the writing of other answers.
func TestSlowDownload(t *testing.T) {
	var open atomic.Int64
	big := make([]byte, 8<<20)
	phones := New(func(context.Context, provisioning.Request) provisioning.Response {
		open.Add(1)
		return provisioning.Response{Status: 200, File: &counted{bytes.NewReader(big), &open}}
	}, nil)
	const short = 100 * time.Millisecond
	addr, _ := serve(t, ServerConfig{Handler: phones, Phones: phones, Claims: func(string) bool { return true }, Timeout: short, IdleTimeout: short}, nil)
	for _, fields := range []string{"", "Range: bytes=0-\r\n"} {
		c := dial(t, "127.0.0.7", addr)
		if err := c.(*net.TCPConn).SetReadBuffer(64 << 10); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(c, "GET /f HTTP/1.1\r\nHost: x\r\n%sConnection: close\r\n\r\n", fields)
		time.Sleep(3 * short) // more than other answers have
		if n, err := io.Copy(io.Discard, c); err != nil || n < int64(len(big)) {
			t.Errorf("%q: %d bytes, %v", fields, n, err)
		}
	}
}
