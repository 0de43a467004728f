package directory

import (
	"slices"
	"strings"
	"time"
)

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
	// PINProof is the hash of what a phone shows that knows the PIN without telling it.
	PINProof Hash
	// HotDesk false: may never sit anywhere but at home.
	HotDesk        bool
	Virtualization Virtualization
	Activation     Activation
	Voicemail      Voicemail
	Forward        Forward
	DoNotDisturb   bool
	SIP            ExtensionSIP
	// Keys are the person's own; they follow to every phone sat at.
	Keys []Key
	// Department groups extensions, for keys that fill themselves.
	Department string
	// Server is the local SIP server: the address its home phones register with in
	// place of the appliance's; a host name or an IP address, empty: none.
	Server string
}

// Virtualization is whether others may sit at this extension's phones, and the
// code with which this extension sits at others'.
type Virtualization struct {
	Allow  bool
	Secret Hash // 4 to 8 digits, hashed; empty: none set
	Proof  Hash // as PINProof
}

// Voicemail is what happens to calls nobody took. Not in force yet.
type Voicemail struct {
	Enabled bool
	After   int    // seconds
	Action  string // "record" or as later rooms define
	Email   string
}

// Forward holds call forwards: where calls go always, while the extension talks,
// and when nobody answers; empty: nowhere. Not in force yet; phones show and set
// them with their own keys.
type Forward struct {
	Always, Busy, NoAnswer string // dialled: + and digits, * and #
	NoAnswerAfter          int    // seconds; 0: as long as calls ring
	VIP                    []string
}

// ExtensionSIP holds an extension's personal SIP preferences.
type ExtensionSIP struct {
	MediaEncryption string   // none, sdes, dtls, sdes_dtls
	DTMF            string   // rfc2833, info, inband, auto
	Codecs          []string // in order of preference
	// PublishesState: watchers of its presence hear what its phone publishes, and
	// nothing else.
	PublishesState bool
	// ForceMWI: its phones are told of messages without having asked.
	ForceMWI bool
}

// extensionRow is how an extension is kept: the default PIN sealed, the hashes
// in clear, which nothing prints.
type extensionRow struct {
	*Extension
	DefaultPIN     []byte
	PIN, PINProof  string
	Virtualization virtualizationRow
	Activation     activationRow `json:",omitzero"`
}

type activationRow struct {
	Key   string
	Until time.Time
}

type virtualizationRow struct {
	Allow  bool
	Secret string
	Proof  string `json:",omitempty"`
}

func (e *Extension) table() table              { return tExtension }
func (e *Extension) head() (ID, uint64)        { return e.ID, e.Revision }
func (e *Extension) setHead(id ID, rev uint64) { e.ID, e.Revision = id, rev }
func (e *Extension) organization() ID          { return e.Organization }
func (e *Extension) sortKey() string           { return lengthFirst(e.Number) }

func (e *Extension) uniques() []unique {
	return []unique{{uExtension, string(e.Organization) + "/" + e.Number}}
}

func (e *Extension) refs() []ref {
	r := []ref{
		{to: e.Organization, t: tOrganization, as: refOrganization},
		{to: e.Site, t: tSite, as: refSite},
	}
	if e.User != "" {
		r = append(r, ref{to: e.User, t: tUser, as: refUser})
	}
	return r
}

func (e *Extension) clone() record {
	c := *e
	c.Forward.VIP = slices.Clone(e.Forward.VIP)
	c.SIP.Codecs = slices.Clone(e.SIP.Codecs)
	c.Keys = slices.Clone(e.Keys)
	return &c
}

func (e *Extension) encode(k *Keys) ([]byte, error) {
	s, err := k.sealer(KindExtension, e.ID)
	if err != nil {
		return nil, err
	}
	return encodePlain(extensionRow{
		Extension:      e,
		DefaultPIN:     s.seal("default_pin", e.DefaultPIN),
		PIN:            string(e.PIN),
		PINProof:       string(e.PINProof),
		Virtualization: virtualizationRow{Allow: e.Virtualization.Allow, Secret: string(e.Virtualization.Secret), Proof: string(e.Virtualization.Proof)},
		Activation:     activationRow{Key: string(e.Activation.Key), Until: e.Activation.Until},
	})
}

func (e *Extension) decode(k *Keys, id ID, b []byte) error {
	row := extensionRow{Extension: e}
	if err := decodePlain(b, &row); err != nil {
		return err
	}
	s, err := k.sealer(KindExtension, id)
	if err != nil {
		return err
	}
	e.PIN, e.PINProof = Hash(row.PIN), Hash(row.PINProof)
	e.Virtualization = Virtualization{Allow: row.Virtualization.Allow, Secret: Hash(row.Virtualization.Secret), Proof: Hash(row.Virtualization.Proof)}
	e.Activation = Activation{Key: Hash(row.Activation.Key), Until: row.Activation.Until}
	e.DefaultPIN, err = s.open("default_pin", row.DefaultPIN)
	return err
}

func (e *Extension) check() error {
	if !e.DefaultPIN.Empty() {
		if pin := e.DefaultPIN.Reveal(); len(pin) < 4 || len(pin) > 10 || !allDigits(pin) {
			return invalid("default PIN of extension %s is not 4 to 10 digits", e.Number)
		}
	}
	for what, h := range map[string]Hash{"PIN": e.PIN, "secret code": e.Virtualization.Secret, "PIN's proof": e.PINProof, "secret code's proof": e.Virtualization.Proof, "activation key": e.Activation.Key} {
		if h != "" && !isHashOfDigits(h) {
			return invalid("hash of the %s of extension %s has another form than %ssalt:sum", what, e.Number, hashPrefix)
		}
	}
	if e.Voicemail.After < 0 || e.Voicemail.After > 600 {
		return invalid("voicemail after %d is not 0 to 600 seconds", e.Voicemail.After)
	}
	if err := e.Forward.check(e.Number); err != nil {
		return err
	}
	for _, c := range e.SIP.Codecs {
		if err := checkText("codec", c, true); err != nil {
			return err
		}
	}
	if e.Server != "" && !isHost(e.Server) {
		return invalid("server %q of extension %s is not a host", e.Server, e.Number)
	}
	return firstError(
		checkDigits("extension number", e.Number, 1, 12),
		checkText("name", e.Name, false), checkText("department", e.Department, false), checkKeys(e.Keys),
		checkText("voicemail action", e.Voicemail.Action, false),
		checkText("voicemail e-mail", e.Voicemail.Email, false),
		checkOneOf("media encryption", e.SIP.MediaEncryption, "none", "sdes", "dtls", "sdes_dtls"),
		checkOneOf("dtmf", e.SIP.DTMF, "rfc2833", "info", "inband", "auto"))
}

// check judges the forwards of the extension with that number.
func (f *Forward) check(own string) error {
	for what, target := range map[string]string{"always": f.Always, "busy": f.Busy, "no answer": f.NoAnswer} {
		switch {
		case target == own && target != "":
			return invalid("forward %s of %s leads to itself", what, own)
		case target != "" && !dialled(target):
			return invalid("forward %s %q is not 1 to 32 of + (first), 0-9, * and #", what, target)
		}
	}
	if f.NoAnswerAfter < 0 || f.NoAnswerAfter > 600 {
		return invalid("forward after %d is not 0 to 600 seconds", f.NoAnswerAfter)
	}
	for _, s := range f.VIP {
		if err := checkText("forward", s, false); err != nil {
			return err
		}
	}
	return nil
}

// dialled is true for what a phone can dial.
func dialled(s string) bool {
	rest := strings.TrimPrefix(s, "+")
	return rest != "" && len(s) <= 32 && strings.Trim(rest, "0123456789*#") == ""
}
