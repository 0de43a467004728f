package catalog

import "maps"

// dialectYAML is what vendor.yaml says of all its phones and model.yaml may say
// of a family's.
type dialectYAML struct {
	Format      string            `yaml:"format"`
	ContentType string            `yaml:"content_type"`
	Clear       string            `yaml:"clear"`
	Notify      notifyYAML        `yaml:"notify"`
	Languages   map[string]string `yaml:"languages"`
	Zones       map[string]string `yaml:"time_zones"`
	Tones       map[string]string `yaml:"tones"`
}

type notifyYAML struct {
	Settings   string `yaml:"settings"`
	Reboot     string `yaml:"reboot"`
	Credential string `yaml:"credential"` // account, admin; empty: phones do not ask who we are
}

func (y notifyYAML) events() Events {
	return Events{Resync: y.Settings, Reboot: y.Reboot, Credential: Credential(y.Credential)}
}

// familyYAML is the form of model.yaml.
type familyYAML struct {
	dialectYAML `yaml:",inline"`
	Inherits    string               `yaml:"inherits"`    // vendor/family
	Agents      []string             `yaml:"user_agents"` // more of them, never inherited
	Defaults    modelYAML            `yaml:"defaults"`    // of every model below
	Models      map[string]modelYAML `yaml:"models"`
	Golden      []string             `yaml:"golden"` // models whose files are kept as golden files
	Frame       frameYAML            `yaml:"frame"`
	Facts       map[string]string    `yaml:"facts"`
	Firmwares   []firmwaresYAML      `yaml:"firmwares"`
	Keys        struct {
		Types map[string]string `yaml:"types"`
	} `yaml:"keys"`
	Phonebook struct {
		Books      []string `yaml:"books"`
		MaxEntries int      `yaml:"max_entries"`
	} `yaml:"phonebook"`
	Actions map[string]string `yaml:"actions"`
	Files   []fileYAML        `yaml:"files"`
	Limits  struct {
		Secret int `yaml:"secret"` // longest password, characters
	} `yaml:"limits"`
	TLS      tlsYAML  `yaml:"tls"`
	OnlyTFTP bool     `yaml:"only_tftp"`
	Reboots  []string `yaml:"reboots"` // beginnings of settings' names whose change makes the phones restart; whole names end with =
	Firmware struct {
		URL   bool     `yaml:"url"`
		Files []string `yaml:"files"`
	} `yaml:"firmware"`
	Boot bootYAML `yaml:"boot"`
}

type frameYAML struct {
	First    string   `yaml:"first"`
	Last     string   `yaml:"last"`
	EOL      string   `yaml:"eol"`
	MaxLine  int      `yaml:"max_line"`
	MaxBytes int      `yaml:"max_bytes"`
	Again    []string `yaml:"again"` // keys that may be said more than once
}

type firmwaresYAML struct {
	From  string            `yaml:"from"`
	Below string            `yaml:"below"`
	Facts map[string]string `yaml:"facts"`
}

type tlsYAML struct {
	Authority string `yaml:"authority"` // file, inline, none; and how sure
	ByHand    string `yaml:"by_hand"`   // where there is none: how a person puts it into the phone, a sentence
	Min       string `yaml:"min"`
	SIPS      bool   `yaml:"sips"`
	SRTP      bool   `yaml:"srtp"`
	Client    bool   `yaml:"client"`
}

type modelYAML struct {
	Label       string            `yaml:"label"`
	Aliases     []string          `yaml:"aliases"`
	Agents      []string          `yaml:"agents"`
	File        string            `yaml:"file"`
	Code        string            `yaml:"code"`
	Kind        string            `yaml:"kind"`
	Lines       int               `yaml:"lines"`
	Keys        int               `yaml:"keys"`
	SoftKeys    int               `yaml:"soft_keys"`
	Expansion   expansionYAML     `yaml:"expansion"`
	Codecs      []string          `yaml:"codecs"` // canonical, or canonical=vendor's name
	Display     string            `yaml:"display"`
	Screen      string            `yaml:"screen"`
	Login       string            `yaml:"login"`
	RemoteLogin *bool             `yaml:"remote_login"`
	Hoteling    string            `yaml:"hoteling"`
	Firmware    string            `yaml:"firmware"`
	Prefixes    []string          `yaml:"prefixes"`
	Notes       []string          `yaml:"notes"`
	Facts       map[string]string `yaml:"facts"`
	Sure        string            `yaml:"sure"`
}

type expansionYAML struct {
	Module string `yaml:"module"`
	Max    int    `yaml:"max"`
	Keys   int    `yaml:"keys"`
}

type fileYAML struct {
	Name        string     `yaml:"name"`
	Also        []string   `yaml:"also"`
	Kind        string     `yaml:"kind"`
	Template    string     `yaml:"template"`
	Bootstrap   string     `yaml:"bootstrap"`
	Of          string     `yaml:"of"`
	Screen      string     `yaml:"screen"` // of a page: idle, menu, ask, tell
	Format      string     `yaml:"format"`
	ContentType string     `yaml:"content_type"`
	Frame       *frameYAML `yaml:"frame"`
	Upload      bool       `yaml:"upload"`
}

type bootYAML struct {
	UserAgent    string    `yaml:"user_agent"`
	SIPUserAgent string    `yaml:"sip_user_agent"`
	Doors        []string  `yaml:"doors"`
	Asks         []askYAML `yaml:"asks"`
	Uploads      []string  `yaml:"uploads"`
	HTTP10       bool      `yaml:"http10"`
	DoubleSlash  bool      `yaml:"double_slash"`
	PnPUser      string    `yaml:"pnp_user"`
	PnPEvent     []string  `yaml:"pnp_event"`
}

type askYAML struct {
	File     string `yaml:"file"`
	Optional bool   `yaml:"optional"`
	Last     bool   `yaml:"last"`
	Always   bool   `yaml:"always"`
	Range    bool   `yaml:"range"`
	Method   string `yaml:"method"`
}

// own makes what is inherited safe to read another file into: that adds to maps
// in place, replaces lists whole, and leaves alone what it does not name.
func (y familyYAML) own() familyYAML {
	y.dialectYAML = y.dialectYAML.own()
	y.Facts, y.Keys.Types, y.Actions = maps.Clone(y.Facts), maps.Clone(y.Keys.Types), maps.Clone(y.Actions)
	y.Defaults.Facts = maps.Clone(y.Defaults.Facts)
	y.Inherits, y.Agents, y.Models, y.Golden = "", nil, nil, nil
	return y
}

func (y dialectYAML) own() dialectYAML {
	y.Languages, y.Zones, y.Tones = maps.Clone(y.Languages), maps.Clone(y.Zones), maps.Clone(y.Tones)
	return y
}
