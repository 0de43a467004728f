package provisioning_test

import (
	"encoding/xml"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/provisioning/identify"
)

// What phones of other provisioning servers went wrong by, held against our files.

// file gives one file of a phone; edit changes the phone first.
func (g *gallery) file(t *testing.T, model, name string, st state, edit func(*directory.Device)) string {
	t.Helper()
	m := g.k.p.Catalog().Model(model)
	if m == nil {
		t.Fatalf("there is no %s", model)
	}
	d := g.putUp(t, m, m.SampleMAC(), st)
	defer g.takeDown(t, d)
	if edit != nil {
		edit(d)
		must(t, g.tx.PutDevice(d))
	}
	return g.ask(t, m, d, m.Family.Named(name), st, "")
}

// settingsFile is the name of the file that holds a family's accounts: where
// there are several of one device, the first ones only lead to the last.
func settingsFile(f *catalog.Family) (name string) {
	for _, file := range f.Files {
		if file.Kind == catalog.Device {
			name = file.Name
		}
	}
	return name
}

// everyFamily calls fn with a reference model of each family.
func (g *gallery) everyFamily(t *testing.T, fn func(t *testing.T, m *catalog.Model, file string)) {
	for _, v := range g.k.p.Catalog().Vendors() {
		for _, f := range v.Families {
			if m := g.reference(f); m != nil && m.Family == f {
				t.Run(f.Folder(), func(t *testing.T) { fn(t, m, settingsFile(f)) })
			}
		}
	}
}

var (
	oneLine, idle, seen, full = stateOf("line"), stateOf("idle"), stateOf("seen"), stateOf("full")
	// allLines has somebody at every line and the keys as they come.
	allLines = state{name: "all", step: directory.StepApproved, lines: -1}
	// safe is allLines by TLS with SRTP.
	safe = state{name: "safe", step: directory.StepApproved, lines: -1, settings: map[string]string{"sip.transport": "tls", "sip.srtp": "required"}}
)

func stateOf(name string) state {
	return states[slices.IndexFunc(states, func(s state) bool { return s.name == name })]
}

func TestAmpersandInASecretKeepsTheFileWhole(t *testing.T) {
	const awkward = `(a&b<c>'d"e);#%{f}$g=h:i`
	inGallery(t, func(g *gallery) {
		g.everyFamily(t, func(t *testing.T, m *catalog.Model, file string) {
			plain, password := g.file(t, m.Name, file, oneLine, nil), awkward
			if m.Family.Format == "words" { // a value of several words is refused there
				password = strings.ReplaceAll(password, `"`, "")
			}
			body := g.file(t, m.Name, file, oneLine, func(d *directory.Device) { // ask judges the file
				d.AdminPassword, d.UserPassword = directory.NewSecret(password), directory.NewSecret(password)
			})
			if m.Family.Format == "xml" && strings.Contains(plain, "AdminSecret12345") && !holdsInXML(body, awkward) {
				t.Error("what a phone reads as its password is another one")
			}
		})
	})
}

// holdsInXML looks for a text where a phone would find it: once the escapes are undone.
func holdsInXML(body, text string) bool {
	d := xml.NewDecoder(strings.NewReader(body))
	for {
		token, err := d.Token()
		switch token := token.(type) {
		case nil:
			return err == nil
		case xml.CharData:
			if strings.Contains(string(token), text) {
				return true
			}
		case xml.StartElement:
			for _, a := range token.Attr {
				if strings.Contains(a.Value, text) {
					return true
				}
			}
		}
	}
}

func TestLinesWithoutAPasswordAreEmptiedNotLeftOut(t *testing.T) {
	inGallery(t, func(g *gallery) {
		for model, want := range map[string]string{
			"yealink-t46u": "account.1.password = %NULL%", "grandstream-grp2614": `subscriber.password"></item>`, "grandstream-gxp1630": "<P34></P34>",
			"snom-d785": `<user_pass idx="1" perm="R"></user_pass>`, "cisco-spa504g": "<Password_1_></Password_1_>", "poly-vvx450": `reg.1.auth.password=""`, "aastra-6867i": "sip line1 password:\n",
		} {
			m := g.k.p.Catalog().Model(model)
			if body := g.file(t, model, settingsFile(m.Family), seen, nil); !strings.Contains(body, want) {
				t.Errorf("%s: no %q in\n%s", model, want, body)
			}
		}
	})
}

func TestNamesOfFilesInEitherCase(t *testing.T) {
	c := newKit(t, kitOptions{}).p.Catalog()
	finder := identify.New()
	for _, v := range c.Vendors() {
		for _, f := range v.Families {
			for _, m := range f.Models {
				for _, file := range f.Files {
					if m.Code == "" && strings.Contains(file.Name, "{code}") {
						continue
					}
					name := strings.ReplaceAll(m.FileName(file.Name, m.SampleMAC()), "{book}", "company")
					for _, asked := range []string{strings.ToUpper(name), strings.ToLower(name)} {
						found := finder.Find(c, identify.Clues{Path: "/" + asked})
						if !slices.ContainsFunc(found.Matches, func(match catalog.Match) bool { return match.File == file }) {
							t.Errorf("%s: %s is not found as %s", m.Name, file.Name, asked)
						}
					}
				}
			}
		}
	}
}

func TestEverySettingIsSpelledOneWay(t *testing.T) {
	name := regexp.MustCompile(`(?m)^\s*(?:SET )?([A-Za-z][\w.\[\]-]+)\s*[=:]|(?:name|id)="([\w.]+)"|<([A-Za-z]\w+)[ >]`)
	inGallery(t, func(g *gallery) {
		for _, v := range g.k.p.Catalog().Vendors() {
			spelled := map[string]string{}
			for _, f := range v.Families {
				m := g.reference(f)
				if m == nil || m.Family != f || f.Vendor.Name == "poly" { // its OBi firmware has words that differ by case alone
					continue
				}
				for _, found := range name.FindAllStringSubmatch(g.file(t, m.Name, settingsFile(f), oneLine, nil), -1) {
					word := found[1] + found[2] + found[3]
					if known := spelled[strings.ToLower(word)]; known != "" && known != word {
						t.Errorf("%s: %s and %s", f.Folder(), known, word)
					}
					spelled[strings.ToLower(word)] = word
				}
			}
		}
	})
}

func TestNothingIsLeftUnexpanded(t *testing.T) {
	inGallery(t, func(g *gallery) {
		g.everyFamily(t, func(t *testing.T, m *catalog.Model, file string) {
			for _, st := range states {
				body := g.file(t, m.Name, file, st, nil)
				for _, leftover := range []string{"{{", "}}", "<no value>", "%!", "{$", "${"} {
					if strings.Contains(body, leftover) {
						t.Errorf("%s: %q in\n%s", st.name, leftover, body)
					}
				}
			}
		})
	})
}

// TestModelsThatWereMissedElsewhere: each is there, and asks for files of its own.
func TestModelsThatWereMissedElsewhere(t *testing.T) {
	c := newKit(t, kitOptions{}).p.Catalog()
	finder := identify.New()
	for path, model := range map[string]string{
		"/y000000000054.cfg": "yealink-t40p", "/y000000000127.cfg": "yealink-t30p", "/y000000000007.cfg": "yealink-t20p", "/y000000000183.cfg": "yealink-t73w", "/y000000000188.cfg": "yealink-t77u",
		"/cfggrp2614.xml": "grandstream-grp2614", "/cfgwp810.xml": "grandstream-wp810", "/cfg.xml": "grandstream-gxp2170",
		"/46xxsettings.txt": "avaya-j139", "/J100Supgrade.txt": "avaya-j139", "/SEP002699123456.cnf.xml": "cisco-7965g", "/8841-3PCC.xml": "cisco-8841",
		"/algom0022ee123456.conf": "algo-8186", "/ipsolo-7c-1e-b3-12-34-56.xml": "2n-ipsolo", "/snomD865-000413123456.htm": "snom-d865",
	} {
		m := c.Model(model)
		if m == nil {
			t.Errorf("there is no %s", model)
			continue
		}
		found := finder.Find(c, identify.Clues{Path: path})
		if !slices.ContainsFunc(found.Matches, func(match catalog.Match) bool { return match.File.Family == m.Family }) {
			t.Errorf("%s is no file of %s", path, model)
		}
	}
}

// TestGigasetsWithSnomsPrefix: they are told apart by what they call themselves.
func TestGigasetsWithSnomsPrefix(t *testing.T) {
	c := newKit(t, kitOptions{}).p.Catalog()
	for agent, want := range map[string]string{
		"Mozilla/4.0 (compatible; snomD785-SIP 10.1.169.16 2010.12-00004 000413A1B2C3 SXM:0)":       "snom",
		c.Model("gigaset-p710").Says(c.Model("gigaset-p710").Family.Boot.UserAgent, "000413a1b2c3"): "gigaset",
	} {
		found := identify.New().Find(c, identify.Clues{Path: "/000413A1B2C3.xml", UserAgent: agent})
		if found.Vendor == nil || found.Vendor.Name != want || found.Liar != "" {
			t.Errorf("%s: %+v", agent, found)
		}
	}
}

func TestNewYealinksTakeTheBarePassword(t *testing.T) {
	inGallery(t, func(g *gallery) {
		for model, want := range map[string]string{
			"yealink-t73w": "\nstatic.security.user_password = AdminSecret12345\n", "yealink-t46u": "\nstatic.security.user_password = admin:AdminSecret12345\n",
		} {
			if body := g.file(t, model, "{mac}.cfg", oneLine, nil); !strings.Contains(body, want) {
				t.Errorf("%s: %s", model, body)
			}
		}
	})
}

func TestPolyDirectoriesAreFilled(t *testing.T) {
	inGallery(t, func(g *gallery) {
		m := g.k.p.Catalog().Model("poly-vvx450")
		d := g.putUp(t, m, m.SampleMAC(), oneLine)
		defer g.takeDown(t, d)
		i := slices.IndexFunc(m.Family.Files, func(f *catalog.File) bool { return f.Kind == catalog.Phonebook })
		if body := g.ask(t, m, d, m.Family.Files[i], oneLine, "company"); !strings.Contains(body, "<ct>+12025550101</ct>") || !strings.Contains(body, "Jürgen") {
			t.Error(body)
		}
	})
}

// TestSnomsKnowEmergencyNumbers: with an empty list they lock at power-up and ask for it.
func TestSnomsKnowEmergencyNumbers(t *testing.T) {
	inGallery(t, func(g *gallery) {
		for _, f := range g.k.p.Catalog().Vendor("snom").Families {
			m, file := f.Models[0], settingsFile(f)
			if len(f.KeyTypes) == 0 {
				continue // no desk phone
			}
			if body := g.file(t, m.Name, file, oneLine, nil); !regexp.MustCompile(`<keyboard_lock_emergency perm="R">[0-9 ]*112[0-9 ]*<`).MatchString(body) {
				t.Errorf("%s: no emergency numbers", m.Name)
			}
		}
	})
}

// TestQuoteInANameEndsNoValue: where a template itself writes quotes around a
// name, the name must not close them.
func TestQuoteInANameEndsNoValue(t *testing.T) {
	inGallery(t, func(g *gallery) {
		ada := g.people[0]
		ada.Name = `Ada "B" C`
		must(t, g.tx.PutExtension(&ada))
		for _, model := range []string{"snom-m3", "gigaset-n510-ip-pro", "gigaset-n720-dm-pro", "cisco-7960", "lg-ericsson-ip8802", "avaya-j179", "panasonic-kx-hdv230"} {
			m := g.k.p.Catalog().Model(model)
			for line := range strings.Lines(g.file(t, model, settingsFile(m.Family), oneLine, nil)) {
				if line = html.UnescapeString(line); strings.Contains(line, "Ada") && strings.Contains(line, `"B"`) {
					t.Errorf("%s: %s", model, line)
				}
			}
		}
	})
}
