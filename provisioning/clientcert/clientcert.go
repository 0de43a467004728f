// Package clientcert judges the certificates that phones show at the TLS doors:
// whose authority signed them, and which phone's MAC they name.
//
// It walks chains itself, because the library's verifier refuses what factories
// made for phones of ten years ago. What it takes that the library would not:
// signatures with SHA-1 (an attack needs an authority that signs what the
// attacker wrote, and factories sign what they make), and any dates (nobody
// renews a certificate in a phone, many have ended while the phone still works,
// and an end says nothing about who has the key). What it does not take: MD5,
// for which such an attack is cheap, and RSA keys below 1024 bits, which can be
// factored at home. Certificates of our own authority we can issue anew, so
// theirs must be in force.
package clientcert

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"cradle/directory"
	"cradle/provisioning/catalog"
)

// Proof is what a certificate proves.
type Proof struct {
	MAC directory.MAC
	// Authority is the vendor's folder name, or Own.
	Authority string
	// Subject is the certificate's common name.
	Subject string
	// Print names a certificate of our own (directory.CertificatePrint): whether it
	// was taken back, the device's record says.
	Print string
}

// String is how a device's record names its certificate.
func (p Proof) String() string { return p.Authority + ": " + p.Subject }

// Own is the authority of certificates that we issued.
const Own = "cradle"

// maxJudged bounds the judgements remembered; a phone asks several times on one
// connection and comes again.
const maxJudged = 4096

// Judge knows the authorities. It is safe for concurrent use.
type Judge struct {
	own     []*x509.Certificate
	folder  string
	now     func() time.Time
	shelf   atomic.Pointer[shelf]
	changes sync.Mutex // one change of the folder at a time
	issued  atomic.Bool
}

// shelf is one state of the authorities; it never changes but for what is
// remembered.
type shelf struct {
	authorities []Authority
	pool        *x509.CertPool
	judged      sync.Map // [32]byte of a leaf -> judgement
	count       atomic.Int64
}

// judgement of a certificate by one vendor's data, which may change.
type judgement struct {
	vendor string
	rule   *catalog.Certificate
	proof  Proof
	err    error
}

// Rules gives a vendor's data about certificates, nil where there is none.
type Rules func(vendor string) *catalog.Certificate

// Judge says what the certificates of a connection prove, the phone's own first.
// That the peer has the key to it was the handshake's affair. Errors wrap one of
// the sentinels.
func (j *Judge) Judge(state *tls.ConnectionState, rules Rules) (Proof, error) {
	chain := state.PeerCertificates
	if len(chain) == 0 {
		return Proof{}, fmt.Errorf("%w: none was shown", ErrUnknown)
	}
	s := j.shelf.Load()
	key := sha256.Sum256(chain[0].Raw)
	if item, ok := s.judged.Load(key); ok {
		known := item.(judgement) //nolint:forcetypeassert // only judgements are in it
		if known.vendor == "" || known.rule == rules(known.vendor) {
			return known.proof, known.err
		}
	}
	way, err := walk(chain)
	if err != nil {
		return Proof{}, err
	}
	if proof, err := j.ours(way[:1]); !errors.Is(err, ErrUnknown) {
		return proof, err
	}
	judged := s.judge(way, rules)
	if s.count.Add(1) > maxJudged { // a stranger with ever new certificates only costs himself
		s.judged.Clear()
		s.count.Store(1)
	}
	s.judged.Store(key, judged)
	return judged.proof, judged.err
}

// ours are the certificates that our authority has issued.
func (j *Judge) ours(way []reached) (Proof, error) {
	leaf := way[0].cert
	for _, root := range j.own {
		if leads(way, root) != nil {
			continue
		}
		if !slices.Contains(leaf.ExtKeyUsage, x509.ExtKeyUsageClientAuth) {
			return Proof{}, fmt.Errorf("%w: %q is one of our servers'", ErrGeneric, leaf.Subject.CommonName)
		}
		if now := j.now(); now.Before(leaf.NotBefore) || now.After(leaf.NotAfter) {
			return Proof{}, fmt.Errorf("%w: %q", ErrExpired, leaf.Subject.CommonName)
		}
		proof, err := named(leaf, Own, &catalog.Certificate{MAC: ownMAC})
		proof.Print = directory.CertificatePrint(leaf.Raw)
		return proof, err
	}
	return Proof{}, ErrUnknown
}

// judge tries every authority: one may belong to several vendors.
func (s *shelf) judge(way []reached, rules Rules) (out judgement) {
	out.err = fmt.Errorf("%w: %q by %q", ErrUnknown, way[0].cert.Subject.CommonName, way[0].cert.Issuer.CommonName)
	for _, a := range s.authorities {
		for _, root := range a.certificates {
			switch err := leads(way, root); {
			case errors.Is(err, ErrUnknown):
				continue
			case err != nil:
				out.err = err
				continue
			}
			out.vendor, out.rule = a.Vendor, rules(a.Vendor)
			if out.proof, out.err = named(way[0].cert, a.Vendor, out.rule); out.err == nil {
				return out
			}
		}
	}
	return out
}

// Issued says that a phone has a certificate of our own: from then on phones are
// asked for theirs.
func (j *Judge) Issued() { j.issued.Store(true) }

// Config has a TLS configuration ask for certificates, which nobody has to show.
// It names the authorities, so that browsers do not offer their owners' own.
// Nobody is asked while no vendor's authority is known and none of our own
// certificates is out: there are phones whose certificate the library cannot
// read, and asking ends their handshake.
func (j *Judge) Config(base *tls.Config) *tls.Config {
	base = base.Clone()
	type made struct {
		of     *shelf
		config *tls.Config
	}
	var last atomic.Pointer[made]
	asking := base.Clone()
	asking.ClientAuth = tls.RequestClientCert
	base.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
		s := j.shelf.Load()
		if len(s.authorities) == 0 && !j.issued.Load() {
			return nil, nil // as it is
		}
		if m := last.Load(); m != nil && m.of == s {
			return m.config, nil
		}
		c := asking.Clone()
		c.ClientCAs = s.pool
		last.Store(&made{s, c})
		return c, nil
	}
	return base
}
