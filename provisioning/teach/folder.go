package teach

import (
	"cmp"
	"errors"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"cradle/provisioning/catalog"
	"cradle/provisioning/render"
	"cradle/provisioning/settings"
)

// The templates of a model that is like no other.
const (
	phonePart   = "phone.tmpl"
	waitingPart = "waiting.tmpl"
)

// vendorText, familyText and what they are made of are the forms of vendor.yaml
// and model.yaml (templates/README.md), as far as a lesson says them.
type vendorText struct {
	Label       string     `yaml:"label"`
	Prefixes    []string   `yaml:"mac_prefixes,omitempty"`
	Agents      []string   `yaml:"user_agents,omitempty"`
	Format      string     `yaml:"format"`
	ContentType string     `yaml:"content_type"`
	Fallback    string     `yaml:"fallback"`
	Notify      notifyText `yaml:"notify"`
	PnP         pnpText    `yaml:"pnp"`
}

type notifyText struct {
	Settings   string `yaml:"settings"`
	Reboot     string `yaml:"reboot"`
	Credential string `yaml:"credential,omitempty"`
}

type pnpText struct {
	Supported bool   `yaml:"supported"`
	Path      string `yaml:"path"`
}

type familyText struct {
	Inherits string               `yaml:"inherits,omitempty"`
	Agents   []string             `yaml:"user_agents,omitempty"`
	Models   map[string]modelText `yaml:"models"`
	OnlyTFTP *bool                `yaml:"only_tftp,omitempty"`
	Files    []fileText           `yaml:"files,omitempty"`
	Boot     *bootText            `yaml:"boot,omitempty"`
}

type modelText struct {
	Label       string         `yaml:"label"`
	Agents      []string       `yaml:"agents"`
	Kind        string         `yaml:"kind,omitempty"`
	Lines       int            `yaml:"lines"`
	Keys        int            `yaml:"keys,omitempty"`
	SoftKeys    int            `yaml:"soft_keys,omitempty"`
	Expansion   *expansionText `yaml:"expansion,omitempty"`
	Codecs      []string       `yaml:"codecs,flow"`
	Display     string         `yaml:"display"`
	Screen      string         `yaml:"screen,omitempty"`
	Login       string         `yaml:"login,omitempty"`
	RemoteLogin *bool          `yaml:"remote_login,omitempty"`
	Prefixes    []string       `yaml:"prefixes,omitempty,flow"`
	Notes       []string       `yaml:"notes"`
	Sure        string         `yaml:"sure"`
}

type expansionText struct {
	Module string `yaml:"module"`
	Max    int    `yaml:"max"`
	Keys   int    `yaml:"keys"`
}

type fileText struct {
	Name        string     `yaml:"name"`
	Kind        string     `yaml:"kind,omitempty"`
	Template    string     `yaml:"template,omitempty"`
	Bootstrap   string     `yaml:"bootstrap,omitempty"`
	Format      string     `yaml:"format,omitempty"`
	ContentType string     `yaml:"content_type,omitempty"`
	Frame       *frameText `yaml:"frame,omitempty"`
}

type frameText struct {
	First    string   `yaml:"first"`
	Last     string   `yaml:"last"`
	EOL      string   `yaml:"eol"`
	MaxLine  int      `yaml:"max_line"`
	MaxBytes int      `yaml:"max_bytes"`
	Again    []string `yaml:"again"`
}

type bootText struct {
	UserAgent string    `yaml:"user_agent"`
	Doors     []string  `yaml:"doors,flow"`
	Asks      []askText `yaml:"asks"`
}

type askText struct {
	File     string `yaml:"file"`
	Optional bool   `yaml:"optional,omitempty"`
}

// takeTexts writes the folder.
func (l *lesson) takeTexts() {
	if l.NewVendor && l.Agent == "" && l.Prefix == "" {
		l.problem("agent", "nothing gives its phones away: it sends no User-Agent, and its MAC prefix is not its own; is it a phone of the vendor that has the prefix?")
	}
	if len(l.Problems) > 0 {
		return
	}
	family := familyText{Models: map[string]modelText{l.Model: l.model()}}
	only := l.OnlyTFTP
	family.OnlyTFTP = &only
	if l.like != nil {
		family.Inherits = l.like.Family.Folder()
	}
	if !l.NewVendor && l.Agent != "" {
		family.Agents = []string{l.Agent}
	}
	if !l.Inherited {
		family.Files, family.Boot = l.files(), l.boot()
	}
	l.put(path.Join(l.Folder, "model.yaml"), family)
	if l.NewVendor {
		l.put(path.Join(l.Vendor, "vendor.yaml"), l.vendorText())
	}
	l.takeTemplates()
}

func (l *lesson) put(place string, form any) {
	text, err := yaml.Marshal(form)
	if err != nil {
		l.problem("", "%s: %v", place, err)
		return
	}
	l.Texts[place] = "# Taught from what a phone sent.\n" + string(text)
}

func (l *lesson) model() modelText {
	m := modelText{
		Label: l.Label, Agents: []string{l.Says}, Lines: l.Lines, Codecs: []string{"g722", "pcma", "pcmu"}, Display: "none", Sure: "unsure",
		Notes: []string{"Taught here, from what a phone sent."},
	}
	if l.Prefix != "" && !l.NewVendor {
		m.Prefixes = []string{l.Prefix}
	}
	if x := l.like; x != nil {
		m.Kind, m.Keys, m.SoftKeys, m.Display, m.Screen, m.Login, m.RemoteLogin = x.Kind, x.Keys, x.SoftKeys, x.Display.By, x.Screen, x.Login.By, &x.RemoteLogin
		if !l.Inherited { // pages of the screen are of its own vendor's phones
			if m.Display == catalog.ByPage {
				m.Display = catalog.ByNothing
			}
			if m.Login != catalog.ByNothing {
				m.Login = catalog.ByCode
			}
		}
		if x.Expansion.Max > 0 {
			m.Expansion = &expansionText{x.Expansion.Module, x.Expansion.Max, x.Expansion.Keys}
		}
		m.Codecs = nil
		for _, c := range x.Codecs {
			m.Codecs = append(m.Codecs, c.Name+"="+c.Vendor)
		}
		m.Notes = []string{"Taught here, from what a phone sent; its settings are like those of " + x.Label + "."}
	}
	return m
}

// main is the file that holds a phone's settings in the family it is like.
func (l *lesson) main() *catalog.File {
	for _, ask := range l.like.Family.Boot.Asks {
		if f := l.like.Family.Named(ask.File); f.Kind == catalog.Device {
			return f
		}
	}
	for _, f := range l.like.Family.Files {
		if f.Kind == catalog.Device {
			return f
		}
	}
	return nil
}

// files are those it asks for, and those that its settings name.
func (l *lesson) files() (all []fileText) {
	own := fileText{Template: phonePart, Bootstrap: waitingPart}
	if l.like != nil {
		main := l.main()
		own.Template, own.Bootstrap = main.Sources()
		own.Format, own.ContentType = string(main.Format), main.ContentType
		if !reflect.DeepEqual(main.Frame, main.Family.Frame) {
			frame := frameText(main.Frame)
			own.Frame = &frame
		}
		for _, f := range l.like.Family.Files { // under names that no other phone asks for
			if f.Kind == catalog.Phonebook || f.Kind == catalog.Authority {
				template, _ := f.Sources()
				all = append(all, fileText{Name: l.Model + "-" + path.Base(f.Name), Kind: string(f.Kind), Template: template, Format: string(f.Format), ContentType: f.ContentType})
			}
		}
	}
	asked := make([]fileText, 0, len(l.Files))
	for _, f := range l.Files {
		one := own
		if one.Name = f.Name; f.Kind != catalog.Device {
			one = fileText{Name: f.Name, Kind: string(catalog.Absent)}
		}
		asked = append(asked, one)
	}
	return append(asked, all...)
}

func (l *lesson) boot() *bootText {
	b := &bootText{UserAgent: cmp.Or(l.agent.form, l.Label)}
	for _, d := range []string{"https", "http", "tftp"} {
		if slices.Contains(l.seen.Doors, d) {
			b.Doors = append(b.Doors, d)
		}
	}
	if b.Doors == nil {
		b.Doors = []string{"http"}
	}
	for _, f := range l.Files {
		b.Asks = append(b.Asks, askText{f.Name, f.Kind != catalog.Device})
	}
	return b
}

func (l *lesson) vendorText() vendorText {
	v := vendorText{
		Label: l.VendorLabel, Format: l.Format, ContentType: "text/plain", Fallback: l.Model, Notify: notifyText{Settings: "check-sync", Reboot: "check-sync"},
		PnP: pnpText{Supported: slices.Contains(l.seen.Doors, "pnp")},
	}
	if l.Prefix != "" {
		v.Prefixes = []string{l.Prefix}
	}
	if l.Agent != "" {
		v.Agents = []string{l.Agent}
	}
	if l.like != nil {
		r := l.like.Family.Resync
		v.ContentType, v.Notify = l.main().ContentType, notifyText{r.Resync, r.Reboot, string(r.Credential)}
		v.PnP.Path = l.like.Vendor.PnP.Path
	}
	for _, f := range l.Files {
		if f.Kind == catalog.Device {
			v.PnP.Path = f.Name
			break
		}
	}
	return v
}

// takeTemplates adds a text of its own, where there is one.
func (l *lesson) takeTemplates() {
	switch {
	case l.wish.Template == "":
	case l.like != nil: // found before that of the family it is like
		part, _ := l.main().Sources()
		l.Texts[path.Join(l.Folder, part)] = l.wish.Template
	default:
		waiting := l.wish.Waiting
		if waiting == "" {
			waiting = l.withoutSecrets()
		}
		l.Texts[path.Join(l.Folder, phonePart)], l.Texts[path.Join(l.Folder, waitingPart)] = l.wish.Template, waiting
	}
}

// faultLine is where the compiler found a fault.
var faultLine = regexp.MustCompile(`\.tmpl:(\d+)`)

// control is what opens, parts and closes a block.
var control = regexp.MustCompile(`\{\{-?\s*(?:range|if|with|else|end)\b[^}]*\}\}`)

// withoutSecrets is the template without the lines that name a secret; blocks that
// open or close on them stay.
func (l *lesson) withoutSecrets() string {
	lines := strings.SplitAfter(l.wish.Template, "\n")
	o := render.Options{Name: waitingPart, Format: render.Format(l.Format), Shape: settings.Shape(), NoSecrets: true,
		Include: func(string) (string, error) { return "", errors.New("there is no other template") }}
	for range len(lines) {
		o.Source = strings.Join(lines, "")
		_, err := render.Compile(o)
		if err == nil {
			return o.Source
		}
		at := faultLine.FindStringSubmatch(err.Error())
		if at == nil || !strings.Contains(err.Error(), "secret") {
			break // what is wrong with it is told of the template itself
		}
		n, _ := strconv.Atoi(at[1])
		if n < 1 || n > len(lines) || lines[n-1] == "" {
			break
		}
		bare := strings.Join(control.FindAllString(lines[n-1], -1), "")
		if end := "\n"; strings.HasSuffix(lines[n-1], end) {
			bare += end
		}
		if bare == lines[n-1] { // a block of the secret itself
			bare = "\n"
		}
		lines[n-1] = bare
	}
	return o.Source
}
