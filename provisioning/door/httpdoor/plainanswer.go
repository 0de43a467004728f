package httpdoor

import (
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"cradle/provisioning"
)

// buffer is what one connection reads into and writes from.
type buffer struct{ in, out []byte }

// buffers are shared by all connections; one is held only while a connection is served.
var buffers = sync.Pool{New: func() any { return &buffer{in: make([]byte, 0, maxPlain)} }}

// maxTogether is the longest body that is copied behind its header to be sent in
// one piece, in bytes.
const maxTogether = 32 << 10

// answer sends a response.
func (b *buffer) answer(c net.Conn, resp provisioning.Response, r plainRequest, date string) error {
	b.out = appendHeader(b.out[:0], resp, r, date)
	if resp.File != nil {
		defer resp.File.Close()
	}
	apart := resp.Size() > maxTogether || resp.File != nil
	if !r.head && !apart {
		b.out = append(b.out, resp.Body...)
	}
	_, err := c.Write(b.out)
	switch {
	case err != nil || r.head || !apart:
	case resp.File != nil:
		_ = c.SetWriteDeadline(time.Now().Add(patience(resp.File)))
		_, err = io.CopyN(c, resp.File, resp.File.Size())
	default:
		_, err = c.Write(resp.Body)
	}
	return err
}

// maxPlain is the longest header of a plain request, in bytes.
const maxPlain = 4 << 10

// appendHeader writes a response's header as the library would, fields in the same order.
func appendHeader(out []byte, resp provisioning.Response, r plainRequest, date string) []byte {
	version := "HTTP/1.1 "
	if r.old {
		version = "HTTP/1.0 "
	}
	out = append(out, version...)
	out = append(out, statusLine(resp.Status)...)
	if resp.NoStore {
		out = append(out, "Cache-Control: no-store\r\n"...)
	}
	out = append(out, "Content-Length: "...)
	out = strconv.AppendInt(out, resp.Size(), 10)
	out = append(out, "\r\nContent-Type: "...)
	if resp.ContentType == "" {
		resp.ContentType = "application/octet-stream"
	}
	out = append(out, resp.ContentType...)
	if resp.Status == 200 && resp.ETag != "" {
		out = append(append(out, "\r\nEtag: "...), resp.ETag...)
	}
	if resp.RetryAfter > 0 {
		out = strconv.AppendInt(append(out, "\r\nRetry-After: "...), int64(resp.RetryAfter), 10)
	}
	out = append(append(out, "\r\nDate: "...), date...)
	if r.close && !r.old {
		out = append(out, "\r\nConnection: close"...)
	}
	return append(out, "\r\n\r\n"...)
}

func statusLine(status int) string {
	switch status {
	case 200:
		return "200 OK\r\n"
	case 503:
		return "503 Service Unavailable\r\n"
	default:
		return "404 Not Found\r\n"
	}
}

// clock makes the Date once a second (RFC 9110, 6.6.1).
type clock struct{ last atomic.Pointer[stamp] }

type stamp struct {
	second int64
	text   string
}

func (c *clock) now() string {
	t := time.Now()
	if s := c.last.Load(); s != nil && s.second == t.Unix() {
		return s.text
	}
	s := &stamp{t.Unix(), t.UTC().Format(http.TimeFormat)}
	c.last.Store(s)
	return s.text
}
