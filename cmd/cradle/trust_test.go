package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// fetch gets a path over TLS and gives status and body; 0 where the door refused
// the connection.
func fetch(t *testing.T, addr, path string, c *tls.Config) (int, string) {
	t.Helper()
	c.InsecureSkipVerify = true
	tr := &http.Transport{TLSClientConfig: c}
	defer tr.CloseIdleConnections()
	r, err := (&http.Client{Transport: tr, Timeout: 10 * time.Second}).Get("https://" + addr + path)
	if err != nil {
		return 0, err.Error()
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

// factoryPair is an authority in PEM and a phone's certificate by it, which ended
// long ago.
func factoryPair(t *testing.T, mac string) (authority []byte, phone tls.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Factory"}, IsCA: true, BasicConstraintsValid: true, NotAfter: time.Unix(13e8, 0)}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: mac}, NotAfter: time.Unix(13e8, 0)}
	var made [2][]byte
	for i, c := range []*x509.Certificate{root, leaf} {
		if made[i], err = x509.CreateCertificate(rand.Reader, c, root, key.Public(), key); err != nil {
			t.Fatal(err)
		}
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: made[0]}), tls.Certificate{Certificate: [][]byte{made[1]}, PrivateKey: key}
}

// TestOldPhonesCertificatesAndTime: the door for old phones serves their files
// and nothing else, a factory certificate opens its own phone's settings, and
// phones are told the time.
func TestOldPhonesCertificatesAndTime(t *testing.T) {
	const mac = "805ec0123456"
	data, secure, old, ntp := t.TempDir(), freePort(t), freePort(t), freePort(t)
	authority, phone := factoryPair(t, mac)
	folder := filepath.Join(data, "authorities")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "yealink.pem"), authority, 0o600); err != nil {
		t.Fatal(err)
	}
	a := startAppliance(t, data, "--https", secure, "--https-old", old, "--sntp", ntp)
	a.Setup(officeFile)
	ancient := func() *tls.Config {
		return &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}}
	}
	if status, body := fetch(t, old, "/p/"+mac+".cfg", ancient()); status != 200 || !strings.Contains(body, "account.1") {
		t.Errorf("an old phone at its door: %d %s", status, body)
	}
	if status, _ := fetch(t, secure, "/p/"+mac+".cfg", ancient()); status != 0 {
		t.Errorf("an old phone at the main door: %d", status)
	}
	for _, path := range []string{"/", "/setup", "/api/v1/openapi.json", "/healthz"} {
		if status, body := fetch(t, old, path, ancient()); status != 404 || body != "not found\n" {
			t.Errorf("%s at the door for old phones: %d %q", path, status, body)
		}
	}
	// Another's certificate is refused, its own is taken.
	other := "/p/805ec0654321.cfg"
	if status, _ := fetch(t, secure, other, &tls.Config{Certificates: []tls.Certificate{phone}}); status != 404 {
		t.Errorf("another phone's settings: %d", status)
	}
	if status, body := fetch(t, secure, "/p/"+mac+".cfg", &tls.Config{Certificates: []tls.Certificate{phone}}); status != 200 || !strings.Contains(body, "account.1") {
		t.Errorf("its own: %d %s", status, body)
	}
	clock(t, ntp)
}

// clock asks for the time as a phone does.
func clock(t *testing.T, addr string) {
	t.Helper()
	c, err := net.Dial("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	b := make([]byte, 48)
	b[0] = 4<<3 | 3
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write(b); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, b); err != nil {
		t.Fatal(err)
	}
	told := time.Unix(int64(binary.BigEndian.Uint32(b[40:]))-2208988800, 0)
	if off := time.Since(told); off < -2*time.Second || off > 10*time.Second {
		t.Errorf("the time is told %v off", off)
	}
}
