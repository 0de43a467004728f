package catalog

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cradle/provisioning/settings"
)

var (
	nameForm    = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9_]+)+$`)
	codeForm    = regexp.MustCompile(`^[A-Za-z0-9_.+-]*$`)
	knownCodecs = []string{"opus", "g722", "pcma", "pcmu", "g729"}
	knownKinds  = []string{"desk", "dect", "ata", "conference", "intercom", "video", "wifi", "softphone", "gateway"}
)

func (y *familyYAML) models(f *Family) ([]*Model, error) {
	var out []*Model
	for name, m := range y.Models {
		model, err := m.over(&y.Defaults).model(name, f, y)
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

// over fills what a model does not say from the family's defaults. Its names are its own.
func (y modelYAML) over(d *modelYAML) modelYAML {
	y.Kind, y.Display, y.Screen = cmp.Or(y.Kind, d.Kind, "desk"), cmp.Or(y.Display, d.Display), cmp.Or(y.Screen, d.Screen)
	y.Login, y.Firmware, y.Sure = cmp.Or(y.Login, d.Login, "code"), cmp.Or(y.Firmware, d.Firmware), cmp.Or(y.Sure, d.Sure)
	y.Lines, y.Keys, y.SoftKeys = cmp.Or(y.Lines, d.Lines), cmp.Or(y.Keys, d.Keys), cmp.Or(y.SoftKeys, d.SoftKeys)
	y.Expansion, y.File, y.Code = cmp.Or(y.Expansion, d.Expansion), cmp.Or(y.File, d.File), cmp.Or(y.Code, d.Code)
	y.RemoteLogin, y.Hoteling = cmp.Or(y.RemoteLogin, d.RemoteLogin), cmp.Or(y.Hoteling, d.Hoteling)
	if y.Codecs == nil {
		y.Codecs = d.Codecs
	}
	if y.Notes == nil {
		y.Notes = d.Notes
	}
	if y.Prefixes == nil {
		y.Prefixes = d.Prefixes
	}
	return y
}

func (y modelYAML) model(name string, f *Family, family *familyYAML) (*Model, error) {
	m := &Model{
		Name: name, Label: y.Label, Vendor: f.Vendor, Family: f, Aliases: y.Aliases, Agents: y.Agents, File: y.File, Code: y.Code,
		Kind: y.Kind, Lines: y.Lines, Keys: y.Keys, SoftKeys: y.SoftKeys, Display: way(y.Display, y.Sure), Screen: y.Screen,
		Login: way(y.Login, y.Sure), RemoteLogin: y.RemoteLogin == nil || *y.RemoteLogin, Hoteling: y.Hoteling, Firmware: y.Firmware, Notes: y.Notes, Sure: y.Sure,
		Expansion: Expansion{Module: y.Expansion.Module, Max: y.Expansion.Max, Keys: y.Expansion.Keys},
		facts:     f.common,
	}
	var err error
	if m.Codecs, err = codecs(y.Codecs); err != nil {
		return nil, err
	}
	if m.Prefixes, err = prefixes("prefixes", y.Prefixes); err != nil {
		return nil, err
	}
	if err := f.declared(y.Facts); err != nil {
		return nil, err
	}
	if len(y.Facts) > 0 {
		m.facts = f.layered(family.Facts, family.Defaults.Facts, y.Facts)
	}
	return m, m.check()
}

func codecs(list []string) ([]settings.Codec, error) {
	var out []settings.Codec
	for _, c := range list {
		canonical, vendors, found := strings.Cut(c, "=")
		if !found {
			vendors = canonical
		}
		if !slices.Contains(knownCodecs, canonical) {
			return nil, fmt.Errorf("codecs: %q is none of %s", canonical, strings.Join(knownCodecs, ", "))
		}
		out = append(out, settings.Codec{Name: canonical, Vendor: vendors})
	}
	return out, nil
}

func (m *Model) check() error {
	switch {
	case !nameForm.MatchString(m.Name):
		return errors.New("name: must be lower case, vendor-model")
	case m.Label == "":
		return errors.New("label: is missing")
	case len(m.Agents) == 0:
		return errors.New("agents: is missing")
	case len(m.Codecs) == 0:
		return errors.New("codecs: is missing")
	case !codeForm.MatchString(m.Code):
		return fmt.Errorf("code: %q is no part of a file name", m.Code)
	case !codeForm.MatchString(m.File):
		return fmt.Errorf("file: %q is no part of a file name", m.File)
	}
	for _, n := range []struct {
		key          string
		number, most int
	}{
		{"lines", m.Lines, settings.MaxLines}, {"keys", m.Keys, 500}, {"soft_keys", m.SoftKeys, 20}, {"expansion.max", m.Expansion.Max, 12}, {"expansion.keys", m.Expansion.Keys, 200},
	} {
		if n.number < 0 || n.number > n.most {
			return fmt.Errorf("%s: %d is not 0 to %d", n.key, n.number, n.most)
		}
	}
	for _, w := range []struct {
		key, word string
		known     []string
	}{
		{"sure", m.Sure, knownSure},
		{"kind", m.Kind, knownKinds},
		{"hoteling", m.Hoteling, append([]string{""}, knownSure...)},
		{"screen", m.Screen, []string{"", "none", "mono", "colour", "touch"}},
	} {
		if !slices.Contains(w.known, w.word) {
			return fmt.Errorf("%s: %q is none of %s", w.key, w.word, strings.TrimPrefix(strings.Join(w.known, ", "), ", "))
		}
	}
	return m.screens()
}
