package access

import (
	"slices"

	"cradle/directory"
)

// Permission is one thing that a person may do in the portal and its API.
type Permission string

// The permissions. Every route declares one of them.
const (
	// Public needs no log-in at all.
	Public Permission = "public"
	// Own is what everybody who is logged in may do to his own session,
	// password and tokens.
	Own Permission = "session.own"
	// OwnVirtualization is to say whether others may sit at one's own phones.
	OwnVirtualization Permission = "virtualization.own"

	OrganizationsRead  Permission = "organizations.read"
	OrganizationsWrite Permission = "organizations.write"
	OwnersWrite        Permission = "owners.write" // make, change or remove an owner
	SitesRead          Permission = "sites.read"
	SitesWrite         Permission = "sites.write"
	UsersRead          Permission = "users.read"
	UsersWrite         Permission = "users.write"
	ExtensionsRead     Permission = "extensions.read"
	ExtensionsWrite    Permission = "extensions.write"
	NumbersRead        Permission = "numbers.read"
	NumbersWrite       Permission = "numbers.write"
	DevicesRead        Permission = "devices.read"
	DevicesWrite       Permission = "devices.write"
	DevicesApprove     Permission = "devices.approve"
	DevicesResync      Permission = "devices.resync"
	SeatsRead          Permission = "seats.read"
	SeatsWrite         Permission = "seats.write"
	CodesRead          Permission = "codes.read"
	CodesWrite         Permission = "codes.write"
	CallsRead          Permission = "calls.read"
	CallRecordsRead    Permission = "callrecords.read"
	AuditRead          Permission = "audit.read"
	TemplatesRead      Permission = "templates.read"
	TemplatesWrite     Permission = "templates.write"
	LayoutsRead        Permission = "layouts.read"
	LayoutsWrite       Permission = "layouts.write"
	ProfilesRead       Permission = "profiles.read"
	ProfilesWrite      Permission = "profiles.write"
	ContactsRead       Permission = "contacts.read"
	ContactsWrite      Permission = "contacts.write"
	SettingsRead       Permission = "settings.read"
	SettingsWrite      Permission = "settings.write"
	FirmwareRead       Permission = "firmware.read"
	FirmwareWrite      Permission = "firmware.write"
	RolloutsRead       Permission = "rollouts.read"
	RolloutsWrite      Permission = "rollouts.write"
	MailboxesRead      Permission = "mailboxes.read"
	MailboxesWrite     Permission = "mailboxes.write"
	RegistrationsRead  Permission = "registrations.read"
	SoundsRead         Permission = "sounds.read"
	SoundsWrite        Permission = "sounds.write"
	TracesRead         Permission = "traces.read"  // see what a phone and the appliance say
	TracesWrite        Permission = "traces.write" // begin and end that
	ApplyWrite         Permission = "apply.write"
	ExportRead         Permission = "export.read"
	ExportSecrets      Permission = "export.secrets"
)

// reads is what every role above user sees.
var reads = []Permission{
	Own, OwnVirtualization, OrganizationsRead, SitesRead, UsersRead, ExtensionsRead, NumbersRead, DevicesRead, SeatsRead,
	CodesRead, CallsRead, CallRecordsRead, AuditRead, TemplatesRead,
	LayoutsRead, ProfilesRead, ContactsRead, SettingsRead, FirmwareRead, RolloutsRead, MailboxesRead, RegistrationsRead,
	SoundsRead,
}

// administration is what an administrator may do beside reading.
var administration = []Permission{
	SitesWrite, UsersWrite, ExtensionsWrite, NumbersWrite, DevicesWrite, DevicesApprove, DevicesResync,
	SeatsWrite, CodesWrite, ApplyWrite, ExportRead, ExportSecrets, TemplatesWrite,
	LayoutsWrite, ProfilesWrite, ContactsWrite, SettingsWrite, FirmwareWrite, RolloutsWrite, MailboxesWrite, TracesRead, TracesWrite,
	SoundsWrite,
}

// table is the one place that says which role may do what.
var table = map[directory.Role][]Permission{
	directory.RoleOwner:    slices.Concat(reads, administration, []Permission{OrganizationsWrite, OwnersWrite}),
	directory.RoleAdmin:    slices.Concat(reads, administration),
	directory.RoleOperator: slices.Concat(reads, []Permission{DevicesApprove, DevicesResync, SeatsWrite}),
	directory.RoleUser:     {Own, OwnVirtualization},
}

// Allows says whether a role has a permission. A role that is not in the
// table has none.
func Allows(role directory.Role, p Permission) bool {
	return p == Public || slices.Contains(table[role], p)
}

// Permissions of a role in a fixed order, as the portal shows them.
func Permissions(role directory.Role) []string {
	names := make([]string, 0, len(table[role]))
	for _, p := range table[role] {
		names = append(names, string(p))
	}
	slices.Sort(names)
	return names
}
