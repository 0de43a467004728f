package resync

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/templates"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestOnlyThePhoneConcerned(t *testing.T) {
	o := open(t, Config{})
	o.rename(0, "Ada")
	o.until("a NOTIFY", func() bool { return len(o.got()) == 1 })
	if n := o.got()[0]; n != (note{o.account(0), "check-sync;reboot=false"}) {
		t.Errorf("sent %v", n)
	}
	if s := o.State(o.desks[0].ID); s.Status != Pending {
		t.Errorf("state %+v before the phone has read anything", s)
	}
	o.fetch(0, "/p/y000000000108.cfg") // the common file is not its own
	o.fetch(1, "/p/cfg805ec0000001.xml")
	o.fetch(0, "/p/~token/805EC0000000.cfg")
	o.until("applied", func() bool { return o.State(o.desks[0].ID).Status == Applied })
	time.Sleep(60 * time.Millisecond)
	if n := o.got(); len(n) != 1 {
		t.Errorf("sent %v", n)
	}
}

func TestSeatChangeTouchesBothPhones(t *testing.T) {
	o := open(t, Config{})
	o.do(func(tx *directory.Tx) error {
		_, err := tx.Sit(directory.SitRequest{Extension: o.exts[0], At: directory.LineRef{Device: o.desks[2].ID, Line: 1}, By: "test", How: "portal"})
		return err
	})
	o.until("two NOTIFYs", func() bool { return len(o.got()) == 2 })
	want := map[note]bool{{o.account(0), "check-sync;reboot=false"}: true, {o.account(2), "check-sync;reboot=false"}: true}
	for _, n := range o.got() {
		if !want[n] {
			t.Errorf("sent %v", n)
		}
	}
}

func TestChangesBecomeOne(t *testing.T) {
	o := open(t, Config{Settle: 80 * time.Millisecond})
	for i := range 5 {
		o.rename(0, fmt.Sprint("Ada ", i))
	}
	o.until("a NOTIFY", func() bool { return len(o.got()) > 0 })
	time.Sleep(150 * time.Millisecond)
	if n := o.got(); len(n) != 1 {
		t.Errorf("sent %v", n)
	}
}

func TestNeverInACall(t *testing.T) {
	o := open(t, Config{})
	o.with(func() { o.busy[o.desks[1].ID] = true })
	o.rename(1, "Grace")
	o.until("put off", func() bool { return o.State(o.desks[1].ID).Reason == "the phone is in a call" })
	time.Sleep(40 * time.Millisecond)
	if n := o.got(); len(n) != 0 {
		t.Fatalf("sent %v during a call", n)
	}
	o.with(func() { o.busy[o.desks[1].ID] = false })
	o.until("a NOTIFY", func() bool { return len(o.got()) == 1 })
	if n := o.got()[0].event; n != "resync" {
		t.Errorf("event %q", n)
	}
}

func TestFailures(t *testing.T) {
	o := open(t, Config{Fetch: 60 * time.Millisecond})
	refusal := errors.New("not registered")
	o.with(func() { o.answer = func(string) error { return refusal } })
	o.rename(0, "Ada")
	o.until("failed", func() bool { return o.State(o.desks[0].ID).Status == Failed })
	if s := o.State(o.desks[0].ID); !strings.HasPrefix(s.Reason, refusal.Error()+"; it will read its settings at its next look, within 1440 minutes") || len(o.got()) != attempts {
		t.Errorf("%+v after %v", s, o.got())
	}
	o.fetch(0, "805ec0000000.cfg") // its next boot
	o.until("applied", func() bool { return o.State(o.desks[0].ID).Status == Applied })

	o.with(func() { o.answer = nil })
	o.rename(1, "Grace")
	o.until("not read", func() bool { return o.State(o.desks[1].ID).Status == Failed })

	o.do(func(tx *directory.Tx) error {
		d := *tx.Snapshot().Device(o.desks[2].ID)
		d.Model, d.Name = "", "renamed"
		return tx.PutDevice(&d)
	})
	o.until("unknown model", func() bool { return o.State(o.desks[2].ID).Status == Failed })
}

func TestByHand(t *testing.T) {
	o := open(t, Config{})
	if err := o.Resync.Resync(t.Context(), o.desks[0].ID, true); err != nil {
		t.Fatal(err)
	}
	o.until("a NOTIFY", func() bool { return len(o.got()) == 1 })
	if n := o.got()[0].event; n != "check-sync;reboot=true" {
		t.Errorf("event %q", n)
	}
	if err := o.Resync.Resync(t.Context(), "nobody", false); !errors.Is(err, ErrNoDevice) {
		t.Error(err)
	}
	o.Resync.Close()
	if err := o.Resync.Resync(t.Context(), o.desks[0].ID, false); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

func TestSpreadAndBounded(t *testing.T) {
	o := open(t, Config{Parallel: 2, Spread: 15 * time.Millisecond})
	hold := make(chan struct{})
	o.with(func() { o.hold = hold })
	o.do(func(tx *directory.Tx) error {
		s := *tx.Snapshot().Site(o.site)
		s.TimeServer = "127.0.0.1"
		return tx.PutSite(&s)
	})
	o.until("two under way", func() bool { return len(o.got()) == 2 })
	time.Sleep(50 * time.Millisecond)
	if n := len(o.got()); n != 2 {
		t.Errorf("%d under way, want 2", n)
	}
	close(hold)
	o.until("all three", func() bool { return len(o.got()) == 3 })
	if o.most != 2 {
		t.Errorf("%d at once", o.most)
	}
	if gap := o.at[1].Sub(o.at[0]); gap < 14*time.Millisecond {
		t.Errorf("second after %v", gap)
	}
}

func TestWhatAPhoneTellsIsNoChange(t *testing.T) {
	o := open(t, Config{})
	o.do(func(tx *directory.Tx) error {
		d := *tx.Snapshot().Device(o.desks[0].ID)
		d.Seen, d.Firmware, d.Vendor, d.Step = time.Now(), "1.2.3", "yealink", directory.StepToken
		return tx.PutDevice(&d)
	})
	o.do(func(tx *directory.Tx) error { _, err := tx.IssueToken(o.desks[0].ID); return err })
	o.rename(1, "Grace")
	o.until("a NOTIFY", func() bool { return len(o.got()) > 0 })
	time.Sleep(50 * time.Millisecond)
	if n := o.got(); len(n) != 1 || n[0].account != o.account(1) {
		t.Errorf("sent %v", n)
	}
}

func TestEqualRenderingIsNoChange(t *testing.T) {
	var mu sync.Mutex
	rendered := "a"
	o := open(t, Config{Fingerprint: func(directory.ID) (string, error) { mu.Lock(); defer mu.Unlock(); return rendered, nil }})
	o.rename(0, "Ada")
	o.until("the first", func() bool { return len(o.got()) == 1 })
	o.fetch(0, "805ec0000000.cfg")
	o.until("applied", func() bool { return o.State(o.desks[0].ID).Status == Applied })
	o.rename(0, "Ada L.")
	time.Sleep(60 * time.Millisecond)
	if n := o.got(); len(n) != 1 {
		t.Errorf("sent %v", n)
	}
	mu.Lock()
	rendered = "b"
	mu.Unlock()
	o.rename(0, "Ada Lovelace")
	o.until("the second", func() bool { return len(o.got()) == 2 })
}

func TestChangeWhileNotifying(t *testing.T) {
	o := open(t, Config{})
	hold := make(chan struct{})
	o.with(func() { o.hold = hold })
	o.rename(0, "Ada")
	o.until("under way", func() bool { return len(o.got()) == 1 })
	o.rename(0, "Ada L.")
	o.until("heard of", func() bool { return !o.State(o.desks[0].ID).At.Before(o.at[0]) })
	close(hold)
	o.until("told again", func() bool { return len(o.got()) == 2 })
}

func TestPanicInTheNotifier(t *testing.T) {
	o := open(t, Config{})
	o.with(func() { o.answer = func(string) error { panic("fault") } })
	o.rename(0, "Ada")
	o.until("failed", func() bool { return o.State(o.desks[0].ID).Status == Failed })
}

func TestFingerprint(t *testing.T) {
	o := open(t, Config{})
	shelf, err := catalog.Load(templates.FS())
	if err != nil {
		t.Fatal(err)
	}
	text := "masked"
	fingerprint := Fingerprint(o.dir, shelf, func(directory.ID, string) ([]byte, error) { return []byte(text), nil })
	of := func() string {
		t.Helper()
		s, err := fingerprint(o.desks[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	first := of()
	edit := func(f func(*directory.Device)) {
		t.Helper()
		o.do(func(tx *directory.Tx) error {
			d := *tx.Snapshot().Device(o.desks[0].ID)
			f(&d)
			return tx.PutDevice(&d)
		})
	}
	edit(func(d *directory.Device) { d.Step, d.Seen = directory.StepToken, time.Now() })
	if of() != first {
		t.Error("a phone that showed its token has other settings")
	}
	text = "other"
	second := of()
	if second == first {
		t.Error("another rendering has the same print")
	}
	o.do(func(tx *directory.Tx) error { return tx.Rearm(o.desks[0].ID) })
	if of() == second {
		t.Error("a rotated secret has the same print")
	}
	if _, err := fingerprint("nobody"); !errors.Is(err, ErrNoDevice) {
		t.Error(err)
	}
}
