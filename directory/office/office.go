// Package office holds the form in which an organization is written down as one
// file: what apply takes, what export gives, in YAML or JSON. Parse reads it,
// Apply makes the directory match it for everything that it names, Export writes
// it back.
package office

import (
	"fmt"
	"log/slog"
	"time"

	"cradle/directory"
)

// Document is one file: one organization and what belongs to it. A nil field is a
// key that the file does not name; it is left alone.
type Document struct {
	// Administrator is for the setup only: the first owner.
	Administrator *Administrator   `yaml:"administrator,omitempty" json:"administrator,omitempty"`
	Organization  *Organization    `yaml:"organization,omitempty" json:"organization,omitempty"`
	Sites         []Site           `yaml:"sites,omitempty" json:"sites,omitempty"`
	Users         []User           `yaml:"users,omitempty" json:"users,omitempty"`
	Extensions    []Extension      `yaml:"extensions,omitempty" json:"extensions,omitempty"`
	Numbers       []Number         `yaml:"numbers,omitempty" json:"numbers,omitempty"`
	Devices       []Device         `yaml:"devices,omitempty" json:"devices,omitempty"`
	Layouts       []Layout         `yaml:"layouts,omitempty" json:"layouts,omitempty"`
	Profiles      []Profile        `yaml:"profiles,omitempty" json:"profiles,omitempty"`
	Contacts      []Contact        `yaml:"contacts,omitempty" json:"contacts,omitempty"`
	Templates     []Template       `yaml:"templates,omitempty" json:"templates,omitempty"`
	Seats         []Seat           `yaml:"seats,omitempty" json:"seats,omitempty"`
	Codes         []Code           `yaml:"codes,omitempty" json:"codes,omitempty"`
	Settings      []Setting        `yaml:"settings,omitempty" json:"settings,omitempty"`
	Limits        map[string]int64 `yaml:"limits,omitempty" json:"limits,omitempty"`

	file string
	at   map[string]place // where each key stands
	// prepared are passwords hashed before the transaction, by e-mail.
	prepared map[string]prepared
	judge    Judge
}

// Judge may refuse a setting: by the directory as a document makes it, a layer, a
// name and a value.
type Judge func(s *directory.Snapshot, scope directory.Scope, key, value string) error

// JudgeSettings lets judge refuse settings that Apply would make or change; nil
// takes them all.
func (d *Document) JudgeSettings(judge Judge) { d.judge = judge }

// Format keeps a document, which may hold secrets in clear, out of logs and errors.
func (d *Document) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "office document with %d extensions and %d devices", len(d.Extensions), len(d.Devices))
}

// LogValue does the same for slog.
func (d *Document) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(d)) }

// Administrator is the first owner of an appliance.
type Administrator struct {
	Email    string `yaml:"email" json:"email"`
	Password string `yaml:"password" json:"password"`
}

// Organization is the tenant that the file is about, found by its name.
type Organization struct {
	Name            string  `yaml:"name" json:"name"`
	Domain          *string `yaml:"domain,omitempty" json:"domain,omitempty"`
	Language        *string `yaml:"language,omitempty" json:"language,omitempty"`
	NightlyRelease  *string `yaml:"nightly_release,omitempty" json:"nightly_release,omitempty"`
	IdleRelease     *int    `yaml:"idle_release,omitempty" json:"idle_release,omitempty"`
	PINForCode      *bool   `yaml:"pin_for_code,omitempty" json:"pin_for_code,omitempty"`
	PINDigits       *int    `yaml:"pin_digits,omitempty" json:"pin_digits,omitempty"`
	OperatorContact *string `yaml:"operator_contact,omitempty" json:"operator_contact,omitempty"`
}

// Site is found by its name.
type Site struct {
	Name           string    `yaml:"name" json:"name"`
	TimeZone       *string   `yaml:"timezone,omitempty" json:"timezone,omitempty"`
	MainNumber     *string   `yaml:"main_number,omitempty" json:"main_number,omitempty"`
	Networks       *[]string `yaml:"networks,omitempty" json:"networks,omitempty"`
	Adoption       *string   `yaml:"adoption,omitempty" json:"adoption,omitempty"`
	TFTP           *string   `yaml:"tftp,omitempty" json:"tftp,omitempty"`
	Advertise      *string   `yaml:"advertise,omitempty" json:"advertise,omitempty"`
	TimeServer     *string   `yaml:"time_server,omitempty" json:"time_server,omitempty"`
	Emergency      *[]string `yaml:"emergency,omitempty" json:"emergency,omitempty"`
	EmergencyRoute *string   `yaml:"emergency_route,omitempty" json:"emergency_route,omitempty"`
	ResyncFrom     *string   `yaml:"resync_from,omitempty" json:"resync_from,omitempty"` // HH:MM; both or none
	ResyncUntil    *string   `yaml:"resync_until,omitempty" json:"resync_until,omitempty"`
	DirectMedia    *bool     `yaml:"direct_media,omitempty" json:"direct_media,omitempty"`
}

// User is found by the e-mail address.
type User struct {
	Email        string  `yaml:"email" json:"email"`
	FirstName    *string `yaml:"first_name,omitempty" json:"first_name,omitempty"`
	LastName     *string `yaml:"last_name,omitempty" json:"last_name,omitempty"`
	Role         *string `yaml:"role,omitempty" json:"role,omitempty"`
	Portal       *bool   `yaml:"portal,omitempty" json:"portal,omitempty"`
	Password     *string `yaml:"password,omitempty" json:"password,omitempty"`
	PasswordHash *string `yaml:"password_hash,omitempty" json:"password_hash,omitempty"`
}

// Extension is found by its number.
type Extension struct {
	Number         string          `yaml:"number" json:"number"`
	Name           *string         `yaml:"name,omitempty" json:"name,omitempty"`
	Site           *string         `yaml:"site,omitempty" json:"site,omitempty"`
	User           *string         `yaml:"user,omitempty" json:"user,omitempty"` // e-mail; "" is nobody
	DefaultPIN     *string         `yaml:"default_pin,omitempty" json:"default_pin,omitempty"`
	PINHash        *string         `yaml:"pin_hash,omitempty" json:"pin_hash,omitempty"`
	HotDesk        *bool           `yaml:"hot_desk,omitempty" json:"hot_desk,omitempty"`
	Virtualization *Virtualization `yaml:"virtualization,omitempty" json:"virtualization,omitempty"`
	Voicemail      *Voicemail      `yaml:"voicemail,omitempty" json:"voicemail,omitempty"`
	Forward        *Forward        `yaml:"forward,omitempty" json:"forward,omitempty"`
	DoNotDisturb   *bool           `yaml:"do_not_disturb,omitempty" json:"do_not_disturb,omitempty"`
	SIP            *ExtensionSIP   `yaml:"sip,omitempty" json:"sip,omitempty"`
	Keys           *[]Key          `yaml:"keys,omitempty" json:"keys,omitempty"`
	Department     *string         `yaml:"department,omitempty" json:"department,omitempty"`
	Server         *string         `yaml:"server,omitempty" json:"server,omitempty"`
}

// Virtualization is whether guests are taken, and the extension's own secret code.
type Virtualization struct {
	Allow      *bool   `yaml:"allow,omitempty" json:"allow,omitempty"`
	Secret     *string `yaml:"secret,omitempty" json:"secret,omitempty"`
	SecretHash *string `yaml:"secret_hash,omitempty" json:"secret_hash,omitempty"`
}

// Voicemail is not in force yet.
type Voicemail struct {
	Enabled *bool   `yaml:"enabled,omitempty" json:"enabled,omitempty"`
	After   *int    `yaml:"after,omitempty" json:"after,omitempty"`
	Action  *string `yaml:"action,omitempty" json:"action,omitempty"`
	Email   *string `yaml:"email,omitempty" json:"email,omitempty"`
}

// Forward is not in force yet.
type Forward struct {
	Always   *string   `yaml:"always,omitempty" json:"always,omitempty"`
	Busy     *string   `yaml:"busy,omitempty" json:"busy,omitempty"`
	NoAnswer *string   `yaml:"no_answer,omitempty" json:"no_answer,omitempty"`
	After    *int      `yaml:"no_answer_after,omitempty" json:"no_answer_after,omitempty"` // seconds
	VIP      *[]string `yaml:"vip,omitempty" json:"vip,omitempty"`
}

// ExtensionSIP holds personal preferences.
type ExtensionSIP struct {
	MediaEncryption *string   `yaml:"media_encryption,omitempty" json:"media_encryption,omitempty"`
	DTMF            *string   `yaml:"dtmf,omitempty" json:"dtmf,omitempty"`
	Codecs          *[]string `yaml:"codecs,omitempty" json:"codecs,omitempty"`
	PublishesState  *bool     `yaml:"publishes_state,omitempty" json:"publishes_state,omitempty"`
	ForceMWI        *bool     `yaml:"force_mwi,omitempty" json:"force_mwi,omitempty"`
}

// Number is an E.164 number.
type Number struct {
	Number    string    `yaml:"number" json:"number"`
	Site      *string   `yaml:"site,omitempty" json:"site,omitempty"`
	Extension *string   `yaml:"extension,omitempty" json:"extension,omitempty"`
	User      *string   `yaml:"user,omitempty" json:"user,omitempty"`
	Status    *string   `yaml:"status,omitempty" json:"status,omitempty"`
	Display   *[]string `yaml:"display,omitempty" json:"display,omitempty"`
}

// Device is a phone, found by its MAC.
type Device struct {
	MAC           string     `yaml:"mac" json:"mac"`
	PhoneID       *string    `yaml:"phone_id,omitempty" json:"phone_id,omitempty"`
	Model         *string    `yaml:"model,omitempty" json:"model,omitempty"`
	Site          *string    `yaml:"site,omitempty" json:"site,omitempty"`
	Name          *string    `yaml:"name,omitempty" json:"name,omitempty"`
	Line          *string    `yaml:"line,omitempty" json:"line,omitempty"`   // home extension of line 1; "" is a hot-desk phone
	Lines         *[]string  `yaml:"lines,omitempty" json:"lines,omitempty"` // those of all lines
	Step          *string    `yaml:"step,omitempty" json:"step,omitempty"`   // trust ladder; a phone named without it is approved
	Disabled      *bool      `yaml:"disabled,omitempty" json:"disabled,omitempty"`
	RemoteLogin   *bool      `yaml:"remote_login,omitempty" json:"remote_login,omitempty"`
	NeverShared   *bool      `yaml:"never_shared,omitempty" json:"never_shared,omitempty"`
	Personal      *bool      `yaml:"personal,omitempty" json:"personal,omitempty"` // a program of its user: rings wherever he sits
	Profile       *string    `yaml:"profile,omitempty" json:"profile,omitempty"`   // name; "" is none
	Layout        *string    `yaml:"layout,omitempty" json:"layout,omitempty"`     // name; "" is the profile's
	Modules       *int       `yaml:"modules,omitempty" json:"modules,omitempty"`
	Equipment     *string    `yaml:"equipment,omitempty" json:"equipment,omitempty"`
	Room          *string    `yaml:"room,omitempty" json:"room,omitempty"`
	Outside       *bool      `yaml:"outside,omitempty" json:"outside,omitempty"`
	SIP           *DeviceSIP `yaml:"sip,omitempty" json:"sip,omitempty"`
	Accounts      *[]Account `yaml:"accounts,omitempty" json:"accounts,omitempty"` // of all lines, where there are more
	Token         *string    `yaml:"token,omitempty" json:"token,omitempty"`
	AdminPassword *string    `yaml:"admin_password,omitempty" json:"admin_password,omitempty"`
	UserPassword  *string    `yaml:"user_password,omitempty" json:"user_password,omitempty"`
	Approved      *time.Time `yaml:"approved,omitempty" json:"approved,omitempty"`
	Seen          *time.Time `yaml:"seen,omitempty" json:"seen,omitempty"`
}

// DeviceSIP holds the account of line 1 and the settings that are of the desk.
type DeviceSIP struct {
	User           *string   `yaml:"user,omitempty" json:"user,omitempty"`
	Secret         *string   `yaml:"secret,omitempty" json:"secret,omitempty"`
	Realm          *string   `yaml:"realm,omitempty" json:"realm,omitempty"` // told by export; follows from the organization
	Transport      *string   `yaml:"transport,omitempty" json:"transport,omitempty"`
	SRTP           *string   `yaml:"srtp,omitempty" json:"srtp,omitempty"`
	AllowFrom      *[]string `yaml:"allow_from,omitempty" json:"allow_from,omitempty"`
	FixedAddress   *string   `yaml:"fixed_address,omitempty" json:"fixed_address,omitempty"`
	PrivateNetwork *bool     `yaml:"private_network,omitempty" json:"private_network,omitempty"`
	Ping           *int      `yaml:"ping,omitempty" json:"ping,omitempty"`
	NoAuth         *bool     `yaml:"no_auth,omitempty" json:"no_auth,omitempty"`
}

// Account is a device account.
type Account struct {
	User   string `yaml:"user" json:"user"`
	Secret string `yaml:"secret" json:"secret"`
}

// Seat is a guest: that extension sits at that phone just now.
type Seat struct {
	Extension string `yaml:"extension" json:"extension"`
	MAC       string `yaml:"mac" json:"mac"`
	Line      *int   `yaml:"line,omitempty" json:"line,omitempty"` // 1 when absent
}

// Code is a dialled code, found by its digits.
type Code struct {
	Digits   string  `yaml:"digits" json:"digits"`
	Feature  *string `yaml:"feature,omitempty" json:"feature,omitempty"`
	Argument *bool   `yaml:"argument,omitempty" json:"argument,omitempty"`
}

// Setting is a provisioning setting of one layer.
type Setting struct {
	Scope string `yaml:"scope" json:"scope"`               // appliance, organization, site, model, profile, device, extension
	Of    string `yaml:"of,omitempty" json:"of,omitempty"` // site's name, MAC, extension's number, model's or profile's name
	Key   string `yaml:"key" json:"key"`
	Value string `yaml:"value" json:"value"`
}
