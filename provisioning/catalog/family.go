package catalog

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"cradle/provisioning/render"
	"cradle/provisioning/settings"
)

// The words that model.yaml may use for what all vendors have.
var (
	knownKeys   = []string{"none", "line", "blf", "speed", "park", "pickup", "transfer", "dnd", "forward", "record", "queue", "login", "logout", "xml", "voicemail", "conference", "hold", "redial"}
	knownEvents = []string{
		"boot", "registered", "unregistered", "offhook", "onhook", "incoming", "outgoing", "answered", "ended",
		"dnd_on", "dnd_off", "forward_on", "forward_off", "idle",
	}
	knownBooks = []string{"company", "site", "personal"}
	knownTLS   = []string{"", "1.0", "1.1", "1.2", "1.3"}
)

// family makes one family of what was read.
func (l *loader) family(v *Vendor, folder string) (*Family, error) {
	file := path.Join(folder, "model.yaml")
	read, err := l.read(folder, nil)
	if err != nil {
		return nil, err
	}
	y := &read.yaml
	f := &Family{
		Name: path.Base(folder), Vendor: v, Secrets: y.Limits.Secret, OnlyTFTP: y.OnlyTFTP, Reboots: y.Reboots, folder: folder, Chain: read.chain,
		TLS:    TLS{Min: y.TLS.Min, SIPS: y.TLS.SIPS, SRTP: y.TLS.SRTP, Client: y.TLS.Client},
		Format: render.Format(y.Format), Frame: y.Frame.frame(), Resync: y.Notify.events(),
		KeyTypes: y.Keys.Types, Actions: y.Actions, Books: y.Phonebook.Books, BookEntries: y.Phonebook.MaxEntries,
	}
	f.part = func(name string) (string, error) {
		_, text, err := l.part(f.Chain, name)
		return text, err
	}
	for _, step := range []func() error{
		func() error { return y.check() },
		func() error { more, err := agents(y.Agents); v.Agents = append(v.Agents, more...); return err },
		func() error { return f.takeFacts(y) },
		func() error { f.Models, err = y.models(f); return err },
		func() error { f.Goldens, err = y.goldens(f); return err },
		func() error { f.Files, err = l.files(f, y); return err },
		func() error { return f.trusts(y) },
		func() error { return f.drawn() },
		func() error { f.Boot, err = y.boot(f); return err },
	} {
		if err := step(); err != nil {
			return nil, invalid(file, err)
		}
	}
	f.abilities(y)
	return f, nil
}

// check judges what is not judged where it is used.
func (y *familyYAML) check() error {
	if err := y.dialectYAML.check(); err != nil {
		return err
	}
	for _, list := range []struct {
		key   string
		said  []string
		known []string
	}{
		{"keys.types", slices.Sorted(maps.Keys(y.Keys.Types)), knownKeys},
		{"actions", slices.Sorted(maps.Keys(y.Actions)), knownEvents},
		{"phonebook.books", y.Phonebook.Books, knownBooks},
		{"tls.min", []string{y.TLS.Min}, knownTLS},
	} {
		for _, word := range list.said {
			if !slices.Contains(list.known, word) {
				return fmt.Errorf("%s: %q is none of %s", list.key, word, strings.Join(list.known, ", "))
			}
		}
	}
	if y.Phonebook.MaxEntries < 0 || y.Limits.Secret < 0 {
		return errors.New("phonebook.max_entries, limits.secret: less than 0")
	}
	for _, name := range y.Firmware.Files {
		if strings.Count(name, "{version}") > 1 || strings.ContainsAny(strings.ReplaceAll(name, "{version}", ""), "{}~?#\\ ") || name == "" {
			return fmt.Errorf("firmware.files: %q is no file name with {version} and *", name)
		}
	}
	return y.Frame.check()
}

func (y dialectYAML) check() error {
	switch {
	case !render.Format(y.Format).Valid():
		return fmt.Errorf("format: %q is none of %v", y.Format, render.Formats)
	case y.ContentType == "":
		return errors.New("content_type: is missing")
	case y.Notify.Settings == "" || y.Notify.Reboot == "":
		return errors.New("notify: settings and reboot must be given")
	case !slices.Contains([]Credential{"", AsAccount, AsAdmin}, Credential(y.Notify.Credential)):
		return fmt.Errorf("notify.credential: %q is none of %s, %s", y.Notify.Credential, AsAccount, AsAdmin)
	case strings.ContainsAny(y.Clear, "\r\n"):
		return errors.New("clear: holds a line break")
	}
	return nil
}

func (y frameYAML) check() error {
	switch {
	case y.EOL != "" && y.EOL != "lf" && y.EOL != "crlf":
		return fmt.Errorf("frame.eol: %q is none of lf, crlf", y.EOL)
	case y.MaxLine < 0 || y.MaxBytes < 0:
		return errors.New("frame: max_line, max_bytes: less than 0")
	}
	return nil
}

func (y frameYAML) frame() render.Frame {
	return render.Frame{First: y.First, Last: y.Last, EOL: y.EOL, MaxLine: y.MaxLine, MaxBytes: y.MaxBytes, Again: y.Again}
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

// abilities tells the settings what each model can do.
func (f *Family) abilities(y *familyYAML) {
	languages := make(map[string]string, len(y.Languages))
	for tag, word := range y.Languages {
		languages[strings.ToLower(tag)] = word
	}
	books := f.bookFiles()
	var firmware []string
	if y.Firmware.URL {
		firmware = y.Firmware.Files
	}
	for _, m := range f.Models {
		m.abilities = settings.Abilities{
			Model: m.Name, Label: m.Label, Vendor: f.Vendor.Name, File: m.File, Lines: m.Lines, Keys: m.Keys,
			Modules: settings.Modules{Max: m.Expansion.Max, Keys: m.Expansion.Keys}, KeyTypes: f.KeyTypes, Codecs: m.Codecs,
			Languages: languages, Zones: y.Zones, Tones: y.Tones, Actions: f.Actions,
			Books: books, BookEntries: f.BookEntries, Firmware: firmware, SIPS: f.TLS.SIPS,
			IdlePage: m.page(IdleScreen), MenuPage: m.page(MenuScreen), MenuKeys: m.page(MenuScreen) != "" && m.Login.Sure != "unsure",
			Hoteling: m.Hoteling != "" && m.Hoteling != "unsure",
		}
	}
}

// bookFiles are the phonebooks' files by book.
func (f *Family) bookFiles() (books []settings.Book) {
	for _, file := range f.Files {
		switch {
		case file.Kind != Phonebook:
		case !strings.Contains(file.Name, bookMark):
			books = append(books, settings.Book{Kind: knownBooks[0], File: file.Name})
		default:
			for _, book := range f.books() {
				books = append(books, settings.Book{Kind: book, File: strings.ReplaceAll(file.Name, bookMark, book)})
			}
		}
	}
	return books
}

// books are the phonebooks the family's phones can hold.
func (f *Family) books() []string {
	if f.Books != nil {
		return f.Books
	}
	return knownBooks
}
