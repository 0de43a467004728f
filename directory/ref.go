package directory

// The roles in which one record refers to another.
const (
	refOrganization = "organization"
	refSite         = "site"
	refUser         = "user"
	refExtension    = "extension" // a number's extension
	refHome         = "home"      // a device line's home extension
	refOwner        = "owner"     // the person whose contact it is
	refMailbox      = "mailbox"   // whose mailbox it is
	refLayout       = "layout"
	refProfile      = "profile"
	refTemplate     = "template"
	refScope        = "scope"          // whom a template is for
	refSubject      = "subject"        // what a roll-out brings
	refSeatDevice   = "seat-device"    // a guest's phone line
	refSeatGuest    = "seat-extension" // a guest
)

// needed tells whether a record cannot be without that reference. One that can
// reads as having none where the other record is damaged.
func needed(as string) bool {
	switch as {
	case refUser, refExtension, refHome, refLayout, refProfile:
		return false
	}
	return true
}
