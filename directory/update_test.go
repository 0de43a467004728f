package directory

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cradle/directory/kv"
	"cradle/directory/kv/boltkv"
)

func TestConcurrentUpdatesShareCommitsAndHarmNobody(t *testing.T) {
	s := open(t)
	o := s.office()
	bad := errors.New("no")
	before, _ := s.engine.Revision(t.Context())
	var wg sync.WaitGroup
	var failed atomic.Int64
	const writers, each = 32, 20
	for i := range writers {
		wg.Go(func() {
			for n := range each {
				var seen uint64
				err := s.try(func(tx *Tx) error {
					e := &Extension{Organization: o.org, Site: o.site, Number: fmt.Sprint(1000 + i*each + n)}
					if err := tx.PutExtension(e); err != nil {
						return err
					}
					seen = e.Revision
					switch n % 4 {
					case 1:
						return bad
					case 2:
						panic("no")
					}
					return nil
				})
				want := map[int]error{1: bad, 2: ErrPanic}[n%4]
				if !errors.Is(err, want) {
					t.Errorf("update: %v, want %v", err, want)
				}
				e := s.Snapshot().ExtensionByNumber(o.org, fmt.Sprint(1000+i*each+n))
				if want == nil && (e == nil || e.Revision != seen) || want != nil && e != nil {
					t.Errorf("after %v the snapshot shows %v", err, e)
				}
				if err != nil {
					failed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	after, _ := s.engine.Revision(t.Context())
	commits, good := after-before, uint64(writers*each)-uint64(failed.Load())
	t.Logf("%d updates in %d commits", good, commits)
	if commits >= good {
		t.Errorf("%d updates took %d commits", good, commits)
	}
	s.sound()
	s.reopen()
	s.sound()
}

func TestAFailedUpdateGivesTheRecordBackAsItWas(t *testing.T) {
	s := open(t)
	o := s.office()
	e := &Extension{Organization: o.org, Site: o.site, Number: "500"}
	d := &Device{Organization: o.org, Site: o.site, MAC: "00000000000a"}
	bad := errors.New("no")
	err := s.try(func(tx *Tx) error { return errors.Join(tx.PutExtension(e), tx.PutDevice(d), bad) })
	if !errors.Is(err, bad) || e.ID != "" || e.Revision != 0 || d.ID != "" {
		t.Fatalf("%v: %v %v", err, e.ID, d.ID)
	}
	s.do(func(tx *Tx) error { return errors.Join(tx.PutExtension(e), tx.PutDevice(d)) })
	old := *e
	s.do(func(tx *Tx) error { e.Name = "new"; return tx.PutExtension(e) })
	if err := s.try(func(tx *Tx) error { old.Name = "late"; return tx.PutExtension(&old) }); !errors.Is(err, ErrStale) {
		t.Errorf("an old revision: %v", err)
	}
	old.Revision = 0
	s.do(func(tx *Tx) error { return tx.PutExtension(&old) })
	before := s.Snapshot()
	s.do(func(tx *Tx) error { c := *before.Extension(e.ID); return tx.PutExtension(&c) })
	if s.Snapshot() != before {
		t.Error("putting the same again is a change")
	}
}

func TestASnapshotInsideATransactionStaysAsItWas(t *testing.T) {
	s := open(t)
	o := s.office()
	outside := s.Snapshot()
	s.do(func(tx *Tx) error {
		first := tx.Snapshot()
		n := 0
		for e := range first.Extensions(o.org) { // walked while it is written to
			n++
			c := *e
			c.Name = "changed"
			if err := tx.PutExtension(&c); err != nil {
				return err
			}
			if err := tx.PutExtension(&Extension{Organization: o.org, Site: o.site, Number: e.Number + "9"}); err != nil {
				return err
			}
		}
		if n != 3 || first.ExtensionByNumber(o.org, "1019") != nil || first.ExtensionByNumber(o.org, "101").Name == "changed" {
			t.Errorf("the first view changed; %d walked", n)
		}
		if now := tx.Snapshot(); now.ExtensionByNumber(o.org, "1019") == nil || now.ExtensionByNumber(o.org, "101").Name != "changed" {
			t.Error("the transaction does not see its writes")
		}
		return nil
	})
	if outside.ExtensionByNumber(o.org, "1019") != nil {
		t.Error("an old snapshot changed")
	}
}

// flaky is an engine whose commits fail when told to.
type flaky struct {
	kv.Engine
	fail func(batch int) error
	n    atomic.Int64
}

func (f *flaky) Update(ctx context.Context, fn func(kv.Writer) error) (uint64, error) {
	if err := f.fail(int(f.n.Add(1))); err != nil {
		return 0, err
	}
	return f.Engine.Update(ctx, fn)
}

func TestWhenADiskRefusesACommitEachIsTriedAlone(t *testing.T) {
	e, err := boltkv.Open(t.TempDir()+"/cradle.db", boltkv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("no space left on device")
	var broken atomic.Bool
	f := &flaky{Engine: e, fail: func(int) error {
		if broken.CompareAndSwap(true, false) {
			return full
		}
		return nil
	}}
	d, err := Open(t.Context(), Options{Engine: f, Keys: NewKeys()})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	hold, held := make(chan struct{}), make(chan struct{})
	go d.Update(t.Context(), tester, func(*Tx) error { close(held); <-hold; return nil })
	<-held
	var wg sync.WaitGroup
	var wrong atomic.Int64
	for i := range 10 {
		wg.Go(func() {
			o := &Organization{Name: fmt.Sprint("org ", i)} // kept outside: a second run must find it as it was
			if err := d.Update(t.Context(), tester, func(tx *Tx) error { return tx.PutOrganization(o) }); err != nil {
				wrong.Add(1)
			}
		})
	}
	for len(d.queue) < 10 {
		time.Sleep(time.Millisecond)
	}
	broken.Store(true)
	close(hold)
	wg.Wait()
	if wrong.Load() != 0 {
		t.Errorf("%d of 10 failed", wrong.Load())
	}
	n := 0
	for range d.Snapshot().Organizations() {
		n++
	}
	if n != 10 {
		t.Errorf("%d organizations", n)
	}
	broken.Store(true)
	before := d.Snapshot()
	if err := d.Update(t.Context(), tester, func(tx *Tx) error { return tx.PutOrganization(&Organization{Name: "x"}) }); !errors.Is(err, full) {
		t.Errorf("full disk: %v", err)
	}
	if d.Snapshot() != before {
		t.Error("the snapshot shows what is not on disk")
	}
	if err := d.Update(t.Context(), tester, func(tx *Tx) error { return tx.PutOrganization(&Organization{Name: "x"}) }); err != nil {
		t.Errorf("after that: %v", err)
	}
	if err := d.VerifyAudit(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAnUpdateWhoseCallerLeftIsNotRun(t *testing.T) {
	s := open(t)
	hold := make(chan struct{})
	held := make(chan struct{})
	go s.try(func(*Tx) error { close(held); <-hold; return nil })
	<-held
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	var ran atomic.Bool
	go func() { done <- s.Update(ctx, tester, func(*Tx) error { ran.Store(true); return nil }) }()
	for len(s.queue) == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(hold)
	s.do(func(*Tx) error { return nil })
	if ran.Load() {
		t.Error("it ran")
	}
}

func TestNothingIsLeftRunningAfterClose(t *testing.T) {
	defer goleak.VerifyNone(t)
	s := open(t)
	w := s.Watch()
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			for n := range 50 {
				err := s.try(func(tx *Tx) error { return tx.PutOrganization(&Organization{Name: fmt.Sprint(i, "/", n)}) })
				if err != nil && !errors.Is(err, ErrClosed) {
					t.Error(err)
				}
			}
		})
	}
	time.Sleep(5 * time.Millisecond)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	wg.Wait()
	for range w.C() { // ends
	}
	w.Close()
	if err := s.try(func(*Tx) error { return nil }); !errors.Is(err, ErrClosed) {
		t.Errorf("got %v", err)
	}
	if _, ok := <-s.Watch().C(); ok {
		t.Error("a watcher of a closed directory")
	}
}

func TestWatchTellsEachCommitAndWhoIsTooSlow(t *testing.T) {
	s := open(t)
	w, slow := s.Watch(), s.Watch()
	defer w.Close()
	var id ID
	s.do(func(tx *Tx) error {
		o := &Organization{Name: "a"}
		err := tx.PutOrganization(o)
		id = o.ID
		return errors.Join(err, tx.SetLimit("calls", 5))
	})
	c := <-w.C()
	if len(c) != 2 || c[0].Kind != KindOrganization || c[0].ID != id || c[0].Old != nil || c[0].New.(*Organization).Name != "a" ||
		c[1].Kind != KindLimit || c[1].New.(*LimitRecord).Value != 5 {
		t.Fatalf("%+v", c)
	}
	s.do(func(tx *Tx) error { return tx.DeleteOrganization(id) })
	if c = <-w.C(); len(c) != 1 || !c[0].Deleted || c[0].New != nil || c[0].Old.(*Organization).ID != id {
		t.Fatalf("%+v", c)
	}
	for i := range watchDepth + 10 {
		s.do(func(tx *Tx) error { return tx.SetLimit("calls", int64(10+i)) })
		if c := <-w.C(); c[0].Revision != s.Snapshot().Revision() {
			t.Fatalf("revision %d, the snapshot has %d", c[0].Revision, s.Snapshot().Revision())
		}
	}
	marked := false
	for !marked {
		c := <-slow.C()
		marked = c[0].Kind == KindOverflow
	}
	slow.Close()
	slow.Close()
	if _, ok := <-slow.C(); ok {
		t.Error("it goes on after Close")
	}
}

func TestShelvesAreApartAndPaged(t *testing.T) {
	s := open(t)
	a, b := s.Shelf("a"), s.Shelf("b")
	var items []Item
	for i := range 25 {
		items = append(items, Item{fmt.Sprintf("%02d", i), []byte{byte(i)}})
	}
	if err := errors.Join(a.Put(t.Context(), items), b.Put(t.Context(), []Item{{"x", []byte("y")}})); err != nil {
		t.Fatal(err)
	}
	if err := a.Put(t.Context(), []Item{{"", nil}}); !errors.Is(err, ErrInvalid) {
		t.Errorf("no key: %v", err)
	}
	revision := s.Snapshot().Revision()
	if err := a.Put(t.Context(), []Item{{"07", nil}}); err != nil {
		t.Fatal(err)
	}
	s.reopen()
	a = s.Shelf("a")
	var seen []string
	for after := ""; ; {
		page, err := a.Page(after, 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, it := range page {
			seen = append(seen, it.Key)
		}
		after = page[len(page)-1].Key
	}
	if len(seen) != 24 || strings.Contains(strings.Join(seen, " "), "07") {
		t.Errorf("%v", seen)
	}
	n := 0
	if err := a.All(func(string, []byte) bool { n++; return n < 3 }); err != nil || n != 3 {
		t.Errorf("%d %v", n, err)
	}
	if s.Snapshot().Revision() != revision {
		t.Error("a shelf moves the revision")
	}
	s.sound()
}

func TestTheLongestNetworkWins(t *testing.T) {
	s := open(t)
	o := s.office()
	nets := func(list ...string) (out []netip.Prefix) {
		for _, n := range list {
			out = append(out, netip.MustParsePrefix(n))
		}
		return out
	}
	add := func(org ID, name string, list ...string) error {
		return s.try(func(tx *Tx) error {
			return tx.PutSite(&Site{Organization: org, Name: name, Networks: nets(list...)})
		})
	}
	if err := errors.Join(add(o.org, "wide", "10.0.0.0/8", "2001:db8::/32"), add(o.org, "part", "10.1.0.0/16"),
		add(o.org, "one", "10.1.2.3/32", "2001:db8:1::/48"), add(o.org, "mapped", "::ffff:192.0.2.0/120")); err != nil {
		t.Fatal(err)
	}
	for addr, want := range map[string]string{
		"10.9.9.9": "wide", "10.1.9.9": "part", "10.1.2.3": "one", "::ffff:10.1.2.3": "one", "11.0.0.1": "",
		"2001:db8:2::1": "wide", "2001:db8:1::1": "one", "2001:db9::1": "", "192.0.2.200": "mapped", "fe80::1%eth0": "", "127.0.0.1": "London",
	} {
		got := ""
		if site := s.Snapshot().SiteOf(netip.MustParseAddr(addr)); site != nil {
			got = site.Name
		}
		if got != want {
			t.Errorf("%s is in %q, want %q", addr, got, want)
		}
	}
	if s.Snapshot().SiteOf(netip.Addr{}) != nil {
		t.Error("no address has a site")
	}
	other := &Organization{Name: "Other"}
	s.do(func(tx *Tx) error { return tx.PutOrganization(other) })
	for _, n := range []string{"10.1.2.0/24", "10.0.0.0/7", "0.0.0.0/0"} {
		if err := add(other.ID, "x", n); !errors.Is(err, ErrTaken) {
			t.Errorf("%s for another organization: %v", n, err)
		}
	}
	if err := add(other.ID, "x", "172.16.0.0/12"); err != nil {
		t.Error(err)
	}
}
