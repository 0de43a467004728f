package directory

import "net/netip"

// Adoption says what happens to an unknown phone of a site's networks
// (trust ladder, "security.md").
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
}
