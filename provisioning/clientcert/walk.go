package clientcert

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // see the package's comment
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
)

// Bounds of a chain that a peer shows.
const (
	maxIntermediates = 4
	minRSA           = 1024 // bits; the library's own bound too
)

// reached is a certificate of the peer to which a way leads from its own.
type reached struct {
	cert  *x509.Certificate
	depth int // signatures between it and the peer's own
}

// walk follows the signatures from the peer's own certificate up through those
// it showed with it, each of which is looked at once. Names must follow each
// other, and only what may sign certificates does: without that any phone could
// make another's.
func walk(chain []*x509.Certificate) ([]reached, error) {
	if err := strong(chain[0]); err != nil {
		return nil, err
	}
	way := []reached{{chain[0], 0}}
	between := slices.Clone(chain[1:min(len(chain), 1+maxIntermediates)])
	for i := 0; i < len(way); i++ {
		at := way[i]
		between = slices.DeleteFunc(between, func(next *x509.Certificate) bool {
			up := bytes.Equal(at.cert.RawIssuer, next.RawSubject) && maySign(next, at.depth) && signed(at.cert, next) == nil
			if up {
				way = append(way, reached{next, at.depth + 1})
			}
			return up
		})
	}
	return way, nil
}

// leads reports whether a root has signed one of those reached; nil: it has.
func leads(way []reached, root *x509.Certificate) error {
	unknown := fmt.Errorf("%w: %q by %q", ErrUnknown, way[0].cert.Subject.CommonName, way[0].cert.Issuer.CommonName)
	for _, at := range way {
		if !bytes.Equal(at.cert.RawIssuer, root.RawSubject) {
			continue
		}
		err := signed(at.cert, root)
		if err == nil || errors.Is(err, ErrWeak) {
			return err
		}
	}
	return unknown
}

// maySign reports whether an intermediate is an authority for a chain with so
// many others below it (RFC 5280, 4.2.1.9). Constraints on names would have to be
// understood; factories have none.
func maySign(c *x509.Certificate, below int) bool {
	switch {
	case !c.BasicConstraintsValid || !c.IsCA:
		return false
	case c.KeyUsage != 0 && c.KeyUsage&x509.KeyUsageCertSign == 0:
		return false
	case (c.MaxPathLen > 0 || c.MaxPathLenZero) && below > c.MaxPathLen:
		return false
	}
	return !c.PermittedDNSDomainsCritical && len(c.UnhandledCriticalExtensions) == 0
}

// strong refuses keys that can be broken at home.
func strong(c *x509.Certificate) error {
	if key, is := c.PublicKey.(*rsa.PublicKey); is && key.N.BitLen() < minRSA {
		return fmt.Errorf("%w: %q has an RSA key of %d bits", ErrWeak, c.Subject.CommonName, key.N.BitLen())
	}
	return nil
}

// signed checks one signature; SHA-1 is checked here, as the library will not.
func signed(c, by *x509.Certificate) error {
	if err := strong(by); err != nil {
		return err
	}
	switch c.SignatureAlgorithm {
	case x509.SHA1WithRSA, x509.ECDSAWithSHA1:
		return signedSHA1(c, by)
	case x509.MD5WithRSA, x509.MD2WithRSA:
		return fmt.Errorf("%w: %q is signed with %v", ErrWeak, c.Subject.CommonName, c.SignatureAlgorithm)
	}
	if err := by.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature); err != nil {
		return fmt.Errorf("%w: %q: %w", ErrUnknown, c.Subject.CommonName, err)
	}
	return nil
}

func signedSHA1(c, by *x509.Certificate) error {
	sum := sha1.Sum(c.RawTBSCertificate) //nolint:gosec // see the package's comment
	valid := false
	switch key := by.PublicKey.(type) {
	case *rsa.PublicKey:
		valid = c.SignatureAlgorithm == x509.SHA1WithRSA && rsa.VerifyPKCS1v15(key, crypto.SHA1, sum[:], c.Signature) == nil
	case *ecdsa.PublicKey:
		valid = c.SignatureAlgorithm == x509.ECDSAWithSHA1 && ecdsa.VerifyASN1(key, sum[:], c.Signature)
	}
	if !valid {
		return fmt.Errorf("%w: the signature of %q is wrong", ErrUnknown, c.Subject.CommonName)
	}
	return nil
}
