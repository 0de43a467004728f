package resync

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cradle/directory"
)

// registry is who is registered.
type registry struct {
	mu   sync.Mutex
	last map[string]time.Time
	live map[string]bool
}

func newRegistry() *registry {
	return &registry{last: map[string]time.Time{}, live: map[string]bool{}}
}

func (r *registry) of(account string) (time.Time, netip.Addr, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last[account], netip.Addr{}, r.live[account]
}

func (r *registry) set(account string, at time.Time, live bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last[account], r.live[account] = at, live
}

func (o *office) hours(from, until string) {
	o.t.Helper()
	o.do(func(tx *directory.Tx) error {
		s := *tx.Snapshot().Site(o.site)
		s.ResyncFrom, s.ResyncUntil = from, until
		return tx.PutSite(&s)
	})
}

func (o *office) quiet(n int) {
	o.t.Helper()
	time.Sleep(60 * time.Millisecond)
	if got := o.got(); len(got) != n {
		o.t.Fatalf("sent %v, want %d", got, n)
	}
}

// A phone has the settings in force when it has read them and is registered.
func TestReadAndRegistered(t *testing.T) {
	r := newRegistry()
	o := open(t, Config{Registered: r.of, Register: 80 * time.Millisecond})
	o.rename(0, "Ada")
	o.until("a NOTIFY", func() bool { return len(o.got()) == 1 })
	o.fetch(0, "805ec0000000.cfg")
	o.until("waits for its registration", func() bool { return strings.Contains(o.State(o.desks[0].ID).Reason, "is to register") })
	o.until("failed", func() bool { return o.State(o.desks[0].ID).Status == Failed })
	r.set(o.account(0), time.Now(), true) // late
	if s := o.State(o.desks[0].ID); s.Status != Applied {
		t.Errorf("%+v", s)
	}
	o.rename(0, "Ada L.") // it stays registered, and that is enough
	o.until("a NOTIFY", func() bool { return len(o.got()) == 2 })
	o.fetch(0, "805ec0000000.cfg")
	o.until("applied", func() bool { return o.State(o.desks[0].ID).Reason == readAndRegistered })
}

// A phone that restarts has to register anew.
func TestRestartRegistersAnew(t *testing.T) {
	r := newRegistry()
	o := open(t, Config{Registered: r.of, Register: 10 * time.Second})
	r.set(o.account(0), time.Now().Add(-time.Hour), true)
	if err := o.Resync.Resync(t.Context(), o.desks[0].ID, true); err != nil {
		t.Fatal(err)
	}
	o.until("told", func() bool { return strings.Contains(o.State(o.desks[0].ID).Reason, "is to read") })
	o.fetch(0, "805ec0000000.cfg")
	o.until("read", func() bool { return strings.Contains(o.State(o.desks[0].ID).Reason, "is to register") })
	r.set(o.account(0), time.Now(), true)
	o.until("applied", func() bool { return o.State(o.desks[0].ID).Status == Applied })
}

// Changes wait for the hours of the site; what a person asks for does not.
func TestHours(t *testing.T) {
	o := open(t, Config{})
	now := time.Now().UTC()
	o.hours(now.Add(2*time.Hour).Format("15:04"), now.Add(3*time.Hour).Format("15:04"))
	o.rename(0, "Ada")
	o.until("waits", func() bool { return strings.HasPrefix(o.State(o.desks[0].ID).Reason, "waits for the hours") })
	o.quiet(0)
	if err := o.Resync.Resync(t.Context(), o.desks[1].ID, false); err != nil {
		t.Fatal(err)
	}
	o.until("the order", func() bool { return len(o.got()) == 1 })
	if o.got()[0].account != o.account(1) {
		t.Errorf("%v", o.got())
	}
	o.hours(now.Add(-time.Hour).Format("15:04"), now.Add(time.Hour).Format("15:04"))
	o.until("all the others", func() bool {
		return slices.ContainsFunc(o.got(), func(n note) bool { return n.account == o.account(0) })
	})
}

func TestHoursOfTheZone(t *testing.T) {
	site := &directory.Site{TimeZone: "America/New_York", ResyncFrom: "22:00", ResyncUntil: "06:00"}
	for at, want := range map[string]string{ // UTC -> when, in New York
		"2026-03-02T02:59:00Z": "22:00",
		"2026-03-02T03:00:00Z": "open",
		"2026-03-02T10:59:00Z": "open",
		"2026-03-02T11:00:00Z": "22:00",
	} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		open, set, opens := hours(site, now)
		if got := opens.Format("15:04"); !set || open != (want == "open") || !open && (got != want || !opens.After(now)) {
			t.Errorf("%s: %v %v %s", at, open, set, opens)
		}
	}
	if open, set, _ := hours(&directory.Site{}, time.Now()); !open || set {
		t.Error("a site without hours is not open")
	}
}

// What does not answer the one event is told the other, in the site's hours only.
func TestTheOtherEvent(t *testing.T) {
	o := open(t, Config{Fetch: 30 * time.Millisecond})
	now := time.Now().UTC()
	o.hours(now.Add(-time.Hour).Format("15:04"), now.Add(time.Hour).Format("15:04"))
	o.until("the change of the site", func() bool { return len(o.got()) >= 3 })
	for i := range o.desks {
		o.until("all given up", func() bool { return o.State(o.desks[i].ID).Status == Failed })
	}
	events := map[string]int{}
	for _, n := range o.got() {
		if n.account == o.account(0) {
			events[n.event]++
		}
	}
	if events["check-sync;reboot=false"] == 0 || events["check-sync;reboot=true"] == 0 {
		t.Errorf("%v", events)
	}
	if s := o.State(o.desks[0].ID); !strings.Contains(s.Reason, "within 1440 minutes") {
		t.Errorf("%+v", s)
	}
}

// A person's wish for a restart that the phone refuses is tried the mild way.
func TestMilderEvent(t *testing.T) {
	o := open(t, Config{})
	o.with(func() {
		o.answer = func(string) error {
			if len(o.notes) <= attempts { // under the lock of whoever asks
				return errors.New("489 Bad Event")
			}
			return nil
		}
	})
	if err := o.Resync.Resync(t.Context(), o.desks[0].ID, true); err != nil {
		t.Fatal(err)
	}
	o.until("the milder one", func() bool {
		n := o.got()
		return len(n) == attempts+1 && n[0].event == "check-sync;reboot=true" && n[attempts].event == "check-sync;reboot=false"
	})
}

// Where the vendor's data says so a phone that asks is told who we are.
func TestCredentials(t *testing.T) {
	o := open(t, Config{})
	o.do(func(tx *directory.Tx) error {
		d := *tx.Snapshot().Device(o.desks[2].ID)
		d.Model = "cisco-spa504g"
		return tx.PutDevice(&d)
	})
	o.until("a NOTIFY", func() bool { return len(o.got()) == 1 })
	a := o.dir.Snapshot().Device(o.desks[2].ID).Lines[0].Account
	if want := a.User + ":" + a.Secret.Reveal(); o.as[0] != want {
		t.Error("not the device account's credential")
	}
	o.rename(0, "Ada")
	o.until("another", func() bool { return len(o.got()) == 2 })
	if o.as[1] != ":" {
		t.Error("a credential for a phone that asks for none")
	}
}
