// Package settings holds what a phone is to be told: the settings that exist,
// the layers that may say them, and the values that come out for one phone.
package settings

// Key is the number of a setting in the schema.
type Key int

// The settings that layers may say.
const (
	Language Key = iota
	TonesCountry
	TimeZone
	TimeServer
	TimeClock24
	TimeDate
	Transport
	Expires
	SRTP
	Keepalive
	Backup
	Outbound
	DTMF
	Codecs
	STUN
	RPort
	Interval
	PnP
	DHCP
	VLAN
	VLANPriority
	PCVLAN
	PCVLANPriority
	LLDP
	CDP
	DSCPSIP
	DSCPRTP
	Web
	Wallpaper
	Backlight
	RingTone
	RingVolume
	Waiting
	FeatureSync
	Intercom
	DialTimeout
	Firmware
	ActionBoot
	ActionRegistered
	ActionUnregistered
	ActionOffhook
	ActionOnhook
	ActionIncoming
	ActionOutgoing
	ActionAnswered
	ActionEnded
	ActionDNDOn
	ActionDNDOff
	ActionForwardOn
	ActionForwardOff
	ActionIdle
	keyCount
)

// Of says whose setting it is.
type Of string

// A desk's settings are the phone's: device beats extension. Personal ones
// move with the person: extension beats device.
const (
	Desk     Of = "desk"
	Personal Of = "personal"
	// Stricter is of the desk, and the person may ask for more but not for less.
	Stricter Of = "stricter"
)

// Type is the form of a setting's values.
type Type string

// The types.
const (
	Text   Type = "text"   // up to 255 bytes without control characters
	Number Type = "number" // Min to Max
	OneOf  Type = "one of" // Choices
	List   Type = "list"   // of Choices, with commas
	Bool   Type = "bool"   // true, false
	Host   Type = "host"   // name or address, with ":port" where it says so
	URL    Type = "url"    // http, https or tftp
	Zone   Type = "zone"   // IANA time zone
	Tag    Type = "tag"    // BCP 47 language tag
	// Country is ISO 3166, two capital letters.
	Country Type = "country"
)

// Setting is one entry of the schema.
type Setting struct {
	Key  Key
	Name string // as in the setting records
	Doc  string
	Of   Of
	Type Type
	// Default holds where no layer says anything; empty: the value is absent, or
	// made as Doc says.
	Default string
	Choices []string
	Min     int
	Max     int
	// Fills is the value of templates that this setting fills as it stands;
	// empty: it is made from it in code.
	Fills string
}

// Schema is every setting there is, by Key.
var Schema = [keyCount]Setting{
	Language:     {Name: "language", Doc: "language of screen and web pages", Of: Personal, Type: Tag, Default: "en", Fills: "language.tag"},
	TonesCountry: {Name: "tones.country", Doc: "country whose tones are heard, ISO 3166; empty: that of the language, else US", Of: Desk, Type: Country},
	TimeZone:     {Name: "time.zone", Doc: "time zone", Of: Desk, Type: Zone, Default: "UTC", Fills: "time.zone"},
	TimeServer:   {Name: "time.server", Doc: "NTP server; empty: the appliance", Of: Desk, Type: Host},
	TimeClock24:  {Name: "time.clock24", Doc: "24 hours on the screen", Of: Personal, Type: Bool, Default: "true", Fills: "time.clock24"},
	TimeDate:     {Name: "time.date", Doc: "order of day, month and year on the screen", Of: Personal, Type: OneOf, Choices: []string{"dmy", "mdy", "ymd"}, Default: "dmy", Fills: "time.date"},

	Transport: {Name: "sip.transport", Doc: "transport of the registration; tls is udp on models without SIP over TLS", Of: Desk, Type: OneOf, Choices: []string{"udp", "tcp", "tls"}, Default: "udp", Fills: "server.transport"},
	Expires:   {Name: "sip.expires", Doc: "seconds a registration is asked for; 300 over tcp and tls where nobody says so", Of: Desk, Type: Number, Default: "3600", Min: 60, Max: 86400, Fills: "server.expires"},
	SRTP:      {Name: "sip.srtp", Doc: "encryption of media; the strictest demand of device and extension holds", Of: Stricter, Type: OneOf, Default: "off", Choices: []string{"off", "optional", "required"}},
	Keepalive: {Name: "sip.keepalive", Doc: "seconds between packets that hold a NAT or a connection open; 0: none; 30 over tcp and tls where nobody says so", Of: Desk, Type: Number, Default: "0", Max: 3600, Fills: "server.keepalive"},
	Backup:    {Name: "sip.backup", Doc: "second registrar, host or host:port", Of: Desk, Type: Host},
	Outbound:  {Name: "sip.outbound", Doc: "outbound proxy, host or host:port", Of: Desk, Type: Host},
	DTMF:      {Name: "sip.dtmf", Doc: "how digits are sent in a call", Of: Personal, Type: OneOf, Default: "rfc2833", Choices: []string{"rfc2833", "info", "inband", "auto"}},
	Codecs:    {Name: "sip.codecs", Doc: "codecs in order of preference, as far as the phone has them; the person chooses among those of the other layers", Of: Personal, Type: List, Default: "opus,g722,pcma,pcmu", Choices: []string{"opus", "g722", "pcma", "pcmu", "g729"}},
	STUN:      {Name: "nat.stun", Doc: "STUN server", Of: Desk, Type: Host, Fills: "nat.stun"},
	RPort:     {Name: "nat.rport", Doc: "ask for symmetric response routing (RFC 3581)", Of: Desk, Type: Bool, Default: "true", Fills: "nat.rport"},

	Interval: {Name: "provision.interval", Doc: "minutes between two looks at the settings", Of: Desk, Type: Number, Default: "1440", Min: 5, Max: 43200, Fills: "provision.interval"},
	PnP:      {Name: "provision.pnp", Doc: "whether the phone goes on asking for its settings by SIP multicast", Of: Desk, Type: Bool, Default: "false", Fills: "provision.pnp"},
	DHCP:     {Name: "provision.dhcp", Doc: "whether the phone goes on taking its settings' address from DHCP", Of: Desk, Type: Bool, Default: "false", Fills: "provision.dhcp"},

	VLAN:           {Name: "network.vlan", Doc: "VLAN of the phone", Of: Desk, Type: Number, Min: 1, Max: 4094, Fills: "network.vlan"},
	VLANPriority:   {Name: "network.vlan_priority", Doc: "802.1p priority of the phone", Of: Desk, Type: Number, Default: "5", Max: 7, Fills: "network.vlan_priority"},
	PCVLAN:         {Name: "network.pc_vlan", Doc: "VLAN of the PC port", Of: Desk, Type: Number, Min: 1, Max: 4094, Fills: "network.pc_vlan"},
	PCVLANPriority: {Name: "network.pc_vlan_priority", Doc: "802.1p priority of the PC port", Of: Desk, Type: Number, Default: "0", Max: 7, Fills: "network.pc_vlan_priority"},
	LLDP:           {Name: "network.lldp", Doc: "learn the VLAN by LLDP-MED", Of: Desk, Type: Bool, Default: "true", Fills: "network.lldp"},
	CDP:            {Name: "network.cdp", Doc: "learn the VLAN by CDP", Of: Desk, Type: Bool, Default: "true", Fills: "network.cdp"},
	DSCPSIP:        {Name: "network.dscp_sip", Doc: "DSCP of signalling", Of: Desk, Type: Number, Default: "26", Max: 63, Fills: "network.dscp_sip"},
	DSCPRTP:        {Name: "network.dscp_rtp", Doc: "DSCP of speech", Of: Desk, Type: Number, Default: "46", Max: 63, Fills: "network.dscp_rtp"},

	Web:       {Name: "web.enabled", Doc: "the phone's own web pages", Of: Desk, Type: Bool, Default: "true", Fills: "web.enabled"},
	Wallpaper: {Name: "screen.wallpaper", Doc: "URL of a picture", Of: Personal, Type: URL, Fills: "screen.wallpaper"},
	Backlight: {Name: "screen.backlight", Doc: "seconds until the light goes out; 0: never", Of: Personal, Type: Number, Max: 86400, Fills: "screen.backlight"},

	RingTone:    {Name: "ring.tone", Doc: "ringing tone, counted from 1", Of: Personal, Type: Number, Min: 1, Max: 99, Fills: "ring.tone"},
	RingVolume:  {Name: "ring.volume", Doc: "loudness of ringing", Of: Personal, Type: Number, Max: 9, Fills: "ring.volume"},
	Waiting:     {Name: "calls.waiting", Doc: "a second call is signalled", Of: Personal, Type: Bool, Default: "true", Fills: "calls.waiting"},
	FeatureSync: {Name: "calls.feature_sync", Doc: "do-not-disturb and forwards are kept in step with us", Of: Desk, Type: Bool, Default: "false", Fills: "calls.feature_sync"},
	Intercom:    {Name: "calls.intercom", Doc: "calls that ask for it are answered by themselves", Of: Personal, Type: Bool, Default: "true", Fills: "calls.intercom"},
	DialTimeout: {Name: "calls.dial_timeout", Doc: "seconds after the last digit until the call goes out", Of: Personal, Type: Number, Default: "5", Min: 1, Max: 30, Fills: "calls.dial_timeout"},

	Firmware: {Name: "firmware.version", Doc: "version the phone is to load, as far as we have it; empty: its firmware is left alone", Of: Desk, Type: Text},

	ActionBoot:         action("boot"),
	ActionRegistered:   action("registered"),
	ActionUnregistered: action("unregistered"),
	ActionOffhook:      action("offhook"),
	ActionOnhook:       action("onhook"),
	ActionIncoming:     action("incoming"),
	ActionOutgoing:     action("outgoing"),
	ActionAnswered:     action("answered"),
	ActionEnded:        action("ended"),
	ActionDNDOn:        action("dnd_on"),
	ActionDNDOff:       action("dnd_off"),
	ActionForwardOn:    action("forward_on"),
	ActionForwardOff:   action("forward_off"),
	ActionIdle:         action("idle"),
}

// action is the setting of what the phone calls at an event.
func action(event string) Setting {
	return Setting{Name: actionPrefix + event, Doc: "URL the phone calls at the event " + event, Of: Desk, Type: URL}
}

const actionPrefix = "actions."

// byName is the schema by Name.
var byName = func() map[string]Key {
	m := make(map[string]Key, keyCount)
	for k, s := range Schema {
		m[s.Name] = Key(k)
	}
	return m
}()

// Find gives the setting of that name.
func Find(name string) (Setting, bool) {
	k, ok := byName[name]
	if !ok {
		return Setting{}, false
	}
	s := Schema[k]
	s.Key = k
	return s, true
}
