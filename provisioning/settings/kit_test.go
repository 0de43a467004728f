package settings

import (
	"context"
	"fmt"
	"hash/maphash"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cradle/directory"
	"cradle/directory/kv/boltkv"
	"cradle/provisioning/render"
)

// office is a directory with a phone at whose line 1 Ada sits.
type office struct {
	t        *testing.T
	dir      *directory.Directory
	org      directory.Organization
	site     directory.Site
	ada, bob *directory.Extension
	dev      directory.Device
	maker    *Maker
	seed     maphash.Seed
	model    Abilities
	book     string
	mask     bool
	sips     int // port
}

func newOffice(t *testing.T) *office {
	t.Helper()
	engine, err := boltkv.Open(filepath.Join(t.TempDir(), "cradle.db"), boltkv.Options{})
	must(t, err)
	o := &office{
		t: t, maker: NewMaker(), seed: maphash.MakeSeed(),
		org: directory.Organization{Name: "Acme", Domain: "acme.example", Language: "de-AT"},
		model: Abilities{
			Model: "acme-1", Label: "Acme One", Vendor: "acme", File: "ONE", Lines: 4, Keys: 6, Modules: Modules{Max: 2, Keys: 4},
			KeyTypes: map[string]string{"line": "15", "blf": "16", "speed": "13", "park": "10", "none": "0"},
			Codecs:   []Codec{{"g722", "G722"}, {"pcma", "PCMA"}}, Tones: map[string]string{"AT": "Austria"},
			Actions: map[string]string{"registered": "action_url.registered"}, IdlePage: "{mac}-idle.xml", Firmware: []string{"ONE-{version}.rom"},
			Books: []Book{{"company", "company.xml"}, {"personal", "{mac}-personal.xml"}},
		},
	}
	o.dir, err = directory.Open(context.Background(), directory.Options{Engine: engine, Keys: directory.NewKeys()})
	must(t, err)
	t.Cleanup(func() { _ = o.dir.Close() })
	o.do(func(tx *directory.Tx) error {
		must(t, tx.PutOrganization(&o.org))
		o.site = directory.Site{Organization: o.org.ID, Name: "Vienna", TimeZone: "Europe/Vienna", Adoption: directory.AdoptClosed, TFTP: directory.TFTPOff}
		must(t, tx.PutSite(&o.site))
		o.ada = o.person(tx, "101", "Ada")
		o.bob = o.person(tx, "102", "Bob")
		o.dev = directory.Device{
			Organization: o.org.ID, Site: o.site.ID, MAC: "00deadbeef01", Model: "acme-1", PhoneID: "482711", Step: directory.StepApproved, RemoteLogin: true,
			Firmware: "1.0.0", AdminPassword: directory.NewSecret("admin"), UserPassword: directory.NewSecret("user"),
			Lines: []directory.Line{
				{Home: o.ada.ID, Account: directory.Account{User: "acc1", Secret: directory.NewSecret("s1")}},
				{Account: directory.Account{User: "acc2", Secret: directory.NewSecret("s2")}},
			},
		}
		return tx.PutDevice(&o.dev)
	})
	return o
}

func (o *office) person(tx *directory.Tx, number, name string) *directory.Extension {
	e := &directory.Extension{Organization: o.org.ID, Site: o.site.ID, Number: number, Name: name, HotDesk: true}
	must(o.t, tx.PutExtension(e))
	return e
}

func (o *office) do(fn func(*directory.Tx) error) {
	o.t.Helper()
	must(o.t, o.dir.Update(context.Background(), directory.Actor{Kind: "system", Name: "test"}, fn))
}

func (o *office) say(kind string, id directory.ID, name, value string) {
	o.t.Helper()
	o.do(func(tx *directory.Tx) error {
		return tx.SetSetting(directory.Scope{Kind: kind, ID: string(id)}, name, value)
	})
}

func (o *office) facts(mode Mode) Facts {
	snap := o.dir.Snapshot()
	return Facts{
		Snapshot: snap, Device: snap.Device(o.dev.ID), Site: snap.Site(o.site.ID), Abilities: &o.model, Mode: mode,
		Host: "192.0.2.1", SIPPort: 5060, SIPSPort: o.sips, URL: "http://192.0.2.1/p/~token/", Now: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), Book: o.book, Mask: o.mask,
		FileName: func(s string) string { return strings.ReplaceAll(s, "{mac}", "00deadbeef01") },
	}
}

// got reads values by their names, list items counted from 1: "lines.1.label".
func (o *office) got(mode Mode, names ...string) string {
	o.t.Helper()
	v, _ := o.maker.Values(o.facts(mode))
	var all []string
	for _, name := range names {
		all = append(all, read(o.t, phoneShape, v, name))
	}
	return strings.Join(all, " ")
}

func read(t *testing.T, shape *render.Shape, v render.Values, name string) string {
	t.Helper()
	for i, f := range shape.Fields() {
		if f.Name == name && f.Kind == render.List {
			return strconv.Itoa(len(v[i].Items()))
		}
		if f.Name == name && v[i].Kind() == render.None {
			return "-"
		}
		if f.Name == name {
			return v[i].Text()
		}
		rest, below := strings.CutPrefix(name, f.Name+".")
		if !below || f.Kind != render.List {
			continue
		}
		index, rest, _ := strings.Cut(rest, ".")
		n, err := strconv.Atoi(index)
		if items := v[i].Items(); err == nil && n <= len(items) {
			return read(t, f.Item, items[n-1], rest)
		}
		return "none"
	}
	t.Fatalf("no value %q", name)
	return ""
}

func (o *office) print() uint64 {
	var h maphash.Hash
	h.SetSeed(o.seed)
	o.maker.Depends(&h, o.facts(Full))
	return h.Sum64()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// whole writes all values down, for comparing.
func whole(shape *render.Shape, v render.Values) string {
	var b strings.Builder
	for i, f := range shape.Fields() {
		if f.Kind != render.List {
			fmt.Fprintf(&b, "%s=%s\n", f.Name, v[i].Text())
			continue
		}
		for _, item := range v[i].Items() {
			b.WriteString(f.Name + "\n" + whole(f.Item, item))
		}
	}
	return b.String()
}

func secrets(shape *render.Shape) []string {
	var all []string
	for _, f := range shape.Fields() {
		if f.Secret {
			all = append(all, f.Name)
		}
		if f.Item != nil {
			all = slices.Concat(all, secrets(f.Item))
		}
	}
	return all
}
