package provisioning_test

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
	"cradle/provisioning/settings"
)

var update = flag.Bool("update", false, "write the golden files anew")

// state is one in which phones are shown.
type state struct {
	name  string
	step  directory.Step
	lines int // with somebody's home; -1: all
	delta bool
	door  provisioning.Door
	// settings are said for the device.
	settings map[string]string
	// keys: on every key of phone and two modules one of the types there are.
	keys bool
}

var states = []state{
	{name: "seen", step: directory.StepSeen},   // no secret
	{name: "lobby", step: directory.StepLobby}, // the device account only
	{name: "idle", step: directory.StepApproved, delta: true},
	{name: "line", step: directory.StepApproved, lines: 1, delta: true},
	{name: "full", step: directory.StepApproved, lines: -1, delta: true, keys: true, settings: everySetting()},
	{name: "secure", step: directory.StepApproved, lines: 1, delta: true, door: provisioning.DoorHTTPS,
		settings: map[string]string{"sip.transport": "tls", "sip.srtp": "required"}},
}

// common is the state of files that are the same for a whole model.
var common = state{name: "common", delta: true}

// maxGoldenLines bounds the lines of a phone that is shown full.
const maxGoldenLines = 64

// everySetting says something else than the default for whatever can be said,
// but what other states show.
func everySetting() map[string]string {
	texts := map[settings.Type]string{
		settings.Host: "host.example", settings.URL: "http://www.example/x", settings.Zone: "Europe/Berlin", settings.Tag: "de",
		settings.Country: "DE", settings.List: "pcma,g722",
	}
	all := map[string]string{}
	for _, s := range settings.Schema {
		switch {
		case slices.Contains([]string{"sip.transport", "sip.srtp", "provision.pnp", "provision.dhcp"}, s.Name):
		case s.Type == settings.Number:
			all[s.Name] = fmt.Sprint(max(s.Min, min(s.Max, 7)))
		case s.Type == settings.OneOf:
			all[s.Name] = s.Choices[len(s.Choices)-1]
		case s.Type == settings.Bool:
			all[s.Name] = fmt.Sprint(s.Default != "true")
		case texts[s.Type] != "":
			all[s.Name] = texts[s.Type]
		}
	}
	return all
}

// gallery is the world the golden files are made in: one transaction that is
// never committed, in which each phone is put up and taken down again.
type gallery struct {
	k      *kit
	tx     *directory.Tx
	people []directory.Extension
	shown  map[*catalog.Model]shown // the reference models
}

// shown is what one model's phone gets, by state and file.
type shown map[string]string

// TestGoldenFiles shows every model of the catalogue: the family's reference
// models in full, the others by what differs from one of these. Every file
// is well-formed and holds no secret that its phone has not earned.
func TestGoldenFiles(t *testing.T) {
	inGallery(t, func(g *gallery) {
		for _, v := range g.k.p.Catalog().Vendors() {
			t.Run(v.Name, func(t *testing.T) {
				for _, f := range v.Families {
					g.family(t, f)
				}
			})
		}
	})
}

var errEnough = errors.New("enough seen")

// inGallery runs a test in a world that is never kept.
func inGallery(t *testing.T, fn func(*gallery)) {
	t.Helper()
	k := newKit(t, kitOptions{
		config: func(c *provisioning.Config) {
			c.CA = []byte("-----BEGIN CERTIFICATE-----\n" + strings.Repeat("Q3JhZGxl", 8) + "\nQ0E=\n-----END CERTIFICATE-----\n")
			c.Screens = func(context.Context, provisioning.Touch) provisioning.Shown { return provisioning.Shown{} }
		},
		site: func(s *directory.Site) { s.Adoption = directory.AdoptApprove },
	})
	err := k.dir.Update(t.Context(), directory.Actor{Kind: "system", Name: "test"}, func(tx *directory.Tx) error {
		g := &gallery{k: k, tx: tx, shown: map[*catalog.Model]shown{}}
		if err := g.invite(); err != nil {
			return err
		}
		fn(g)
		return errEnough
	})
	if !errors.Is(err, errEnough) {
		t.Fatal(err)
	}
}

// invite makes somebody for every line there can be.
func (g *gallery) invite() error {
	g.people = []directory.Extension{g.k.ada}
	for i := 2; i <= maxGoldenLines; i++ {
		e := directory.Extension{Organization: g.k.org.ID, Site: g.k.site.ID, Number: fmt.Sprint(100 + i), Name: fmt.Sprintf("Person %d", i)}
		if err := g.tx.PutExtension(&e); err != nil {
			return err
		}
		g.people = append(g.people, e)
	}
	for i, feature := range []string{"pickup", "park", "transfer", "dnd", "forward", "record", "queue", "seat", "voicemail"} {
		if err := g.tx.PutCode(&directory.Code{Organization: g.k.org.ID, Digits: fmt.Sprintf("*%d", 50+i), Feature: feature}); err != nil {
			return err
		}
	}
	for _, c := range []directory.Contact{
		{First: "Grace", Last: "Hopper <&>", Company: "Navy", Email: "grace@example.com", Speed: "12", Numbers: []directory.ContactNumber{{Kind: "office", Number: "+12025550101"}, {Kind: "mobile", Number: "+12025550102"}}},
		{First: "Jürgen", Last: "Groß", Numbers: []directory.ContactNumber{{Kind: "home", Number: "+498999998765432109876"}}},
		{Company: `Taxi "Black"`, Numbers: []directory.ContactNumber{{Kind: "other", Number: "0800123456"}}},
		{First: "Site", Last: "Desk", Site: g.k.site.ID, Numbers: []directory.ContactNumber{{Number: "200"}}},
		{First: "My", Last: "Dentist", Extension: g.k.ada.ID, Numbers: []directory.ContactNumber{{Kind: "home", Number: "0301234567"}}},
	} {
		c.Organization = g.k.org.ID
		if err := g.tx.PutContact(&c); err != nil {
			return err
		}
	}
	return nil
}

// keyTypes is every type of key but the lines', in the order in which they are laid out.
var keyTypes = []string{
	"blf", "speed", "none", "park", "pickup", "transfer", "dnd", "forward", "record", "queue", "login", "logout", "xml", "voicemail", "conference", "hold", "redial",
}

// layOut leaves the first keys of a phone to its lines, and fills the others and
// those of two expansion modules. A key's type goes by its position, so that
// models differ by little.
func layOut(m *catalog.Model) (keys []directory.Key) {
	of := []int{cmp.Or(m.Keys, len(keyTypes))}
	for range min(2, m.Expansion.Max) {
		of = append(of, m.Expansion.Keys)
	}
	for module, count := range of {
		first := 1
		if module == 0 {
			first += max(1, min(m.Lines, count/3))
		}
		for position := first; position <= count && len(keys) < 500; position++ {
			k := directory.Key{Module: module, Position: position, Type: keyTypes[(position+len(keyTypes)-2)%len(keyTypes)]}
			switch k.Type {
			case "blf":
				k.Value = "102"
			case "speed":
				k.Value, k.Label = "0301234567", "Taxi & <Co>"
			case "xml":
				k.Value, k.Label = "http://www.example/menu.xml", "Menu"
			}
			keys = append(keys, k)
		}
	}
	return keys
}

func (g *gallery) family(t *testing.T, f *catalog.Family) {
	folder := filepath.Join("..", "templates", "devices", f.Folder(), "golden")
	reference := g.reference(f)
	if reference == nil {
		t.Errorf("%s has no golden models, nor has a family it inherits", f.Folder())
		return
	}
	var written []string
	for _, m := range f.Models {
		full := slices.Contains(f.Goldens, m)
		if full {
			written = append(written, fullNames(m)...)
		} else {
			written = append(written, m.Name+".delta")
		}
		t.Run(m.Name, func(t *testing.T) {
			if !full {
				compare(t, filepath.Join(folder, m.Name+".delta"), delta(reference.Name, g.show(t, reference, reference), g.show(t, m, reference)))
				return
			}
			for name, text := range g.show(t, m, m) {
				compare(t, filepath.Join(folder, m.Name+"."+fileName(m, name)), text)
			}
		})
	}
	t.Run(f.Name+" has no other golden files", func(t *testing.T) { noOthers(t, folder, written) })
}

// reference is the model whose files stand for a family: the golden one with the
// most lines and keys, because what is missing takes less room than what is more,
// or that of the family it inherits.
func (g *gallery) reference(f *catalog.Family) *catalog.Model {
	for _, folder := range f.Chain {
		vendor, name, _ := strings.Cut(folder, "/")
		for _, above := range g.k.p.Catalog().Vendor(vendor).Families {
			if above.Name == name && len(above.Goldens) > 0 {
				return slices.MaxFunc(above.Goldens, func(a, b *catalog.Model) int { return cmp.Or(a.Lines-b.Lines, a.Keys-b.Keys) })
			}
		}
	}
	return nil
}

// show gives every file of a model in every state, with the MAC of the reference.
func (g *gallery) show(t *testing.T, m, reference *catalog.Model) shown {
	t.Helper()
	if known := g.shown[m]; known != nil {
		return known
	}
	s := shown{}
	for _, st := range append([]state{common}, states...) {
		g.inState(t, m, reference.SampleMAC(), st, s)
	}
	if m == reference {
		g.shown[m] = s
	}
	return s
}

func (g *gallery) inState(t *testing.T, m *catalog.Model, mac string, st state, s shown) {
	t.Helper()
	d := g.putUp(t, m, mac, st)
	defer g.takeDown(t, d)
	for _, f := range m.Family.Files {
		for _, book := range booksOf(m, f, st) {
			s[st.name+" "+strings.ReplaceAll(f.Name, "{book}", book)] = g.ask(t, m, d, f, st, book)
		}
	}
}

// booksOf says whether a file is shown in a state, and for which phonebooks: one
// empty name for files that are none.
func booksOf(m *catalog.Model, f *catalog.File, st state) []string {
	switch kind := f.Kind; {
	case kind == catalog.Phonebook && st.name == "full" && !strings.Contains(f.Name, "{book}"):
		return []string{"company"}
	case kind == catalog.Phonebook && st.name == "full":
		var books []string
		for _, b := range m.Abilities().Books {
			if strings.ReplaceAll(f.Name, "{book}", b.Kind) == b.File {
				books = append(books, b.Kind)
			}
		}
		return books
	case kind == catalog.Common && st.name == common.name, kind == catalog.Device && st.name != common.name, kind == catalog.Page && m.Draws(f) && (st.name == "idle" || st.name == "line" && f.Screen == catalog.IdleScreen):
		return []string{""}
	}
	return nil
}

// fullNames are the golden files of a reference model.
func fullNames(m *catalog.Model) []string {
	var names []string
	for _, st := range append([]state{common}, states...) {
		for _, f := range m.Family.Files {
			for _, book := range booksOf(m, f, st) {
				names = append(names, m.Name+"."+fileName(m, st.name+" "+strings.ReplaceAll(f.Name, "{book}", book)))
			}
		}
	}
	return names
}

// fileName is the rest of a golden file's name for "state pattern".
func fileName(m *catalog.Model, shown string) string {
	st, pattern, _ := strings.Cut(shown, " ")
	return st + "." + strings.ReplaceAll(m.FileName(pattern, m.SampleMAC()), "/", "_")
}

// putUp connects a phone; nil for files that are of no phone.
func (g *gallery) putUp(t *testing.T, m *catalog.Model, mac string, st state) *directory.Device {
	t.Helper()
	if st.step == "" {
		return nil
	}
	d := directory.Device{
		Organization: g.k.org.ID, Site: g.k.site.ID, MAC: directory.MAC(mac), Model: m.Name, Step: st.step, Approved: g.k.clock(), PhoneID: "482711",
		AdminPassword: directory.NewSecret("AdminSecret12345"), UserPassword: directory.NewSecret("UserSecret123456"),
		Token: directory.HashToken("tokentokentokentokentoken2"), TokenSealed: directory.NewSecret("tokentokentokentokentoken2"),
	}
	homes := st.lines
	if homes < 0 {
		homes = min(m.Lines, maxGoldenLines)
	}
	for i := range max(homes, 1) {
		line := directory.Line{Account: directory.Account{User: fmt.Sprintf("d7f3k2m%d", 9+i), Secret: directory.NewSecret("LineSecret123456")}}
		if i < homes || st.lines < 0 {
			line.Home = g.people[i].ID
		}
		d.Lines = append(d.Lines, line)
	}
	if st.keys {
		l := directory.Layout{Organization: g.k.org.ID, Name: "full", Keys: layOut(m)}
		must(t, g.tx.PutLayout(&l))
		d.Layout, d.Modules = l.ID, min(2, m.Expansion.Max)
	}
	must(t, g.tx.PutDevice(&d))
	for name, value := range st.settings {
		must(t, g.tx.SetSetting(directory.Scope{Kind: "device", ID: string(d.ID)}, name, value))
	}
	return &d
}

func (g *gallery) takeDown(t *testing.T, d *directory.Device) {
	t.Helper()
	if d == nil {
		return
	}
	must(t, g.tx.DeleteDevice(d.ID))
	if d.Layout != "" {
		must(t, g.tx.DeleteLayout(d.Layout))
	}
}

// ask gets one file, and judges it.
func (g *gallery) ask(t *testing.T, m *catalog.Model, d *directory.Device, f *catalog.File, st state, book string) string {
	t.Helper()
	door := st.door
	if door == "" {
		door = provisioning.DoorHTTP
	}
	snap := g.tx.Snapshot()
	if d != nil {
		d = snap.Device(d.ID) // what is kept: the other is written to when this world ends
	}
	resp := provisioning.InSnapshot(g.k.p, snap, request(door, inside, "/", ""), m, d, f, book)
	if resp.Status != 200 {
		t.Fatalf("%s in state %s: %d, %s", f.Name, st.name, resp.Status, resp.Body)
	}
	if err := f.Check(resp.Body); err != nil {
		t.Errorf("%s in state %s: %v", f.Name, st.name, err)
	}
	secrets(t, st.step, f.Kind, resp.Body)
	return string(resp.Body)
}

// secrets holds the ladder against the bytes.
func secrets(t *testing.T, step directory.Step, kind catalog.Kind, body []byte) {
	t.Helper()
	for secret, allowed := range map[string]bool{
		"LineSecret123456": step != directory.StepSeen, "AdminSecret12345": step == directory.StepApproved, "UserSecret123456": step == directory.StepApproved,
		"d7f3k2m9": step != directory.StepSeen, "tokentoken": true,
	} {
		password := strings.Contains(secret, "Secret")
		if contains(body, secret) && (!allowed || kind == catalog.Common || password && kind != catalog.Device) {
			t.Errorf("a %s file of a device at step %s holds %s", kind, step, secret)
		}
	}
}

func compare(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		must(t, os.MkdirAll(filepath.Dir(file), 0o755))
		must(t, os.WriteFile(file, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Errorf("%v (make golden writes it)", err)
	} else if string(want) != got {
		t.Errorf("%s differs:\n%s", file, delta("the file", shown{"golden " + filepath.Base(file): string(want)}, shown{"golden " + filepath.Base(file): got}))
	}
}

// noOthers finds golden files of which nothing knows any more.
func noOthers(t *testing.T, folder string, written []string) {
	entries, err := os.ReadDir(folder)
	if err != nil && !*update {
		t.Error(err)
	}
	for _, e := range entries {
		if slices.Contains(written, e.Name()) {
			continue
		}
		if *update {
			must(t, os.Remove(filepath.Join(folder, e.Name())))
			continue
		}
		t.Errorf("%s: nothing makes it any more", filepath.Join(folder, e.Name()))
	}
}
