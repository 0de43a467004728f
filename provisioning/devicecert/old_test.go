package devicecert

import (
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"testing"
)

// onlyRSA are the roots of a phone that can check RSA signatures only.
func onlyRSA(a *Authority) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.rsaRoot.cert)
	return pool
}

// A phone without ECDSA gets a chain in which no ECDSA key has signed anything.
func TestRSAChainThroughout(t *testing.T) {
	a := authority(t, t.TempDir())
	st, err := talk(t, echo(t, a), &tls.Config{
		RootCAs: onlyRSA(a), ServerName: "127.0.0.9", MaxVersion: tls.VersionTLS12,
		CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range st.PeerCertificates {
		if _, is := c.PublicKey.(*rsa.PublicKey); !is || c.SignatureAlgorithm != x509.SHA256WithRSA {
			t.Errorf("%s: %T signed by %v", c.Subject, c.PublicKey, c.SignatureAlgorithm)
		}
	}
	n := 0
	for rest := a.PEM(); ; n++ {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
	}
	if n != 2 || len(a.Roots()) != 2 {
		t.Errorf("%d roots are given to phones", n)
	}
}

// Each of these is one that the main door refuses and this one serves.
func TestOldDoor(t *testing.T) {
	a := authority(t, t.TempDir())
	old, main := echoWith(t, a.OldTLSConfig()), echo(t, a)
	for _, c := range []struct{ version, suite uint16 }{
		{tls.VersionTLS10, tls.TLS_RSA_WITH_AES_128_CBC_SHA},
		{tls.VersionTLS10, tls.TLS_RSA_WITH_AES_256_CBC_SHA},
		{tls.VersionTLS10, tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA},
		{tls.VersionTLS10, tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA},
		{tls.VersionTLS11, tls.TLS_RSA_WITH_AES_128_CBC_SHA},
		{tls.VersionTLS12, tls.TLS_RSA_WITH_AES_256_CBC_SHA},
		{tls.VersionTLS12, tls.TLS_RSA_WITH_AES_128_CBC_SHA256},
		{tls.VersionTLS12, tls.TLS_RSA_WITH_AES_128_GCM_SHA256},
	} {
		phone := &tls.Config{RootCAs: onlyRSA(a), ServerName: "127.0.0.9", MinVersion: c.version, MaxVersion: c.version, CipherSuites: []uint16{c.suite}}
		st, err := talk(t, old, phone)
		if err != nil || !NeedsOld(&st) {
			t.Errorf("%x with %s: %v, needed %v", c.version, tls.CipherSuiteName(c.suite), err, NeedsOld(&st))
		}
		if _, err := talk(t, main, phone); err == nil {
			t.Errorf("%x with %s: the main door served it", c.version, tls.CipherSuiteName(c.suite))
		}
	}
	st, err := talk(t, old, &tls.Config{RootCAs: onlyRSA(a), ServerName: "127.0.0.9"})
	if err != nil || NeedsOld(&st) || st.Version != tls.VersionTLS12 {
		t.Errorf("a phone that does not need this door: %v, %x", err, st.Version)
	}
	if _, err := talk(t, old, &tls.Config{RootCAs: onlyRSA(a), ServerName: "127.0.0.9", MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_RC4_128_SHA}}); err == nil {
		t.Error("RC4 was served")
	}
}

func TestIssueDevice(t *testing.T) {
	a := authority(t, t.TempDir())
	for _, rsa := range []bool{false, true} {
		cert, key, err := a.IssueDevice("805ec0123456", rsa)
		if err != nil {
			t.Fatal(err)
		}
		pair, err := tls.X509KeyPair(cert, key)
		if err != nil {
			t.Fatal(err)
		}
		leaf := pair.Leaf
		if len(pair.Certificate) != 2 || leaf.Subject.CommonName != "805ec0123456" || leaf.NotBefore.Unix() != 0 || (leaf.PublicKeyAlgorithm == x509.RSA) != rsa {
			t.Errorf("rsa %v: %d certificates, %s, %s from %s", rsa, len(pair.Certificate), leaf.Subject, leaf.PublicKeyAlgorithm, leaf.NotBefore)
		}
		if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots(a), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err != nil {
			t.Error(err)
		}
	}
}
