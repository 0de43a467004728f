package directory

import (
	"net/netip"
	"strings"
	"time"
)

// Organization is a tenant. It owns sites, users, extensions, numbers, devices
// and codes; short numbers are unique inside it, everything else is invisible
// to other organizations.
type Organization struct {
	ID       ID
	Revision uint64
	Name     string
	// Domain is the SIP domain and the digest realm of its device accounts.
	Domain   string
	Language string // BCP 47, "en" when empty
	// NightlyRelease is the hour "HH:MM", in the time zone of each site, at
	// which guests go home; empty: never.
	NightlyRelease string
	// IdleRelease is the hours without a call after which a guest goes home; 0: never.
	IdleRelease int
	// PINForCode lets an extension that has no secret code sit at phones of other
	// extensions with its PIN.
	PINForCode bool
	// PINDigits is how long the default PINs are that we make, 4 to 10; 0: 6.
	PINDigits int
	// OperatorContact is whom users ask for help, shown in the portal: a number, an
	// e-mail address or a sentence.
	OperatorContact string
}

// defaultRealm is the digest realm of an organization without a domain.
const defaultRealm = "cradle"

// Realm is the digest realm of its device accounts.
func (o *Organization) Realm() string {
	if o.Domain == "" {
		return defaultRealm
	}
	return o.Domain
}

func (o *Organization) table() table                         { return tOrganization }
func (o *Organization) head() (ID, uint64)                   { return o.ID, o.Revision }
func (o *Organization) setHead(id ID, rev uint64)            { o.ID, o.Revision = id, rev }
func (o *Organization) organization() ID                     { return "" }
func (o *Organization) sortKey() string                      { return strings.ToLower(o.Name) }
func (o *Organization) refs() []ref                          { return nil }
func (o *Organization) encode(*Keys) ([]byte, error)         { return encodePlain(o) }
func (o *Organization) decode(_ *Keys, _ ID, b []byte) error { return decodePlain(b, o) }

func (o *Organization) clone() record {
	c := *o
	return &c
}

func (o *Organization) uniques() []unique {
	u := []unique{{uOrganizationName, strings.ToLower(o.Name)}}
	if o.Domain != "" {
		u = append(u, unique{uOrganizationDomain, strings.ToLower(o.Domain)})
	}
	return u
}

func (o *Organization) check() error {
	if o.IdleRelease < 0 || o.IdleRelease > 24*365 {
		return invalid("idle release %d is not 0 to 8760 hours", o.IdleRelease)
	}
	if o.PINDigits != 0 && (o.PINDigits < 4 || o.PINDigits > 10) {
		return invalid("default PINs of %d digits are not of 4 to 10", o.PINDigits)
	}
	if o.Domain != "" && !isHost(o.Domain) {
		return invalid("domain %q is not a host name", o.Domain)
	}
	return firstError(checkHour("nightly release", o.NightlyRelease), checkText("name", o.Name, true),
		checkText("language", o.Language, false), checkText("operator contact", o.OperatorContact, false))
}

// checkHour judges a time of day; the empty one means none.
func checkHour(what, s string) error {
	if s == "" {
		return nil
	}
	if _, err := time.Parse("15:04", s); err != nil || len(s) != 5 {
		return invalid("%s %q is not HH:MM", what, s)
	}
	return nil
}

// isHost tells whether s may stand as a host in a URI (RFC 3986, section 3.2.2): an
// IPv4 address, an IPv6 address with or without its brackets, or a name. What ends
// in a number and is no address is no name either, but somebody's mistake.
func isHost(s string) bool {
	if len(s) > 253 {
		return false
	}
	if inner, ok := strings.CutPrefix(s, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		address, err := netip.ParseAddr(inner)
		return ok && err == nil && address.Is6() && address.Zone() == ""
	}
	if address, err := netip.ParseAddr(s); err == nil {
		return address.Zone() == ""
	}
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(".-_", c) >= 0 {
			continue
		}
		return false
	}
	last := s[strings.LastIndexByte(s, '.')+1:]
	return strings.Trim(last, "0123456789") != ""
}
