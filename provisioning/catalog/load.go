package catalog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Load reads <vendor>/vendor.yaml and <vendor>/<family>/model.yaml with their
// templates and refuses the whole shelf when one thing on it is wrong.
func Load(fsys fs.FS) (*Catalog, error) {
	c := &Catalog{byName: map[string]*Vendor{}, models: map[string]*Model{}}
	folders, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	for _, f := range folders {
		if !f.IsDir() {
			continue
		}
		v, err := loadVendor(fsys, f.Name())
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

func (c *Catalog) shelve(v *Vendor) error {
	c.vendors = append(c.vendors, v)
	c.byName[v.Name] = v
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

func loadVendor(fsys fs.FS, name string) (*Vendor, error) {
	file := path.Join(name, "vendor.yaml")
	var y vendorYAML
	if err := readYAML(fsys, file, &y); err != nil {
		return nil, err
	}
	v, err := y.vendor(name)
	if err != nil {
		return nil, invalid(file, err)
	}
	folders, err := fs.ReadDir(fsys, name)
	if err != nil {
		return nil, invalid(file, err)
	}
	for _, f := range folders {
		if !f.IsDir() {
			continue
		}
		family, err := loadFamily(fsys, v, path.Join(name, f.Name()))
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
	if v.Fallback == nil {
		return nil, invalid(file, fmt.Errorf("fallback: %q is none of its models", y.Fallback))
	}
	return v, nil
}

func loadFamily(fsys fs.FS, v *Vendor, folder string) (*Family, error) {
	file := path.Join(folder, "model.yaml")
	var y familyYAML
	if err := readYAML(fsys, file, &y); err != nil {
		return nil, err
	}
	f := &Family{
		Name: path.Base(folder), Vendor: v, Secrets: y.Limits.Secret, OnlyTFTP: y.OnlyTFTP,
		TLS: TLS{Authority: y.TLS.Authority, Min: y.TLS.Min}, folder: folder, fsys: fsys,
	}
	var err error
	for _, read := range []func() error{
		func() error { f.Models, err = y.models(f); return err },
		func() error { f.Goldens, err = y.goldens(f); return err },
		func() error { f.Files, err = y.files(f); return err },
		func() error { f.Boot, err = y.boot(f); return err },
	} {
		if read() != nil {
			break
		}
	}
	if err != nil {
		return nil, invalid(file, err)
	}
	return f, nil
}

// readYAML refuses keys that nobody reads: a typing error must not become silence.
func readYAML(fsys fs.FS, file string, into any) error {
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		return invalid(file, err)
	}
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
