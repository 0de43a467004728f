package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// publicAuthority is somebody else's authority, as browsers know them.
type publicAuthority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newPublicAuthority(t *testing.T) *publicAuthority {
	t.Helper()
	p := &publicAuthority{t: t}
	p.cert, p.key = p.sign(&x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Everybody knows us"}, IsCA: true, BasicConstraintsValid: true})
	return p
}

func (p *publicAuthority) sign(c *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	p.t.Helper()
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		p.t.Fatal(err)
	}
	parent, by := c, key
	if p.cert != nil {
		parent, by = p.cert, p.key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), by)
	if err != nil {
		p.t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		p.t.Fatal(err)
	}
	return made, key
}

// file is a certificate for a name, with its key before it.
func (p *publicAuthority) file(name string, serial int64) []byte {
	p.t.Helper()
	cert, key := p.sign(&x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}})
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		p.t.Fatal(err)
	}
	return append(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})...)
}

// TestCertificateFilesAreReplaced: a certificate of a public authority, put into
// the data folder and renewed while the appliance runs, is what SIP over TLS,
// HTTPS and secure WebSocket show to whom it names; open connections stay; a
// broken file changes nothing; without one our own is back.
func TestCertificateFilesAreReplaced(t *testing.T) {
	const name = "pbx.acme.example"
	data, secure := t.TempDir(), freePort(t)
	public := newPublicAuthority(t)
	a := startAppliance(t, data, "--https", secure)
	a.Setup(officeFile)
	roots := x509.NewCertPool()
	roots.AddCert(public.cert)
	own, err := os.ReadFile(filepath.Join(data, "authority.pem"))
	if err != nil || !roots.AppendCertsFromPEM(own) {
		t.Fatal(err)
	}
	folder := filepath.Join(data, "certificates")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	put := func(text []byte) {
		t.Helper()
		next := filepath.Join(folder, "next")
		if err := os.WriteFile(next, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(next, filepath.Join(folder, "pbx.pem")); err != nil {
			t.Fatal(err)
		}
	}
	shown := func(door, as string) *tls.Conn {
		t.Helper()
		c, err := tls.Dial("tcp", door, &tls.Config{RootCAs: roots, ServerName: as})
		if err != nil {
			t.Fatalf("%s as %s: %v", door, as, err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	// everywhere waits until both doors show what is signed so; 0: by ourselves.
	everywhere := func(what string, serial int64) {
		t.Helper()
		for _, door := range []string{a.SIPS, secure} {
			waitFor(t, 10*time.Second, what+" at "+door, func() bool {
				leaf := shown(door, name).ConnectionState().PeerCertificates[0]
				return leaf.SerialNumber.Cmp(big.NewInt(serial)) == 0 || serial == 0 && strings.HasPrefix(leaf.Issuer.CommonName, "Cradle")
			})
			if other := shown(door, "other.acme.example").ConnectionState().PeerCertificates[0]; !strings.HasPrefix(other.Issuer.CommonName, "Cradle") {
				t.Errorf("%s: another name is shown a certificate of %s", door, other.Issuer)
			}
		}
	}
	everywhere("our own certificate", 0)
	put(public.file(name, 1001))
	everywhere("the first certificate", 1001)
	phone := shown(a.SIPS, name)
	answered(t, phone, "before")
	put(public.file(name, 1002))
	everywhere("the renewed certificate", 1002)
	answered(t, phone, "after") // by the connection that began with the first
	upgraded(t, shown(secure, name), secure)
	put([]byte("no certificate"))
	waitFor(t, 10*time.Second, "the broken file is told of", func() bool {
		shown(a.SIPS, name)
		return strings.Contains(a.Log(), "a certificate cannot be read")
	})
	everywhere("the renewed certificate after a broken file", 1002)
	put(public.file("elsewhere.example", 1003))
	everywhere("our own where the file has another name", 0)
	put(public.file(name, 1004))
	everywhere("a certificate again", 1004)
	if err := os.Remove(filepath.Join(folder, "pbx.pem")); err != nil {
		t.Fatal(err)
	}
	everywhere("our own again", 0)
}

// answered gets an answer to an OPTIONS.
func answered(t *testing.T, c *tls.Conn, id string) {
	t.Helper()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	fmt.Fprintf(c, "OPTIONS sip:acme.example SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1:9;branch=z9hG4bK%s\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:acme.example>\r\n"+
		"Call-ID: %s\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n", id, id)
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "SIP/2.0 200") {
		t.Errorf("%s: %q %v", id, line, err)
	}
}

// upgraded opens a WebSocket for SIP on a connection.
func upgraded(t *testing.T, c *tls.Conn, door string) {
	t.Helper()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	io.WriteString(c, "GET /ws HTTP/1.1\r\nHost: "+door+"\r\nOrigin: https://"+door+"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Protocol: sip\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || res.StatusCode != http.StatusSwitchingProtocols {
		t.Errorf("WebSocket: %v %v", res, err)
	}
}
