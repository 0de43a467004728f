package provisioning_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
	"cradle/provisioning/clientcert"
	"cradle/provisioning/onboard"
)

// factory signs phones' certificates as a vendor does.
type factory struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newFactory(t *testing.T) *factory {
	f := &factory{t: t}
	var err error
	f.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	f.cert = &x509.Certificate{Subject: pkix.Name{CommonName: "Factory CA"}, IsCA: true, BasicConstraintsValid: true}
	f.cert = f.make(f.cert)
	return f
}

func (f *factory) make(c *x509.Certificate) *x509.Certificate {
	c.SerialNumber, c.NotAfter = big.NewInt(1), time.Unix(13e8, 0) // long ago
	der, err := x509.CreateCertificate(rand.Reader, c, f.cert, f.key.Public(), f.key)
	must(f.t, err)
	made, err := x509.ParseCertificate(der)
	must(f.t, err)
	return made
}

func (f *factory) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: f.cert.Raw})
}

// phone is the connection of a phone that shows a certificate of this name.
func (f *factory) phone(name string) *tls.ConnectionState {
	return &tls.ConnectionState{Version: tls.VersionTLS12, CipherSuite: tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		PeerCertificates: []*x509.Certificate{f.make(&x509.Certificate{Subject: pkix.Name{CommonName: name}})}}
}

// proven is a kit that knows a factory as Yealink's.
func proven(t *testing.T, o kitOptions) (*kit, *factory) {
	t.Helper()
	judge, err := clientcert.Open(filepath.Join(t.TempDir(), "authorities"), nil, nil)
	must(t, err)
	f := newFactory(t)
	_, err = judge.Add("yealink", f.pem())
	must(t, err)
	o.config = func(c *provisioning.Config) { c.Certificates = judge }
	return newKit(t, o), f
}

func (k *kit) secure(from, path string, state *tls.ConnectionState) provisioning.Response {
	r := request(provisioning.DoorHTTPS, from, path, "")
	r.TLS = state
	return k.p.Answer(context.Background(), r)
}

func TestCertificateGivesAllSettings(t *testing.T) {
	k, f := proven(t, kitOptions{})
	d := k.importPhone(t, yMAC, "yealink-t46u", true)
	k.register(d, inside2)
	k.later(48 * time.Hour) // no window, no grace, another address, outside
	if r := k.secure(outside, yFile, nil); r.Status != 404 {
		t.Fatalf("without a certificate: %d", r.Status)
	}
	own := f.phone("80:5E:C0:12:34:56")
	if r := k.secure(outside, yFile, own); r.Status != 200 || !contains(r.Body, lineSecret(d)) {
		t.Fatalf("%d: %s", r.Status, k.lastRule(yMAC))
	}
	steps := k.p.Journal().Of(yMAC)
	if s := steps[len(steps)-1]; s.TLS != "TLS 1.2" || s.Suite != "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" || s.Certificate != "yealink: 80:5E:C0:12:34:56" {
		t.Errorf("%+v", s)
	}
	eventually(t, "the certificate's step", func() bool {
		now := k.device(yMAC)
		return now.Step == directory.StepCertificate && now.Certificate == "yealink: 80:5E:C0:12:34:56"
	})
	if r := k.secure(outside, yFile, own); r.Status != 200 {
		t.Errorf("on its step: %d: %s", r.Status, k.lastRule(yMAC))
	}
	k.change(t, yMAC, func(d *directory.Device) { d.Disabled = true })
	if r := k.secure(outside, yFile, own); r.Status != 404 {
		t.Errorf("disabled: %d", r.Status)
	}
}

func TestCertificateGivesNoMoreThanTheStep(t *testing.T) {
	k, f := proven(t, kitOptions{site: func(s *directory.Site) { s.Adoption = directory.AdoptApprove }})
	k.get(inside2, yFile) // somebody else was first
	r := k.secure(inside, yFile, f.phone(yMAC))
	if r.Status != 200 || contains(r.Body, lineSecret(k.device(yMAC))) || contains(r.Body, k.device(yMAC).AdminPassword.Reveal()) {
		t.Errorf("%d: %s", r.Status, k.lastRule(yMAC))
	}
	if r := k.secure(outside, yFile, f.phone(yMAC)); r.Status != 404 {
		t.Errorf("seen, from outside: %d", r.Status)
	}
	if r := k.secure(outside, "/p/805ec0aaaaaa.cfg", f.phone("805ec0aaaaaa")); r.Status != 404 || k.device("805ec0aaaaaa") != nil {
		t.Errorf("unknown, from outside: %d", r.Status)
	}
}

// A certificate of one phone is of no use for another's settings, with or
// without its token, and somebody hears of it.
func TestCertificateOfAnotherPhone(t *testing.T) {
	k, f := proven(t, kitOptions{})
	k.importPhone(t, yMAC, "yealink-t46u", true)
	k.get(inside, yFile)
	other := f.phone("805ec0bbbbbb")
	for n, path := range []string{yFile, "/p/~" + k.token(yMAC) + "/805ec0123456.cfg", "/p/~" + k.token(yMAC) + "/y000000000108.cfg"} {
		r := k.secure(inside, path, other)
		if r.Status != 404 || !strings.Contains(k.lastRule(yMAC), "805ec0bbbbbb") {
			t.Errorf("%s: %d: %s", path, r.Status, k.lastRule(yMAC))
		}
		if a := k.one(t, onboard.AlarmCertificate); a.MAC != yMAC || a.Count != n+1 {
			t.Errorf("%+v", a)
		}
	}
	k.secure(inside, "/p/805ec0cccccc.cfg", other)
	if k.device("805ec0cccccc") != nil {
		t.Error("a phone was adopted under another's certificate")
	}
}

// What proves nothing does no harm either: such a phone is judged as one that
// shows nothing.
func TestCertificateThatProvesNothing(t *testing.T) {
	k, f := proven(t, kitOptions{})
	d := k.importPhone(t, yMAC, "yealink-t46u", true)
	for name, state := range map[string]*tls.ConnectionState{"generic": f.phone("Yealink Phone"), "stranger": newFactory(t).phone(yMAC)} {
		if r := k.secure(inside, yFile, state); r.Status != 200 {
			t.Errorf("%s, in its window: %d: %s", name, r.Status, k.lastRule(yMAC))
		}
		if r := k.secure(outside, yFile, state); r.Status != 404 {
			t.Errorf("%s, from outside: %d", name, r.Status)
		}
		steps := k.p.Journal().Of(yMAC)
		if s := steps[len(steps)-1]; !strings.HasPrefix(s.Certificate, "proves nothing") {
			t.Errorf("%s: %q", name, s.Certificate)
		}
	}
	if got := k.alarms(onboard.AlarmCertificate); len(got) != 0 || k.device(yMAC).Step != d.Step {
		t.Errorf("%+v", got)
	}
}

func TestOldTLSIsRememberedByPhone(t *testing.T) {
	k := newKit(t, kitOptions{})
	d := k.importPhone(t, yMAC, "yealink-t46u", true)
	k.importPhone(t, sMAC, "snom-d785", true)
	k.secure(inside, yFile, &tls.ConnectionState{Version: tls.VersionTLS10, CipherSuite: tls.TLS_RSA_WITH_AES_128_CBC_SHA})
	k.secure(inside, sFile, &tls.ConnectionState{Version: tls.VersionTLS12, CipherSuite: tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256})
	want := []provisioning.OldTLS{{Device: d.ID, MAC: yMAC, At: k.clock(), Version: "TLS 1.0", Suite: "TLS_RSA_WITH_AES_128_CBC_SHA"}}
	if got := k.p.OldTLS(); !slices.Equal(got, want) {
		t.Fatalf("%+v", got)
	}
	must(t, k.p.Close())
	again, err := provisioning.New(provisioning.Config{Directory: k.dir, Catalog: k.p.Catalog(), Now: k.clock})
	must(t, err)
	k.p = again
	if got := again.OldTLS(); len(got) != 1 || got[0].Device != d.ID || !got[0].At.Equal(k.clock()) {
		t.Errorf("after a restart: %+v", got)
	}
	k.update(t, func(tx *directory.Tx) error { return tx.DeleteDevice(d.ID) })
	eventually(t, "a device that is gone is forgotten", func() bool { return len(again.OldTLS()) == 0 })
}

// Settings name the door for old phones only to models that need it.
func TestDoorForOldPhones(t *testing.T) {
	for _, c := range []struct {
		old  int
		min  string
		want string
	}{
		{8444, "1.0", "https://127.0.0.1:8444/p/~"}, {8444, "1.1", "https://127.0.0.1:8444/p/~"}, {8444, "1.2", "https://127.0.0.1:8443/p/~"},
		{0, "1.0", "http://127.0.0.1:8080/p/~"}, {0, "", "https://127.0.0.1:8443/p/~"},
	} {
		shelf := acmeShelf(t, "tls: {authority: file, min: \""+c.min+"\"}\n")
		k := newKit(t, kitOptions{catalog: shelf, config: func(o *provisioning.Config) {
			o.CA, o.Servers.OldHTTPSPort = []byte("-----BEGIN CERTIFICATE-----\n"), c.old
		}})
		k.importPhone(t, "02aabb000001", "acme-one", true)
		k.get(inside, "/p/02aabb000001.txt")
		base := "/p/~" + k.token("02aabb000001") + "/"
		if r := k.get(inside, base+"ca.pem"); r.Status != 200 {
			t.Fatal(k.lastRule("02aabb000001"))
		}
		eventually(t, c.want, func() bool { return contains(k.get(inside, base+"02aabb000001.txt").Body, c.want) })
	}
}

// acmeShelf is a made-up vendor, the smallest there can be, with more lines in
// its model's data.
func acmeShelf(t *testing.T, lines string) *catalog.Catalog {
	t.Helper()
	shelf := fstest.MapFS{}
	for name, text := range map[string]string{
		"acme/vendor.yaml": `label: Acme
mac_prefixes: ["02aabb"]
user_agents: ['^Acme (?P<model>\w+)$']
format: keyvalue
content_type: text/plain
fallback: acme-one
notify: {settings: check-sync, reboot: check-sync}
`,
		"acme/x/model.yaml": `defaults: {codecs: [pcma], display: label, sure: unsure}
models:
  acme-one: {label: Acme One, agents: [One], lines: 1}
files:
  - {name: "{mac}.txt", template: a.tmpl, bootstrap: a.tmpl}
  - {name: "ca.pem", kind: authority, content_type: application/x-pem-file}
boot: {user_agent: "Acme {model}", doors: [http], asks: [{file: "{mac}.txt"}]}
` + lines,
		"acme/x/a.tmpl": "url = {{.provision.url}}\n",
	} {
		shelf[name] = &fstest.MapFile{Data: []byte(text)}
	}
	c, err := catalog.Load(shelf)
	must(t, err)
	return c
}

// A certificate of our own authority counts while the phone's record says that
// it is the one, and the phone fetches it by its token over TLS alone.
func TestOwnCertificateByToken(t *testing.T) {
	k := newKit(t, kitOptions{config: func(c *provisioning.Config) { c.CA = []byte("PEM") }})
	d := k.importPhone(t, yMAC, "yealink-t46u", true)
	eventually(t, "a token", func() bool { return k.device(yMAC).Token != "" })
	eventually(t, "our authority given", func() bool {
		k.get(inside, "/p/~"+k.token(yMAC)+"/authority.pem")
		return contains(k.get(inside, "/p/~"+k.token(yMAC)+yFile[len("/p"):]).Body, "https://")
	})
	file := "/p/~" + k.token(yMAC) + "/" + yMAC + "-device.pem"
	named := "/p/~" + k.token(yMAC) + yFile[len("/p"):]
	if r := k.secure(inside, file, nil); r.Status != 404 {
		t.Errorf("before there is one: %d", r.Status)
	}
	if r := k.secure(inside, named, nil); r.Status != 200 || contains(r.Body, "server_certificates") {
		t.Errorf("it is named before there is one: %d", r.Status)
	}
	k.update(t, func(tx *directory.Tx) error {
		return tx.IssueCertificate(d.ID, "print", directory.NewSecret("CERT+KEY"))
	})
	if r := k.secure(inside, named, nil); r.Status != 200 || !contains(r.Body, "static.server_certificates.url = https://") || !contains(r.Body, "static.security.dev_cert = 1") {
		t.Errorf("it is not named: %d", r.Status)
	}
	if r := k.secure(inside, file, nil); r.Status != 200 || string(r.Body) != "CERT+KEY" || !r.NoStore {
		t.Errorf("by its token over TLS: %d, %s", r.Status, k.lastRule(yMAC))
	}
	for name, r := range map[string]provisioning.Response{
		"without TLS": k.get(inside, file), "by TFTP": k.tftp(inside, file), "without token": k.secure(inside, "/p/"+yMAC+"-device.pem", nil),
	} {
		if r.Status != 404 || contains(r.Body, "KEY") {
			t.Errorf("%s: %d", name, r.Status)
		}
	}
	k.update(t, func(tx *directory.Tx) error { return tx.RevokeCertificate(d.ID) })
	if r := k.secure(inside, file, nil); r.Status != 404 {
		t.Errorf("taken back: %d", r.Status)
	}
	for name, act := range map[string]func(*directory.Tx) error{
		"re-armed": func(tx *directory.Tx) error { return tx.Rearm(d.ID) },
		"retired":  func(tx *directory.Tx) error { return tx.Retire(d.ID) },
	} {
		k.update(t, func(tx *directory.Tx) error {
			return tx.IssueCertificate(d.ID, "print", directory.NewSecret("CERT+KEY"))
		})
		k.update(t, act)
		if now := k.device(yMAC); now.Issued != "" || !now.IssuedSealed.Empty() {
			t.Errorf("%s: its certificate is still good", name)
		}
		k.change(t, yMAC, func(d *directory.Device) { d.Retired = time.Time{} })
	}
}
