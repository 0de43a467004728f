package settings

import (
	"strings"
	"time"

	"cradle/directory"
	"cradle/provisioning/render"
)

// Codec is a codec a phone has and its vendor's name of it.
type Codec struct{ Name, Vendor string }

// Abilities are the facts about a model that values depend on.
type Abilities struct {
	Model       string // catalogue name
	File        string // as in file names
	Lines, Keys int
	Codecs      []Codec
	Languages   map[string]string // BCP 47 tag in lower case -> vendor's word
	Zones       map[string]string // IANA name -> vendor's word
}

// Mode is how much of a device's settings an asker has earned.
type Mode uint8

// The modes, from the least.
const (
	Bootstrap Mode = iota // no secret: time, our authority, its URL, the Phone ID while it waits
	Lobby                 // the device account too
	Full                  // everything
)

// Facts are what one rendering starts from.
type Facts struct {
	Snapshot  *directory.Snapshot
	Device    *directory.Device // nil: values for a whole model
	Site      *directory.Site   // of the device, or of the asker
	Abilities *Abilities
	Mode      Mode
	Host      string // written as SIP server; IPv6 in brackets
	SIPPort   int
	URL       string // the device's own, ends with a slash
	Authority string // URL of our CA; empty: the model cannot take one
	Now       time.Time
	// Mask hides secrets: for people's eyes.
	Mask bool
}

// Maker makes values; it is safe for concurrent use.
type Maker struct{ zones zones }

// Values are everything a template may read for this phone, and the stack that
// says which layer each setting came from.
func (m *Maker) Values(f Facts) (render.Values, Stack) {
	who := Subject{Site: f.Site, Device: f.Device, Model: f.Abilities.Model}
	if f.Site != nil {
		who.Organization = f.Snapshot.Organization(f.Site.Organization)
	}
	if f.Device != nil {
		who.Organization = f.Snapshot.Organization(f.Device.Organization)
		who.Person = f.Snapshot.Sitting(directory.LineRef{Device: f.Device.ID, Line: 1}).Extension
	}
	stack := Pile(f.Snapshot, who)
	v := phoneShape.New()
	m.everyone(v, f, &stack)
	if f.Device != nil {
		own(v, f)
		lines(v, f, who, &stack)
	}
	return v, stack
}

// everyone fills what needs no device.
func (m *Maker) everyone(v render.Values, f Facts, s *Stack) {
	v[atModel] = render.S(f.Abilities.File)
	v[atHost], v[atPort] = render.S(f.Host), render.I(f.SIPPort)
	v[atTransport] = render.S(s.Text(Transport))
	v[atExpires], v[atMinutes] = render.I(s.Number(Expires)), render.I((s.Number(Expires)+59)/60)
	v[atKeepalive] = render.I(s.Number(Keepalive))
	v[atInterval], v[atIntervalSeconds] = render.I(s.Number(Interval)), render.I(s.Number(Interval)*60)
	v[atPnP], v[atDHCP] = render.B(s.Flag(PnP)), render.B(s.Flag(DHCP))
	v[atTime] = render.S(s.Text(TimeServer))
	if s.Text(TimeServer) == "" {
		v[atTime] = render.S(f.Host)
	}
	zone := s.Text(TimeZone)
	offset := m.zones.offset(zone, f.Now)
	v[atZone], v[atOffset], v[atOffsetHours] = render.S(zone), render.I(offset), render.S(hours(offset))
	if word, ok := f.Abilities.Zones[zone]; ok {
		v[atZoneVendor] = render.S(word)
	}
	tag := s.Text(Language)
	v[atLanguage] = render.S(tag)
	if word := language(f.Abilities.Languages, tag); word != "" {
		v[atLanguageVendor] = render.S(word)
	}
	list, first, items := codecs(f.Abilities.Codecs, s.Text(Codecs), 1)
	v[atCodecs], v[atCodec], v[atCodecFirst] = render.L(items), render.S(list), render.S(first)
}

// language looks for the whole tag, then for its language alone.
func language(words map[string]string, tag string) string {
	tag = strings.ToLower(tag)
	if w, ok := words[tag]; ok {
		return w
	}
	base, _, _ := strings.Cut(tag, "-")
	return words[base]
}

// own fills what belongs to this device, its lines apart.
func own(v render.Values, f Facts) {
	d := f.Device
	v[atMAC], v[atID] = render.S(string(d.MAC)), render.S(d.PhoneID)
	if d.Name != "" {
		v[atName] = render.S(d.Name)
	}
	v[atWaiting] = render.B(d.Step == directory.StepSeen)
	scheme, rest, _ := strings.Cut(f.URL, "://")
	v[atURL], v[atScheme], v[atAddress] = render.S(f.URL), render.S(scheme), render.S(strings.TrimSuffix(rest, "/"))
	if f.Authority != "" {
		v[atAuthority] = render.S(f.Authority)
	}
	if f.Mode == Full {
		setSecret(v, atAdmin, d.AdminPassword, f.Mask)
		setSecret(v, atUser, d.UserPassword, f.Mask)
	}
}

func setSecret(v render.Values, slot int, s directory.Secret, masked bool) {
	switch {
	case s.Empty():
	case masked:
		v[slot] = render.S(s.String())
	default:
		v[slot] = render.S(s.Reveal())
	}
}
