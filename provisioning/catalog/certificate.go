package catalog

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// Certificate is how a vendor's factory certificates name their phone.
type Certificate struct {
	// MAC finds the MAC in the common name, the serial number and the
	// alternative names of a certificate, in this order: its first group, or all
	// of the match where it has none. Separators within the MAC do not matter.
	MAC *regexp.Regexp
	// Generic finds common names that many phones share; nil: none are known.
	// A certificate without a MAC is generic too.
	Generic *regexp.Regexp
	// Sure is where this comes from: "document", "template", "unsure".
	Sure string
}

// certificateYAML is the form of `certificate:`.
type certificateYAML struct {
	MAC     string `yaml:"mac"`
	Generic string `yaml:"generic"`
	Sure    string `yaml:"sure"` // unsure, if nothing is said
}

// certificate gives nil where the vendor's data says nothing.
func certificate(y *certificateYAML) (*Certificate, error) {
	if y == nil {
		return nil, nil
	}
	if y.MAC == "" {
		return nil, errors.New("certificate.mac: is missing")
	}
	c := &Certificate{Sure: cmp.Or(y.Sure, "unsure")}
	if !slices.Contains(knownSure, c.Sure) {
		return nil, fmt.Errorf("certificate.sure: %q is none of %v", c.Sure, knownSure)
	}
	var err error
	if c.MAC, err = regexp.Compile(y.MAC); err != nil {
		return nil, fmt.Errorf("certificate.mac: %w", err)
	}
	if c.MAC.NumSubexp() > 1 {
		return nil, fmt.Errorf("certificate.mac: %q has more than one group", y.MAC)
	}
	if y.Generic == "" {
		return c, nil
	}
	if c.Generic, err = regexp.Compile(y.Generic); err != nil {
		return nil, fmt.Errorf("certificate.generic: %w", err)
	}
	return c, nil
}
