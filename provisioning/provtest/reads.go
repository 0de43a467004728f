package provtest

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// reads says what a vendor's phones make of their settings (reads.yaml).
type reads struct {
	// Form is how a file is taken apart: see forms.
	Form      string `yaml:"form"`
	FirstLine string `yaml:"first_line"` // without it a file is ignored
	Empty     string `yaml:"empty"`      // the text that stands for an empty value
	MAC       string `yaml:"mac"`        // a setting that must name the phone
	Chain     string `yaml:"chain"`      // names more files, by commas
	Authority string `yaml:"authority"`  // where a certificate authority lies, or what is one
	// Pages are the settings that bear the addresses of pages for the screen.
	Pages struct {
		Idle string `yaml:"idle"`
		Menu string `yaml:"menu"` // empty: no setting but a key leads there
	} `yaml:"pages"`
	// Pair names what form pairs looks at.
	Pair  pairReads `yaml:"pair"`
	Place struct {
		URL     string            `yaml:"url"`
		Scheme  string            `yaml:"scheme"`
		Schemes map[string]string `yaml:"schemes"`
		Address string            `yaml:"address"` // without scheme; {scheme} in the three names is ours
		Port    string            `yaml:"port"`
		Path    string            `yaml:"path"`
	} `yaml:"provisioning"`
	Transports  map[string]string `yaml:"transports"`
	ExpiresUnit string            `yaml:"expires_unit"` // seconds, minutes, hours, milliseconds
	Accounts    []accountReads    `yaml:"accounts"`

	lines []accountReads  // of each line, its number filled in
	known map[string]bool // every name above: the phone forgets what else it is told
}

// pairReads names the element of a pair and where its name and value stand: in
// attributes, or in elements within it. What is empty is guessed.
type pairReads struct {
	Element      string `yaml:"element"`
	Name         string `yaml:"name"`
	Value        string `yaml:"value"` // empty and not there: the element's text
	NameElement  string `yaml:"name_element"`
	ValueElement string `yaml:"value_element"`
	Group        string `yaml:"group"` // an element around pairs, whose name comes before theirs
}

// accountReads names the settings of one account, or of several where {n} stands
// for the line, {n:5} for the same in five digits, {i} for one less.
type accountReads struct {
	Lines     int    `yaml:"lines"`
	Enabled   string `yaml:"enabled"` // empty: an account with a user is on
	On        string `yaml:"on"`
	Server    string `yaml:"server"`
	Port      string `yaml:"port"`
	Transport string `yaml:"transport"`
	Outbound  string `yaml:"outbound"` // host:port;transport=
	User      string `yaml:"user"`
	Auth      string `yaml:"auth"`
	Secret    string `yaml:"secret"`
	Name      string `yaml:"name"`
	Label     string `yaml:"label"`
	Expires   string `yaml:"expires"`
}

// loadReads finds what a family's phones read: in its own folder, else in its
// vendor's, else in those of the family it inherits.
func loadReads(data fs.FS, chain []string) (*reads, error) {
	for _, folder := range chain {
		for _, at := range []string{folder, path.Dir(folder)} {
			file := path.Join(at, "reads.yaml")
			raw, err := fs.ReadFile(data, file)
			if err == nil {
				return parseReads(file, raw)
			}
			if !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
		}
	}
	return nil, fmt.Errorf("%w: there is no reads.yaml for %s", ErrReads, chain[0])
}

func parseReads(file string, raw []byte) (*reads, error) {
	r := &reads{}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(r); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrReads, file, err)
	}
	if forms[r.Form] == nil {
		return nil, fmt.Errorf("%w: %s: form %q is none we know", ErrReads, file, r.Form)
	}
	if !slices.Contains([]string{"", "seconds", "minutes", "hours", "milliseconds"}, r.ExpiresUnit) {
		return nil, fmt.Errorf("%w: %s: expires_unit %q", ErrReads, file, r.ExpiresUnit)
	}
	r.number()
	return r, nil
}

// number fills the lines' numbers into the names of their settings, once for all
// phones of a model.
func (r *reads) number() {
	for _, form := range r.Accounts {
		for range max(1, form.Lines) {
			r.lines = append(r.lines, form.of(len(r.lines)+1))
		}
	}
	r.known = map[string]bool{}
	know := func(names ...string) {
		for _, name := range names {
			r.known[name] = true
		}
	}
	know(r.MAC, r.Chain, r.Pages.Idle, r.Pages.Menu)
	for _, n := range []string{"1", "2"} {
		know(strings.ReplaceAll(r.Authority, "{n}", n))
	}
	p := &r.Place
	know(p.URL, p.Scheme)
	for _, scheme := range append(slices.Collect(maps.Values(p.Schemes)), "") {
		for _, name := range []string{p.Address, p.Port, p.Path} {
			know(strings.ReplaceAll(name, "{scheme}", scheme))
		}
	}
	for i := range r.lines {
		know(r.lines[i].names()...)
	}
}

// of is a form with the number of a line in its names.
func (f accountReads) of(line int) accountReads {
	numbers := strings.NewReplacer("{n}", strconv.Itoa(line), "{n:5}", fmt.Sprintf("%05d", line), "{i}", strconv.Itoa(line-1))
	for _, name := range []*string{&f.Enabled, &f.Server, &f.Port, &f.Transport, &f.Outbound, &f.User, &f.Auth, &f.Secret, &f.Name, &f.Label, &f.Expires} {
		*name = numbers.Replace(*name)
	}
	return f
}

func (f *accountReads) names() []string {
	return []string{f.Enabled, f.Server, f.Port, f.Transport, f.Outbound, f.User, f.Auth, f.Secret, f.Name, f.Label, f.Expires}
}

// Reasons for which phones ignore a file without a word.
var (
	errFirstLine = errors.New("the first line is wrong")
	errOther     = errors.New("it names another phone")
)

// parse reads a settings file into the vendor's names and values.
func (r *reads) parse(body []byte, mac string) (map[string]string, error) {
	if r.FirstLine != "" {
		first, _, _ := strings.Cut(string(body), "\n")
		if strings.TrimRight(first, "\r") != r.FirstLine {
			return nil, errFirstLine
		}
	}
	out, err := forms[r.Form](r, body)
	if err != nil {
		return nil, err
	}
	if named := bareMAC(out[r.MAC]); r.MAC != "" && named != "" && named != mac {
		return nil, errOther
	}
	for k, v := range out {
		if !r.knows(k) {
			delete(out, k)
			continue
		}
		if r.Empty != "" && v == r.Empty {
			out[k] = ""
		}
	}
	return out, nil
}

// knows tells whether a phone does anything with a name.
func (r *reads) knows(name string) bool { return r.known == nil || r.known[name] }

func bareMAC(s string) string {
	return strings.ToLower(strings.NewReplacer(":", "", "-", "", "_", "").Replace(s))
}
