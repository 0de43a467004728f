package devicecert

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// shelf is an authority with a folder of named certificates and a clock of its own.
func shelf(t *testing.T) (a *Authority, put func(file string, text []byte), pass func(time.Duration), log *bytes.Buffer) {
	t.Helper()
	dir, now := t.TempDir(), time.Now()
	a, log = authority(t, dir), &bytes.Buffer{}
	a.now = func() time.Time { return now }
	a.Named(dir, slog.New(slog.NewTextHandler(log, nil)))
	if err := os.Mkdir(filepath.Join(dir, folderName), 0o700); err != nil {
		t.Fatal(err)
	}
	put = func(file string, text []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, folderName, file), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return a, put, func(d time.Duration) { now = now.Add(d) }, log
}

// pair is a certificate that signs itself, key first.
func pair(t *testing.T, serial int64, from, to time.Time, names ...string) []byte {
	t.Helper()
	key, err := generateECDSA()
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(serial), DNSNames: names, NotBefore: from, NotAfter: to}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(key.(*ecdsa.PrivateKey)) //nolint:forcetypeassert // it makes no other
	if err != nil {
		t.Fatal(err)
	}
	return append(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: secret}), certPEM(der)...)
}

// serial is that of what is shown to who asks for a name; 0: one of ours.
func serialFor(t *testing.T, a *Authority, name string) int64 {
	t.Helper()
	hello := &tls.ClientHelloInfo{ServerName: name, CipherSuites: []uint16{tls.TLS_AES_128_GCM_SHA256}, SupportedVersions: []uint16{tls.VersionTLS13},
		SignatureSchemes: []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256}, SupportedCurves: []tls.CurveID{tls.X25519, tls.CurveP256}}
	c, err := a.GetCertificate(hello)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(c.Leaf.Issuer.CommonName, "Cradle") {
		return 0
	}
	return c.Leaf.SerialNumber.Int64()
}

func TestNamedCertificates(t *testing.T) {
	a, put, pass, log := shelf(t)
	now := a.now()
	put("a.pem", pair(t, 1, now.Add(-time.Hour), now.Add(time.Hour), "pbx.acme.example"))
	put("b.pem", pair(t, 2, now.Add(-time.Hour), now.Add(2*time.Hour), "pbx.acme.example", "*.branch.example"))
	put("c.pem", pair(t, 3, now.Add(3*time.Hour), now.Add(9*time.Hour), "pbx.acme.example"))
	for name, want := range map[string]int64{"pbx.acme.example": 2, "PBX.acme.example.": 2, "x.branch.example": 2, "a.b.branch.example": 0, "": 0, "acme.example": 0} {
		if got := serialFor(t, a, name); got != want {
			t.Errorf("%q is shown %d, want %d", name, got, want)
		}
	}
	put("b.pem", []byte("broken"))
	if got := serialFor(t, a, "pbx.acme.example"); got != 2 {
		t.Error("looked within a second:", got)
	}
	pass(lookEvery)
	if got := serialFor(t, a, "pbx.acme.example"); got != 2 || !strings.Contains(log.String(), "b.pem") {
		t.Errorf("the good one is forgotten: %d\n%s", got, log)
	}
	pass(150 * time.Minute)
	if got := serialFor(t, a, "pbx.acme.example"); got != 0 {
		t.Error("shown though none is in force:", got)
	}
	pass(time.Hour)
	if got := serialFor(t, a, "pbx.acme.example"); got != 3 {
		t.Error("its time has come:", got)
	}
}

// TestNamedCertificatesAreBounded: at the limits, and past them.
func TestNamedCertificatesAreBounded(t *testing.T) {
	a, put, pass, _ := shelf(t)
	good := pair(t, 1, a.now().Add(-time.Hour), a.now().Add(time.Hour), "pbx.acme.example")
	fill := func(n int) []byte { return append(bytes.Repeat([]byte("\n"), n-len(good)), good...) }
	put("large.pem", fill(maxNamedSize+1))
	if got := serialFor(t, a, "pbx.acme.example"); got != 0 {
		t.Error("a file too large is read")
	}
	put("large.pem", fill(maxNamedSize))
	pass(lookEvery)
	if got := serialFor(t, a, "pbx.acme.example"); got != 1 {
		t.Error("a file just large enough is not read")
	}
	for i := range maxNamed {
		put(fmt.Sprintf("%03d.pem", i), pair(t, int64(i), a.now().Add(-time.Hour), a.now().Add(time.Hour), fmt.Sprintf("%d.example", i)))
	}
	pass(lookEvery)
	if serialFor(t, a, "63.example") != 63 || serialFor(t, a, "pbx.acme.example") != 0 {
		t.Error("not the first files by name are served")
	}
}
