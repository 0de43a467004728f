package settings

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of values.
const (
	maxText = 255 // bytes of a setting of the schema
	maxRaw  = 512 // bytes of a vendor's setting added by hand
	maxName = 128 // bytes of such a setting's name
)

// rawPrefix begins the names of vendors' settings added by hand:
// raw.<vendor>.<name>.
const rawPrefix = "raw."

// Check says whether a layer may say this value under this name. The name is
// one of the schema, or raw.<vendor>.<the vendor's own name>.
func Check(name, value string) error {
	if s, ok := Find(name); ok {
		return s.Check(value)
	}
	vendor, own, found := strings.Cut(strings.TrimPrefix(name, rawPrefix), ".")
	switch {
	case !strings.HasPrefix(name, rawPrefix):
		return fmt.Errorf("%w: there is no setting %q", ErrInvalid, name)
	case !found || vendor == "" || strings.Trim(vendor, "abcdefghijklmnopqrstuvwxyz0123456789-") != "":
		return fmt.Errorf("%w: %q is not raw.<vendor>.<name>", ErrInvalid, name)
	case own == "" || len(own) > maxName || strings.ContainsFunc(own, unfitForName) || strings.Contains("/"+own+"/", "//"):
		return fmt.Errorf("%w: the name %q is empty, longer than %d bytes or not of letters, digits, spaces, single slashes within and . _ - : # @ %% ! [ ]", ErrInvalid, own, maxName)
	case len(value) > maxRaw || strings.ContainsFunc(value, isControl):
		return fmt.Errorf("%w: %s: control characters or more than %d bytes", ErrInvalid, name, maxRaw)
	}
	return nil
}

// ByHandOf parts the name of a vendor's setting added by hand; of others is is
// false.
func ByHandOf(key string) (vendor, name string, is bool) {
	rest, is := strings.CutPrefix(key, rawPrefix)
	if !is {
		return "", "", false
	}
	vendor, name, is = strings.Cut(rest, ".")
	return vendor, name, is
}

// unfitForName keeps what might begin another setting out of a name. Spaces
// and slashes stand in some vendors' names.
func unfitForName(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-/:#@%![] ", r))
}

func isControl(r rune) bool {
	return r < 0x20 || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029'
}

// Check says whether a value fits the setting. An empty one fits where the
// setting has a meaning for it: no default, or a list.
func (s Setting) Check(value string) error {
	if len(value) > maxText || strings.ContainsFunc(value, isControl) {
		return fmt.Errorf("%w: %s: control characters or more than %d bytes", ErrInvalid, s.Name, maxText)
	}
	if value == "" && (s.Default == "" || s.Type == List) {
		return nil
	}
	fault := s.fault(value)
	if s.Type == Zone {
		if _, err := time.LoadLocation(value); err != nil || value == "Local" {
			fault = "is no time zone"
		}
	}
	if fault != "" {
		return fmt.Errorf("%w: %s: %q %s", ErrInvalid, s.Name, value, fault)
	}
	return nil
}

// fits is Check for values that a record holds already, without a look at the
// zone files: an unknown zone counts as UTC.
func (s *Setting) fits(value string) bool {
	return len(value) <= maxText && !strings.ContainsFunc(value, isControl) && s.fault(value) == ""
}

// fault is what is wrong with a value, empty for nothing.
func (s *Setting) fault(value string) string {
	switch s.Type {
	case Number:
		if n, err := strconv.Atoi(value); err != nil || n < s.Min || n > s.Max {
			return fmt.Sprintf("is not %d to %d", s.Min, s.Max)
		}
	case Bool:
		if value != "true" && value != "false" {
			return "is neither true nor false"
		}
	case OneOf:
		if !slices.Contains(s.Choices, value) {
			return "is none of " + strings.Join(s.Choices, ", ")
		}
	case List:
		for part := range strings.SplitSeq(value, ",") {
			if !slices.Contains(s.Choices, strings.TrimSpace(part)) {
				return "is not a list of " + strings.Join(s.Choices, ", ")
			}
		}
	case Host:
		if _, _, ok := hostPort(value); !ok {
			return "is neither a host nor host:port"
		}
	case URL:
		u, err := url.Parse(value)
		if err != nil || u.Host == "" || !slices.Contains([]string{"http", "https", "tftp"}, u.Scheme) {
			return "is no URL of http, https or tftp"
		}
	case Country:
		if len(value) != 2 || strings.Trim(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			return "is not two capital letters"
		}
	case Tag:
		if strings.Trim(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" || value[0] == '-' {
			return "is no language tag"
		}
	case Text, Zone:
	}
	return ""
}

// hostPort splits a host from its port; port 0: none is said. An IPv6 address
// comes back in brackets.
func hostPort(value string) (host string, port int, ok bool) {
	if a, err := netip.ParseAddr(strings.Trim(value, "[]")); err == nil {
		return bracketed(a), 0, true
	}
	host = value
	if h, p, err := net.SplitHostPort(value); err == nil {
		n, err := strconv.Atoi(p)
		if err != nil || n < 1 || n > 65535 {
			return "", 0, false
		}
		host, port = h, n
		if a, err := netip.ParseAddr(h); err == nil {
			return bracketed(a), port, true
		}
	}
	good := host != "" && len(host) <= 253 && strings.Trim(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") == ""
	return host, port, good
}

func bracketed(a netip.Addr) string {
	if a.Is6() {
		return "[" + a.String() + "]"
	}
	return a.String()
}
