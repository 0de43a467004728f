// Package catalog holds the shelf of phone models: what their vendors' phones
// ask for, how they give themselves away and which templates answer them. All
// of it is data, read and checked once.
package catalog

import (
	"io/fs"
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
	Format render.Format
	// ContentType is that of its settings files.
	ContentType string
	// Clear is the text that empties a setting ("" where an empty value does).
	Clear string
	// Fallback is the model rendered for a phone whose model is not known yet.
	Fallback *Model
	Resync   Events
	PnP      PnP
	// Languages and Zones translate BCP 47 tags and IANA names into the
	// vendor's own words. What is not listed is left alone in the phone.
	Languages map[string]string
	Zones     map[string]string
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
	Model, Version, MAC int // indexes of the groups; -1: absent
}

// Events are the values of the Event header that send a phone back to its settings.
type Events struct {
	Resync string // read the settings again, without a reboot where the phone can
	Reboot string
}

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
	// Secrets is the longest password its phones take, in characters; 0: no limit known.
	Secrets int
	TLS     TLS
	// OnlyTFTP phones know no other door, so TFTP serves them in full.
	OnlyTFTP bool
	folder   string
	fsys     fs.FS
}

// TLS is what the phones of a family can do.
type TLS struct {
	// Authority: they can be given our certificate authority and then check it.
	Authority bool
	// Min is the oldest version they are known to speak, such as "1.2"; empty: unknown.
	Min string
}

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
	Lines      int // SIP accounts
	Keys       int // programmable keys; 0: unknown
	Expansion  Expansion
	Codecs     []settings.Codec // in our order of preference
	Display    string           // how the Phone ID is shown: "label", "idle", "none"
	// Firmware is a version that exists, for the simulator.
	Firmware string
	// Sure is where the numbers come from: "document", "template", "unsure".
	Sure string

	abilities settings.Abilities
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
	Device    Kind = "device"    // this device's own settings
	Common    Kind = "common"    // the same for a whole model, without any secret
	Absent    Kind = "absent"    // phones ask for it, there is none: a plain 404
	Authority Kind = "authority" // our certificate authority, PEM
)

// File is one file that a family's phones ask for.
type File struct {
	// Name is spelled as the phone asks, with {mac} (lower case), {MAC} (upper
	// case), {model} and {code} filled in. Also are other spellings of it.
	Name string
	Also []string
	Kind Kind
	// Template renders it; Bootstrap renders what a phone without a secret gets.
	Template, Bootstrap *render.Template
	ContentType         string
	// Upload: the phone may PUT it; it is taken quietly and dropped.
	Upload bool
	Family *Family
}

// Boot is what a phone does when it is switched on. The simulator reads it.
type Boot struct {
	// UserAgent with {model} (the first of Agents), {firmware}, {mac}, {MAC} and {mac:colons} filled in.
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
}

// Ask is one request at boot.
type Ask struct {
	File string
	// Optional: the phone goes on after a 404.
	Optional bool
	// Last: where it is found, the asks that follow up to the next Always are left out.
	Last   bool
	Always bool
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

// Folder is where the family's data lies in the catalogue.
func (f *Family) Folder() string { return f.folder }
