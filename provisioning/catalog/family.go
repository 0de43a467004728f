package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"cradle/provisioning/render"
	"cradle/provisioning/settings"
)

// familyYAML is the form of model.yaml.
type familyYAML struct {
	Defaults modelYAML            `yaml:"defaults"` // of every model below
	Models   map[string]modelYAML `yaml:"models"`
	Files    []fileYAML           `yaml:"files"`
	Limits   struct {
		Secret int `yaml:"secret"` // longest password, characters
	} `yaml:"limits"`
	TLS struct {
		Authority bool   `yaml:"authority"`
		Min       string `yaml:"min"`
	} `yaml:"tls"`
	OnlyTFTP bool     `yaml:"only_tftp"`
	Golden   []string `yaml:"golden"` // models whose files are kept as golden files
	Boot     bootYAML `yaml:"boot"`
}

type modelYAML struct {
	Label     string   `yaml:"label"`
	Aliases   []string `yaml:"aliases"`
	Agents    []string `yaml:"agents"`
	File      string   `yaml:"file"`
	Code      string   `yaml:"code"`
	Lines     int      `yaml:"lines"`
	Keys      int      `yaml:"keys"`
	Expansion struct {
		Module string `yaml:"module"`
		Max    int    `yaml:"max"`
		Keys   int    `yaml:"keys"`
	} `yaml:"expansion"`
	Codecs   []string `yaml:"codecs"` // canonical, or canonical=vendor's name
	Display  string   `yaml:"display"`
	Firmware string   `yaml:"firmware"`
	Sure     string   `yaml:"sure"`
}

type fileYAML struct {
	Name        string   `yaml:"name"`
	Also        []string `yaml:"also"`
	Kind        string   `yaml:"kind"`
	Template    string   `yaml:"template"`
	Bootstrap   string   `yaml:"bootstrap"`
	ContentType string   `yaml:"content_type"`
	Upload      bool     `yaml:"upload"`
}

type bootYAML struct {
	UserAgent    string   `yaml:"user_agent"`
	SIPUserAgent string   `yaml:"sip_user_agent"`
	Doors        []string `yaml:"doors"`
	Asks         []struct {
		File     string `yaml:"file"`
		Optional bool   `yaml:"optional"`
		Last     bool   `yaml:"last"`
		Always   bool   `yaml:"always"`
		Method   string `yaml:"method"`
	} `yaml:"asks"`
	PnPUser  string   `yaml:"pnp_user"`
	PnPEvent []string `yaml:"pnp_event"`
}

var (
	nameForm    = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9_]+)+$`)
	knownCodecs = []string{"opus", "g722", "pcma", "pcmu", "g729"}
)

func (y *familyYAML) models(f *Family) ([]*Model, error) {
	var out []*Model
	for name, m := range y.Models {
		model, err := m.model(name, &y.Defaults, f)
		if err != nil {
			return nil, fmt.Errorf("models.%s.%w", name, err)
		}
		out = append(out, model)
	}
	if len(out) == 0 {
		return nil, errors.New("models: none")
	}
	slices.SortFunc(out, func(a, b *Model) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

func (y modelYAML) model(name string, d *modelYAML, f *Family) (*Model, error) {
	m := &Model{
		Name: name, Label: y.Label, Vendor: f.Vendor, Family: f, Aliases: y.Aliases, Agents: y.Agents, File: y.File, Code: y.Code,
		Lines: y.Lines, Keys: y.Keys, Display: first(y.Display, d.Display), Firmware: first(y.Firmware, d.Firmware), Sure: first(y.Sure, d.Sure),
		Expansion: Expansion{Module: y.Expansion.Module, Max: y.Expansion.Max, Keys: y.Expansion.Keys},
	}
	codecs := y.Codecs
	if codecs == nil {
		codecs = d.Codecs
	}
	for _, c := range codecs {
		canonical, vendors, found := strings.Cut(c, "=")
		if !found {
			vendors = canonical
		}
		if !slices.Contains(knownCodecs, canonical) {
			return nil, fmt.Errorf("codecs: %q is none of %s", canonical, strings.Join(knownCodecs, ", "))
		}
		m.Codecs = append(m.Codecs, settings.Codec{Name: canonical, Vendor: vendors})
	}
	m.abilities = settings.Abilities{
		Model: m.Name, File: m.File, Lines: m.Lines, Keys: m.Keys, Codecs: m.Codecs,
		Languages: f.Vendor.Languages, Zones: f.Vendor.Zones,
	}
	return m, m.check()
}

func (m *Model) check() error {
	switch {
	case !nameForm.MatchString(m.Name):
		return errors.New("name: must be lower case, vendor-model")
	case m.Label == "":
		return errors.New("label: is missing")
	case len(m.Agents) == 0:
		return errors.New("agents: is missing")
	case m.Lines < 1 || m.Lines > settings.MaxLines:
		return fmt.Errorf("lines: %d is not 1 to %d", m.Lines, settings.MaxLines)
	case m.Keys < 0 || m.Keys > 500:
		return fmt.Errorf("keys: %d is not 0 to 500", m.Keys)
	case len(m.Codecs) == 0:
		return errors.New("codecs: is missing")
	case !slices.Contains([]string{"label", "idle", "none"}, m.Display):
		return fmt.Errorf("display: %q is none of label, idle, none", m.Display)
	case !slices.Contains([]string{"document", "template", "unsure"}, m.Sure):
		return fmt.Errorf("sure: %q is none of document, template, unsure", m.Sure)
	case m.Code != "" && (len(m.Code) != 3 || strings.Trim(m.Code, "0123456789") != ""):
		return fmt.Errorf("code: %q is not three digits", m.Code)
	}
	return nil
}

// goldens are the models whose golden files stand for the family.
func (y *familyYAML) goldens(f *Family) ([]*Model, error) {
	var out []*Model
	for _, name := range y.Golden {
		i := slices.IndexFunc(f.Models, func(m *Model) bool { return m.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("golden: %q is none of its models", name)
		}
		out = append(out, f.Models[i])
	}
	return out, nil
}

func (y *familyYAML) files(f *Family) ([]*File, error) {
	var out []*File
	for i, s := range y.Files {
		file, err := s.file(f)
		if err != nil {
			return nil, fmt.Errorf("files[%d] %s: %w", i, s.Name, err)
		}
		out = append(out, file)
	}
	if len(out) == 0 {
		return nil, errors.New("files: none")
	}
	return out, nil
}

func (y fileYAML) file(f *Family) (*File, error) {
	file := &File{Name: y.Name, Also: y.Also, Kind: Kind(first(y.Kind, string(Device))), ContentType: first(y.ContentType, f.Vendor.ContentType), Upload: y.Upload, Family: f}
	for _, name := range append([]string{y.Name}, y.Also...) {
		if err := checkPattern(name); err != nil {
			return nil, err
		}
	}
	var err error
	switch file.Kind {
	case Device:
		if y.Template == "" || y.Bootstrap == "" {
			return nil, errors.New("template and bootstrap must be given")
		}
		if file.Template, err = compile(f, y.Template, render.Options{}); err == nil {
			file.Bootstrap, err = compile(f, y.Bootstrap, render.Options{NoSecrets: true})
		}
	case Common:
		if y.Template == "" || y.Bootstrap != "" {
			return nil, errors.New("a common file has a template and no bootstrap")
		}
		file.Template, err = compile(f, y.Template, render.Options{Common: true})
		file.Bootstrap = file.Template
	case Absent, Authority:
		if y.Template != "" || y.Bootstrap != "" {
			return nil, fmt.Errorf("a file of kind %s has no template", file.Kind)
		}
	default:
		err = fmt.Errorf("kind: %q is none of device, common, absent, authority", y.Kind)
	}
	return file, err
}

// compile reads a template of the family's folder.
func compile(f *Family, name string, o render.Options) (*render.Template, error) {
	if !strings.HasSuffix(name, ".tmpl") || !fs.ValidPath(name) || strings.Contains(name, "/") {
		return nil, fmt.Errorf("template: %q is not a name.tmpl of this folder", name)
	}
	text, err := fs.ReadFile(f.fsys, path.Join(f.folder, name))
	if err != nil {
		return nil, err
	}
	o.Name, o.Source, o.Format = path.Join(f.folder, name), string(text), f.Vendor.Format
	o.Shape, o.Clear = settings.Shape(), f.Vendor.Clear
	return render.Compile(o)
}

func (y *familyYAML) boot(f *Family) (Boot, error) {
	b := Boot{UserAgent: y.Boot.UserAgent, SIPUserAgent: y.Boot.SIPUserAgent, Doors: y.Boot.Doors, PnPUser: y.Boot.PnPUser, PnPEvent: y.Boot.PnPEvent}
	for i, a := range y.Boot.Asks {
		if f.Named(a.File) == nil {
			return b, fmt.Errorf("boot.asks[%d]: %q is none of the files above", i, a.File)
		}
		b.Asks = append(b.Asks, Ask{File: a.File, Optional: a.Optional, Last: a.Last, Always: a.Always, Method: a.Method})
	}
	for _, d := range b.Doors {
		if d != "http" && d != "https" && d != "tftp" {
			return b, fmt.Errorf("boot.doors: %q is none of http, https, tftp", d)
		}
	}
	if b.UserAgent == "" || len(b.Asks) == 0 || len(b.Doors) == 0 {
		return b, errors.New("boot: user_agent, doors and asks must be given")
	}
	return b, nil
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
