// Package settings holds what a phone is to be told: the settings that exist,
// the layers that may say them, and the values that come out for one phone.
package settings

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Key is the number of a setting in the schema.
type Key int

// The settings that layers may say.
const (
	Language Key = iota
	TimeZone
	TimeServer
	Transport
	Expires
	SRTP
	Keepalive
	DTMF
	Codecs
	Interval
	PnP
	DHCP
	keyCount
)

// Of says whose setting it is.
type Of string

// A desk's settings are the phone's: device beats extension. Personal ones
// move with the person: extension beats device.
const (
	Desk     Of = "desk"
	Personal Of = "personal"
)

// Setting is one entry of the schema.
type Setting struct {
	Key     Key
	Name    string // as in the setting records
	Doc     string
	Of      Of
	Default string
	// OneOf lists what it may be; empty: see Min and Max, or any text.
	OneOf []string
	// Min and Max bound a number; both zero: it is no number.
	Min, Max int
	// List is a list with commas of OneOf.
	List bool
}

// Schema is every setting there is, by Key.
var Schema = [keyCount]Setting{
	Language:   {Name: "language", Doc: "language of screen and web pages, BCP 47", Of: Personal, Default: "en"},
	TimeZone:   {Name: "time.zone", Doc: "time zone, IANA name", Of: Desk, Default: "UTC"},
	TimeServer: {Name: "time.server", Doc: "NTP server, host name or address; empty: the appliance", Of: Desk},
	Transport:  {Name: "sip.transport", Doc: "transport of the registration", Of: Desk, Default: "udp", OneOf: []string{"udp", "tcp", "tls"}},
	Expires:    {Name: "sip.expires", Doc: "seconds a registration is asked for", Of: Desk, Default: "3600", Min: 60, Max: 86400},
	SRTP:       {Name: "sip.srtp", Doc: "encryption of media", Of: Desk, Default: "off", OneOf: []string{"off", "optional", "required"}},
	Keepalive:  {Name: "sip.keepalive", Doc: "seconds between packets that hold a NAT open; 0: none", Of: Desk, Default: "0", Min: 0, Max: 3600},
	DTMF:       {Name: "sip.dtmf", Doc: "how digits are sent in a call", Of: Personal, Default: "rfc2833", OneOf: []string{"rfc2833", "info", "inband", "auto"}},
	Codecs:     {Name: "sip.codecs", Doc: "codecs in order of preference, as far as the phone has them", Of: Personal, Default: "opus,g722,pcma,pcmu", OneOf: []string{"opus", "g722", "pcma", "pcmu", "g729"}, List: true},
	Interval:   {Name: "provision.interval", Doc: "minutes between two looks at the settings", Of: Desk, Default: "1440", Min: 5, Max: 43200},
	PnP:        {Name: "provision.pnp", Doc: "whether the phone goes on asking for its settings by SIP multicast", Of: Desk, Default: "false", OneOf: []string{"true", "false"}},
	DHCP:       {Name: "provision.dhcp", Doc: "whether the phone goes on taking its settings' address from DHCP", Of: Desk, Default: "false", OneOf: []string{"true", "false"}},
}

// Find gives the setting of that name.
func Find(name string) (Setting, bool) {
	for k, s := range Schema {
		if s.Name == name {
			s.Key = Key(k)
			return s, true
		}
	}
	return Setting{}, false
}

// Check says whether a value fits the setting.
func (s Setting) Check(value string) error {
	switch {
	case strings.ContainsFunc(value, func(r rune) bool { return r < 0x20 || r == 0x7f }) || len(value) > 255:
		return fmt.Errorf("%w: %s: control characters or more than 255 bytes", ErrInvalid, s.Name)
	case s.Max > 0:
		if n, err := strconv.Atoi(value); err != nil || n < s.Min || n > s.Max {
			return fmt.Errorf("%w: %s: %q is not %d to %d", ErrInvalid, s.Name, value, s.Min, s.Max)
		}
	case s.List:
		for _, part := range strings.Split(value, ",") {
			if value != "" && !slices.Contains(s.OneOf, strings.TrimSpace(part)) {
				return fmt.Errorf("%w: %s: %q is none of %s", ErrInvalid, s.Name, part, strings.Join(s.OneOf, ", "))
			}
		}
	case len(s.OneOf) > 0 && !slices.Contains(s.OneOf, value):
		return fmt.Errorf("%w: %s: %q is none of %s", ErrInvalid, s.Name, value, strings.Join(s.OneOf, ", "))
	}
	return nil
}
