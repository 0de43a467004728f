package catalog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// maxInherits is how many families may stand behind one.
const maxInherits = 4

// loader reads the shelf; families that others inherit are read once.
type loader struct {
	fsys     fs.FS
	vendors  map[string]*vendorYAML
	families map[string]*readFamily
	compiled map[string]made
	inSight  map[string]string // by chain of folders: the templates there
}

// readFamily is a model.yaml with all that it inherits.
type readFamily struct {
	yaml  familyYAML
	chain []string // the folders it comes from, its own first
}

// Load reads <vendor>/vendor.yaml and <vendor>/<family>/model.yaml with their
// templates and refuses the whole shelf when one thing on it is wrong.
func Load(fsys fs.FS) (*Catalog, error) {
	folders, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	l := &loader{fsys: fsys, vendors: map[string]*vendorYAML{}, families: map[string]*readFamily{}, compiled: map[string]made{}, inSight: map[string]string{}}
	c := &Catalog{byName: map[string]*Vendor{}, models: map[string]*Model{}, owners: map[string][]Owner{}}
	for _, f := range folders {
		if !isShelf(f) {
			continue
		}
		y := &vendorYAML{}
		if err := readYAML(fsys, path.Join(f.Name(), "vendor.yaml"), y); err != nil {
			return nil, err
		}
		l.vendors[f.Name()] = y
	}
	for _, f := range folders {
		if !isShelf(f) {
			continue
		}
		v, err := l.vendor(f.Name())
		if err != nil {
			return nil, err
		}
		if err := c.shelve(v); err != nil {
			return nil, err
		}
	}
	if len(c.vendors) == 0 {
		return nil, fmt.Errorf("%w: no vendor folder", ErrInvalid)
	}
	slices.SortFunc(c.sorted, func(a, b *Model) int { return strings.Compare(a.Name, b.Name) })
	c.asked = newAskedIndex(c.vendors)
	return c, nil
}

// isShelf leaves out files and what hides behind a dot.
func isShelf(f fs.DirEntry) bool { return f.IsDir() && !strings.HasPrefix(f.Name(), ".") }

func (c *Catalog) shelve(v *Vendor) error {
	c.vendors = append(c.vendors, v)
	c.byName[v.Name] = v
	c.own(v)
	for _, f := range v.Families {
		for _, m := range f.Models {
			for _, name := range append([]string{m.Name}, m.Aliases...) {
				if old := c.models[name]; old != nil {
					return fmt.Errorf("%w: %s: model %q is also in %s/%s", ErrInvalid, f.folder, name, old.Vendor.Name, old.Family.Name)
				}
				c.models[name] = m
			}
			c.sorted = append(c.sorted, m)
		}
	}
	return nil
}

func (l *loader) vendor(name string) (*Vendor, error) {
	file := path.Join(name, "vendor.yaml")
	y := l.vendors[name]
	v, err := y.vendor(name)
	if err != nil {
		return nil, invalid(file, err)
	}
	folders, err := fs.ReadDir(l.fsys, name)
	if err != nil {
		return nil, invalid(file, err)
	}
	for _, f := range folders {
		if !isShelf(f) {
			continue
		}
		family, err := l.family(v, path.Join(name, f.Name()))
		if err != nil {
			return nil, err
		}
		v.Families = append(v.Families, family)
	}
	for _, f := range v.Families {
		for _, m := range f.Models {
			if m.Name == y.Fallback {
				v.Fallback = m
			}
		}
	}
	switch {
	case v.Fallback == nil:
		return nil, invalid(file, fmt.Errorf("fallback: %q is none of its models", y.Fallback))
	case len(v.Agents) == 0 && len(v.Prefixes) == 0 && !v.hasModelPrefixes():
		return nil, invalid(file, errors.New("user_agents and mac_prefixes: none, so nothing gives its phones away"))
	}
	return v, nil
}

func (v *Vendor) hasModelPrefixes() bool {
	return slices.ContainsFunc(v.Families, func(f *Family) bool {
		return slices.ContainsFunc(f.Models, func(m *Model) bool { return len(m.Prefixes) > 0 })
	})
}

// notInherited says of a type of key or an event that the parent's word is not known here.
const notInherited = "-"

// inheritsLine finds what a family inherits before the file is read, because it
// is read over what is inherited.
var inheritsLine = regexp.MustCompile(`(?m)^inherits:[ \t]*["']?([^"'#\s]+)`)

// read gives a family's data with all that it inherits; below are the families
// that inherit it.
func (l *loader) read(folder string, below []string) (*readFamily, error) {
	if known := l.families[folder]; known != nil {
		return known, l.deep(known, below)
	}
	file := path.Join(folder, "model.yaml")
	data, err := fs.ReadFile(l.fsys, file)
	if err != nil {
		return nil, invalid(file, err)
	}
	r := &readFamily{chain: []string{folder}}
	parent := inheritsLine.FindSubmatch(data)
	if parent == nil {
		vendor, _, _ := strings.Cut(folder, "/")
		r.yaml.dialectYAML = l.vendors[vendor].own()
	} else {
		up, err := l.above(file, string(parent[1]), append(below, folder))
		if err != nil {
			return nil, err
		}
		r.yaml, r.chain = up.yaml.own(), append(r.chain, up.chain...)
	}
	if err := decodeYAML(file, data, &r.yaml); err != nil {
		return nil, err
	}
	if parent != nil && r.yaml.Inherits != string(parent[1]) {
		return nil, invalid(file, fmt.Errorf("inherits: %q is no vendor/family", r.yaml.Inherits))
	}
	for _, table := range []map[string]string{r.yaml.Keys.Types, r.yaml.Actions} {
		maps.DeleteFunc(table, func(_, word string) bool { return word == notInherited })
	}
	l.families[folder] = r
	return r, l.deep(r, below)
}

// above reads the family that is inherited.
func (l *loader) above(file, folder string, below []string) (*readFamily, error) {
	vendor, family, _ := strings.Cut(folder, "/")
	switch {
	case l.vendors[vendor] == nil || !fs.ValidPath(family) || strings.Contains(family, "/"):
		return nil, invalid(file, fmt.Errorf("inherits: there is no %q", folder))
	case slices.Contains(below, folder):
		return nil, invalid(file, fmt.Errorf("inherits: %s inherits itself", folder))
	case len(below) > maxInherits:
		return nil, invalid(file, fmt.Errorf("inherits: more than %d families deep", maxInherits))
	}
	return l.read(folder, below)
}

func (l *loader) deep(r *readFamily, below []string) error {
	if len(below)+len(r.chain)-1 > maxInherits {
		return invalid(path.Join(r.chain[0], "model.yaml"), fmt.Errorf("inherits: more than %d families deep", maxInherits))
	}
	return nil
}

// readYAML refuses keys that nobody reads: a typing error must not become silence.
func readYAML(fsys fs.FS, file string, into any) error {
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		return invalid(file, err)
	}
	return decodeYAML(file, data, into)
}

func decodeYAML(file string, data []byte, into any) error {
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		return invalid(file, err)
	}
	if err := d.Decode(new(any)); !errors.Is(err, io.EOF) {
		return invalid(file, errors.New("more than one document"))
	}
	return nil
}

func invalid(file string, err error) error {
	return fmt.Errorf("%w: %s: %w", ErrInvalid, file, err)
}
