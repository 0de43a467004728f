package directory

import (
	"net/netip"
	"slices"
	"strconv"
	"time"
)

// Step is a rung of the trust ladder (docs/administration.md); it says what a device's
// settings may hold.
type Step string

// The rungs that exist, from the lowest. An unknown phone has no record.
const (
	StepSeen     Step = "seen"     // no secret at all
	StepLobby    Step = "lobby"    // the device account, for seat codes and emergency numbers
	StepApproved Step = "approved" // everything of that device
	StepToken    Step = "token"    // approved, came back on its own URL and registered
	// StepCertificate: approved, and shows a certificate that holds its MAC.
	StepCertificate Step = "certificate"
)

// Approved tells whether a phone of this step may have all its settings.
func (s Step) Approved() bool {
	return s == StepApproved || s == StepToken || s == StepCertificate
}

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
	// NeverShared: nobody sits here but who is at home, by no door and no force.
	NeverShared bool
	// Personal: a program or web phone of its user, which goes where he goes. It
	// rings with the extension at home there wherever that sits, it is nobody's
	// desk, and so nobody else ever sits there.
	Personal bool
	SIP      DeviceSIP
	// Profile is the phone's role; empty: none. Layout wins over the profile's.
	Profile, Layout ID
	// Modules counts the expansion modules attached, 0 to MaxModules.
	Modules int
	// Equipment describes it for people: where it stands, whose it is.
	Equipment string
	// Room is where it stands in its site, as the floor view groups phones; empty:
	// nobody said.
	Room string
	// Remote is the hash of a remote phone's one-time URL, good until RemoteUntil;
	// empty: none is open.
	Remote      TokenHash
	RemoteUntil time.Time
	// Outside marks a remote phone, which is in no network of its site.
	Outside bool
	// Retired is when it was taken out of service; zero: it is in service. For a
	// day it is told to empty itself.
	Retired time.Time
	// Certificate says how its certificate was known, "vendor: CN"; empty: none yet.
	Certificate string
	// Issued names the certificate that our authority made for it
	// (CertificatePrint); empty: none is good. IssuedSealed is that with its key in
	// PEM where the phone is to fetch them, sealed.
	Issued       string
	IssuedSealed Secret
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
	// Transport is udp, tcp or tls. A phone of tls may not register in clear; one
	// of a fixed address is called by it (udp if empty, never tls).
	Transport string
	SRTP      string // off, optional, required
	// AllowFrom are the addresses and networks (up to /24, of IPv6 /64) its
	// accounts may be used from; empty: any.
	AllowFrom []string
	// FixedAddress is where a phone is that does not register: "address" or
	// "address:port" (5060); empty: it registers.
	FixedAddress string
	// PrivateNetwork: it is reached at its Contact as it stands, without regard to
	// address translation, where that lies in its site's networks.
	PrivateNetwork bool
	Ping           int // seconds between OPTIONS that ask whether it is there; 0: none
	// NoAuth: requests from the fixed address are taken for the phone's without
	// credentials. Over TCP the port does not count.
	NoAuth bool
}

// Fixed is the fixed address; false: it has none, and registers.
func (s DeviceSIP) Fixed() (netip.AddrPort, bool) {
	a, err := parseFixed(s.FixedAddress)
	return a, err == nil
}

func parseFixed(s string) (netip.AddrPort, error) {
	at, err := netip.ParseAddrPort(s)
	if err != nil {
		var a netip.Addr
		if a, err = netip.ParseAddr(s); err != nil {
			return at, invalid("fixed address %q is no address, nor address and port", s)
		}
		at = netip.AddrPortFrom(a, 5060)
	}
	at = netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
	if at.Port() == 0 || at.Addr().IsUnspecified() || at.Addr().IsMulticast() || at.Addr().Zone() != "" {
		return at, invalid("fixed address %q is nobody's", s)
	}
	return at, nil
}

// checkFixed judges what belongs to phones that do not register.
func (s DeviceSIP) checkFixed() error {
	if s.FixedAddress == "" {
		if s.NoAuth {
			return invalid("a phone without a fixed address has to authenticate")
		}
		return nil
	}
	if _, err := parseFixed(s.FixedAddress); err != nil {
		return err
	}
	if s.Transport == "tls" {
		return invalid("a phone at a fixed address is called by udp or tcp, not %s", s.Transport)
	}
	return nil
}

// LineRef names one line of one device. Line counts from 1.
type LineRef struct {
	Device ID
	Line   int
}

// maxLines bounds the lines of one phone.
const maxLines = 64

// Alone tells whether nobody sits here but who is at home, by no door and no force.
func (d *Device) Alone() bool { return d.NeverShared || d.Personal }

// At names a line of this phone.
func (d *Device) At(line int) LineRef { return LineRef{Device: d.ID, Line: line} }

// key is the line as part of unique keys.
func (l LineRef) key() string { return string(l.Device) + "/" + strconv.Itoa(l.Line) }

// deviceRow is how a device is kept: its secrets sealed.
type deviceRow struct {
	*Device
	TokenSealed   []byte
	AdminPassword []byte
	UserPassword  []byte
	IssuedSealed  []byte `json:",omitempty"`
	Lines         []lineRow
}

type lineRow struct {
	Home   ID `json:",omitempty"`
	User   string
	Secret []byte
}

func (d *Device) table() table              { return tDevice }
func (d *Device) head() (ID, uint64)        { return d.ID, d.Revision }
func (d *Device) setHead(id ID, rev uint64) { d.ID, d.Revision = id, rev }
func (d *Device) organization() ID          { return d.Organization }
func (d *Device) sortKey() string           { return string(d.MAC) }

func (d *Device) uniques() []unique {
	u := []unique{{uMAC, string(d.MAC)}, {uPhoneID, string(d.Organization) + "/" + d.PhoneID}}
	if d.Token != "" {
		u = append(u, unique{uToken, string(d.Token)})
	}
	if d.Remote != "" {
		u = append(u, unique{uRemote, string(d.Remote)})
	}
	if at, ok := d.SIP.Fixed(); ok && d.SIP.NoAuth {
		u = append(u, unique{uOpenAddress, at.Addr().String()})
	}
	for i := range d.Lines {
		u = append(u, unique{uAccount, d.Lines[i].Account.User})
	}
	return u
}

func (d *Device) refs() []ref {
	r := []ref{
		{to: d.Organization, t: tOrganization, as: refOrganization},
		{to: d.Site, t: tSite, as: refSite},
	}
	if d.Profile != "" {
		r = append(r, ref{to: d.Profile, t: tProfile, as: refProfile})
	}
	if d.Layout != "" {
		r = append(r, ref{to: d.Layout, t: tLayout, as: refLayout})
	}
	for i := range d.Lines {
		if h := d.Lines[i].Home; h != "" {
			r = append(r, ref{to: h, t: tExtension, as: refHome, line: i + 1})
		}
	}
	return r
}

func (d *Device) clone() record {
	c := *d
	c.Lines = slices.Clone(d.Lines)
	c.SIP.AllowFrom = slices.Clone(d.SIP.AllowFrom)
	return &c
}

func (d *Device) encode(k *Keys) ([]byte, error) {
	s, err := k.sealer(KindDevice, d.ID)
	if err != nil {
		return nil, err
	}
	row := deviceRow{
		Device:        d,
		TokenSealed:   s.seal("token", d.TokenSealed),
		AdminPassword: s.seal("admin_password", d.AdminPassword),
		UserPassword:  s.seal("user_password", d.UserPassword),
		IssuedSealed:  s.seal("certificate", d.IssuedSealed),
		Lines:         make([]lineRow, len(d.Lines)),
	}
	for i, l := range d.Lines {
		row.Lines[i] = lineRow{l.Home, l.Account.User, s.seal(lineField(i), l.Account.Secret)}
	}
	return encodePlain(row)
}

func lineField(i int) string { return "line_" + strconv.Itoa(i+1) + "_secret" }

func (d *Device) decode(k *Keys, id ID, b []byte) error {
	row := deviceRow{Device: d}
	if err := decodePlain(b, &row); err != nil {
		return err
	}
	s, err := k.sealer(KindDevice, id)
	if err != nil {
		return err
	}
	var errs [4]error
	d.TokenSealed, errs[0] = s.open("token", row.TokenSealed)
	d.AdminPassword, errs[1] = s.open("admin_password", row.AdminPassword)
	d.UserPassword, errs[2] = s.open("user_password", row.UserPassword)
	d.IssuedSealed, errs[3] = s.open("certificate", row.IssuedSealed)
	d.Lines = make([]Line, len(row.Lines))
	for i, l := range row.Lines {
		secret, err := s.open(lineField(i), l.Secret)
		if err != nil {
			return err
		}
		d.Lines[i] = Line{Home: l.Home, Account: Account{User: l.User, Secret: secret}}
	}
	return firstError(errs[:]...)
}

// checkAllowFrom judges one entry of AllowFrom: an address or a network.
func checkAllowFrom(s string) error {
	if _, err := netip.ParseAddr(s); err == nil {
		return nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return invalid("allow_from %q is neither an address nor a network", s)
	}
	if least := map[bool]int{true: 24, false: 64}[p.Addr().Is4()]; p.Bits() < least {
		return invalid("allow_from %q is larger than /%d", s, least)
	}
	return nil
}

func (d *Device) check() error {
	if m, err := ParseMAC(string(d.MAC)); err != nil || m != d.MAC {
		return invalid("MAC %q is not 12 lower-case hexadecimal digits", d.MAC)
	}
	if !validPhoneID(d.PhoneID) {
		return invalid("Phone ID %q is not 6 digits with a check digit", d.PhoneID)
	}
	if len(d.Lines) < 1 || len(d.Lines) > maxLines {
		return invalid("device %s has %d lines, not 1 to %d", d.MAC, len(d.Lines), maxLines)
	}
	for _, l := range d.Lines {
		if l.Home != "" && !d.Retired.IsZero() {
			return d.InService()
		}
		if err := checkAccount(l.Account); err != nil {
			return err
		}
	}
	if d.SIP.Ping < 0 || d.SIP.Ping > 3600 {
		return invalid("ping %d is not 0 to 3600 seconds", d.SIP.Ping)
	}
	if d.Modules < 0 || d.Modules > MaxModules {
		return invalid("%d expansion modules are not 0 to %d", d.Modules, MaxModules)
	}
	for _, a := range d.SIP.AllowFrom {
		if err := checkAllowFrom(a); err != nil {
			return err
		}
	}
	return firstError(
		d.SIP.checkFixed(),
		checkText("name", d.Name, false), checkText("model", d.Model, false),
		checkText("vendor", d.Vendor, false), checkText("firmware", d.Firmware, false),
		checkOneOf("step", string(d.Step), string(StepSeen), string(StepLobby), string(StepApproved),
			string(StepToken), string(StepCertificate)),
		checkText("equipment description", d.Equipment, false), checkText("room", d.Room, false), checkText("certificate", d.Certificate, false),
		checkOneOf("transport", d.SIP.Transport, "udp", "tcp", "tls"),
		checkOneOf("srtp", d.SIP.SRTP, "off", "optional", "required"))
}

func checkAccount(a Account) error {
	if len(a.User) < 1 || len(a.User) > 64 || !isToken(a.User) {
		return invalid("account user %q is not 1 to 64 letters, digits, - . _", a.User)
	}
	if a.Secret.Empty() || !isToken(a.Secret.Reveal()) {
		return invalid("secret of account %q is empty or has other characters than letters, digits, - . _", a.User)
	}
	return nil
}

// isToken tells whether a text has only characters that no vendor's file breaks.
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_' {
			continue
		}
		return false
	}
	return s != ""
}
