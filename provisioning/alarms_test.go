package provisioning_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/onboard"
)

// alarms gives those of a kind.
func (k *kit) alarms(kind onboard.Alarm) (out []provisioning.Alarm) {
	for _, a := range k.p.Alarms().List() {
		if a.Kind == kind {
			out = append(out, a)
		}
	}
	return out
}

// one is the only alarm of a kind.
func (k *kit) one(t *testing.T, kind onboard.Alarm) provisioning.Alarm {
	t.Helper()
	got := k.alarms(kind)
	if len(got) != 1 {
		t.Fatalf("%d alarms %q: %+v", len(got), kind, k.p.Alarms().List())
	}
	return got[0]
}

func TestAlarmOfASecondAsker(t *testing.T) {
	k := newKit(t, kitOptions{})
	k.get(inside, yFile)
	for range 3 {
		k.get(inside2, yFile)
	}
	a := k.one(t, onboard.AlarmConflict)
	if a.MAC != yMAC || a.Site != k.site.ID || a.Source.String() != inside2 || a.Count != 3 || !a.At.Equal(k.clock()) {
		t.Errorf("%+v", a)
	}
}

func TestAlarmOfATokenThatIsMissingLater(t *testing.T) {
	k := newKit(t, kitOptions{})
	d := k.importPhone(t, yMAC, "yealink-t46u", true)
	k.register(d, inside)
	if k.get(inside, yFile); len(k.p.Alarms().List()) != 0 {
		t.Errorf("from its own address: %+v", k.p.Alarms().List())
	}
	k.later(time.Hour)
	k.get(inside2, yFile)
	if a := k.one(t, onboard.AlarmToken); a.MAC != yMAC || a.Source.String() != inside2 {
		t.Errorf("%+v", a)
	}
}

func TestAlarmOfTheWindowThatIsOver(t *testing.T) {
	k := newKit(t, kitOptions{})
	k.importPhone(t, yMAC, "yealink-t46u", true)
	k.later(24 * time.Hour)
	k.get(inside, yFile)
	if a := k.one(t, onboard.AlarmToken); !strings.Contains(a.Text, "window") {
		t.Errorf("%+v", a)
	}
}

func TestAlarmsOfTheAdoptionCaps(t *testing.T) {
	k := newKit(t, kitOptions{})
	k.update(t, func(tx *directory.Tx) error {
		if err := tx.SetLimit("adoption_per_minute", 3); err != nil {
			return err
		}
		return tx.SetLimit("adoption_unapproved_per_site", 5)
	})
	for i := range 6 {
		k.get(inside, fmt.Sprintf("/p/805ec000%04x.cfg", i))
	}
	if a := k.one(t, onboard.AlarmAdoption); a.Count != 3 || a.MAC != "" || a.Site != k.site.ID {
		t.Errorf("the cap of a minute: %+v", a)
	}
	k.later(time.Minute)
	for i := range 4 {
		k.get(inside, fmt.Sprintf("/p/805ec001%04x.cfg", i))
	}
	if got := k.alarms(onboard.AlarmAdoption); len(got) != 2 || got[0].Count != 2 || !strings.Contains(got[0].Text, "5 phones") {
		t.Errorf("the cap of the site: %+v", got)
	}
}

func TestClosedSiteIsNoAlarmButTenMissesAre(t *testing.T) {
	k := newKit(t, kitOptions{site: func(s *directory.Site) { s.Adoption = directory.AdoptClosed }})
	for i := range 9 {
		k.get(inside, fmt.Sprintf("/p/805ec000%04x.cfg", i))
	}
	if got := k.p.Alarms().List(); len(got) != 0 {
		t.Fatalf("%+v", got)
	}
	k.get(inside, "/p/805ec000ffff.cfg")
	if a := k.one(t, onboard.AlarmMisses); a.Source.String() != inside || !strings.Contains(a.Text, inside) {
		t.Errorf("%+v", a)
	}
}

// A sweep by many sources, of which none is conspicuous, raises its alarm from
// outside and from inside.
func TestAlarmOfASweep(t *testing.T) {
	for name, network := range map[string]string{"inside": "127.0.3.%d", "outside": "127.99.3.%d"} {
		k := newKit(t, kitOptions{site: func(s *directory.Site) { s.Adoption = directory.AdoptClosed }})
		for i := range 30 {
			k.get(fmt.Sprintf(network, i/5), fmt.Sprintf("/p/805ec000%04x.cfg", i))
		}
		if a := k.one(t, onboard.AlarmSweep); !strings.Contains(a.Text, "805ec0") || len(k.p.Alarms().List()) != 1 {
			t.Errorf("%s: %+v", name, k.p.Alarms().List())
		}
	}
}

func TestAlarmsOfStrangersAreFolded(t *testing.T) {
	k := newKit(t, kitOptions{})
	for from := range 3 {
		for i := range 10 {
			k.get(fmt.Sprintf("127.99.0.%d", from), fmt.Sprintf("/p/805ec000%04x.cfg", i))
		}
	}
	if a := k.one(t, onboard.AlarmIgnored); a.Count != 3 || a.Source.String() != "127.99.0.2" || a.Site != "" {
		t.Errorf("%+v", a)
	}
}

func TestAlarmsAreBoundedToldAndKept(t *testing.T) {
	k := newKit(t, kitOptions{})
	feed := k.p.Alarms().Watch()
	start := k.clock()
	raise := func(n int) {
		k.p.Alarms().Raise(provisioning.Alarm{At: start.Add(time.Duration(n) * time.Second), Kind: "test", Text: fmt.Sprint(n), Source: netip.MustParseAddr(inside)})
	}
	for n := range 1000 {
		raise(n)
	}
	if a := <-feed.C(); a.Text != "0" || a.Count != 1 {
		t.Errorf("told %+v", a)
	}
	feed.Close()
	feed.Close()
	if list := k.p.Alarms().List(); len(list) != 1000 || list[0].Text != "999" || list[999].Text != "0" {
		t.Fatalf("%d alarms", len(list))
	}
	raise(1000)
	raise(1000)
	list := k.p.Alarms().List()
	if len(list) != 1000 || list[0].Text != "1000" || list[0].Count != 2 || list[999].Text != "1" {
		t.Fatalf("past the bound: %d, %+v ... %+v", len(list), list[0], list[len(list)-1])
	}
	must(t, k.p.Close())
	again, err := provisioning.New(provisioning.Config{Directory: k.dir, Catalog: k.p.Catalog(), Now: k.clock})
	must(t, err)
	k.p = again // closed by the kit
	if kept := again.Alarms().List(); !slices.EqualFunc(kept, list, func(a, b provisioning.Alarm) bool {
		return a.Text == b.Text && a.At.Equal(b.At) && a.Count == b.Count && a.First.Equal(b.First) && a.Source == b.Source
	}) {
		t.Errorf("after a restart: %d, %+v", len(kept), kept[0])
	}
}
