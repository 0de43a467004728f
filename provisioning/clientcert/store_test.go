package clientcert

import (
	"bytes"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestAuthoritiesAreKept(t *testing.T) {
	root, other := authority(t, "Acme Root CA", ecKey(t), false), authority(t, "Bolt Root CA", ecKey(t), false)
	folder := filepath.Join(t.TempDir(), "authorities")
	j, err := Open(folder, nil, nil)
	if err != nil || len(j.Authorities()) != 0 {
		t.Fatal(err)
	}
	a, err := j.Add("acme", append(root.pem(), other.pem()...))
	if err != nil || a.Vendor != "acme" || !slices.Equal(a.Subjects, []string{"Acme Root CA", "Bolt Root CA"}) || a.Until.IsZero() {
		t.Fatalf("%+v, %v", a, err)
	}
	if again, err := j.Add("acme", append(root.pem(), other.pem()...)); err != nil || again.ID != a.ID || len(j.Authorities()) != 1 {
		t.Errorf("the same again: %+v, %v", again, err)
	}
	// Files that a person puts there, one of them no good.
	for name, text := range map[string][]byte{"two-words.pem": other.pem(), "bad.pem": []byte("x"), "readme.txt": nil} {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if j, err = Open(folder, nil, nil); err != nil || len(j.Authorities()) != 2 || j.Authorities()[1].Vendor != "two-words" {
		t.Errorf("%+v, %v", j.Authorities(), err)
	}
	if err := j.Remove(a.ID); err != nil || len(j.Authorities()) != 1 {
		t.Errorf("%+v, %v", j.Authorities(), err)
	}
	if _, err := j.Judge(shown(root.phone(mac)), acme); !errors.Is(err, ErrUnknown) {
		t.Errorf("after its authority was taken away: %v", err)
	}
	for _, id := range []string{a.ID, "../acme", "bad", ""} {
		if err := j.Remove(id); !errors.Is(err, ErrNone) {
			t.Errorf("%q: %v", id, err)
		}
	}
}

func TestBadAuthorities(t *testing.T) {
	root := authority(t, "Acme Root CA", ecKey(t), false)
	phone := root.issuing("no authority", func(c *x509.Certificate) { c.IsCA, c.KeyUsage = false, 0 })
	j := open(t, nil)
	for name, text := range map[string][]byte{
		"nothing": nil, "words": []byte("hello"), "half": root.pem()[:100], "a phone's": phone.pem(), "too much": bytes.Repeat([]byte("\n"), maxPEM+1),
		"a key": []byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), "rubbish": []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
	} {
		if _, err := j.Add("acme", text); !errors.Is(err, ErrPEM) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, vendor := range []string{"", "../x", "A", "a/b", "a.b", Own} {
		if _, err := j.Add(vendor, root.pem()); !errors.Is(err, ErrVendor) {
			t.Errorf("%q: %v", vendor, err)
		}
	}
	if entries, _ := os.ReadDir(j.folder); len(entries) != 0 {
		t.Errorf("left over: %v", entries)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(authority(f, "Acme Root CA", ecKey(f), false).pem())
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if a, err := parse("acme.x", text); err == nil && (len(a.certificates) == 0 || len(a.Subjects) != len(a.certificates)) {
			t.Errorf("%+v", a)
		}
	})
}
