package provisioning_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
	"cradle/templates"
)

// TestMadeUpModelBoots drops a vendor nobody ever heard of beside the others,
// as files, and boots its phone: a new model needs no new code.
func TestMadeUpModelBoots(t *testing.T) {
	root := t.TempDir()
	must(t, os.CopyFS(root, os.DirFS(filepath.Join("..", "templates", "devices"))))
	for name, text := range map[string]string{
		"zorg/vendor.yaml": `label: Zorg
mac_prefixes: ["0a1b2c3"]
user_agents: ['^ZORG/(?P<model>\w+) fw(?P<version>\S+) \[(?P<mac>[0-9A-F]{12})\]$']
format: xml
content_type: application/xml
fallback: zorg-z1
notify: {settings: zorg-sync, reboot: zorg-boot}
pnp: {supported: true, trust_event: true, path: "zorg/{MAC}.zml"}
languages: {en: "1"}
`,
		"zorg/z/model.yaml": `defaults: {codecs: [opus, pcma=ALAW], display: idle, sure: unsure, firmware: "3.1"}
models:
  zorg-z1: {label: Zorg Z1, agents: [Z1], lines: 1}
  zorg-z9: {label: Zorg Z9, agents: [Z9, Z9PRO], lines: 4, keys: 2}
files:
  - {name: "zorg/{MAC}.zml", template: z.tmpl, bootstrap: b.tmpl}
boot:
  user_agent: "ZORG/{model} fw{firmware} [{MAC}]"
  doors: [http]
  asks: [{file: "zorg/{MAC}.zml"}]
`,
		"zorg/z/z.tmpl": `<?xml version="1.0"?>
<zorg id="{{.phone.id}}" url="{{.provision.url}}">{{range .lines}}{{if .used}}<l{{.number}} user="{{.user}}" pass="{{.secret}}" codecs="{{.codec_list}}">{{.name}}</l{{.number}}>{{else}}<l{{.number}}/>{{end}}{{end}}</zorg>
`,
		"zorg/z/b.tmpl": "<?xml version=\"1.0\"?>\n<zorg id=\"{{.phone.id}}\" url=\"{{.provision.url}}\"/>\n",
	} {
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o755))
		must(t, os.WriteFile(filepath.Join(root, name), []byte(text), 0o644))
	}
	shelf, err := catalog.Load(os.DirFS(root))
	must(t, err)
	k := newKit(t, kitOptions{catalog: shelf})
	boot(t, k, shelf.Model("zorg-z9"), "0a1b2c345678")
	if d := k.device("0a1b2c345678"); d.Model != "zorg-z9" || d.Firmware != "3.1" || d.Vendor != "Zorg" {
		t.Errorf("%+v", d)
	}
}

// TestModelComesWhileServing drops a family into the folder of a running
// appliance: its phone is known and served without a restart, and a broken one
// after it takes nothing away.
func TestModelComesWhileServing(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "catalog")
	shelf, err := catalog.Open(templates.FS(), folder)
	must(t, err)
	t.Cleanup(shelf.Close)
	k := newKit(t, kitOptions{catalog: shelf})
	agent := "Yealink SIP-T99X 200.86.0.1 80:5e:c0:12:34:56"
	if f := k.p.Answer(context.Background(), request(provisioning.DoorHTTP, inside, yFile, agent)); f.Status != 200 || k.device(yMAC).Model != "" {
		t.Fatalf("%d, model %q", f.Status, k.device(yMAC).Model)
	}
	place := filepath.Join(folder, "yealink", "mine", "model.yaml")
	must(t, os.MkdirAll(filepath.Dir(place), 0o755))
	must(t, os.WriteFile(place, []byte("inherits: yealink/t4t5\nmodels:\n  yealink-t99x: {label: Yealink SIP-T99X, agents: [T99X], lines: 2}\n"), 0o644))
	eventually(t, "the new model on the shelf", func() bool { return k.p.Catalog().Model("yealink-t99x") != nil })
	mac := "805ec0123499"
	boot(t, k, k.p.Catalog().Model("yealink-t99x"), mac)
	if d := k.device(mac); d.Model != "yealink-t99x" {
		t.Errorf("it became %+v", d)
	}
	must(t, os.WriteFile(place, []byte("inherits: yealink/t4t5\nmodels: []\n"), 0o644))
	eventually(t, "the fault", func() bool { return shelf.Fault() != nil })
	if r := k.p.Answer(context.Background(), request(provisioning.DoorHTTP, inside, "/p/"+mac+".cfg", "")); k.p.Catalog().Model("yealink-t99x") == nil || r.Status != 200 {
		t.Errorf("after a broken file: %d", r.Status)
	}
}

var urlInFile = regexp.MustCompile(`\bp/~[a-z2-7]{26}`) // some phones take host and path apart

// boot does what a model's data says its phones do: all asks in order, then
// again from the URL it was given.
func boot(t *testing.T, k *kit, m *catalog.Model, mac string) {
	t.Helper()
	agent := m.Says(m.Family.Boot.UserAgent, mac)
	base := "/p/"
	for range 2 {
		given := ""
		for _, ask := range m.Family.Boot.Asks {
			r := request(provisioning.DoorHTTP, inside, base+m.FileName(ask.File, mac), agent)
			r.Method = ask.Method
			resp := k.p.Answer(context.Background(), r)
			if resp.Status != 200 && !ask.Optional {
				t.Fatalf("%s: %s: %d, %s", m.Name, r.Path, resp.Status, k.lastRule(mac))
			}
			if found := urlInFile.Find(resp.Body); found != nil {
				given = "/" + string(found) + "/"
			}
		}
		if m.Family.OnlyTFTP { // it comes back to where it was, for it knows no URL
			given = base
		}
		if given == "" {
			t.Fatalf("%s was given no URL of its own", m.Name)
		}
		base = given
	}
}

// TestEveryModelBoots boots one phone of each model on the shelf.
func TestEveryModelBoots(t *testing.T) {
	k := newKit(t, kitOptions{})
	for i, m := range k.p.Catalog().Models() {
		if i%25 == 24 {
			k.later(60e9) // adoption is bounded by the minute
		}
		mac := m.SampleMAC()[:9] + fmt.Sprintf("%03x", i)
		boot(t, k, m, mac)
		d := k.device(mac)
		if d == nil || d.Model != m.Name {
			t.Fatalf("%s became %+v", m.Name, d)
		}
		k.update(t, func(tx *directory.Tx) error { return tx.DeleteDevice(d.ID) }) // a site has room for so many nobody approved
	}
}
