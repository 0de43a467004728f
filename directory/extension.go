package directory

// Extension is a short number inside an organization and the person or place behind it.
type Extension struct {
	ID           ID
	Revision     uint64
	Organization ID
	Site         ID
	User         ID     // empty: nobody's
	Number       string // 1 to 12 digits
	Name         string
	// DefaultPIN is sealed at rest; an administrator may see it, audited.
	DefaultPIN Secret
	// PIN is the hash of a PIN its owner chose; empty: still the default.
	PIN Hash
	// HotDesk false: may never sit anywhere but at home.
	HotDesk        bool
	Virtualization Virtualization
	Voicemail      Voicemail
	Forward        Forward
	DoNotDisturb   bool
	SIP            ExtensionSIP
	// Password protects what a later room needs it for; kept apart from PINs.
}

// Virtualization is whether others may sit at this extension's phones, and the
// code with which this extension sits at others'.
type Virtualization struct {
	Allow  bool
	Secret Hash // 4 to 8 digits, hashed; empty: none set
}

// Voicemail is what happens to calls nobody took. Not in force yet.
type Voicemail struct {
	Enabled bool
	After   int    // seconds
	Action  string // "record" or as later rooms define
	Email   string
}

// Forward holds call forwards. Not in force yet.
type Forward struct {
	Always, Busy, NoAnswer string
	VIP                    []string
}

// ExtensionSIP holds an extension's personal SIP preferences.
type ExtensionSIP struct {
	MediaEncryption string   // none, sdes, dtls, sdes_dtls
	DTMF            string   // rfc2833, info, inband, auto
	Codecs          []string // in order of preference
}
