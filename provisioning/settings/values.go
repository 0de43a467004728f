package settings

import (
	"strconv"
	"strings"
	"time"

	"cradle/directory"
	"cradle/provisioning/phonebook"
	"cradle/provisioning/render"
)

// Codec is a codec a phone has and its vendor's name of it.
type Codec struct{ Name, Vendor string }

// Abilities are the facts about a model that values depend on.
type Abilities struct {
	Model       string // catalogue name
	Label       string // as people write it
	Vendor      string // the vendor's folder
	File        string // as in file names
	Lines       int    // SIP accounts; 0: not known
	Keys        int    // programmable keys; 0: not known
	Modules     Modules
	KeyTypes    map[string]string // canonical type of key -> vendor's word
	Codecs      []Codec
	Languages   map[string]string // BCP 47 tag in lower case -> vendor's word
	Zones       map[string]string // IANA name -> vendor's word
	Tones       map[string]string // ISO 3166 country -> vendor's word
	Actions     map[string]string // canonical event -> vendor's setting
	Books       []Book            // files for phonebooks
	BookEntries int               // most entries the phone takes; 0: not known
	IdlePage    string            // file of its idle page, placeholders in it; empty: none
	MenuPage    string            // file of the page at which people log in; empty: none
	MenuKeys    bool              // we are sure enough of that page to lay it on keys
	Hoteling    bool              // we are sure enough of its own log-in softkey to switch it on
	Firmware    []string          // names of the vendor's firmware files, with {version} and *
	SIPS        bool              // SIP over TLS
}

// Modules are the expansion modules a model takes.
type Modules struct {
	Max  int // in a chain; 0: none, or not known
	Keys int // of one module
}

// Book is a kind of phonebook and the file a model's phones get it by.
type Book struct{ Kind, File string }

// Mode is how much of a device's settings an asker has earned.
type Mode uint8

// The modes, from the least.
const (
	Bootstrap Mode = iota // no secret: time, our authority, its URL, the Phone ID while it waits
	Lobby                 // the device account too
	Full                  // everything
)

// Facts are what one rendering starts from.
type Facts struct {
	Snapshot  *directory.Snapshot
	Device    *directory.Device // nil: values for a whole model
	Site      *directory.Site   // of the device, or of the asker
	Abilities *Abilities
	Mode      Mode
	Host      string // written as SIP server; IPv6 in brackets
	// SIPPort is the registrar's for UDP and TCP, SIPSPort that for TLS; 0: closed.
	SIPPort, SIPSPort int
	URL               string // the device's own, ends with a slash
	// FileName fills in the placeholders of a file's name; nil: there are none.
	FileName  func(string) string
	Authority string // URL of our CA; empty: the model cannot take one
	// Authorities are the certificates of our CA, each its base64 in lines; nil:
	// the model cannot take them.
	Authorities [][]string
	// Certificate is the URL of the phone's own; empty: it has none, or cannot take it.
	Certificate string
	Screens     bool   // somebody answers at the page where people log in
	Book        string // the phonebook wanted, "company", "site", "personal"; empty: none
	Page        *Page  // what a page on its screen says; nil: what stands there while it is idle
	Now         time.Time
	// Mask hides secrets: for people's eyes.
	Mask bool
}

// Maker makes values; it is safe for concurrent use.
type Maker struct {
	zones zones
	empty emptyRows
	shelf *phonebook.Shelf
}

// NewMaker makes a Maker.
func NewMaker() *Maker { return &Maker{shelf: phonebook.NewShelf()} }

// Values are everything a template may read for this phone, and the stack that
// says which layer each setting came from.
func (m *Maker) Values(f Facts) (render.Values, Stack) {
	who := f.subject()
	stack := Pile(f.Snapshot, who)
	f.settle(&stack)
	v := phoneShape.New()
	everyone(v, f, &stack)
	v[atDomain] = render.S(realm(who.Organization))
	m.time(v, f, &stack)
	if f.Device != nil {
		m.own(v, &phone{Facts: f, who: who, stack: &stack, codes: codesOf(f.Snapshot, who.Organization)})
	}
	return v, stack
}

// subject is whom these facts are about.
func (f Facts) subject() Subject {
	who := Subject{Site: f.Site, Device: f.Device, Model: f.Abilities.Model}
	if f.Site != nil {
		who.Organization = f.Snapshot.Organization(f.Site.Organization)
	}
	if f.Device != nil {
		who.Organization = f.Snapshot.Organization(f.Device.Organization)
		who.Profile = f.Device.Profile
		who.Person = f.Snapshot.Sitting(f.Device.At(1)).Extension
	}
	return who
}

func codesOf(snap *directory.Snapshot, o *directory.Organization) Codes {
	if o == nil {
		return nil
	}
	return CodesOf(snap, o.ID)
}

func realm(o *directory.Organization) string {
	if o == nil {
		o = &directory.Organization{}
	}
	return o.Realm()
}

// everyone fills what needs no device.
func everyone(v render.Values, f Facts, s *Stack) {
	s.fill(v)
	v[atModel], v[atLabel], v[atVendor] = render.S(f.Abilities.File), render.S(f.Abilities.Label), render.S(f.Abilities.Vendor)
	v[atHost], v[atPort] = render.S(f.Host), render.I(f.port(s))
	v[atMinutes] = render.I((s.Number(Expires) + 59) / 60)
	v[atIntervalSeconds] = render.I(s.Number(Interval) * 60)
	if word := language(f.Abilities.Languages, s.Text(Language)); word != "" {
		v[atLanguageVendor] = render.S(word)
	}
	country := country(s)
	v[atCountry] = render.S(country)
	if word, ok := f.Abilities.Tones[country]; ok {
		v[atTonesVendor] = render.S(word)
	}
	server(v, atBackupHost, atBackupPort, s, Backup)
	server(v, atOutboundHost, atOutboundPort, s, Outbound)
	list, first, items := codecs(f.Abilities.Codecs, s.Text(Codecs), 1)
	v[atCodecs], v[atCodec], v[atCodecFirst] = render.L(items), render.S(list), render.S(first)
}

// fills are the values that a setting fills as it stands.
var fills = func() (all []fill) {
	for k, s := range Schema {
		if s.Fills != "" {
			slot := phoneShape.Slot(s.Fills)
			all = append(all, fill{Key(k), slot, phoneShape.Fields()[slot].Kind})
		}
	}
	return all
}()

type fill struct {
	key  Key
	slot int
	kind render.Kind
}

func (s *Stack) fill(v render.Values) {
	for _, f := range fills {
		switch text := s[f.key].Text; {
		case text == "":
		case f.kind == render.Int:
			v[f.slot] = render.I(s.Number(f.key))
		case f.kind == render.Bool:
			v[f.slot] = render.B(s.Flag(f.key))
		default:
			v[f.slot] = render.S(text)
		}
	}
}

// language looks for the whole tag, then for its language alone.
func language(words map[string]string, tag string) string {
	tag = strings.ToLower(tag)
	if w, ok := words[tag]; ok {
		return w
	}
	base, _, _ := strings.Cut(tag, "-")
	return words[base]
}

// country is the country whose tones are heard: the one said, that of the
// language's tag, else the one most phones are made for.
func country(s *Stack) string {
	if said := s.Text(TonesCountry); said != "" {
		return said
	}
	for part := range strings.SplitSeq(s.Text(Language), "-") {
		if up := strings.ToUpper(part); len(part) == 2 && part == up {
			return up
		}
	}
	return "US"
}

// own fills what belongs to this device.
func (m *Maker) own(v render.Values, p *phone) {
	d := p.Device
	mac := string(d.MAC)
	v[atMAC], v[atMACUpper], v[atMACColons] = render.S(mac), render.S(strings.ToUpper(mac)), render.S(colons(mac))
	v[atID], v[atWaiting] = render.S(d.PhoneID), render.B(d.Step == directory.StepSeen)
	setText(v, atName, d.Name)
	setText(v, atFirmware, d.Firmware)
	place(v, p.URL)
	setText(v, atAuthority, p.Authority)
	v[atAuthorities] = render.L(authorities(p.Authorities))
	setText(v, atCertificate, p.Certificate)
	v[atGuest] = render.B(p.Mode == Full && p.who.Person != nil && len(d.Lines) > 0 && d.Lines[0].Home != p.who.Person.ID)
	free := p.fillLines()
	v[atFree], v[atLines] = render.B(free), render.Tail(p.lines, len(p.Device.Lines))
	if free {
		v[atIdleText] = render.S("ID " + d.PhoneID)
	}
	if p.Abilities.IdlePage != "" {
		v[atIdleURL] = render.S(p.address(p.Abilities.IdlePage))
	}
	if p.Mode == Full {
		p.earned(v)
	}
	p.page(v, free)
	m.keyboardValues(v, p, m.keyboard(p))
	p.actions(v)
	p.extras(v)
	m.books(v, p)
}

// earned fills what only an approved phone is told.
func (p *phone) earned(v render.Values) {
	setSecret(v, atAdmin, p.Device.AdminPassword, p.Mask)
	setSecret(v, atUser, p.Device.UserPassword, p.Mask)
	if p.who.Person != nil {
		v[atPerson] = render.S(nameOf(p.who.Person))
	}
	if p.Abilities.MenuPage != "" && p.Screens {
		v[atMenuURL] = render.S(p.address(p.Abilities.MenuPage))
	}
	p.firmware(v)
	for i, feature := range features {
		setText(v, atCodes+i, p.codes[feature])
	}
}

// features are those whose codes templates may name, in the order of the fields.
var features = func() (names []string) {
	for _, f := range codeFields {
		names = append(names, strings.TrimPrefix(f.Name, "codes."))
	}
	return names
}()

// address is where this phone finds a file of its model.
func (p *phone) address(file string) string {
	if p.FileName != nil {
		file = p.FileName(file)
	}
	return p.URL + file
}

// authorities are certificates for settings that hold them.
func authorities(certificates [][]string) []render.Values {
	all := make([]render.Values, len(certificates))
	for i, lines := range certificates {
		items := base64Shape.Rows(len(lines))
		for j, line := range lines {
			items[j][0] = render.S(line)
		}
		all[i] = authorityShape.New()
		all[i][0], all[i][1] = render.I(i+1), render.L(items)
	}
	return all
}

// place takes the URL of the settings apart, for phones that want its parts.
func place(v render.Values, address string) {
	scheme, rest, _ := strings.Cut(address, "://")
	rest = strings.TrimSuffix(rest, "/")
	v[atURL], v[atScheme], v[atAddress] = render.S(address), render.S(scheme), render.S(rest)
	host, path, _ := strings.Cut(rest, "/")
	port := 80
	switch scheme {
	case "https":
		port = 443
	case "tftp":
		port = 69
	}
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		if n, err := strconv.Atoi(host[i+1:]); err == nil {
			host, port = host[:i], n
		}
	}
	v[atURLHost], v[atURLPort], v[atURLPath] = render.S(host), render.I(port), render.S(path)
}

// colons writes a MAC with a colon after each second digit.
func colons(mac string) string {
	b := make([]byte, 0, 17)
	for i := 0; i < len(mac); i++ {
		if i > 0 && i%2 == 0 {
			b = append(b, ':')
		}
		b = append(b, mac[i])
	}
	return string(b)
}

// setText sets a value that is absent when empty.
func setText(v render.Values, slot int, s string) {
	if s != "" {
		v[slot] = render.S(s)
	}
}

func setSecret(v render.Values, slot int, s directory.Secret, masked bool) {
	switch {
	case s.Empty():
	case masked:
		v[slot] = render.S(s.String())
	default:
		v[slot] = render.S(s.Reveal())
	}
}
