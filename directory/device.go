package directory

import "time"

// Step is a rung of the trust ladder ("security.md"); it says what a device's
// settings may hold.
type Step string

// The rungs that exist, from the lowest. An unknown phone has no record.
const (
	StepSeen     Step = "seen"     // no secret at all
	StepLobby    Step = "lobby"    // the device account, for seat codes and emergency numbers
	StepApproved Step = "approved" // everything of that device
	StepToken    Step = "token"    // approved, came back on its own URL and registered
)

// Device is a phone.
type Device struct {
	ID           ID
	Revision     uint64
	Organization ID
	Site         ID
	MAC          MAC
	// Model is a catalogue name such as "vendor-model"; empty until recognised.
	Model    string
	Vendor   string // as recognised, for the portal
	Firmware string
	Name     string
	// PhoneID is 6 digits, the last a Luhn check digit; random, unique in the
	// organization, constant until the phone is re-armed.
	PhoneID string
	Step    Step
	// Disabled devices are answered like strangers.
	Disabled bool
	// Token is the hash (SHA-256) of the tokenised URL's token; empty: none given yet.
	Token TokenHash
	// TokenSealed is the token itself, sealed, because each rendering names the URL.
	TokenSealed Secret
	// Conflict is set when a second asker without the token claims this MAC.
	Conflict bool
	// Approved is when it was approved or imported; the window without a token
	// counts from here.
	Approved time.Time
	Seen     time.Time // first contact
	// Lines are the phone's lines, at least one. Line 1 is Lines[0].
	Lines []Line
	// AdminPassword and UserPassword are the phone's own, random for each device.
	AdminPassword Secret
	UserPassword  Secret
	RemoteLogin   bool // false: only by hand at the phone
	SIP           DeviceSIP
}

// Line is one line of a phone with the account it registers with for ever.
type Line struct {
	// Home is the extension whose home this line is; empty: a hot-desk line.
	Home    ID
	Account Account
}

// Account is a device account: it belongs to the phone, no person ever sees it.
type Account struct {
	User   string // unique in the whole appliance
	Secret Secret
}

// DeviceSIP holds the settings that are of the desk.
type DeviceSIP struct {
	Transport      string // udp, tcp, tls
	SRTP           string // off, optional, required
	AllowFrom      []string
	FixedAddress   string
	PrivateNetwork bool
	Ping           int // seconds; 0: off
}

// LineRef names one line of one device. Line counts from 1.
type LineRef struct {
	Device ID
	Line   int
}
