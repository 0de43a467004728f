package catalog_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"cradle/provisioning/catalog"
	"cradle/templates"
)

func TestBuiltInCatalogue(t *testing.T) {
	c, err := catalog.Load(templates.FS())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"yealink-t46u", "snom-d785", "grandstream-grp2614", "poly-vvx450"} {
		m := c.Model(strings.ToUpper(name))
		if m == nil || m.Vendor.ByAgent(strings.ToLower(m.Agents[0])) != m {
			t.Errorf("no model %s", name)
		}
	}
	for _, m := range c.Models() {
		if !strings.HasPrefix(m.Name, m.Vendor.Name+"-") {
			t.Errorf("%s is on the shelf of %s", m.Name, m.Vendor.Name)
		}
	}
	if c.Model("polycom-vvx450") != c.Model("poly-vvx450") {
		t.Error("an alias is not the model")
	}
	if c.Model("nobody-1") != nil || c.Vendor("nobody") != nil || len(c.Vendors()) < 4 {
		t.Error("the shelf is not what it should be")
	}
}

func TestAsked(t *testing.T) {
	c, err := catalog.Load(templates.FS())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{
		"y000000000108.cfg": 1,
		"y000000000999.cfg": 0, "": 0, "x": 0, "805ec012345.cfg": 0, "805ec0123456.cfg.bak": 0, strings.Repeat("0", 400): 0, "80:5e-c0:12:34:56.cfg": 0,
	} {
		if got, _ := c.Asked(name); len(got) != want {
			t.Errorf("%q: %d files, want %d", name, len(got), want)
		}
	}
	for _, name := range []string{"805ec0123456.cfg", "80:5E:C0:12:34:56.CFG", "cfg805ec0123456.xml", "folder/cfg805ec0123456.xml"} {
		if got, _ := c.Asked(name); len(got) < 2 { // several vendors spell it so
			t.Errorf("%q: %d files", name, len(got))
		}
	}
}

// good is a made-up vendor, the smallest there can be.
func good() fstest.MapFS {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	return fstest.MapFS{
		"acme/vendor.yaml": file(`label: Acme
mac_prefixes: ["02aabb"]
user_agents: ['^Acme (?P<model>\w+) (?P<version>\S+) (?P<mac>[0-9a-f]{12})$']
format: keyvalue
content_type: text/plain
fallback: acme-one
notify: {settings: check-sync, reboot: check-sync}
`),
		"acme/x/model.yaml": file(`defaults: {codecs: [pcma], display: label, sure: unsure}
models:
  acme-one: {label: Acme One, agents: [One], lines: 1}
files:
  - {name: "{mac}.txt", template: a.tmpl, bootstrap: a.tmpl}
boot: {user_agent: "Acme {model} 1 {mac}", doors: [http], asks: [{file: "{mac}.txt"}]}
`),
		"acme/x/a.tmpl": file("#!version:1\nurl = {{.provision.url}}\n"),
	}
}

// TestFaultsAreNamed breaks one thing at a time: each is refused with the file
// and what is wrong in it.
func TestFaultsAreNamed(t *testing.T) {
	if _, err := catalog.Load(good()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ file, old, new, says string }{
		{"acme/vendor.yaml", "label: Acme", "", "label"},
		{"acme/vendor.yaml", "label: Acme", "lable: Acme", "lable"},
		{"acme/vendor.yaml", "02aabb", "02aab", "mac_prefixes"},
		{"acme/vendor.yaml", "02aabb", "02aabg", "mac_prefixes"},
		{"acme/vendor.yaml", `'^Acme`, `'^(Acme`, "user_agents[0]"},
		{"acme/vendor.yaml", "(?P<version>", "(?P<firmware>", "firmware"},
		{"acme/vendor.yaml", "keyvalue", "ini", "format"},
		{"acme/vendor.yaml", "text/plain", "", "content_type"},
		{"acme/vendor.yaml", "acme-one", "acme-two", "fallback"},
		{"acme/vendor.yaml", "settings: check-sync", "settings: ''", "notify"},
		{"acme/vendor.yaml", "reboot: check-sync", "reboot: check-sync, credential: root", "notify.credential"},
		{"acme/vendor.yaml", "label: Acme", "label: Acme\n---\nlabel: B", "more than one"},
		{"acme/x/model.yaml", "acme-one:", "Acme:", "name"},
		{"acme/x/model.yaml", "label: Acme One, ", "", "label"},
		{"acme/x/model.yaml", "agents: [One], ", "", "agents"},
		{"acme/x/model.yaml", "lines: 1", "lines: -1", "lines"},
		{"acme/x/model.yaml", "lines: 1", "lines: 1, code: 1 2", "code"},
		{"acme/x/model.yaml", "lines: 1", "lines: 1, colour: red", "colour"},
		{"acme/x/model.yaml", "[pcma]", "[mp3]", "mp3"},
		{"acme/x/model.yaml", "[pcma]", "[]", "codecs"},
		{"acme/x/model.yaml", "display: label", "display: big", "display"},
		{"acme/x/model.yaml", "sure: unsure", "sure: yes", "sure"},
		{"acme/x/model.yaml", "{mac}.txt\", template", "../{mac}~.txt\", template", "file name"},
		{"acme/x/model.yaml", "{mac}.txt\", template", "{mac}{mac}.txt\", template", "file name"},
		{"acme/x/model.yaml", "template: a.tmpl,", "template: b.tmpl,", "b.tmpl"},
		{"acme/x/model.yaml", "template: a.tmpl,", "template: ../../etc/passwd.tmpl,", "passwd"},
		{"acme/x/model.yaml", ", bootstrap: a.tmpl", "", "bootstrap"},
		{"acme/x/model.yaml", ", bootstrap: a.tmpl", ", kind: odd", "kind"},
		{"acme/x/model.yaml", ", bootstrap: a.tmpl", ", kind: common", "provision.url"},
		{"acme/x/model.yaml", "doors: [http]", "doors: [ftp]", "boot.doors"},
		{"acme/x/model.yaml", "asks: [{file: \"{mac}.txt\"}]", "asks: [{file: \"x\"}]", "boot.asks[0]"},
		{"acme/x/model.yaml", "files:", "golden: [x]\nfiles:", "golden"},
		{"acme/x/a.tmpl", "{{.provision.url}}", "{{.provision.nothing}}", "a.tmpl:2"},
		{"acme/x/a.tmpl", "{{.provision.url}}", "{{.auth.admin_password}}", "secret"},
		{"acme/x/a.tmpl", "{{.provision.url}}", "{{end}}", "a.tmpl:2"},
	} {
		fsys := good()
		text := string(fsys[c.file].Data)
		if !strings.Contains(text, c.old) {
			t.Fatalf("%s has no %q", c.file, c.old)
		}
		fsys[c.file] = &fstest.MapFile{Data: []byte(strings.Replace(text, c.old, c.new, 1))}
		_, err := catalog.Load(fsys)
		folder, _, _ := strings.Cut(c.file, ".")
		folder = strings.TrimSuffix(folder, "/a")
		if !errors.Is(err, catalog.ErrInvalid) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), folder) {
			t.Errorf("%s with %q: %v, want it to say %q", c.file, c.new, err, c.says)
		}
	}
}

func TestTwoModelsOfOneName(t *testing.T) {
	fsys := good()
	for name, f := range good() {
		fsys[strings.Replace(name, "acme/x", "acme/y", 1)] = f
	}
	if _, err := catalog.Load(fsys); !errors.Is(err, catalog.ErrInvalid) || !strings.Contains(err.Error(), "acme-one") {
		t.Errorf("%v", err)
	}
	if _, err := catalog.Load(fstest.MapFS{}); !errors.Is(err, catalog.ErrInvalid) {
		t.Errorf("an empty shelf: %v", err)
	}
}

// TestNoSourceBesidesTheEmbedding: the folders hold data only.
func TestNoSourceBesidesTheEmbedding(t *testing.T) {
	err := fs.WalkDir(templates.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".go") {
			t.Errorf("%s: there is no code in the catalogue", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func FuzzAsked(f *testing.F) {
	for _, s := range []string{"805ec0123456.cfg", "snomD785-000413AABB01.htm", "a/b/c", "80-5e-c0-12-34-56.cfg", "y000000000108.cfg"} {
		f.Add(s)
	}
	c, err := catalog.Load(templates.FS())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if _, mac := c.Asked(name); mac != "" && len(mac) != 12 {
			t.Fatalf("%q gives MAC %q", name, mac)
		}
	})
}

// Phones that speak TLS and whose settings cannot hold our authority: those of
// vendors that were looked into say how a person puts it there.
func TestAuthorityByHand(t *testing.T) {
	c, err := catalog.Load(templates.FS())
	if err != nil {
		t.Fatal(err)
	}
	for name, sure := range map[string]string{
		"poly-vvx450": "template", "poly-ip550": "template", "poly-ip430": "unsure", "gigaset-p710": "document",
		"audiocodes-420hd": "unsure", "akuvox-sp-r63g": "unsure", "panasonic-kx-ut136": "unsure", "panasonic-kx-tgp500": "unsure",
		"fanvil-x5u-v2": "", "htek-uc926": "", "gigaset-n670-ip-pro": "", "gigaset-maxwell-3": "", "digium-d65": "", "algo-8301": "",
		"alcatel-lucent-m3": "", "panasonic-kx-utg200b": "", "grandstream-grp2614": "unsure", "grandstream-ht802": "unsure", "grandstream-gxv3370": "unsure", "flyingvoice-fip13g": "unsure",
	} {
		m := c.Model(name)
		if m == nil {
			t.Errorf("no model %s", name)
			continue
		}
		if tls := m.Family.TLS; tls.Authority != (sure != "") || tls.AuthoritySure != sure || (tls.ByHand == "") != tls.Authority {
			t.Errorf("%s: our authority %v %q, by hand %q", name, tls.Authority, tls.AuthoritySure, tls.ByHand)
		}
	}
}
