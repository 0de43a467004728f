package catalog

import (
	"fmt"
	"regexp"
	"strings"
)

// DHCP is one option by which a DHCP server leads a vendor's phones to us.
type DHCP struct {
	// Option is its number, 1 to 254; Sub that of a sub-option within the
	// vendor-specific option 43 (RFC 2132, 8.4), 0: the option itself.
	Option, Sub int
	// Value may hold {url} (the whole address of the settings, with a slash at
	// the end), {scheme}, {host}, {port} and {path} (without slashes). What
	// phones fill in themselves, such as $mac, stands as it is.
	Value string
	// Address: the value is a host and is sent as its four bytes, not as text.
	Address bool
	// Class is how the vendor class (option 60) of those begins who get it; OUI
	// gives it to the vendor's MAC prefixes only. Neither: to every phone.
	Class string
	OUI   bool
}

// dhcpYAML is the form of one entry under `dhcp:`.
type dhcpYAML struct {
	Option int    `yaml:"option"`
	Sub    int    `yaml:"sub"`
	Value  string `yaml:"value"`
	Type   string `yaml:"type"`
	Class  string `yaml:"class"`
	OUI    bool   `yaml:"oui"`
}

// maxDHCP bounds the options of one vendor; a value fits into one option
// (RFC 2132, 2), with room for our address.
const (
	maxDHCP      = 16
	maxDHCPValue = 160
)

var placeholder = regexp.MustCompile(`\{[^}]*\}?`)

func dhcp(list []dhcpYAML) ([]DHCP, error) {
	if len(list) > maxDHCP {
		return nil, fmt.Errorf("dhcp: %d options, at most %d", len(list), maxDHCP)
	}
	var out []DHCP
	for i, y := range list {
		if err := y.check(); err != nil {
			return nil, fmt.Errorf("dhcp[%d]: %w", i, err)
		}
		out = append(out, DHCP{Option: y.Option, Sub: y.Sub, Value: y.Value, Address: y.Type == "address", Class: y.Class, OUI: y.OUI})
	}
	return out, nil
}

func (y *dhcpYAML) check() error {
	switch {
	case y.Option < 1 || y.Option > 254:
		return fmt.Errorf("option: %d is not 1 to 254", y.Option)
	case y.Sub < 0 || y.Sub > 254 || y.Sub > 0 && y.Option != 43:
		return fmt.Errorf("sub: %d is not 1 to 254 of option 43", y.Sub)
	case y.Type != "" && y.Type != "text" && y.Type != "address":
		return fmt.Errorf("type: %q is none of text, address", y.Type)
	case y.Type == "address" && y.Value != "{host}":
		return fmt.Errorf("value: %q is not {host}, as an address has to be", y.Value)
	case y.Value == "" || len(y.Value) > maxDHCPValue || !quotable(y.Value):
		return fmt.Errorf("value: %q is not 1 to %d printable characters without quotes and backslashes", y.Value, maxDHCPValue)
	case len(y.Class) > 64 || !quotable(y.Class):
		return fmt.Errorf("class: %q is not at most 64 printable characters without quotes and backslashes", y.Class)
	case y.Class != "" && y.OUI:
		return fmt.Errorf("class: %q and oui exclude each other", y.Class)
	}
	for _, p := range placeholder.FindAllString(y.Value, -1) {
		if !strings.Contains(" {url} {scheme} {host} {port} {path} ", " "+p+" ") {
			return fmt.Errorf("value: %s is none of {url}, {scheme}, {host}, {port}, {path}", p)
		}
	}
	return nil
}

// quotable texts stand between quotes in every DHCP server's language.
func quotable(s string) bool {
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' || strings.IndexByte("\"'`\\", c) >= 0 {
			return false
		}
	}
	return true
}
