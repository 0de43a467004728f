package directory

import "strconv"

// Kind names a kind of record, in changes and in the audit.
type Kind string

// The kinds. KindOverflow is no record: it marks a Watcher that was too slow.
const (
	KindOrganization    Kind = "organization"
	KindSite            Kind = "site"
	KindUser            Kind = "user"
	KindExtension       Kind = "extension"
	KindNumber          Kind = "number"
	KindDevice          Kind = "device"
	KindSeat            Kind = "seat"
	KindCode            Kind = "code"
	KindLayout          Kind = "layout"
	KindProfile         Kind = "profile"
	KindContact         Kind = "contact"
	KindTemplate        Kind = "template"
	KindTemplateVersion Kind = "template_version"
	KindFirmware        Kind = "firmware"
	KindRollout         Kind = "rollout"
	KindMailbox         Kind = "mailbox"
	KindLesson          Kind = "taught_model"
	KindLimit           Kind = "limit"
	KindSetting         Kind = "setting"
	KindOverflow        Kind = "overflow"
)

// table numbers the kinds that are records with an ID, in the order in which
// they are loaded: what is referred to comes first.
type table int

const (
	tOrganization table = iota
	tLayout
	tProfile
	tSite
	tUser
	tExtension
	tNumber
	tDevice
	tSeat
	tCode
	tContact
	tTemplate
	tTemplateVersion
	tFirmware
	tRollout
	tMailbox
	tLesson
	tables
)

// tableInfo lists for each table its kind and how an empty record is made.
var tableInfo = [tables]struct {
	kind Kind
	make func() record
}{
	tOrganization:    {KindOrganization, func() record { return &Organization{} }},
	tSite:            {KindSite, func() record { return &Site{} }},
	tUser:            {KindUser, func() record { return &User{} }},
	tExtension:       {KindExtension, func() record { return &Extension{} }},
	tNumber:          {KindNumber, func() record { return &Number{} }},
	tDevice:          {KindDevice, func() record { return &Device{} }},
	tSeat:            {KindSeat, func() record { return &Seat{} }},
	tCode:            {KindCode, func() record { return &Code{} }},
	tLayout:          {KindLayout, func() record { return &Layout{} }},
	tProfile:         {KindProfile, func() record { return &Profile{} }},
	tContact:         {KindContact, func() record { return &Contact{} }},
	tTemplate:        {KindTemplate, func() record { return &Template{} }},
	tTemplateVersion: {KindTemplateVersion, func() record { return &TemplateVersion{} }},
	tFirmware:        {KindFirmware, func() record { return &Firmware{} }},
	tRollout:         {KindRollout, func() record { return &Rollout{} }},
	tMailbox:         {KindMailbox, func() record { return &Mailbox{} }},
	tLesson:          {KindLesson, func() record { return &Lesson{} }},
}

// uniqueKind numbers the keys of which each value may belong to one record only.
type uniqueKind int

const (
	uOrganizationName uniqueKind = iota
	uOrganizationDomain
	uSiteName  // in the organization
	uNetwork   // of all sites
	uEmail     // in the appliance
	uExtension // number in the organization
	uE164
	uMAC
	uPhoneID         // in the organization
	uAccount         // device account's user, in the appliance
	uToken           // hash of a tokenised URL's token
	uSeatLine        // a guest a line
	uSeatGuest       // a line a guest
	uCode            // digits in the organization
	uRemote          // hash of a remote phone's one-time URL
	uLayoutName      // in the organization
	uProfileName     // in the organization
	uTemplate        // scope, model and file
	uTemplateVersion // number of the template
	uFirmware        // file of the vendor
	uMailbox         // of the extension
	uLesson          // folder in the catalogue
	uOpenAddress     // address of a phone that does not authenticate
	uniqueKinds
)

// uniqueNames are the unique keys' names in the engine and in errors.
var uniqueNames = [uniqueKinds]string{
	"organization-name", "organization-domain", "site-name", "network", "email", "extension-number", "number",
	"mac", "phone-id", "account", "token", "seat-line", "seat-guest", "code",
	"remote", "layout-name", "profile-name", "template", "template-version", "firmware", "mailbox", "taught-model", "open-address",
}

// unique is one unique key of a record.
type unique struct {
	kind  uniqueKind
	value string
}

// ref is a reference of one record to another: as says in which role, line at
// which line (0: the record as a whole).
type ref struct {
	to   ID
	t    table
	as   string
	line int
}

// key is the reference as a key of the reverse index: everything that refers to
// one record lies together.
func (r ref) key(from ID) string {
	return string(r.to) + "/" + r.as + "/" + string(from) + "/" + strconv.Itoa(r.line)
}

// record is what the store asks of every kind of record.
type record interface {
	table() table
	head() (ID, uint64)
	setHead(ID, uint64)
	organization() ID // empty for an organization itself
	sortKey() string
	uniques() []unique
	refs() []ref
	// check judges the record for itself, without looking at others.
	check() error
	// clone gives a copy that shares nothing that can be written to.
	clone() record
	encode(*Keys) ([]byte, error)
	decode(*Keys, ID, []byte) error
}

// The engine's keys.
const (
	prefixRecord  = "r/" // r/<kind>/<id> -> record
	prefixUnique  = "u/" // u/<unique kind>/<value> -> id
	prefixLimit   = "l/" // l/<name> -> number
	prefixSetting = "s/" // s/<scope kind>/<scope id>/<key> -> value
	prefixAudit   = "a/" // a/<sequence, 20 digits> -> entry
	prefixShelf   = "x/" // x/<shelf>/<key> -> bytes
	keySchema     = "m/schema"
	keyRevision   = "m/revision"
	keyAudit      = "m/audit"
)

func recordKey(t table, id ID) string {
	return prefixRecord + string(tableInfo[t].kind) + "/" + string(id)
}

func (u unique) engineKey() string {
	return prefixUnique + uniqueNames[u.kind] + "/" + u.value
}
