package provisioning_test

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
	"cradle/provisioning/teach"
	"cradle/templates"
)

// some are a few vendors of the catalogue: a lesson reads all of it several times.
type some struct{ fs.FS }

func (s some) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(s.FS, name)
	return slices.DeleteFunc(all, func(e fs.DirEntry) bool { return name == "." && e.Name() != "yealink" && e.Name() != "snom" }), err
}

// ownKit is a kit over a shelf that takes models of one's own.
func ownKit(t *testing.T) (*kit, *catalog.Shelf) {
	t.Helper()
	shelf, err := catalog.Open(some{templates.FS()}, t.TempDir()+"/catalog")
	must(t, err)
	t.Cleanup(shelf.Close)
	return newKit(t, kitOptions{catalog: shelf}), shelf
}

const (
	aMAC   = "02aabb000001"
	aAgent = "AcmeVoice X1 1.0.2 02aabb000001"
	aFile  = "/p/acme-02AABB000001.cfg"
)

func (k *kit) acme(door provisioning.Door, path, agent string) provisioning.Response {
	r := request(door, inside, path, agent)
	r.UserAgent = agent
	return k.p.Answer(context.Background(), r)
}

// TestTaught: a stranger is taught, becomes a device at its next request, and is
// a stranger again when it is forgotten.
func TestTaught(t *testing.T) {
	k, shelf := ownKit(t)
	by := directory.Actor{Kind: "user", Name: "o@acme.example"}
	for range 2 {
		if r := k.acme(provisioning.DoorHTTP, aFile, aAgent); r.Status != 404 {
			t.Fatalf("before: %d", r.Status)
		}
	}
	all := k.p.Strangers()
	if len(all) != 1 || all[0].MAC != aMAC || len(all[0].Doors) != 1 || all[0].Doors[0] != "http" {
		t.Fatalf("strangers: %+v", all)
	}
	seen := provisioning.EvidenceFrom(all[0])
	wish := teach.Wish{Like: "yealink-t46u"}
	l, err := k.p.TryLesson(k.org.ID, seen, wish)
	if err != nil || len(l.Problems) > 0 || shelf.Current().Model(l.Model) != nil {
		t.Fatalf("%+v, %v", l.Problems, err)
	}
	l, record, err := k.p.Teach(t.Context(), by, k.org.ID, seen, wish, "")
	if err != nil {
		t.Fatal(err, l.Problems)
	}
	if len(k.p.Strangers()) != 0 {
		t.Error("it is still a stranger")
	}
	r := k.acme(provisioning.DoorHTTP, aFile, aAgent)
	d := k.device(aMAC)
	if r.Status != 200 || d == nil || d.Model != "acmevoice-x1" || d.Vendor != "AcmeVoice" || d.Step != directory.StepLobby {
		t.Fatalf("%d, %s: %+v", r.Status, k.lastRule(aMAC), d)
	}
	entries, err := k.dir.Audit(t.Context(), 50, 0)
	must(t, err)
	audited := false
	for _, e := range entries {
		audited = audited || e.Kind == directory.KindLesson && e.Action == "created" && e.By == by
	}
	if !audited {
		t.Error("not in the audit")
	}
	if err := k.p.Unteach(t.Context(), by, record.ID); !errors.Is(err, directory.ErrInUse) || !strings.Contains(err.Error(), "02:aa:bb:00:00:01") {
		t.Errorf("while it is in use: %v", err)
	}
	k.update(t, func(tx *directory.Tx) error { return tx.DeleteDevice(d.ID) })
	must(t, k.p.Unteach(t.Context(), by, record.ID))
	if r := k.acme(provisioning.DoorHTTP, aFile, aAgent); r.Status != 404 || k.device(aMAC) != nil || shelf.Current().Vendor("acmevoice") != nil || shelf.Fault() != nil {
		t.Errorf("after it was forgotten: %d, %v", r.Status, shelf.Fault())
	}
	if err := k.p.Unteach(t.Context(), by, record.ID); !errors.Is(err, directory.ErrNotFound) {
		t.Errorf("twice: %v", err)
	}
}

// TestTaughtIsRemembered: a copy of the store brings the folder back.
func TestTaughtIsRemembered(t *testing.T) {
	k, _ := ownKit(t)
	seen := teach.Evidence{MAC: aMAC, UserAgent: aAgent, Files: []string{aFile}, Doors: []string{"http"}}
	_, _, err := k.p.Teach(t.Context(), directory.Actor{Kind: "system"}, k.org.ID, seen, teach.Wish{Like: "snom-d785"}, "")
	must(t, err)
	elsewhere, err := catalog.Open(some{templates.FS()}, t.TempDir())
	must(t, err)
	t.Cleanup(elsewhere.Close)
	p, err := provisioning.New(provisioning.Config{Directory: k.dir, Catalog: elsewhere})
	must(t, err)
	defer func() { must(t, p.Close()) }()
	if p.Catalog().Model("acmevoice-x1") == nil {
		t.Error("it is forgotten")
	}
}

// TestTemplateOfItsOwn: a model that is like no other, its text judged by line.
func TestTemplateOfItsOwn(t *testing.T) {
	k, _ := ownKit(t)
	seen := teach.Evidence{MAC: aMAC, UserAgent: aAgent, Files: []string{aFile}, Doors: []string{"tftp"}}
	for text, want := range map[string]teach.Problem{
		"url = {{.provision.url}}\nx = {{.nothing}}\n":                 {Field: "template", Line: 2, Text: "nothing"},
		"url = {{.provision.url}}\nnot a setting\n":                    {Field: "template", Text: "line 2"},
		"url = {{.provision.url}}\n{{range .lines}}a = 1\n":            {Field: "template", Text: "EOF"},
		"url = {{.provision.url}}\nurl = {{.provision.url}}\nid = 1\n": {Field: "template", Text: "url"},
	} {
		l, err := k.p.TryLesson(k.org.ID, seen, teach.Wish{Template: text, Format: "keyvalue"})
		if err != nil || len(l.Problems) != 1 || l.Problems[0].Field != want.Field || want.Line > 0 && l.Problems[0].Line != want.Line || !strings.Contains(l.Problems[0].Text, want.Text) {
			t.Errorf("%q: %+v, %v", text, l.Problems, err)
		}
	}
	text := "url = {{.provision.url}}\nid = {{.phone.id}}\n{{range .lines}}{{if .used}}user{{.number}} = {{.user}}\n{{end}}{{end}}\n{{range .lines}}{{if .used}}secret{{.number}} = {{.secret}}\n{{end}}{{end}}"
	l, _, err := k.p.Teach(t.Context(), directory.Actor{Kind: "system"}, k.org.ID, seen, teach.Wish{Template: text, Format: "keyvalue", OnlyTFTP: true}, "")
	if err != nil {
		t.Fatal(err, l.Problems)
	}
	r := k.acme(provisioning.DoorTFTP, strings.TrimPrefix(aFile, "/p/"), "")
	d := k.device(aMAC)
	if r.Status != 200 || d == nil || !contains(r.Body, "id = "+d.PhoneID) || contains(r.Body, lineSecret(d)) {
		t.Fatalf("%d, %s: %s", r.Status, k.lastRule(aMAC), r.Body)
	}
	k.update(t, func(tx *directory.Tx) error { return tx.Approve(d.ID) })
	if r := k.acme(provisioning.DoorTFTP, strings.TrimPrefix(aFile, "/p/"), ""); r.Status != 200 || !contains(r.Body, lineSecret(k.device(aMAC))) {
		t.Errorf("approved: %d, %s\n%s", r.Status, k.lastRule(aMAC), r.Body)
	}
}

// TestTeachingHarmsNobody: what would take other phones' recognition away is
// said and refused.
func TestTeachingHarmsNobody(t *testing.T) {
	k, shelf := ownKit(t)
	for name, c := range map[string]struct {
		seen teach.Evidence
		wish teach.Wish
		says string
	}{
		"a pattern of others": {
			teach.Evidence{MAC: aMAC, UserAgent: "Yealink SIP-T46U 108.86.0.90 02:aa:bb:00:00:01", Files: []string{aFile}, Doors: []string{"http"}},
			teach.Wish{Like: "snom-d785", Vendor: "Acme", Label: "Copy", Agent: `^Yealink SIP-T46U (?P<version>\S+) (?P<mac>\S+)$`}, "still be taken for Yealink",
		},
		"a file of others": {
			teach.Evidence{MAC: aMAC, UserAgent: "", Files: []string{"/p/snomD785-02AABB000001.htm"}, Doors: []string{"http"}},
			teach.Wish{Like: "snom-d785", Vendor: "Acme", Label: "Copy"}, "D785",
		},
		"nothing of its own": {
			teach.Evidence{MAC: "805ec0000001", Files: []string{"/p/805ec0000001.cfg"}, Doors: []string{"http"}},
			teach.Wish{Like: "yealink-t46u", Vendor: "Acme", Label: "Copy"}, "nothing gives its phones away",
		},
	} {
		l, _, err := k.p.Teach(t.Context(), directory.Actor{Kind: "system"}, k.org.ID, c.seen, c.wish, "")
		said := ""
		for _, p := range l.Problems {
			said += p.Text + "\n"
		}
		if !errors.Is(err, provisioning.ErrNotTaught) && err == nil || !strings.Contains(said+err.Error(), c.says) || shelf.Current().Model(l.Model) != nil {
			t.Errorf("%s: %v\n%s", name, err, said)
		}
	}
}
