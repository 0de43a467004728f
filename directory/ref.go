package directory

// The roles in which one record refers to another.
const (
	refOrganization = "organization"
	refSite         = "site"
	refUser         = "user"
	refExtension    = "extension"      // a number's extension
	refHome         = "home"           // a device line's home extension
	refSeatDevice   = "seat-device"    // a guest's phone line
	refSeatGuest    = "seat-extension" // a guest
)
