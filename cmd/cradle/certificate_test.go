package main

import (
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"software.sslmate.com/src/go-pkcs12"
)

// issued is what the appliance answers when it makes a certificate.
type issued struct {
	Certificate, Key, PKCS12, Password string
	Fetched                            bool
}

// issue has a certificate made for a phone, and reads it in both forms.
func (a *machine) issue(t *testing.T, id string, rsa bool) (issued, tls.Certificate) {
	t.Helper()
	var one issued
	if status := a.API("POST", "/api/v1/devices/"+id+"/certificate", map[string]any{"rsa": rsa}, &one); status != http.StatusOK {
		t.Fatalf("issuing answered %d", status)
	}
	pair, err := tls.X509KeyPair([]byte(one.Certificate), []byte(one.Key))
	if err != nil {
		t.Fatal(err)
	}
	file, err := base64.StdEncoding.DecodeString(one.PKCS12)
	if err != nil {
		t.Fatal(err)
	}
	_, leaf, _, err := pkcs12.DecodeChain(file, one.Password)
	if err != nil || !bytes.Equal(leaf.Raw, pair.Certificate[0]) {
		t.Errorf("the PKCS#12 file is not the same: %v", err)
	}
	return one, pair
}

// TestOwnCertificates: a certificate of our authority gives its phone everything
// without a token, at both TLS doors; a newer one, taking it back and a new
// window make it worthless; the phone fetches it by its token over TLS only.
func TestOwnCertificates(t *testing.T) {
	const mac, path = "805ec0123456", "/p/805ec0123456.cfg"
	secure, old := freePort(t), freePort(t)
	a := startAppliance(t, t.TempDir(), "--https", secure, "--https-old", old)
	a.Setup(officeFile)
	id := a.named("devices", "mac", "80:5e:c0:12:34:56")
	// From outside its site's networks nothing but a token or a certificate counts.
	a.must("PATCH", "/api/v1/sites/"+a.named("sites", "name", "London"), map[string]any{"networks": []string{"10.0.0.0/8"}})
	with := func(pair ...tls.Certificate) *tls.Config { return &tls.Config{Certificates: pair} }
	full := func(addr string, c *tls.Config) bool {
		status, body := fetch(t, addr, path, c)
		return status == http.StatusOK && strings.Contains(body, "account.1.password = ") && !strings.Contains(body, "account.1.password = %NULL%")
	}
	if full(secure, with()) {
		t.Fatal("everything is given without a certificate")
	}
	one, pair := a.issue(t, id, false)
	if !strings.Contains(one.Certificate, "BEGIN CERTIFICATE") || !one.Fetched {
		t.Errorf("%+v", one)
	}
	if !full(secure, with(pair)) {
		t.Error("its own certificate gives nothing")
	}
	if status, _ := fetch(t, secure, "/p/000413aabb01.htm", with(pair)); status != http.StatusNotFound {
		t.Errorf("another phone's settings: %d", status)
	}
	_, rsa := a.issue(t, id, true)
	if full(secure, with(pair)) {
		t.Error("the one before still opens")
	}
	ancient := with(rsa)
	ancient.MinVersion, ancient.MaxVersion, ancient.CipherSuites = tls.VersionTLS10, tls.VersionTLS10, []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}
	if !full(old, ancient) {
		t.Error("at the door for old phones it gives nothing")
	}
	if status := a.API("DELETE", "/api/v1/devices/"+id+"/certificate", nil, nil); status != http.StatusNoContent {
		t.Errorf("taking it back answered %d", status)
	}
	if full(secure, with(rsa)) || full(old, ancient) {
		t.Error("one that was taken back still opens")
	}
	_, pair = a.issue(t, id, false)
	a.must("POST", "/api/v1/devices/"+id+"/retire", nil)
	if full(secure, with(pair)) {
		t.Error("that of a phone out of service still opens")
	}
	if status := a.API("POST", "/api/v1/devices/"+id+"/certificate", nil, nil); status != http.StatusConflict {
		t.Errorf("issuing for a phone out of service answered %d", status)
	}
}
