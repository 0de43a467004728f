package catalog_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"cradle/provisioning/catalog"
	"cradle/provisioning/settings"
)

// rich says every key there is; its clone of another vendor inherits it.
func rich() fstest.MapFS {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	shelf := good()
	for name, text := range map[string]string{
		"acme/big/model.yaml": `format: colon
content_type: text/x-acme
clear: none
notify: {reboot: check-sync;reboot}
languages: {de: Deutsch}
tones: {DE: germany, CH: swiss}
frame: {first: "#!v", last: "", eol: crlf, max_line: 200, max_bytes: 9000, again: [blf]}
facts: {blf: "16", line: "15"}
firmwares:
  - {below: "2.0", facts: {blf: "old"}}
  - {from: "2.0", below: "3.0", facts: {blf: "13"}}
keys: {types: {line: L, blf: B, speed: S}}
phonebook: {books: [company, personal], max_entries: 300}
actions: {registered: action_url.registered}
tls: {authority: inline, min: "1.2", sips: true, srtp: true, client: true}
firmware: {url: true, files: ["big-{version}.rom"]}
limits: {secret: 20}
defaults: {codecs: [pcma], display: page document, sure: unsure, kind: desk, lines: 2, soft_keys: 4, screen: mono, facts: {line: "ln"}}
models:
  acme-big: {label: Acme Big, agents: [Big], keys: 4, code: F0V.1, prefixes: ["02aabbc"], expansion: {module: E, max: 2, keys: 20}, notes: ["A limit."]}
  acme-huge: {label: Acme Huge, agents: [Huge], kind: ata, login: none, remote_login: false, facts: {blf: "99"}}
golden: [acme-big]
files:
  - {name: "{MAC:dashes}.big", template: phone.tmpl, bootstrap: phone.tmpl}
  - {name: "{mac}.md5", kind: md5, of: "{MAC:dashes}.big"}
  - {name: "{mac}-{book}.xml", kind: phonebook, template: book.tmpl, format: xml, content_type: text/xml}
  - {name: "{mac}-idle.xml", kind: page, screen: idle, template: book.tmpl, format: xml, frame: {max_bytes: 100}}
  - {name: "{mac}.log", kind: absent, upload: true}
boot: {user_agent: "Acme {model} {firmware} {mac}", doors: [http, tftp], asks: [{file: "{mac}.md5", optional: true}, {file: "{MAC:dashes}.big", range: true}], uploads: ["{mac}.log"], http10: true, double_slash: true}
`,
		"acme/big/phone.tmpl":   "#!v\n{{template \"key.tmpl\"}}",
		"acme/big/key.tmpl":     "blf: {{fact \"blf\"}}\nempty: {{orclear \"\"}}\n",
		"acme/big/book.tmpl":    "<a/>\n",
		"clone/vendor.yaml":     "label: Clone\nuser_agents: ['^Clone (?P<model>\\w+)']\nformat: keyvalue\ncontent_type: text/plain\nfallback: clone-one\nnotify: {settings: x, reboot: y}\n",
		"clone/same/model.yaml": "inherits: acme/big\nmodels:\n  clone-one: {label: Clone One, agents: [One]}\n",
		"clone/part/model.yaml": "inherits: clone/same\nclear: \"\"\nfacts: {line: mine, extra: x}\nkeys: {types: {blf: own, speed: \"-\"}}\nactions: ~\ntls: {sips: false}\ndefaults: {lines: 5}\nmodels:\n  clone-two: {label: Clone Two, agents: [Two]}\n",
		"clone/part/key.tmpl":   "own: {{fact \"extra\"}}{{orclear \"\"}}\n",
	} {
		shelf[name] = file(text)
	}
	return shelf
}

func loaded(t *testing.T, shelf fstest.MapFS) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load(shelf)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func rendered(t *testing.T, m *catalog.Model, file, firmware string) string {
	t.Helper()
	out, err := m.Family.Named(file).Template.Execute(nil, settings.Shape().New(), m.Facts(firmware))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestEveryKeyIsRead(t *testing.T) {
	c := loaded(t, rich())
	m, a := c.Model("acme-big"), c.Model("acme-big").Abilities()
	f := m.Family
	books := []settings.Book{{Kind: "company", File: "{mac}-company.xml"}, {Kind: "personal", File: "{mac}-personal.xml"}}
	for what, holds := range map[string]bool{
		"format":    f.Format == "colon" && f.Files[0].Format == "colon" && f.Files[2].Format == "xml",
		"content":   f.Files[0].ContentType == "text/x-acme" && f.Files[2].ContentType == "text/xml",
		"notify":    f.Resync == catalog.Events{Resync: "check-sync", Reboot: "check-sync;reboot"} && m.Vendor.Resync.Reboot == "check-sync",
		"frame":     f.Files[0].Frame.MaxBytes == 9000 && f.Files[0].Frame.Again[0] == "blf" && f.Files[2].Frame.First == "" && f.Files[3].Frame.MaxBytes == 100,
		"tls":       f.TLS == catalog.TLS{Authority: true, Inline: true, AuthoritySure: "template", Min: "1.2", SIPS: true, SRTP: true, Client: true},
		"model":     m.Kind == "desk" && m.Lines == 2 && m.SoftKeys == 4 && m.Screen == "mono" && m.Login == (catalog.Way{By: "code", Sure: "unsure"}) && m.Display == (catalog.Way{By: "page", Sure: "document"}) && m.RemoteLogin && m.Notes[0] == "A limit.",
		"huge":      c.Model("acme-huge").Kind == "ata" && c.Model("acme-huge").Login.By == "none" && !c.Model("acme-huge").RemoteLogin,
		"boot":      f.Boot.HTTP10 && f.Boot.DoubleSlash && f.Boot.Asks[1].Range && f.Boot.Uploads[0] == "{mac}.log",
		"digest":    f.Files[1].Of == f.Files[0] && f.Files[1].Own(),
		"abilities": a.Modules == settings.Modules{Max: 2, Keys: 20} && a.KeyTypes["blf"] == "B" && a.Tones["CH"] == "swiss" && a.Actions["registered"] != "" && a.BookEntries == 300 && a.Firmware[0] == "big-{version}.rom" && a.Languages["de"] == "Deutsch",
		"books":     slices.Equal(a.Books, books) && a.IdlePage == "{mac}-idle.xml",
		"sample":    m.SampleMAC() == "02aabbc12345" && c.Model("acme-one").SampleMAC() == "02aabb123456" && c.Model("clone-one").SampleMAC() == "02c0de123456",
		"names":     m.FileName("{MAC:dashes} {mac:underscores} {code}", "02aabbccddee") == "02-AA-BB-CC-DD-EE 02_aa_bb_cc_dd_ee F0V.1",
		"says":      m.Says("{model} {MAC:colons}", "02aabbccddee") == "Big 02:AA:BB:CC:DD:EE",
	} {
		if !holds {
			t.Errorf("%s is not as it was written: %+v", what, f)
		}
	}
}

func TestFactsByModelAndFirmware(t *testing.T) {
	c := loaded(t, rich())
	for _, want := range []struct{ model, firmware, blf string }{
		{"acme-big", "", "16"}, {"acme-big", "1.9", "old"}, {"acme-big", "2.0", "13"}, {"acme-big", "2.99.1", "13"}, {"acme-big", "3.0", "16"},
		{"acme-huge", "", "99"}, {"acme-huge", "3.0", "99"}, {"acme-huge", "2.1", "13"}, {"clone-one", "2.1", "13"},
	} {
		if got := rendered(t, c.Model(want.model), "{MAC:dashes}.big", want.firmware); !strings.Contains(got, "blf: "+want.blf+"\r\n") {
			t.Errorf("%s with firmware %q: %q", want.model, want.firmware, got)
		}
	}
}

func TestInherited(t *testing.T) {
	c := loaded(t, rich())
	one, two := c.Model("clone-one"), c.Model("clone-two")
	if got := rendered(t, one, "{MAC:dashes}.big", ""); got != "#!v\r\nblf: 16\r\nempty: none\r\n" {
		t.Errorf("all of it: %q", got)
	}
	if got := rendered(t, two, "{MAC:dashes}.big", ""); got != "#!v\r\nown: x\r\n" {
		t.Errorf("with a part of its own: %q", got)
	}
	switch {
	case one.Lines != 2 || two.Lines != 5 || one.Family.Format != "colon" || one.Vendor.Name != "clone":
		t.Error("defaults or format are not inherited")
	case one.Family.KeyTypes["blf"] != "B" || two.Family.KeyTypes["blf"] != "own" || two.Family.KeyTypes["line"] != "L":
		t.Error("key types are not laid over each other")
	case two.Family.KeyTypes["speed"] != "" || len(two.Family.Actions) != 0 || one.Family.KeyTypes["speed"] != "S" || len(one.Family.Actions) != 1:
		t.Error("what a child takes away is still there, or gone from its parent")
	case !one.Family.TLS.SIPS || two.Family.TLS.SIPS || !two.Family.TLS.SRTP:
		t.Error("tls is not laid over")
	case len(one.Family.Goldens) != 0 || len(one.Family.Models) != 1:
		t.Error("models or golden are inherited")
	case !slices.Equal(two.Family.Chain, []string{"clone/part", "clone/same", "acme/big"}):
		t.Error(two.Family.Chain)
	case !slices.Equal(two.Family.FactNames(), []string{"blf", "extra", "line"}):
		t.Error(two.Family.FactNames())
	}
}

func TestOwners(t *testing.T) {
	shelf := rich()
	shelf["clone/vendor.yaml"].Data = append(shelf["clone/vendor.yaml"].Data, "mac_prefixes: [\"02aabb\", \"02AABBD4\"]\n"...)
	c := loaded(t, shelf)
	for mac, want := range map[string]string{"02aabb000000": "acme clone", "02aabbc00000": "acme-big", "02aabbd40000": "clone", "02aabbd50000": "acme clone", "0": "", "020000000000": ""} {
		var got []string
		for _, o := range c.Owners(mac) {
			if o.Model != nil {
				got = append(got, o.Model.Name)
			} else {
				got = append(got, o.Vendor.Name)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s belongs to %v, want %q", mac, got, want)
		}
	}
}

func TestAskedBooks(t *testing.T) {
	c := loaded(t, rich())
	for name, want := range map[string]string{"02aabbccddee-company.xml": "company", "02-AA-BB-CC-DD-EE-Personal.XML": "personal", "02aabbccddee-site.xml": "", "02_aa_bb_cc_dd_ee.big": ""} {
		matches, mac := c.Asked(name)
		if want == "" && !strings.HasSuffix(name, ".big") {
			if matches != nil {
				t.Errorf("%s is %+v", name, matches)
			}
			continue
		}
		if len(matches) != 3 || matches[0].Book != want || mac != "02aabbccddee" { // the family and the two that inherit it
			t.Errorf("%s is %+v", name, matches)
		}
	}
}

// TestFamilyFaultsAreNamed breaks one of the richer keys at a time.
func TestFamilyFaultsAreNamed(t *testing.T) {
	deep := func(shelf fstest.MapFS, n int) {
		for i := range n {
			shelf[fmt.Sprintf("clone/d%d/model.yaml", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "inherits: clone/d%d\nmodels:\n  clone-d%d: {label: D, agents: [D]}\n", i+1, i)}
		}
		shelf[fmt.Sprintf("clone/d%d/model.yaml", n)] = &fstest.MapFile{Data: fmt.Appendf(nil, "inherits: acme/big\nmodels:\n  clone-d%d: {label: D, agents: [D]}\n", n)}
	}
	shelf := rich()
	deep(shelf, 3)
	if c, err := catalog.Load(shelf); err != nil || len(c.Model("clone-d0").Family.Chain) != 5 {
		t.Errorf("four deep: %v", err)
	}
	deep(shelf, 4)
	if _, err := catalog.Load(shelf); !errors.Is(err, catalog.ErrInvalid) || !strings.Contains(err.Error(), "deep") {
		t.Errorf("five deep: %v", err)
	}
	for _, c := range []struct{ file, old, new, says string }{
		{"acme/big/model.yaml", "format: colon", "format: ini", "format"},
		{"acme/big/model.yaml", "eol: crlf", "eol: cr", "frame.eol"},
		{"acme/big/model.yaml", "max_line: 200", "max_line: -1", "max_line"},
		{"acme/big/model.yaml", "below: \"2.0\", facts: {blf: \"old\"}", "facts: {blf: x}", "firmwares[0]"},
		{"acme/big/model.yaml", "below: \"3.0\"", "below: \"2.0\"", "firmwares[1]"},
		{"acme/big/model.yaml", "facts: {blf: \"13\"}", "facts: {nobody: x}", "nobody"},
		{"acme/big/model.yaml", "facts: {line: \"ln\"}", "facts: {nobody: x}", "nobody"},
		{"acme/big/model.yaml", "facts: {blf: \"99\"}", "facts: {nobody: x}", "nobody"},
		{"acme/big/model.yaml", "facts: {blf: \"16\", line: \"15\"}", "facts: {line: \"15\"}", "blf"},
		{"acme/big/model.yaml", "{line: L,", "{lines: L,", "keys.types"},
		{"acme/big/model.yaml", "books: [company,", "books: [family,", "phonebook.books"},
		{"acme/big/model.yaml", "max_entries: 300", "max_entries: -1", "max_entries"},
		{"acme/big/model.yaml", "{registered:", "{sleeping:", "actions"},
		{"acme/big/model.yaml", "authority: inline", "authority: true", "tls.authority"},
		{"acme/big/model.yaml", "authority: inline", "authority: inline perhaps", "tls.authority"},
		{"acme/big/model.yaml", "authority: inline", "authority: file", "no file of kind authority"},
		{"acme/big/model.yaml", "min: \"1.2\"", "min: \"2\"", "tls.min"},
		{"acme/big/model.yaml", "big-{version}.rom", "big {version}.rom", "firmware.files"},
		{"acme/big/model.yaml", "kind: ata", "kind: toaster", "kind"},
		{"acme/big/model.yaml", "screen: mono", "screen: big", "screen"},
		{"acme/big/model.yaml", "login: none", "login: voice", "login"},
		{"acme/big/model.yaml", "02aabbc", "02", "prefixes"},
		{"acme/big/model.yaml", "soft_keys: 4", "soft_keys: 21", "soft_keys"},
		{"acme/big/model.yaml", "max: 2,", "max: 13,", "expansion.max"},
		{"acme/big/model.yaml", "kind: md5, of: \"{MAC:dashes}.big\"", "kind: md5", "of"},
		{"acme/big/model.yaml", "of: \"{MAC:dashes}.big\"", "of: \"{mac}.log\"", "of"},
		{"acme/big/model.yaml", "{mac}-idle.xml", "{mac}-{book}-idle.xml", "{book}"},
		{"acme/big/model.yaml", "{mac}-idle.xml", "{Mac}-idle.xml", "file name"},
		{"acme/big/model.yaml", "kind: page, screen: idle, template: book.tmpl", "kind: page", "template"},
		{"acme/big/model.yaml", "kind: page, screen: idle,", "kind: page, screen: big,", "screen"},
		{"acme/big/model.yaml", "kind: page, screen: idle,", "kind: page,", "acme-big: it needs a file that draws the screen idle"},
		{"acme/big/model.yaml", "{mac}.log\", kind: absent,", "{mac}.log\", kind: absent, screen: menu,", "screen"},
		{"acme/big/model.yaml", "display: page document", "display: page perhaps", "display"},
		{"acme/big/model.yaml", "login: none", "login: xml", "acme-huge: it needs a file that draws the screen menu"},
		{"acme/big/model.yaml", "frame: {max_bytes: 100}", "frame: {eol: x}", "frame.eol"},
		{"acme/big/model.yaml", "range: true", "method: DELETE", "boot.asks[1]"},
		{"acme/big/model.yaml", "uploads: [\"{mac}.log\"]", "uploads: [\"{mac}.md5\"]", "boot.uploads"},
		{"acme/big/phone.tmpl", "key.tmpl", "none.tmpl", "none.tmpl"},
		{"acme/big/phone.tmpl", "key.tmpl", "phone.tmpl", "itself"},
		{"clone/same/model.yaml", "acme/big", "acme/none", "model.yaml"},
		{"clone/same/model.yaml", "acme/big", "nobody/big", "inherits"},
		{"clone/same/model.yaml", "acme/big", "clone/part", "itself"},
		{"clone/same/model.yaml", "acme/big", "../acme", "inherits"},
		{"clone/vendor.yaml", "user_agents: ['^Clone (?P<model>\\w+)']", "user_agents: []", "user_agents"},
	} {
		shelf := rich()
		text := string(shelf[c.file].Data)
		if !strings.Contains(text, c.old) {
			t.Fatalf("%s has no %q", c.file, c.old)
		}
		shelf[c.file] = &fstest.MapFile{Data: []byte(strings.Replace(text, c.old, c.new, 1))}
		if _, err := catalog.Load(shelf); !errors.Is(err, catalog.ErrInvalid) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s with %q: %v, want it to say %q", c.file, c.new, err, c.says)
		}
	}
}

// FuzzModel: whatever a family says, loading gives a shelf or a named fault.
func FuzzModel(f *testing.F) {
	for name, file := range rich() {
		if strings.HasSuffix(name, "/model.yaml") {
			f.Add(file.Data)
		}
	}
	f.Fuzz(func(t *testing.T, model []byte) {
		shelf := rich()
		shelf["clone/part/model.yaml"] = &fstest.MapFile{Data: model}
		if _, err := catalog.Load(shelf); err != nil && !errors.Is(err, catalog.ErrInvalid) {
			t.Fatal(err)
		}
	})
}
