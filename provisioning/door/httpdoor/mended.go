package httpdoor

import (
	"bytes"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"strings"
)

// read is a connection of which a beginning was read already. The library
// cannot see that there is TLS underneath; rememberTLS and withTLS tell it.
type read struct {
	net.Conn
	held []byte // read, not yet given on
}

// Read gives what is held first.
func (c *read) Read(p []byte) (int, error) {
	if len(c.held) == 0 {
		return c.Conn.Read(p)
	}
	n := copy(p, c.held)
	if c.held = c.held[n:]; len(c.held) == 0 {
		c.held = nil
	}
	return n, nil
}

// CloseWrite ends our side only, so that a client which is still sending reads
// why it was refused before the connection goes away.
func (c *read) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

type tlsKey struct{}

func rememberTLS(ctx context.Context, c net.Conn) context.Context {
	if r, ok := c.(*read); ok {
		if t, ok := r.Conn.(*tls.Conn); ok {
			state := t.ConnectionState()
			return context.WithValue(ctx, tlsKey{}, &state)
		}
	}
	return ctx
}

func withTLS(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if state, ok := r.Context().Value(tlsKey{}).(*tls.ConnectionState); ok && r.TLS == nil {
			r.TLS = state
		}
		next.ServeHTTP(w, r)
	})
}

// mend looks at the first header that goes to the library. Some phones speak
// HTTP/1.1 and send no Host, or begin the path with a backslash or nothing, which
// the library answers with 400: such a request gets an empty Host, a slash, and
// the wish to close, so that each later request is a first one too.
func mend(held []byte) []byte {
	header := string(held[:headerEnd(held, 0)])
	host, slash := missingHost(header), missingSlash(header)
	if host == 0 && slash == 0 {
		return held
	}
	out := make([]byte, 0, len(held)+len(emptyHost)+len(closing)+1)
	out = append(out, held[:slash]...)
	if slash > 0 {
		out = append(out, '/')
	}
	fields := strings.IndexByte(header, '\n') + 1
	out = append(out, held[slash:fields]...)
	if host > 0 {
		out = append(out, emptyHost...)
	}
	return append(append(out, closing...), held[fields:]...)
}

// What is put into a request.
const (
	emptyHost = "Host:\r\n"
	closing   = "Connection: close\r\n"
)

// missingSlash tells where a target begins that is neither a path nor a URL nor
// the asterisk of OPTIONS (RFC 9112, 3.2); 0 where it is one of these.
func missingSlash(header string) int {
	line, _, _ := strings.Cut(header, "\n")
	method, target, ok := strings.Cut(line, " ")
	switch method {
	case "GET", "HEAD", "PUT", "POST":
	default:
		return 0
	}
	target, _, versioned := strings.Cut(target, " ")
	if !ok || !versioned || target == "" || target[0] == '/' || target[0] == '*' || strings.Contains(target, "://") {
		return 0
	}
	return len(method) + 1
}

// missingHost tells where to put the missing header fields into a request: the
// offset behind its first line, or 0 where nothing is to be mended. Only
// HTTP/1.1 demands a Host (RFC 9112, 3.2).
func missingHost(header string) int {
	line, rest, _ := strings.Cut(header, "\n")
	if !strings.HasSuffix(strings.TrimSuffix(line, "\r"), " HTTP/1.1") {
		return 0
	}
	for field := range strings.Lines(rest) {
		if len(field) >= 5 && strings.EqualFold(field[:5], "host:") {
			return 0
		}
	}
	return len(line) + 1
}

// headerEnd finds the empty line that ends a header, from an offset on; it gives
// the offset behind it, 0 where there is none yet.
func headerEnd(b []byte, from int) int {
	for i := from; i < len(b); i++ {
		if b[i] != '\n' {
			continue
		}
		rest := bytes.TrimPrefix(b[i+1:], []byte("\r"))
		if len(rest) > 0 && rest[0] == '\n' {
			return len(b) - len(rest) + 1
		}
	}
	return 0
}
