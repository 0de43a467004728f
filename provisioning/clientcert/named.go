package clientcert

import (
	"crypto/x509"
	"fmt"
	"regexp"
	"strings"

	"cradle/directory"
	"cradle/provisioning/catalog"
)

// ownMAC finds the MAC in the certificates that we issue.
var ownMAC = regexp.MustCompile(`^[0-9a-f]{12}$`)

// named finds the phone that a certificate names by its vendor's data.
func named(leaf *x509.Certificate, vendor string, rule *catalog.Certificate) (Proof, error) {
	name := leaf.Subject.CommonName
	switch {
	case rule == nil:
		return Proof{}, fmt.Errorf("%w: nothing says where certificates of %s hold the MAC", ErrGeneric, vendor)
	case rule.Generic != nil && rule.Generic.MatchString(name):
		return Proof{}, fmt.Errorf("%w: %q", ErrGeneric, name)
	}
	for _, text := range names(leaf) {
		if mac, ok := macIn(text, rule.MAC); ok {
			return Proof{MAC: mac, Authority: vendor, Subject: name}, nil
		}
	}
	return Proof{}, fmt.Errorf("%w: %q names no MAC", ErrGeneric, name)
}

// names are the texts that may hold a MAC, in order.
func names(c *x509.Certificate) []string {
	all := append([]string{c.Subject.CommonName, c.Subject.SerialNumber}, c.DNSNames...)
	for _, u := range c.URIs {
		all = append(all, u.String())
	}
	return append(all, c.EmailAddresses...)
}

// separators may stand within a MAC.
var separators = strings.NewReplacer(":", "", "-", "", ".", "", " ", "")

func macIn(text string, rule *regexp.Regexp) (directory.MAC, bool) {
	found := rule.FindStringSubmatch(text)
	if found == nil {
		return "", false
	}
	mac, err := directory.ParseMAC(separators.Replace(found[len(found)-1]))
	return mac, err == nil
}
