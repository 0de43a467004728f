package directory

import (
	"context"
	"errors"
	"maps"
	"net/netip"
	"path/filepath"
	"testing"

	"cradle/directory/kv/boltkv"
)

var tester = Actor{Kind: "user", Name: "ada@acme.example"}

// store is a directory on a file that a test may reopen.
type store struct {
	t    testing.TB
	dir  string
	keys *Keys
	*Directory
}

func open(t testing.TB) *store {
	t.Helper()
	s := &store{t: t, dir: t.TempDir(), keys: NewKeys()}
	s.open()
	t.Cleanup(func() { s.Directory.Close() })
	return s
}

func (s *store) path() string { return filepath.Join(s.dir, "cradle.db") }

func (s *store) open() {
	s.t.Helper()
	e, err := boltkv.Open(s.path(), boltkv.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	s.Directory, err = Open(context.Background(), Options{Engine: e, Keys: s.keys})
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *store) reopen() {
	s.t.Helper()
	if err := s.Directory.Close(); err != nil {
		s.t.Fatal(err)
	}
	s.open()
}

func (s *store) try(fn func(*Tx) error) error {
	return s.Update(context.Background(), tester, fn)
}

func (s *store) do(fn func(*Tx) error) {
	s.t.Helper()
	if err := s.try(fn); err != nil {
		s.t.Fatal(err)
	}
}

func (s *store) sound() {
	s.t.Helper()
	r, err := s.Check(context.Background())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, f := range r.Findings {
		s.t.Errorf("check: %s: %s", f.Key, f.Fault)
	}
}

// office is a small organization: 101 and 102 at phones of their own, one hot-desk phone.
type office struct {
	org  ID
	site ID
	ext  map[string]ID
	desk map[string]LineRef // by extension number
	hot  LineRef
}

func (s *store) office() *office {
	s.t.Helper()
	o := &office{ext: map[string]ID{}, desk: map[string]LineRef{}}
	s.do(func(tx *Tx) error {
		org := &Organization{Name: "Acme Ltd", Domain: "acme.example"}
		if err := tx.PutOrganization(org); err != nil {
			return err
		}
		site := &Site{
			Organization: org.ID, Name: "London", TimeZone: "Europe/London",
			Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Adoption: AdoptLobby,
		}
		if err := tx.PutSite(site); err != nil {
			return err
		}
		o.org, o.site = org.ID, site.ID
		for i, n := range []string{"101", "102", "103"} {
			e := &Extension{Organization: org.ID, Site: site.ID, Number: n, Name: "Person " + n, HotDesk: true}
			e.Virtualization.Allow = n != "103"
			if err := tx.PutExtension(e); err != nil {
				return err
			}
			d := &Device{
				Organization: org.ID, Site: site.ID, MAC: MAC("80000000000" + string(rune('1'+i))),
				Lines: []Line{{Home: e.ID}}, Step: StepApproved, RemoteLogin: true,
			}
			if err := tx.PutDevice(d); err != nil {
				return err
			}
			o.ext[n], o.desk[n] = e.ID, d.At(1)
		}
		d, err := tx.NewDevice(org.ID, site.ID, "80000000000f", "", StepApproved)
		if err == nil {
			o.hot = d.At(1)
		}
		return err
	})
	return o
}

// TestSettingsWithSlashes: a name's slashes stay with it, and lead into no other layer.
func TestSettingsWithSlashes(t *testing.T) {
	s := open(t)
	o := s.office()
	site, device := Scope{"site", string(o.site)}, Scope{"device", string(o.hot.Device)}
	const key = "raw.acme.voip/line/0/id"
	s.do(func(tx *Tx) error {
		return errors.Join(tx.SetSetting(site, key, "1"), tx.SetSetting(device, key, "2"), tx.SetSetting(Scope{Kind: "appliance"}, "site/"+string(o.site)+"/a", "3"))
	})
	s.reopen()
	for scope, want := range map[Scope]map[string]string{site: {key: "1"}, device: {key: "2"}, {Kind: "appliance"}: {"site/" + string(o.site) + "/a": "3"}} {
		if got := maps.Collect(s.Snapshot().Settings(scope)); !maps.Equal(got, want) {
			t.Errorf("%v: %v, want %v", scope, got, want)
		}
	}
	if err := s.try(func(tx *Tx) error { return tx.SetSetting(Scope{"model", "a/b"}, "c", "x") }); !errors.Is(err, ErrInvalid) {
		t.Errorf("a scope with a slash: %v", err)
	}
}

func TestEverythingIsThereAfterReopening(t *testing.T) {
	s := open(t)
	o := s.office()
	var token string
	s.do(func(tx *Tx) (err error) {
		token, err = tx.IssueToken(o.hot.Device)
		return err
	})
	s.do(func(tx *Tx) error { return tx.SetLimit("calls", 7) })
	s.do(func(tx *Tx) error {
		return tx.SetSetting(Scope{"site", string(o.site)}, "ntp.server", "time.example")
	})
	before := s.Snapshot()
	s.reopen()
	snap := s.Snapshot()
	if snap.Revision() != before.Revision() {
		t.Errorf("revision %d, was %d", snap.Revision(), before.Revision())
	}
	d := snap.DeviceByToken(HashToken(token))
	if d == nil || d.ID != o.hot.Device || d.TokenSealed.Reveal() != token {
		t.Fatalf("device by token: %v", d)
	}
	old := before.Device(d.ID)
	acc := snap.Account(old.Lines[0].Account.User)
	if acc == nil || acc.Device != d || !d.Lines[0].Account.Secret.Equal(old.Lines[0].Account.Secret) || acc.Realm != "acme.example" {
		t.Errorf("account: %+v", acc)
	}
	if *acc != (LineAccount{acc.Device, 1, acc.User, acc.Realm, before.Account(acc.User).HA1MD5, before.Account(acc.User).HA1SHA256}) {
		t.Error("digests differ")
	}
	for what, ok := range map[string]bool{
		"by MAC":      snap.DeviceByMAC("80000000000f") == d,
		"by Phone ID": snap.DeviceByPhoneID(o.org, d.PhoneID) == d,
		"by name":     snap.OrganizationByName("ACME LTD") == snap.Organization(o.org),
		"by domain":   snap.OrganizationByDomain("acme.example") != nil,
		"site":        snap.SiteByName(o.org, "london") == snap.Site(o.site),
		"site of":     snap.SiteOf(netip.MustParseAddr("127.1.2.3")) == snap.Site(o.site),
		"no site of":  snap.SiteOf(netip.MustParseAddr("10.1.2.3")) == nil,
		"extension":   snap.ExtensionByNumber(o.org, "102").ID == o.ext["102"],
		"limit":       snap.Limit("calls") == 7 && snap.Limit("ring_seconds") == 30,
	} {
		if !ok {
			t.Errorf("lookup %s failed", what)
		}
	}
	if v, _ := snap.Setting(Scope{"site", string(o.site)}, "ntp.server"); v != "time.example" {
		t.Errorf("setting %q", v)
	}
	s.sound()
}

func TestOneKeyBelongsToOneRecord(t *testing.T) {
	s := open(t)
	o := s.office()
	snap := s.Snapshot()
	dev := snap.Device(o.hot.Device)
	for what, fn := range map[string]func(*Tx) error{
		"organization": func(tx *Tx) error { return tx.PutOrganization(&Organization{Name: "ACME ltd"}) },
		"domain":       func(tx *Tx) error { return tx.PutOrganization(&Organization{Name: "x", Domain: "Acme.example"}) },
		"site":         func(tx *Tx) error { return tx.PutSite(&Site{Organization: o.org, Name: "LONDON"}) },
		"network": func(tx *Tx) error {
			return tx.PutSite(&Site{Organization: o.org, Name: "Paris", Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/8")}})
		},
		"extension": func(tx *Tx) error {
			return tx.PutExtension(&Extension{Organization: o.org, Site: o.site, Number: "101"})
		},
		"MAC": func(tx *Tx) error { _, err := tx.NewDevice(o.org, o.site, dev.MAC, "", StepSeen); return err },
		"phone id": func(tx *Tx) error {
			return tx.PutDevice(&Device{Organization: o.org, Site: o.site, MAC: "800000000001", PhoneID: dev.PhoneID})
		},
		"account": func(tx *Tx) error {
			return tx.PutDevice(&Device{Organization: o.org, Site: o.site, MAC: "8000000000aa", Lines: []Line{{Account: dev.Lines[0].Account}}})
		},
	} {
		if err := s.try(fn); !errors.Is(err, ErrTaken) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if s.Snapshot() != snap {
		t.Error("a refused update changed the snapshot")
	}
	s.sound()
}
