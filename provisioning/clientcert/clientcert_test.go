package clientcert

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"testing"
	"time"

	"cradle/provisioning/catalog"
)

const mac = "02aabbccddee"

func TestWhatCounts(t *testing.T) {
	root := authority(t, "Acme Root CA", rsaKey(t, 2048), false)
	old := authority(t, "Acme Old CA", rsaKey(t, 1024), true)
	issuing := root.issuing("Acme Issuing CA", nil)
	oldIssuing := old.issuing("Acme Old Issuing CA", nil)
	j := open(t, nil, root, old)
	for name, chain := range map[string][]*x509.Certificate{
		"plain":                  {root.phone(mac)},
		"colons and capitals":    {root.phone("02:AA:BB:CC:DD:EE")},
		"a name around it":       {root.phone("ACME Phone 02-aa-bb-cc-dd-ee")},
		"SHA-1 and RSA-1024":     {old.phone(mac)},
		"SHA-1 throughout":       {oldIssuing.phone(mac), oldIssuing.cert},
		"by an issuing one":      {issuing.phone(mac), issuing.cert},
		"with the root too":      {issuing.phone(mac), root.cert, issuing.cert},
		"in the serial number":   {root.sign(&x509.Certificate{Subject: pkix.Name{CommonName: "Phone", SerialNumber: mac}}, ecKey(t))},
		"in an alternative name": {root.sign(&x509.Certificate{Subject: pkix.Name{CommonName: "Phone"}, DNSNames: []string{"a.example", mac}}, ecKey(t))},
	} {
		for range 2 { // once judged, once remembered
			if p, err := j.Judge(shown(chain...), acme); err != nil || p.MAC != mac || p.Authority != "acme" {
				t.Errorf("%s: %+v, %v", name, p, err)
			}
		}
	}
	if p, _ := j.Judge(shown(root.phone(mac)), acme); p.String() != "acme: "+mac {
		t.Error(p.String())
	}
}

func TestWhatDoesNot(t *testing.T) {
	root := authority(t, "Acme Root CA", rsaKey(t, 2048), false)
	stranger := authority(t, "Acme Root CA", rsaKey(t, 2048), false) // the same name
	phone := &maker{t: t, cert: root.phone("02aabbcc0001"), key: ecKey(t)}
	phone.cert = root.sign(&x509.Certificate{Subject: phone.cert.Subject}, phone.key)
	noSign := root.issuing("No Sign", func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature })
	short := root.issuing("Short", func(c *x509.Certificate) { c.MaxPathLenZero = true })
	tooDeep := short.issuing("Too Deep", nil)
	deep := root
	var tail []*x509.Certificate
	for _, name := range []string{"1", "2", "3", "4", "5"} {
		deep = deep.issuing(name, nil)
		tail = append([]*x509.Certificate{deep.cert}, tail...)
	}
	broken := root.phone(mac)
	broken.Signature[9] ^= 1
	j := open(t, nil, root)
	for name, c := range map[string]struct {
		chain []*x509.Certificate
		want  error
	}{
		"none":                      {nil, ErrUnknown},
		"another's authority":       {[]*x509.Certificate{stranger.phone(mac)}, ErrUnknown},
		"signed by another phone":   {[]*x509.Certificate{phone.phone(mac), phone.cert}, ErrUnknown},
		"by one that may not":       {[]*x509.Certificate{noSign.phone(mac), noSign.cert}, ErrUnknown},
		"below one that ends":       {[]*x509.Certificate{tooDeep.phone(mac), tooDeep.cert, short.cert}, ErrUnknown},
		"longer than four":          {append([]*x509.Certificate{deep.phone(mac)}, tail...), ErrUnknown},
		"a signature that is wrong": {[]*x509.Certificate{broken}, ErrUnknown},
		"generic":                   {[]*x509.Certificate{root.phone("Acme Generic Phone")}, ErrGeneric},
		"a generic MAC":             {[]*x509.Certificate{root.phone("000000000000")}, ErrGeneric},
		"no MAC":                    {[]*x509.Certificate{root.phone("Acme Phone")}, ErrGeneric},
		"more than a MAC":           {[]*x509.Certificate{root.phone(mac + "00")}, ErrGeneric},
	} {
		if p, err := j.Judge(shown(c.chain...), acme); !errors.Is(err, c.want) || p != (Proof{}) {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
	if _, err := j.Judge(shown(append([]*x509.Certificate{deep.phone(mac)}, tail[:4]...)...), acme); !errors.Is(err, ErrUnknown) {
		t.Errorf("an intermediate is missing: %v", err)
	}
	if _, err := j.Judge(shown(root.phone(mac)), func(string) *catalog.Certificate { return nil }); !errors.Is(err, ErrGeneric) {
		t.Errorf("no data about its certificates: %v", err)
	}
}

// A chain of exactly four intermediates is walked.
func TestFourIntermediates(t *testing.T) {
	root := authority(t, "Acme Root CA", rsaKey(t, 2048), false)
	deep := root
	var tail []*x509.Certificate
	for _, name := range []string{"1", "2", "3", "4"} {
		deep = deep.issuing(name, nil)
		tail = append(tail, deep.cert) // in an order of its own
	}
	if _, err := open(t, nil, root).Judge(shown(append([]*x509.Certificate{deep.phone(mac)}, tail...)...), acme); err != nil {
		t.Error(err)
	}
}

// Keys below 1024 bits are broken at home, whoever signed them.
func TestWeakKeys(t *testing.T) {
	root := authority(t, "Acme Root CA", rsaKey(t, 2048), false)
	t.Setenv("GODEBUG", "rsa1024min=0")
	small := rsaKey(t, 1016)
	j := open(t, nil, root)
	if _, err := j.Judge(shown(root.sign(&x509.Certificate{Subject: pkix.Name{CommonName: mac}}, small)), acme); !errors.Is(err, ErrWeak) {
		t.Errorf("1016 bits: %v", err)
	}
	exact := root.sign(&x509.Certificate{Subject: pkix.Name{CommonName: mac}}, rsaKey(t, 1024))
	if _, err := j.Judge(shown(exact), acme); err != nil {
		t.Errorf("1024 bits: %v", err)
	}
	if _, err := j.Add("acme", authority(t, "Small", small, false).pem()); !errors.Is(err, ErrWeak) {
		t.Errorf("a weak authority: %v", err)
	}
}

// Dates of factories do not count, ours do.
func TestDatesOfOurOwn(t *testing.T) {
	own := authority(t, "Cradle authority", ecKey(t), false)
	j := open(t, []*x509.Certificate{own.cert})
	now := time.Now()
	for name, c := range map[string]struct {
		from, to time.Time
		want     error
	}{
		"in force": {time.Unix(0, 0), now.Add(time.Hour), nil}, "over": {time.Unix(0, 0), now.Add(-time.Hour), ErrExpired}, "not yet": {now.Add(time.Hour), now.Add(2 * time.Hour), ErrExpired},
	} {
		leaf := own.sign(&x509.Certificate{Subject: pkix.Name{CommonName: mac}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, NotBefore: c.from, NotAfter: c.to}, ecKey(t))
		p, err := j.Judge(shown(leaf), acme)
		if !errors.Is(err, c.want) || c.want == nil && (p.MAC != mac || p.Authority != Own) {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}

// Vendor's data that was read anew is in force at once.
func TestNewData(t *testing.T) {
	root := authority(t, "Acme Root CA", rsaKey(t, 2048), false)
	j, leaf := open(t, nil, root), root.phone(mac)
	if _, err := j.Judge(shown(leaf), func(string) *catalog.Certificate { return nil }); err == nil {
		t.Fatal("without data")
	}
	if _, err := j.Judge(shown(leaf), acme); err != nil {
		t.Error(err)
	}
}

func TestJudgementsAreBounded(t *testing.T) {
	root := authority(t, "Acme Root CA", ecKey(t), false)
	j := open(t, nil, root)
	one := root.phone(mac)
	for i := range maxJudged + 1 {
		leaf := *one
		leaf.Raw = fmt.Append(nil, i) // what a judgement is remembered by
		if _, err := j.Judge(shown(&leaf), acme); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	j.shelf.Load().judged.Range(func(any, any) bool { n++; return true })
	if n > maxJudged {
		t.Errorf("%d are remembered", n)
	}
}
