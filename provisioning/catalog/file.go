package catalog

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"cradle/provisioning/render"
	"cradle/provisioning/settings"
)

func (l *loader) files(f *Family, y *familyYAML) ([]*File, error) {
	if len(y.Files) == 0 {
		return nil, errors.New("files: none")
	}
	out := make([]*File, 0, len(y.Files))
	for i, s := range y.Files {
		file, err := l.file(f, y, s)
		if err != nil {
			return nil, fmt.Errorf("files[%d] %s: %w", i, s.Name, err)
		}
		out = append(out, file)
	}
	for i, s := range y.Files {
		if out[i].Kind != Digest {
			continue
		}
		of := slices.IndexFunc(out, func(other *File) bool { return other.Name == s.Of && other.Template != nil })
		if of < 0 {
			return nil, fmt.Errorf("files[%d] %s: of: %q is none of the files with a template", i, s.Name, s.Of)
		}
		out[i].Of = out[of]
	}
	return out, nil
}

func (l *loader) file(f *Family, y *familyYAML, s fileYAML) (*File, error) {
	file := &File{
		Name: s.Name, Also: s.Also, Kind: Kind(cmp.Or(s.Kind, string(Device))), Screen: Screen(s.Screen), Upload: s.Upload, Family: f,
		ContentType: cmp.Or(s.ContentType, y.ContentType), Format: render.Format(cmp.Or(s.Format, y.Format)), Frame: f.Frame,
	}
	switch {
	case s.Frame != nil:
		if err := s.Frame.check(); err != nil {
			return nil, err
		}
		file.Frame = s.Frame.frame()
	case file.Format != f.Format || file.Kind == Page || file.Kind == Phonebook:
		file.Frame = render.Frame{} // the family's is that of its settings
	}
	if !file.Format.Valid() {
		return nil, fmt.Errorf("format: %q is none of %v", s.Format, render.Formats)
	}
	for _, name := range append([]string{s.Name}, s.Also...) {
		if err := checkPattern(name); err != nil {
			return nil, err
		}
	}
	if fault := s.fault(file.Kind); fault != "" {
		return nil, errors.New(fault)
	}
	return file, l.templates(file, y, s)
}

// fault says what does not belong together.
func (s fileYAML) fault(kind Kind) string {
	switch kind {
	case Device:
		if s.Template == "" || s.Bootstrap == "" {
			return "template and bootstrap must be given"
		}
	case Common, Page, Phonebook:
		if s.Template == "" || s.Bootstrap != "" {
			return fmt.Sprintf("a file of kind %s has a template and no bootstrap", kind)
		}
	case Absent, Authority, Client, Digest:
		if s.Template != "" || s.Bootstrap != "" {
			return fmt.Sprintf("a file of kind %s has no template", kind)
		}
	default:
		return fmt.Sprintf("kind: %q is none of device, common, page, phonebook, md5, absent, authority, certificate", kind)
	}
	switch {
	case s.Screen != "" && (kind != Page || !slices.Contains(knownScreens, Screen(s.Screen))):
		return fmt.Sprintf("screen: %q is none of %v, of a file of kind page", s.Screen, knownScreens)
	case (kind == Digest) != (s.Of != ""):
		return "of: belongs to kind md5, and it needs it"
	case strings.Contains(s.Name, bookMark) && kind != Phonebook && kind != Absent:
		return "only a phonebook's name holds {book}"
	}
	return ""
}

// templates compiles what makes the file.
func (l *loader) templates(file *File, y *familyYAML, s fileYAML) (err error) {
	switch file.Kind {
	case Device:
		if file.Template, file.source, err = l.compile(file, y, s.Template, render.Options{}); err == nil {
			file.Bootstrap, file.bootSource, err = l.compile(file, y, s.Bootstrap, render.Options{NoSecrets: true})
		}
	case Common:
		file.Template, file.source, err = l.compile(file, y, s.Template, render.Options{Common: true})
		file.Bootstrap, file.bootSource = file.Template, file.source
	case Page, Phonebook:
		file.Template, file.source, err = l.compile(file, y, s.Template, render.Options{NoSecrets: true})
		file.Bootstrap, file.bootSource = file.Template, file.source
	}
	return err
}

// sees tells which templates a chain of folders has in sight, and where.
func (l *loader) sees(chain []string) string {
	key := strings.Join(chain, " ")
	if known, is := l.inSight[key]; is {
		return known
	}
	at := map[string]string{}
	for _, folder := range slices.Backward(chain) {
		entries, _ := fs.ReadDir(l.fsys, folder) // what cannot be read is missed by name
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), ".tmpl") {
				at[e.Name()] = folder
			}
		}
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(at)) {
		b.WriteString(at[name] + "/" + name + " ")
	}
	l.inSight[key] = b.String()
	return b.String()
}

// made is a compiled template and what it was compiled from.
type made struct {
	template *render.Template
	source   *source
}

// compile makes a template; families that see the same sources share it.
func (l *loader) compile(file *File, y *familyYAML, name string, o render.Options) (*render.Template, *source, error) {
	f := file.Family
	where, text, err := l.part(f.Chain, name)
	if err != nil {
		return nil, nil, err
	}
	o.Name, o.Source, o.Format, o.Frame = where, text, file.Format, file.Frame
	o.Shape, o.Clear, o.Facts = settings.Shape(), y.Clear, f.facts
	o.Include = f.part
	key := fmt.Sprintf("%q %q %s %s %v %v %q %q", l.sees(f.Chain), name, o.Format, o.Frame.EOL, o.NoSecrets, o.Common, o.Clear, o.Facts)
	if known, is := l.compiled[key]; is {
		return known.template, known.source, nil
	}
	s := &source{options: o, part: name, parts: []string{name}}
	t, err := render.Compile(s.recorded())
	if err != nil {
		return nil, nil, err
	}
	l.compiled[key] = made{t, s}
	return t, s, nil
}

// part finds a template by its name, in the family's folder and then in those it inherits.
func (l *loader) part(chain []string, name string) (where, text string, err error) {
	if !strings.HasSuffix(name, ".tmpl") || !fs.ValidPath(name) || strings.Contains(name, "/") {
		return "", "", fmt.Errorf("template: %q is not a name.tmpl of this folder", name)
	}
	for _, folder := range chain {
		where = path.Join(folder, name)
		data, err := fs.ReadFile(l.fsys, where)
		if err == nil {
			return where, string(data), nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", "", err
		}
	}
	return "", "", fmt.Errorf("template: there is no %s in %s", name, strings.Join(chain, ", "))
}
