package resync

import (
	"context"
	"fmt"
	"net/netip"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"cradle/directory"
	"cradle/directory/kv/boltkv"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
	"cradle/templates"
)

// note is one NOTIFY.
type note struct{ account, event string }

// phones is a Notifier and a Busy.
type phones struct {
	mu     sync.Mutex
	notes  []note
	as     []string // user:password
	at     []time.Time
	now    int // NOTIFYs under way
	most   int
	answer func(account string) error
	busy   map[directory.ID]bool
	hold   chan struct{} // where set, NOTIFYs wait for it
}

func (p *phones) NotifyAs(ctx context.Context, account, event, user string, password directory.Secret) error {
	p.mu.Lock()
	p.as = append(p.as, user+":"+password.Reveal())
	p.notes, p.at = append(p.notes, note{account, event}), append(p.at, time.Now())
	p.now++
	p.most = max(p.most, p.now)
	answer, hold := p.answer, p.hold
	p.mu.Unlock()
	defer func() { p.mu.Lock(); p.now--; p.mu.Unlock() }()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if answer != nil {
		return answer(account)
	}
	return nil
}

func (p *phones) Busy(id directory.ID) bool { p.mu.Lock(); defer p.mu.Unlock(); return p.busy[id] }

func (p *phones) with(f func()) { p.mu.Lock(); defer p.mu.Unlock(); f() }

func (p *phones) got() []note {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]note(nil), p.notes...)
}

// office is a directory with two phones at desks and one hot-desk phone.
type office struct {
	t     *testing.T
	dir   *directory.Directory
	org   directory.ID
	site  directory.ID
	exts  []directory.ID
	desks []*directory.Device // at home: exts[i]; the last one is a hot desk
	steps chan provisioning.Step
	*phones
	*Resync
}

func open(t *testing.T, c Config) *office {
	t.Helper()
	o := &office{t: t, steps: make(chan provisioning.Step, 16), phones: &phones{busy: map[directory.ID]bool{}}}
	e, err := boltkv.Open(filepath.Join(t.TempDir(), "cradle.db"), boltkv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if o.dir, err = directory.Open(t.Context(), directory.Options{Engine: e, Keys: directory.NewKeys()}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.dir.Close() })
	o.fill()
	shelf, err := catalog.Load(templates.FS())
	if err != nil {
		t.Fatal(err)
	}
	c.Directory, c.Catalog, c.Notifier, c.Busy = o.dir, shelf, o.phones, o.phones
	c.Steps = func() (<-chan provisioning.Step, func()) { return o.steps, func() {} }
	for _, d := range []*time.Duration{&c.Settle, &c.Spread, &c.Retry} {
		if *d == 0 {
			*d = 10 * time.Millisecond
		}
	}
	if o.Resync, err = New(c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Resync.Close() })
	return o
}

func (o *office) do(fn func(*directory.Tx) error) {
	o.t.Helper()
	if err := o.dir.Update(context.Background(), directory.Actor{Kind: "user", Name: "test"}, fn); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) fill() {
	o.do(func(tx *directory.Tx) error {
		org := &directory.Organization{Name: "Acme", Domain: "acme.example"}
		if err := tx.PutOrganization(org); err != nil {
			return err
		}
		site := &directory.Site{Organization: org.ID, Name: "London", Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Adoption: directory.AdoptLobby, TFTP: directory.TFTPFull}
		if err := tx.PutSite(site); err != nil {
			return err
		}
		o.org, o.site = org.ID, site.ID
		for i, model := range []string{"yealink-t46u", "grandstream-grp2614", "snom-d785"} {
			d, err := tx.NewDevice(org.ID, site.ID, directory.MAC(fmt.Sprintf("805ec000000%d", i)), model, directory.StepApproved)
			if err != nil {
				return err
			}
			if i < 2 {
				x := &directory.Extension{Organization: org.ID, Site: site.ID, Number: fmt.Sprint(101 + i), Name: fmt.Sprint("Person ", i), HotDesk: true}
				if err := tx.PutExtension(x); err != nil {
					return err
				}
				o.exts = append(o.exts, x.ID)
				c := *d
				c.Lines = append([]directory.Line(nil), d.Lines...)
				c.Lines[0].Home = x.ID
				if err := tx.PutDevice(&c); err != nil {
					return err
				}
				d = &c
			}
			o.desks = append(o.desks, d)
		}
		return nil
	})
}

func (o *office) account(i int) string {
	return o.dir.Snapshot().Device(o.desks[i].ID).Lines[0].Account.User
}

func (o *office) until(what string, ok func() bool) {
	o.t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			o.t.Fatalf("%s: it never came to that; sent %v", what, o.got())
		}
	}
}

func (o *office) rename(i int, name string) {
	o.t.Helper()
	o.do(func(tx *directory.Tx) error {
		x := *tx.Snapshot().Extension(o.exts[i])
		x.Name = name
		return tx.PutExtension(&x)
	})
}

// fetch pretends that a phone has read a file.
func (o *office) fetch(i int, file string) {
	o.steps <- provisioning.Step{At: time.Now(), MAC: o.desks[i].MAC, Door: provisioning.DoorHTTP, File: file, Status: 200}
}
