package devicecert

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// life is how long a server certificate is valid; after half of it a new one is made.
const life = 397 * 24 * time.Hour

// subject says for whom a server certificate is.
type subject struct {
	name string     // as asked by the peer, lower case; empty: none
	addr netip.Addr // local address it came to; may be invalid
	rsa  bool
}

// subjectOf reads the asked name and the local address from a ClientHello.
// What is no host name is left out: it came from a stranger.
func subjectOf(hello *tls.ClientHelloInfo) subject {
	s := subject{name: hostName(hello.ServerName)}
	if hello.Conn != nil {
		if ap, err := netip.ParseAddrPort(hello.Conn.LocalAddr().String()); err == nil {
			s.addr = ap.Addr().Unmap().WithZone("")
		}
	}
	return s
}

// host is what the peer believes to talk to: the name it asks for, or the address.
func (s subject) host() string {
	if s.name == "" && s.addr.IsValid() {
		return s.addr.String()
	}
	return s.name
}

// hostName gives a host name in lower case, or nothing where it is none
// (RFC 1123, 2.1).
func hostName(s string) string {
	s = strings.ToLower(strings.TrimSuffix(s, "."))
	if s == "" || len(s) > 253 {
		return ""
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return ""
		}
		for i := range len(label) {
			c := label[i]
			if c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
				return ""
			}
		}
	}
	return s
}

// issue signs a server certificate, by the root of the key's own kind.
func (a *Authority) issue(s subject, key crypto.Signer, now time.Time) (*tls.Certificate, error) {
	by := a.root
	if s.rsa {
		by = a.rsaRoot
	}
	template := &x509.Certificate{
		SerialNumber:   serial(),
		Subject:        pkix.Name{CommonName: s.title()},
		NotBefore:      time.Unix(0, 0).UTC(),
		NotAfter:       now.Add(life),
		KeyUsage:       x509.KeyUsageDigitalSignature,
		ExtKeyUsage:    []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		AuthorityKeyId: by.cert.SubjectKeyId,
	}
	if template.NotAfter.After(by.cert.NotAfter) {
		template.NotAfter = by.cert.NotAfter
	}
	if s.rsa {
		template.KeyUsage |= x509.KeyUsageKeyEncipherment
	}
	if s.name != "" {
		template.DNSNames = []string{s.name}
	}
	if s.addr.IsValid() {
		template.IPAddresses = []net.IP{s.addr.AsSlice()}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, by.cert, key.Public(), by.key)
	if err != nil {
		return nil, fmt.Errorf("certificate for %s: %w", s.title(), err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der, by.cert.Raw}, PrivateKey: key, Leaf: leaf}, nil
}

// title is the common name; it has at most 64 characters (RFC 5280, appendix A.1).
func (s subject) title() string {
	switch {
	case s.name != "" && len(s.name) <= 64:
		return s.name
	case s.addr.IsValid():
		return s.addr.String()
	}
	return "cradle"
}

// cacheSize bounds the certificates kept. A stranger who asks for ever new
// names only makes room for himself.
const cacheSize = 256

// cache keeps certificates by subject. Zero is an empty one.
type cache struct {
	mu    sync.RWMutex
	items map[subject]cached
}

type cached struct {
	cert *tls.Certificate
	made time.Time
}

func (c *cache) get(s subject, now time.Time) *tls.Certificate {
	c.mu.RLock()
	defer c.mu.RUnlock()
	item, ok := c.items[s]
	if !ok || now.Sub(item.made) > life/2 {
		return nil
	}
	return item.cert
}

func (c *cache) put(s subject, cert *tls.Certificate, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.items == nil {
		c.items = map[subject]cached{}
	}
	if _, known := c.items[s]; !known && len(c.items) >= cacheSize {
		for victim := range c.items { // any one: maps have no order
			delete(c.items, victim)
			break
		}
	}
	c.items[s] = cached{cert, now}
}

// lateKey is a key that is being made.
type lateKey struct {
	done chan struct{}
	key  crypto.Signer
	err  error
}

// newLateKey begins to make an RSA key. The goroutine ends by itself when the
// key is there; wait is its waiter.
func newLateKey() *lateKey {
	k := &lateKey{done: make(chan struct{})}
	go func() {
		defer close(k.done)
		key, err := generateRSA()
		if err != nil {
			k.err = fmt.Errorf("make RSA server key: %w", err)
			return
		}
		k.key = key
	}()
	return k
}

// wait gives the key once it is there.
func (k *lateKey) wait(ctx context.Context) (crypto.Signer, error) {
	select {
	case <-k.done:
		return k.key, k.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
