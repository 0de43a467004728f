package devicecert

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func authority(t *testing.T, dir string) *Authority {
	t.Helper()
	a, err := LoadAuthority(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

// echo serves TLS with an authority's certificates until the test ends.
func echo(t *testing.T, a *Authority) string {
	t.Helper()
	return echoWith(t, a.TLSConfig())
}

func echoWith(t *testing.T, config *tls.Config) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.9:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			s := tls.Server(c, config)
			io.Copy(s, s)
			s.Close()
		}
	}()
	t.Cleanup(func() { ln.Close(); <-done })
	return ln.Addr().String()
}

func roots(a *Authority) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(a.PEM())
	return pool
}

// talk shakes hands, sends a word and gives the connection's state.
func talk(t *testing.T, addr string, c *tls.Config) (tls.ConnectionState, error) {
	t.Helper()
	conn, err := tls.DialWithDialer(&net.Dialer{Timeout: 10 * time.Second}, "tcp", addr, c)
	if err != nil {
		return tls.ConnectionState{}, err
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("hello")); err != nil {
		return tls.ConnectionState{}, err
	}
	if _, err := io.ReadFull(conn, make([]byte, 5)); err != nil {
		return tls.ConnectionState{}, err
	}
	return conn.ConnectionState(), nil
}

func TestServesNameAndAddress(t *testing.T) {
	a := authority(t, t.TempDir())
	addr := echo(t, a)
	for _, name := range []string{"127.0.0.9", "pbx.acme.example", "PBX.Acme.Example"} {
		st, err := talk(t, addr, &tls.Config{RootCAs: roots(a), ServerName: name})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, ok := st.PeerCertificates[0].PublicKey.(*ecdsa.PublicKey); !ok {
			t.Errorf("%s: key is %T, not ECDSA", name, st.PeerCertificates[0].PublicKey)
		}
		if got := st.PeerCertificates[0].NotBefore.Unix(); got != 0 {
			t.Errorf("valid from %d, not from 1970", got)
		}
	}
	// The clock of a phone that has not yet asked a time server.
	dawn := func() time.Time { return time.Unix(60, 0) }
	if _, err := talk(t, addr, &tls.Config{RootCAs: roots(a), ServerName: "127.0.0.9", Time: dawn}); err != nil {
		t.Errorf("at 1970: %v", err)
	}
	if _, err := talk(t, addr, &tls.Config{RootCAs: roots(a), ServerName: "127.0.0.8"}); err == nil {
		t.Error("an address that is not the local one was certified")
	}
}

func TestServesRSAToOldPeers(t *testing.T) {
	a := authority(t, t.TempDir())
	addr := echo(t, a)
	st, err := talk(t, addr, &tls.Config{
		RootCAs: roots(a), ServerName: "127.0.0.9", MaxVersion: tls.VersionTLS12,
		CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA},
	})
	if err != nil {
		t.Fatal(err)
	}
	key, ok := st.PeerCertificates[0].PublicKey.(*rsa.PublicKey)
	if !ok || key.N.BitLen() != 2048 {
		t.Fatalf("key is %T, not RSA-2048", st.PeerCertificates[0].PublicKey)
	}
}

func TestRefusesOldTLS(t *testing.T) {
	a := authority(t, t.TempDir())
	addr := echo(t, a)
	_, err := talk(t, addr, &tls.Config{RootCAs: roots(a), ServerName: "127.0.0.9", MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
	if err == nil {
		t.Fatal("TLS 1.1 was served")
	}
}

func TestResumesSessions(t *testing.T) {
	a := authority(t, t.TempDir())
	addr := echo(t, a)
	for _, max := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		c := &tls.Config{RootCAs: roots(a), ServerName: "127.0.0.9", MaxVersion: max, ClientSessionCache: tls.NewLRUClientSessionCache(4)}
		for i, want := range []bool{false, true} {
			st, err := talk(t, addr, c)
			if err != nil {
				t.Fatal(err)
			}
			if st.DidResume != want {
				t.Errorf("version %x, connection %d: resumed %v", max, i, st.DidResume)
			}
		}
	}
}

func TestAuthorityIsKept(t *testing.T) {
	dir := t.TempDir()
	first, second := authority(t, dir), authority(t, dir)
	if string(first.PEM()) != string(second.PEM()) {
		t.Error("a second start made a new authority")
	}
	st, err := os.Stat(filepath.Join(dir, fileName))
	if err != nil {
		t.Fatal(err)
	}
	if st.Mode().Perm() != 0o600 {
		t.Errorf("mode is %o", st.Mode().Perm())
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 2 {
		t.Errorf("left over: %v", left)
	}
	if first.root.cert.NotBefore.Unix() != 0 || !first.root.cert.IsCA {
		t.Errorf("authority valid from %v, CA %v", first.root.cert.NotBefore, first.root.cert.IsCA)
	}
}

func TestDamagedAuthorityIsReportedAndLeft(t *testing.T) {
	whole, err := newRoot(time.Now(), generateECDSA)
	if err != nil {
		t.Fatal(err)
	}
	other, err := newRoot(time.Now(), generateECDSA)
	if err != nil {
		t.Fatal(err)
	}
	mixed := string(whole[:strings.Index(string(whole), "-----BEGIN CERT")]) + string(other[strings.Index(string(other), "-----BEGIN CERT"):])
	for name, text := range map[string]string{"empty": "", "half": string(whole[:len(whole)/2]), "mixed": mixed} {
		dir := t.TempDir()
		path := filepath.Join(dir, fileName)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadAuthority(dir); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
		if now, _ := os.ReadFile(path); string(now) != text {
			t.Errorf("%s: the file was changed", name)
		}
	}
}

func TestCacheIsBoundedAndRenewed(t *testing.T) {
	now := time.Now()
	a, err := load(t.TempDir(), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	hello := func(name string) *tls.Certificate {
		c, err := a.GetCertificate(&tls.ClientHelloInfo{ServerName: name, CipherSuites: []uint16{tls.TLS_AES_128_GCM_SHA256},
			SupportedVersions: []uint16{tls.VersionTLS13}, SignatureSchemes: []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256},
			SupportedCurves: []tls.CurveID{tls.CurveP256}, SupportedPoints: []uint8{0}})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	one := hello("a.example")
	if hello("a.example") != one {
		t.Error("the same name was certified twice")
	}
	now = now.Add(life/2 + time.Hour)
	if hello("a.example") == one {
		t.Error("an old certificate was served")
	}
	for i := range 2 * cacheSize {
		hello(fmt.Sprintf("n%d.example", i))
	}
	if len(a.served.items) != cacheSize {
		t.Errorf("%d certificates kept, want %d", len(a.served.items), cacheSize)
	}
}

func TestStrangeNamesAreLeftOut(t *testing.T) {
	for in, want := range map[string]string{
		"a.example.": "a.example", "A-1_x.example": "a-1_x.example", "-a": "", "a..b": "", "a b": "", "a\x00b": "", "*.example": "",
		strings.Repeat("a", 64): "", strings.Repeat("a.", 128): "", strings.Repeat("a.", 126) + "ab": "", "é.example": "",
	} {
		if got := hostName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
