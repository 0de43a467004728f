// Package catalog holds the shelf of phone models: what their vendors' phones
// ask for, how they give themselves away and which templates answer them. All
// of it is data, read and checked once.
package catalog

import (
	"regexp"
	"slices"
	"strings"

	"cradle/provisioning/render"
	"cradle/provisioning/settings"
)

// Catalog is the shelf. It never changes after Load.
type Catalog struct {
	vendors []*Vendor
	byName  map[string]*Vendor
	models  map[string]*Model
	sorted  []*Model
	owners  map[string][]Owner // by MAC prefix
	asked   askedIndex
}

// Vendor is what all phones of one maker have in common (vendor.yaml).
type Vendor struct {
	Name  string // folder name, lower case
	Label string // as people write it
	// Prefixes are MAC prefixes, lower-case hexadecimal, 6 to 11 digits. The
	// longest match wins; one prefix may belong to several vendors.
	Prefixes []string
	// Agents recognise the User-Agents, tried in order.
	Agents []Agent
	// Fallback is the model rendered for a phone whose model is not known yet.
	Fallback *Model
	// Resync is for phones whose model is not known; see Family.Resync.
	Resync Events
	PnP    PnP
	// DHCP are the options that lead its phones to us, most wanted first.
	DHCP []DHCP
	// Certificate is how its factory certificates name their phone; nil: not known.
	Certificate *Certificate
	Families    []*Family
}

// Agent is one form of User-Agent. Its named groups are model, version and mac;
// each may be absent.
type Agent struct {
	Pattern             *regexp.Regexp
	literal             string // what a match must hold, lower case; empty: nothing is known
	Model, Version, MAC int    // indexes of the groups; -1: absent
}

// Events are the values of the Event header that send a phone back to its settings.
type Events struct {
	Resync string // read the settings again, without a reboot where the phone can
	Reboot string
	// Credential is what answers a phone that asks who sends the event.
	Credential Credential
}

// Credential names a user and password that a phone and we share.
type Credential string

// The credentials of events; empty: there is none.
const (
	AsAccount Credential = "account" // the device account
	AsAdmin   Credential = "admin"   // the administrator's password of the phone
)

// PnP is how the vendor's phones do SIP plug-and-play.
type PnP struct {
	// Supported phones send the multicast SUBSCRIBE.
	Supported bool
	// Trust says that vendor, model and version of the Event header are true.
	Trust bool
	// Path is appended to the URL they are given; {mac}, {MAC} and {model} are filled in.
	Path string
}

// Family is a group of models that share files and templates (model.yaml).
type Family struct {
	Name   string
	Vendor *Vendor
	Models []*Model
	// Goldens are the models that the golden files show.
	Goldens []*Model
	Files   []*File
	Boot    Boot
	Format  render.Format
	Frame   render.Frame
	Resync  Events
	// KeyTypes translates canonical types of keys, Actions canonical events, into
	// the vendor's words.
	KeyTypes map[string]string
	Actions  map[string]string
	// Books are the phonebooks its phones can hold; nil: all. BookEntries is how
	// many entries one may have; 0: not known.
	Books       []string
	BookEntries int
	// Secrets is the longest password its phones take, in characters; 0: no limit known.
	Secrets int
	TLS     TLS
	// Reboots are beginnings of settings' names whose change makes the phones
	// restart; those that end with "=" are whole names. None: it is not known.
	Reboots []string
	// OnlyTFTP phones know no other door, so TFTP serves them in full.
	OnlyTFTP bool
	// Chain is the folders its data comes from: its own, then those it inherits.
	Chain  []string
	folder string
	facts  []string // names, sorted
	layers []layer  // of firmwares
	part   func(name string) (text string, err error)
	common []render.Facts // of models that say none of their own
}

// TLS is what the phones of a family can do.
type TLS struct {
	// Authority: they can be given our certificate authority and then check it;
	// AuthoritySure is where that comes from, "document", "template" or "unsure".
	// Inline ones are given it within their settings, the others fetch a file.
	Authority, Inline bool
	AuthoritySure     string
	// ByHand is how a person puts our authority into a phone whose settings cannot
	// hold it, a sentence for administrators; empty: not known.
	ByHand string
	// Min is the version that a server has to speak for the oldest of them, such
	// as "1.2"; empty: unknown. Below 1.2 they need the door for old phones.
	Min string
	// SIPS: SIP over TLS. SRTP: keys in the SDP (RFC 4568). Client: they show a
	// certificate from the factory.
	SIPS, SRTP, Client bool
}

// Checks reports whether they check our authority so surely that what they cannot
// do without may be served by TLS alone.
func (t TLS) Checks() bool { return t.Authority && t.AuthoritySure != "unsure" }

// Old reports whether some of the phones cannot come by the main TLS door.
func (t TLS) Old() bool { return t.Min == "1.0" || t.Min == "1.1" }

// Model is one phone model.
type Model struct {
	Name   string // catalogue name, "vendor-model"
	Label  string
	Vendor *Vendor
	Family *Family
	// Aliases are other catalogue names it goes by.
	Aliases []string
	// Agents are the names it gives itself in User-Agents, without letter case.
	Agents []string
	// File is what {model} stands for in file names, Code what {code} does.
	File, Code string
	Kind       string // desk, dect, ata, conference, intercom, video, wifi, softphone, gateway
	Lines      int    // SIP accounts; 0: unknown
	Keys       int    // programmable keys; 0: unknown
	SoftKeys   int    // 0: unknown
	Expansion  Expansion
	Codecs     []settings.Codec // in our order of preference
	// Display is how the Phone ID is shown: "label", "idle", "page", "none".
	Display Way
	Screen  string // "none", "mono", "colour", "touch"; empty: unknown
	// Login is how a person may log in at the phone: "code" (dialled), "xml",
	// "native", "none". RemoteLogin: by its Phone ID from the portal too.
	Login       Way
	RemoteLogin bool
	// Hoteling: it logs people in by the event package x-broadworks-hoteling; that is
	// how sure we are of it, "document", "template" or "unsure". Empty: it does not.
	Hoteling string
	// Firmware is a version that exists, for the simulator.
	Firmware string
	// Prefixes are MAC prefixes of this model alone.
	Prefixes []string
	// Notes are known limits, a sentence each, for administrators.
	Notes []string
	// Sure is where the numbers come from: "document", "template", "unsure".
	Sure string

	abilities settings.Abilities
	facts     []render.Facts // for an unknown firmware, then for each layer
}

// Abilities are the facts that a phone's values depend on.
func (m *Model) Abilities() *settings.Abilities { return &m.abilities }

// Expansion is the key modules that may be attached.
type Expansion struct {
	Module string
	Max    int // modules in a chain; 0: none, or unknown
	Keys   int // keys of one module
}

// Kind says what a file holds.
type Kind string

// The kinds of files.
const (
	Device    Kind = "device"      // this device's own settings
	Common    Kind = "common"      // the same for a whole model, without any secret
	Absent    Kind = "absent"      // phones ask for it, there is none: a plain 404
	Authority Kind = "authority"   // our certificate authority, PEM
	Client    Kind = "certificate" // this device's own certificate of our authority and its key, PEM
	Page      Kind = "page"        // one phone's own page without secrets, such as its idle screen
	Phonebook Kind = "phonebook"   // contacts
	Digest    Kind = "md5"         // the MD5 of another file as this phone would get it
)

// File is one file that a family's phones ask for.
type File struct {
	// Name is spelled as the phone asks, with {mac} (lower case), {MAC} (upper
	// case), {model}, {code} and {book} filled in. Also are other spellings of it.
	Name string
	Also []string
	Kind Kind
	// Screen is what a Page draws of the phone's screen; empty: it is another page.
	Screen Screen
	// Template renders it; Bootstrap renders what a phone without a secret gets.
	Template, Bootstrap *render.Template
	Format              render.Format
	Frame               render.Frame
	ContentType         string
	Of                  *File // of a Digest
	// Upload: the phone may PUT it; it is taken quietly and dropped.
	Upload bool
	Family *Family

	source, bootSource *source
}

// Own tells that the file is made for one device, not for all of a model.
func (f *File) Own() bool {
	return f.Kind == Device || f.Kind == Page || f.Kind == Phonebook || f.Kind == Client || f.Kind == Digest && f.Of.Own()
}

// Sources are the names of the templates that make the file, in full and for who
// may have no secret; empty: none.
func (f *File) Sources() (template, bootstrap string) {
	if f.source != nil {
		template = f.source.part
	}
	if f.bootSource != nil {
		bootstrap = f.bootSource.part
	}
	return template, bootstrap
}

// Check judges a finished file of this kind.
func (f *File) Check(body []byte) error { return f.Format.Check(body, f.Frame) }

// Boot is what a phone does when it is switched on. The simulator reads it.
type Boot struct {
	// UserAgent as Model.Says fills it in.
	UserAgent string
	// Doors in order of the phone's preference: http, https, tftp.
	Doors []string
	Asks  []Ask
	// SIPUserAgent is what it calls itself in SIP.
	SIPUserAgent string
	// PnPUser is the user part of its multicast SUBSCRIBE, PnPEvent the
	// parameters of the Event header, in order.
	PnPUser  string
	PnPEvent []string
	// HTTP10 phones speak HTTP/1.0, DoubleSlash ones ask for "//name".
	HTTP10, DoubleSlash bool
	// Uploads are files they send when all is read.
	Uploads []string
}

// Ask is one request at boot.
type Ask struct {
	File string
	// Optional: the phone goes on after a 404.
	Optional bool
	// Last: where it is found, the asks that follow up to the next Always are left out.
	Last   bool
	Always bool
	Range  bool   // asks for the file in parts
	Method string // empty: GET
}

// Vendors gives all vendors by name.
func (c *Catalog) Vendors() []*Vendor { return c.vendors }

// Vendor gives one vendor, or nil.
func (c *Catalog) Vendor(name string) *Vendor { return c.byName[strings.ToLower(name)] }

// Models gives all models by name.
func (c *Catalog) Models() []*Model { return c.sorted }

// Model gives the model of a catalogue name, or nil.
func (c *Catalog) Model(name string) *Model { return c.models[strings.ToLower(name)] }

// ByAgent is the model of the name a phone gives itself; nil: not on the shelf.
func (v *Vendor) ByAgent(name string) *Model {
	for _, f := range v.Families {
		for _, m := range f.Models {
			if slices.ContainsFunc(m.Agents, func(a string) bool { return strings.EqualFold(a, name) }) {
				return m
			}
		}
	}
	return nil
}

// Named gives the family's file with this exact spelling in the data, or nil.
func (f *Family) Named(name string) *File {
	for _, file := range f.Files {
		if file.Name == name || slices.Contains(file.Also, name) {
			return file
		}
	}
	return nil
}

// Fallback is the model that stands for phones of the family whose model is not
// known: the vendor's, where it is one of them, else the first.
func (f *Family) Fallback() *Model {
	if f.Vendor.Fallback.Family == f {
		return f.Vendor.Fallback
	}
	return f.Models[0]
}

// Folder is where the family's data lies in the catalogue.
func (f *Family) Folder() string { return f.folder }
