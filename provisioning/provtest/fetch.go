package provtest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// maxFile bounds what the phone reads of one file.
const maxFile = 4 << 20

// tries is how often a phone asks while it is told to come later, or cannot connect.
const tries = 4

// fetch asks for one file; nil without an error: there is none.
func (p *Phone) fetch(ctx context.Context, place, name string, res *Result) ([]byte, error) {
	u, err := p.join(place, name)
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		began := time.Now()
		step := Step{Method: "GET", URL: mask(u.String())}
		var body []byte
		var wait time.Duration
		if u.Scheme == "tftp" {
			body, step.Status, err = p.tftp(ctx, u)
		} else {
			body, step.Status, wait, err = p.get(ctx, u)
		}
		step.Took, step.Bytes = time.Since(began), len(body)
		if err != nil {
			step.Note = err.Error()
		}
		res.Steps = append(res.Steps, step)
		switch {
		case err != nil && (try == tries || ctx.Err() != nil):
			return nil, fmt.Errorf("%s: %w", step.URL, err)
		case err != nil: // a phone tries again
			p.hangUp()
		case step.Status == http.StatusOK:
			return body, nil
		case step.Status < 500:
			return nil, nil
		case try == tries:
			return nil, fmt.Errorf("%w: %s: status %d", ErrRefused, step.URL, step.Status)
		}
		select {
		case <-time.After(max(wait, 200*time.Millisecond)):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// upload sends a file as some phones do; whatever the answer, they go on.
func (p *Phone) upload(ctx context.Context, method, place, name string, res *Result) {
	u, err := p.join(place, name)
	if err != nil || u.Scheme == "tftp" {
		return
	}
	began := time.Now()
	step := Step{Method: method, URL: mask(u.String())}
	if _, step.Status, _, err = p.http(ctx, method, u, []byte("log of a simulated phone\n"), ""); err != nil {
		step.Note = err.Error()
	}
	step.Took = time.Since(began)
	res.Steps = append(res.Steps, step)
}

// trust takes the authority the phone is told to check servers by: it stands in
// the settings themselves, or they say where it is fetched.
func (p *Phone) trust(ctx context.Context, at string, res *Result) {
	if roots := p.pools.inline(at); roots != nil {
		p.roots = roots
		p.hangUp()
		return
	}
	u, err := url.Parse(at)
	if err != nil || u.Scheme == "tftp" {
		return
	}
	began := time.Now()
	step := Step{Method: "GET", URL: mask(at)}
	body, status, _, err := p.http(ctx, http.MethodGet, u, nil, "")
	step.Status, step.Bytes, step.Took = status, len(body), time.Since(began)
	if err != nil {
		step.Note = err.Error()
	} else if roots := p.pools.of(body); status == http.StatusOK && roots != nil {
		p.roots = roots
		p.hangUp() // what is asked from now on is asked of a checked server
	}
	res.Steps = append(res.Steps, step)
}

// pools are the authorities that phones were given, each read once for all.
type pools struct {
	mu  sync.Mutex
	all map[string]*x509.CertPool
}

// of reads certificates; nil: there is none.
func (p *pools) of(pem []byte) *x509.CertPool {
	p.mu.Lock()
	defer p.mu.Unlock()
	roots := p.all[string(pem)]
	if roots == nil {
		if roots = x509.NewCertPool(); !roots.AppendCertsFromPEM(pem) {
			return nil
		}
		p.all = map[string]*x509.CertPool{string(pem): roots} // one is enough: a server has one
	}
	return roots
}

// inline reads certificates as PEM, or each on a line of its own without the
// first and last of PEM; nil: the text holds none.
func (p *pools) inline(text string) *x509.CertPool {
	if !strings.Contains(text, "-----BEGIN ") {
		text = "-----BEGIN CERTIFICATE-----\n" + strings.ReplaceAll(text, "\n", "\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\n") + "\n-----END CERTIFICATE-----\n"
	}
	return p.of([]byte(text))
}

// head asks whether a file is there, as some phones do before they fetch it.
func (p *Phone) head(ctx context.Context, place, name string, res *Result) (bool, error) {
	u, err := p.join(place, name)
	if err != nil || u.Scheme == "tftp" {
		return true, err // TFTP has no such request
	}
	began := time.Now()
	step := Step{Method: http.MethodHead, URL: mask(u.String())}
	_, step.Status, _, err = p.http(ctx, http.MethodHead, u, nil, "")
	step.Took = time.Since(began)
	res.Steps = append(res.Steps, step)
	return step.Status == http.StatusOK, err
}

// part is how much a phone asks for that takes files in parts, in bytes.
const part = 1024

// get fetches a file whole, or in parts where the phone does so.
func (p *Phone) get(ctx context.Context, u *url.URL) (body []byte, status int, wait time.Duration, err error) {
	if !p.ranges {
		return p.http(ctx, http.MethodGet, u, nil, "")
	}
	for {
		some, status, wait, err := p.http(ctx, http.MethodGet, u, nil, fmt.Sprintf("bytes=%d-%d", len(body), len(body)+part-1))
		switch {
		case err == nil && status == http.StatusRequestedRangeNotSatisfiable && len(body) > 0:
			return body, http.StatusOK, 0, nil
		case err != nil || status != http.StatusPartialContent:
			return some, status, wait, err
		}
		if body = append(body, some...); len(some) < part || len(body) > maxFile {
			return body, http.StatusOK, 0, nil
		}
	}
}

// http makes one request from the phone's own address; within one boot the
// connection is kept. It follows no redirection: many phones do not.
func (p *Phone) http(ctx context.Context, method string, u *url.URL, upload []byte, span string) (body []byte, status int, wait time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, p.c.Timeout)
	defer cancel()
	a, err := p.exchange(ctx, u, p.request(method, u, upload, span), method)
	if err != nil {
		return nil, 0, 0, err
	}
	if seconds, e := strconv.Atoi(a.header.Get("Retry-After")); e == nil {
		wait = min(time.Duration(seconds)*time.Second, 2*time.Second)
	}
	return a.body, a.status, wait, nil
}

// TLS is how the phone looks at servers, by the authority it was given last.
func (p *Phone) TLS() *tls.Config {
	return &tls.Config{
		RootCAs: p.roots, InsecureSkipVerify: p.roots == nil, //nolint:gosec // a phone without roots checks nobody
		CurvePreferences: []tls.CurveID{tls.X25519, tls.CurveP256}, // no phone offers more
	}
}

// dial connects from the phone's own address.
func (p *Phone) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	d := net.Dialer{}
	if to, err := netip.ParseAddrPort(addr); err == nil {
		if own := p.Address(to.Addr()); own.IsValid() {
			d.LocalAddr = &net.TCPAddr{IP: own.AsSlice()}
		}
	}
	return d.DialContext(ctx, network, addr)
}
