// Package devicecert holds our certificate authority and makes the server
// certificates that phones and browsers see when they come by TLS.
//
// The authority has two roots, each in a file of the data folder. Server
// certificates are made when a name or address is first asked for and are kept
// in memory only: ECDSA P-256 for everybody, RSA-2048 beside it, signed by the
// RSA root, for peers that know no ECDSA.
package devicecert

import (
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"time"
)

// Authority is our certificate authority. It is safe for concurrent use.
type Authority struct {
	root, rsaRoot root
	pem           []byte
	now           func() time.Time

	ecdsaKey crypto.Signer
	rsaKey   *lateKey // made in the background: it takes a good part of a second
	served   cache
	named    *named // by other authorities; nil: none
}

// LoadAuthority reads the authority of a data folder, or makes one and keeps
// it there (mode 0600). A file that cannot be understood is an error and is
// left as it is. Close must be called in the end.
func LoadAuthority(dataDir string) (*Authority, error) {
	return load(dataDir, time.Now)
}

func load(dataDir string, now func() time.Time) (*Authority, error) {
	a := &Authority{now: now}
	var err error
	if a.root, err = openFile(dataDir, fileName, now, generateECDSA); err != nil {
		return nil, err
	}
	if a.rsaRoot, err = openFile(dataDir, fileNameRSA, now, generateRSA); err != nil {
		return nil, err
	}
	a.pem = append(certPEM(a.root.cert.Raw), certPEM(a.rsaRoot.cert.Raw)...)
	if a.ecdsaKey, err = generateECDSA(); err != nil {
		return nil, fmt.Errorf("make server key: %w", err)
	}
	a.rsaKey = newLateKey()
	return a, nil
}

// PEM is the authority's certificates in PEM, as phones are given them.
func (a *Authority) PEM() []byte { return append([]byte(nil), a.pem...) }

// Roots are the authority's certificates.
func (a *Authority) Roots() []*x509.Certificate {
	return []*x509.Certificate{a.root.cert, a.rsaRoot.cert}
}

// Close waits for work in the background to end.
func (a *Authority) Close() error {
	_, _ = a.rsaKey.wait(context.Background()) // nobody needs the key any more
	return nil
}

// TLSConfig is the configuration of the main TLS door: TLS 1.2 at least,
// session tickets on, certificates by GetCertificate. The protocols for ALPN,
// most wanted first, are the caller's.
func (a *Authority) TLSConfig(protocols ...string) *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		NextProtos:     protocols,
		GetCertificate: a.GetCertificate,
	}
}

// GetCertificate answers a ClientHello with a certificate for the name it asks
// for (RFC 6066, 3) and for the local address it came to: one that Named has, or
// ours. A peer that supports no ECDSA gets the RSA one.
func (a *Authority) GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	s := subjectOf(hello)
	if cert := a.named.get(s.host(), hello, a.now()); cert != nil {
		return cert, nil
	}
	cert, err := a.serve(s, a.ecdsaKey)
	if err != nil || hello.SupportsCertificate(cert) == nil {
		return cert, err
	}
	return a.certificateRSA(hello)
}

// certificateRSA is for peers that know no ECDSA.
func (a *Authority) certificateRSA(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	key, err := a.rsaKey.wait(hello.Context())
	if err != nil {
		return nil, err
	}
	s := subjectOf(hello)
	s.rsa = true
	return a.serve(s, key)
}

// serve takes a certificate from the cache or makes it.
func (a *Authority) serve(s subject, key crypto.Signer) (*tls.Certificate, error) {
	now := a.now()
	if cert := a.served.get(s, now); cert != nil {
		return cert, nil
	}
	cert, err := a.issue(s, key, now)
	if err != nil {
		return nil, err
	}
	a.served.put(s, cert, now)
	return cert, nil
}
