package phonebook

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"cradle/directory"
	"cradle/directory/kv/boltkv"
)

// office is a directory with two sites and a few people.
type office struct {
	t         *testing.T
	dir       *directory.Directory
	org       directory.Organization
	here, far directory.Site
}

func newOffice(t *testing.T) *office {
	t.Helper()
	engine, err := boltkv.Open(filepath.Join(t.TempDir(), "cradle.db"), boltkv.Options{})
	must(t, err)
	o := &office{t: t, org: directory.Organization{Name: "Acme"}}
	o.dir, err = directory.Open(context.Background(), directory.Options{Engine: engine, Keys: directory.NewKeys()})
	must(t, err)
	t.Cleanup(func() { _ = o.dir.Close() })
	o.update(func(tx *directory.Tx) error {
		must(t, tx.PutOrganization(&o.org))
		for site, name := range map[*directory.Site]string{&o.here: "Here", &o.far: "Far"} {
			*site = directory.Site{Organization: o.org.ID, Name: name, Adoption: directory.AdoptClosed, TFTP: directory.TFTPOff}
			must(t, tx.PutSite(site))
		}
		return nil
	})
	return o
}

func (o *office) update(fn func(*directory.Tx) error) {
	o.t.Helper()
	must(o.t, o.dir.Update(context.Background(), directory.Actor{Kind: "system", Name: "test"}, fn))
}

func (o *office) person(site *directory.Site, number, name string) *directory.Extension {
	e := &directory.Extension{Organization: o.org.ID, Site: site.ID, Number: number, Name: name}
	o.update(func(tx *directory.Tx) error { return tx.PutExtension(e) })
	return e
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func names(entries []Entry) string {
	var all []string
	for _, e := range entries {
		all = append(all, e.Name+"="+e.Numbers[0].Number)
	}
	return strings.Join(all, " ")
}

func TestBooks(t *testing.T) {
	o, s := newOffice(t), NewShelf()
	o.person(&o.here, "103", "bob")
	o.person(&o.here, "101", "Zoe")
	ada := o.person(&o.far, "102", "Ada")
	o.person(&o.far, "99", "")
	reader := Reader{Organization: o.org.ID, Site: o.here.ID}
	for _, c := range []struct {
		kind string
		most int
		want string
	}{
		{Company, 0, "99=99 Ada=102 bob=103 Zoe=101"}, {Company, 2, "99=99 Ada=102"}, {Company, 4, "99=99 Ada=102 bob=103 Zoe=101"},
		{Site, 0, "bob=103 Zoe=101"}, {Personal, 0, ""}, {"nonsense", 0, ""},
	} {
		if got := names(s.Book(o.dir.Snapshot(), c.kind, reader, c.most)); got != c.want {
			t.Errorf("%s, at most %d: %q, want %q", c.kind, c.most, got, c.want)
		}
	}
	if got := names(s.Book(o.dir.Snapshot(), Site, Reader{Organization: o.org.ID}, 0)); got != "" {
		t.Errorf("a reader of no site reads %q", got)
	}
	ada.Name = "Zuse"
	o.update(func(tx *directory.Tx) error { return tx.PutExtension(ada) })
	if got := names(s.Book(o.dir.Snapshot(), Company, reader, 0)); got != "99=99 bob=103 Zoe=101 Zuse=102" {
		t.Errorf("after a renaming: %q", got)
	}
}

func TestRollIsReadOnceUntilSomebodyChanges(t *testing.T) {
	o, s := newOffice(t), NewShelf()
	o.person(&o.here, "101", "Ada")
	first := s.Roll(o.dir.Snapshot(), o.org.ID)
	if s.Roll(o.dir.Snapshot(), o.org.ID) != first {
		t.Error("read again at the same revision")
	}
	old := o.dir.Snapshot()
	o.update(func(tx *directory.Tx) error {
		return tx.SetSetting(directory.Scope{Kind: "appliance"}, "sip.expires", "600")
	})
	second := s.Roll(o.dir.Snapshot(), o.org.ID)
	if second.Print != first.Print || &second.People[0] != &first.People[0] {
		t.Error("sorted again though nobody changed")
	}
	o.person(&o.here, "102", "Bob")
	third := s.Roll(o.dir.Snapshot(), o.org.ID)
	if third.Print == first.Print || len(third.People) != 2 {
		t.Errorf("a new person: %d people, the same print: %v", len(third.People), third.Print == first.Print)
	}
	if got := s.Roll(old, o.org.ID); len(got.People) != 1 {
		t.Errorf("the past has %d people", len(got.People))
	}
	if s.Roll(o.dir.Snapshot(), o.org.ID) != third {
		t.Error("the past took the place of the present")
	}
}
