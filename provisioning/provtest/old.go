package provtest

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// old makes a request in HTTP/1.0 (RFC 1945), on a connection of its own and
// without a Host header.
func (p *Phone) old(q *http.Request) (*http.Response, error) {
	port := q.URL.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[q.URL.Scheme]
	}
	conn, err := p.dial(q.Context(), "tcp", net.JoinHostPort(q.URL.Hostname(), port))
	if err != nil {
		return nil, err
	}
	if q.URL.Scheme == "https" {
		c := p.transport().TLSClientConfig.Clone()
		c.ServerName = q.URL.Hostname()
		conn = tls.Client(conn, c)
	}
	if err := conn.SetDeadline(time.Now().Add(p.c.Timeout)); err != nil {
		return nil, err
	}
	stop := context.AfterFunc(q.Context(), func() { conn.SetDeadline(time.Now()) }) //nolint:errcheck // an open socket takes a deadline
	r, err := oldRequest(conn, q)
	if err != nil {
		stop()
		conn.Close()
		return nil, err
	}
	r.Body = &closing{r.Body, conn, stop}
	return r, nil
}

func oldRequest(conn net.Conn, q *http.Request) (*http.Response, error) {
	if _, err := fmt.Fprintf(conn, "%s %s HTTP/1.0\r\n", q.Method, q.URL.RequestURI()); err != nil {
		return nil, err
	}
	if q.ContentLength > 0 {
		q.Header.Set("Content-Length", fmt.Sprint(q.ContentLength))
	}
	if err := q.Header.Write(conn); err != nil {
		return nil, err
	}
	if _, err := io.WriteString(conn, "\r\n"); err != nil {
		return nil, err
	}
	if q.Body != nil {
		if _, err := io.Copy(conn, q.Body); err != nil {
			return nil, err
		}
	}
	return http.ReadResponse(bufio.NewReader(conn), q)
}

// closing ends the connection with the body.
type closing struct {
	io.ReadCloser
	conn net.Conn
	stop func() bool
}

func (c *closing) Close() error {
	c.stop()
	_ = c.ReadCloser.Close()
	return c.conn.Close()
}
