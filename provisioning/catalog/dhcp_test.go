package catalog_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"cradle/provisioning/catalog"
)

// with gives the made-up vendor with more lines in its vendor.yaml.
func with(lines string) fstest.MapFS {
	shelf := good()
	shelf["acme/vendor.yaml"].Data = append(shelf["acme/vendor.yaml"].Data, lines...)
	return shelf
}

func TestDHCPAndCertificate(t *testing.T) {
	c, err := catalog.Load(with(`dhcp:
  - {option: 150, type: address, value: "{host}"}
  - {option: 43, sub: 2, value: "{url}$mac.cfg", class: AcmePhone}
  - {option: 254, value: "H={host},P={port}/{path} {scheme}", oui: true}
certificate: {mac: '(?i)SEP([0-9a-f]{12})', generic: '^Acme Generic'}
`))
	if err != nil {
		t.Fatal(err)
	}
	v := c.Vendor("acme")
	want := []catalog.DHCP{
		{Option: 150, Value: "{host}", Address: true}, {Option: 43, Sub: 2, Value: "{url}$mac.cfg", Class: "AcmePhone"},
		{Option: 254, Value: "H={host},P={port}/{path} {scheme}", OUI: true},
	}
	if len(v.DHCP) != len(want) {
		t.Fatalf("%+v", v.DHCP)
	}
	for i := range want {
		if v.DHCP[i] != want[i] {
			t.Errorf("%d: %+v, want %+v", i, v.DHCP[i], want[i])
		}
	}
	if v.Certificate == nil || !v.Certificate.Generic.MatchString("Acme Generic 1") || v.Certificate.MAC.NumSubexp() != 1 {
		t.Errorf("%+v", v.Certificate)
	}
}

func TestFaultsOfDHCPAndCertificateAreNamed(t *testing.T) {
	one := func(s string) string { return "dhcp: [{" + s + "}]\n" }
	for lines, want := range map[string]string{
		one(`option: 0, value: x`):                                         "option: 0 ",
		one(`option: 255, value: x`):                                       "option: 255 ",
		one(`option: 66, sub: 1, value: x`):                                "sub: 1 ",
		one(`option: 43, sub: 255, value: x`):                              "sub: 255 ",
		one(`option: 66, type: word, value: x`):                            `type: "word"`,
		one(`option: 150, type: address, value: "{url}"`):                  `value: "{url}"`,
		one(`option: 66`):                                                  `value: ""`,
		one(`option: 66, value: "` + strings.Repeat("x", 161) + `"`):       "value: ",
		one(`option: 66, value: 'a"b'`):                                    "value: ",
		one(`option: 66, value: "a\nb"`):                                   "value: ",
		one(`option: 66, value: "{mac}.cfg"`):                              "{mac} is none",
		one(`option: 66, value: "{url"`):                                   "{url is none",
		one(`option: 66, value: x, class: 'a"'`):                           "class: ",
		one(`option: 66, value: x, class: a, oui: true`):                   `class: "a"`,
		one(`option: 66, value: x, word: a`):                               "word",
		"dhcp: [" + strings.Repeat("{option: 66, value: x}, ", 17) + "]\n": "dhcp: 17",
		"certificate: {generic: x}\n":                                      "certificate.mac",
		"certificate: {mac: 'a', sure: perhaps}\n":                         "certificate.sure",
		"certificate: {mac: '('}\n":                                        "certificate.mac",
		"certificate: {mac: '(a)(b)'}\n":                                   "certificate.mac",
		"certificate: {mac: 'a', generic: '('}\n":                          "certificate.generic",
	} {
		if _, err := catalog.Load(with(lines)); !errors.Is(err, catalog.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want %q", lines, err, want)
		}
	}
	for _, lines := range []string{one(`option: 66, value: "` + strings.Repeat("x", 160) + `"`), "dhcp: [" + strings.Repeat("{option: 66, value: x}, ", 16) + "]\n"} {
		if _, err := catalog.Load(with(lines)); err != nil {
			t.Error(err)
		}
	}
}
