package clientcert

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"regexp"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cradle/provisioning/catalog"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// maker signs as a made-up vendor's factory.
type maker struct {
	t    testing.TB
	cert *x509.Certificate
	key  crypto.Signer
	old  bool // signs with SHA-1
}

func rsaKey(t testing.TB, bits int) crypto.Signer {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func ecKey(t testing.TB) crypto.Signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func authority(t testing.TB, name string, key crypto.Signer, old bool) *maker {
	m := &maker{t: t, key: key, old: old}
	c := &x509.Certificate{Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	m.cert = &x509.Certificate{Subject: c.Subject}
	m.cert = m.sign(c, key)
	return m
}

// sign makes a certificate with dates of long ago, unless it has some.
func (m *maker) sign(c *x509.Certificate, key crypto.Signer) *x509.Certificate {
	m.t.Helper()
	c.SerialNumber = big.NewInt(7)
	if c.NotAfter.IsZero() {
		c.NotBefore, c.NotAfter = time.Unix(1e9, 0), time.Unix(13e8, 0)
	}
	der, err := x509.CreateCertificate(rand.Reader, c, m.cert, key.Public(), m.key)
	if err != nil {
		m.t.Fatal(err)
	}
	if m.old {
		der = m.withSHA1(der)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		m.t.Fatal(err)
	}
	return made
}

// withSHA1 signs once more as factories did: the library does not make such.
func (m *maker) withSHA1(der []byte) []byte {
	var outer struct {
		TBS       asn1.RawValue
		Algorithm asn1.RawValue
		Signature asn1.BitString
	}
	if _, err := asn1.Unmarshal(der, &outer); err != nil {
		m.t.Fatal(err)
	}
	swap := func(b []byte) []byte { // the two identifiers are equally long
		b = bytes.ReplaceAll(b, []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"), []byte("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05")) // sha256WithRSA, sha1WithRSA
		return b
	}
	outer.TBS.FullBytes, outer.Algorithm.FullBytes = swap(outer.TBS.FullBytes), swap(outer.Algorithm.FullBytes)
	sum := sha1.Sum(outer.TBS.FullBytes)
	signature, err := m.key.Sign(rand.Reader, sum[:], crypto.SHA1)
	if err != nil {
		m.t.Fatal(err)
	}
	outer.Signature = asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}
	made, err := asn1.Marshal(outer)
	if err != nil {
		m.t.Fatal(err)
	}
	return made
}

// phone is a certificate of a common name.
func (m *maker) phone(name string) *x509.Certificate {
	return m.sign(&x509.Certificate{Subject: pkix.Name{CommonName: name}}, ecKey(m.t))
}

// issuing is an authority below this one.
func (m *maker) issuing(name string, edit func(*x509.Certificate)) *maker {
	below := &maker{t: m.t, key: rsaKey(m.t, 2048), old: m.old}
	c := &x509.Certificate{Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	if edit != nil {
		edit(c)
	}
	below.cert = m.sign(c, below.key)
	return below
}

func (m *maker) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: m.cert.Raw})
}

// open is a judge who knows these authorities as acme's.
func open(t testing.TB, own []*x509.Certificate, makers ...*maker) *Judge {
	t.Helper()
	j, err := Open(t.TempDir()+"/authorities", own, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range makers {
		if _, err := j.Add("acme", m.pem()); err != nil {
			t.Fatal(err)
		}
	}
	return j
}

// acme is the made-up vendor's data.
func acme(vendor string) *catalog.Certificate { return acmeRules[vendor] }

var acmeRules = map[string]*catalog.Certificate{"acme": {
	MAC: regexp.MustCompile(`(?i)^(?:ACME Phone )?((?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2})$`), Generic: regexp.MustCompile(`^000000|Generic`),
}}

func shown(chain ...*x509.Certificate) *tls.ConnectionState {
	return &tls.ConnectionState{PeerCertificates: chain}
}
