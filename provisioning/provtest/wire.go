package provtest

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// wire is a connection that the phone keeps within one boot. Thousands of phones
// share a machine with the server, so that each costs no goroutine of its own.
type wire struct {
	conn net.Conn
	in   *bufio.Reader
	to   string // scheme, host and port
}

// hangUp closes the kept connection.
func (p *Phone) hangUp() {
	if p.wire != nil {
		p.wire.conn.Close()
		p.wire = nil
	}
}

// request is what is sent, in HTTP/1.1, or in HTTP/1.0 without a Host (RFC 1945).
func (p *Phone) request(method string, u *url.URL, upload []byte, span string) []byte {
	b := make([]byte, 0, 512+len(upload))
	b = append(append(append(b, method...), ' '), u.RequestURI()...)
	if p.model.Family.Boot.HTTP10 {
		b = append(b, " HTTP/1.0\r\n"...)
	} else {
		b = fmt.Appendf(b, " HTTP/1.1\r\nHost: %s\r\n", u.Host)
	}
	b = fmt.Appendf(b, "User-Agent: %s\r\nAccept-Encoding: identity\r\n", p.model.Says(p.model.Family.Boot.UserAgent, p.mac))
	if span != "" {
		b = fmt.Appendf(b, "Range: %s\r\n", span)
	}
	if upload != nil {
		b = fmt.Appendf(b, "Content-Length: %d\r\n", len(upload))
	}
	return append(append(b, "\r\n"...), upload...)
}

// answer is what a server said.
type answer struct {
	status int
	header http.Header
	body   []byte
	last   bool // the server closes the connection behind it
}

// exchange sends a request and reads the answer whole. A kept connection that
// the server has closed meanwhile is made anew, once.
func (p *Phone) exchange(ctx context.Context, u *url.URL, request []byte, method string) (answer, error) {
	to := u.Scheme + "://" + u.Host
	if p.wire != nil && p.wire.to != to {
		p.hangUp()
	}
	for {
		kept := p.wire != nil
		if !kept {
			if err := p.connect(ctx, u, to); err != nil {
				return answer{}, err
			}
		}
		a, err := p.wire.ask(ctx, request, method)
		if err != nil || a.last || p.model.Family.Boot.HTTP10 {
			p.hangUp()
		}
		if err == nil || !kept || ctx.Err() != nil {
			return a, err
		}
	}
}

func (p *Phone) connect(ctx context.Context, u *url.URL, to string) error {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	conn, err := p.dial(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return err
	}
	if u.Scheme == "https" {
		c := p.TLS()
		c.ServerName = u.Hostname()
		secure := tls.Client(conn, c)
		if err := secure.HandshakeContext(ctx); err != nil {
			conn.Close()
			return err
		}
		conn = secure
	}
	p.wire = &wire{conn: conn, in: bufio.NewReader(conn), to: to}
	return nil
}

var errTooLong = errors.New("longer than a phone would read")

func (w *wire) ask(ctx context.Context, request []byte, method string) (a answer, err error) {
	until, _ := ctx.Deadline()
	if err := w.conn.SetDeadline(until); err != nil {
		return a, err
	}
	stop := context.AfterFunc(ctx, func() { w.conn.SetDeadline(time.Now()) }) //nolint:errcheck // an open socket takes a deadline
	defer stop()
	if _, err := w.conn.Write(request); err != nil {
		return a, err
	}
	r, err := http.ReadResponse(w.in, &http.Request{Method: method})
	if err != nil {
		return a, err
	}
	defer r.Body.Close()
	a = answer{status: r.StatusCode, header: r.Header, last: r.Close}
	if a.body, err = readAll(r); err == nil && len(a.body) > maxFile {
		err = errTooLong
	}
	return a, err
}

// readAll reads a body, at once where its length is told.
func readAll(r *http.Response) ([]byte, error) {
	if r.ContentLength > 0 && r.ContentLength <= maxFile && r.Request.Method != http.MethodHead {
		body := make([]byte, r.ContentLength)
		_, err := io.ReadFull(r.Body, body)
		return body, err
	}
	return io.ReadAll(io.LimitReader(r.Body, maxFile+1))
}
