package directory

import (
	"net/netip"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // time zones are known on machines without a zone database
)

// Adoption says what happens to an unknown phone of a site's networks
// (trust ladder, docs/administration.md).
type Adoption string

// The ways a site adopts phones.
const (
	AdoptLobby   Adoption = "lobby"   // seen phones get a device account for seat codes and emergency calls
	AdoptApprove Adoption = "approve" // seen phones wait for a click, without any secret
	AdoptClosed  Adoption = "closed"  // unknown phones get the 404 of a stranger
)

// TFTPPolicy says how much is served over TFTP, which carries no secret safely.
type TFTPPolicy string

// What a site serves over TFTP.
const (
	TFTPBootstrap TFTPPolicy = "bootstrap"
	TFTPFull      TFTPPolicy = "full"
	TFTPOff       TFTPPolicy = "off"
)

// Site is a place of an organization.
type Site struct {
	ID           ID
	Revision     uint64
	Organization ID
	Name         string
	TimeZone     string // IANA name; empty: UTC
	MainNumber   string // E.164
	// Networks are those whose phones may be adopted. A network belongs to
	// one organization.
	Networks []netip.Prefix
	Adoption Adoption
	TFTP     TFTPPolicy
	// Advertise is the host written into this site's phones where the address
	// the request came to will not do; empty: the request's own.
	Advertise string
	// TimeServer is the NTP server of its phones; empty: the appliance.
	TimeServer string
	Emergency  []string // emergency numbers
	// EmergencyRoute is where they go: an extension's number (a trunk's name
	// once there are trunks); empty: 503 and an alarm.
	EmergencyRoute string
	// ResyncFrom and ResyncUntil are the hours "HH:MM", in the site's time zone, in
	// which its phones are told to read their settings again; both empty: always.
	ResyncFrom, ResyncUntil string
	// DirectMedia lets two phones of the site that are on one of its networks send
	// their voice to each other and not through the appliance.
	DirectMedia bool
}

func (s *Site) table() table                         { return tSite }
func (s *Site) head() (ID, uint64)                   { return s.ID, s.Revision }
func (s *Site) setHead(id ID, rev uint64)            { s.ID, s.Revision = id, rev }
func (s *Site) organization() ID                     { return s.Organization }
func (s *Site) sortKey() string                      { return strings.ToLower(s.Name) }
func (s *Site) encode(*Keys) ([]byte, error)         { return encodePlain(s) }
func (s *Site) decode(_ *Keys, _ ID, b []byte) error { return decodePlain(b, s) }

func (s *Site) refs() []ref {
	return []ref{{to: s.Organization, t: tOrganization, as: refOrganization}}
}

func (s *Site) clone() record {
	c := *s
	c.Networks = slices.Clone(s.Networks)
	for i, n := range c.Networks {
		c.Networks[i] = canonical(n)
	}
	c.Emergency = slices.Clone(s.Emergency)
	return &c
}

func (s *Site) uniques() []unique {
	u := []unique{{uSiteName, siteNameKey(s.Organization, s.Name)}}
	for _, n := range s.Networks {
		u = append(u, unique{uNetwork, canonical(n).String()})
	}
	return u
}

func siteNameKey(org ID, name string) string { return string(org) + "/" + strings.ToLower(name) }

// canonical writes a network in its one form: no bits set behind the prefix, and
// IPv4 as IPv4.
func canonical(n netip.Prefix) netip.Prefix {
	if n.Addr().Is4In6() && n.Bits() >= 96 {
		n = netip.PrefixFrom(n.Addr().Unmap(), n.Bits()-96)
	}
	return n.Masked()
}

func (s *Site) check() error {
	if s.TimeZone != "" {
		if _, err := time.LoadLocation(s.TimeZone); err != nil || s.TimeZone == "Local" {
			return invalid("time zone %q is not known", s.TimeZone)
		}
	}
	if s.MainNumber != "" {
		if err := checkE164("main number", s.MainNumber); err != nil {
			return err
		}
	}
	for _, n := range s.Networks {
		if !n.IsValid() {
			return invalid("network %q is not an address and a prefix length", n)
		}
	}
	for _, e := range s.Emergency {
		if err := checkDigits("emergency number", e, 1, 15); err != nil {
			return err
		}
	}
	for what, host := range map[string]string{"advertise": s.Advertise, "time server": s.TimeServer} {
		if host != "" && !isHost(host) {
			return invalid("%s %q is not a host", what, host)
		}
	}
	if (s.ResyncFrom == "") != (s.ResyncUntil == "") {
		return invalid("resync hours %q to %q lack one end", s.ResyncFrom, s.ResyncUntil)
	}
	return firstError(
		checkText("name", s.Name, true),
		checkHour("resync from", s.ResyncFrom), checkHour("resync until", s.ResyncUntil),
		checkText("emergency route", s.EmergencyRoute, false),
		checkOneOf("adoption", string(s.Adoption), string(AdoptLobby), string(AdoptApprove), string(AdoptClosed)),
		checkOneOf("tftp", string(s.TFTP), string(TFTPBootstrap), string(TFTPFull), string(TFTPOff)))
}
