package rollout_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"cradle/directory"
	"cradle/directory/kv/boltkv"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
	"cradle/provisioning/door/httpdoor"
	"cradle/provisioning/provtest"
	"cradle/provisioning/resync"
	"cradle/provisioning/rollout"
	"cradle/templates"
)

const model = "yealink-t46u"

// office is an appliance without SIP: simulated phones read their settings over
// HTTP and are registered here when these would let them register.
type office struct {
	t      *testing.T
	dir    *directory.Directory
	org    directory.ID
	prov   *provisioning.Provisioning
	resync *resync.Resync
	*rollout.Engine
	source string

	mu     sync.Mutex
	phones map[string]*provtest.Phone // by account
	last   map[string]time.Time
	live   map[string]bool
	told   map[string]int
	alarms []string
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, phones int) *office {
	o := &office{t: t, phones: map[string]*provtest.Phone{}, last: map[string]time.Time{}, live: map[string]bool{}, told: map[string]int{}}
	engine, err := boltkv.Open(filepath.Join(t.TempDir(), "cradle.db"), boltkv.Options{})
	must(t, err)
	o.dir, err = directory.Open(t.Context(), directory.Options{Engine: engine, Keys: directory.NewKeys()})
	must(t, err)
	t.Cleanup(func() { o.dir.Close() })
	shelf, err := catalog.Load(templates.FS())
	must(t, err)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	o.source = "http://" + ln.Addr().String() + "/p/"
	o.prov, err = provisioning.New(provisioning.Config{Directory: o.dir, Catalog: shelf, Registered: o.registered,
		Servers: provisioning.Servers{HTTPPort: ln.Addr().(*net.TCPAddr).Port, SIPPort: 5060}})
	must(t, err)
	t.Cleanup(func() { o.prov.Close() })
	server := &http.Server{Handler: httpdoor.New(o.prov.Answer, nil), ReadHeaderTimeout: 5 * time.Second}
	go server.Serve(ln) //nolint:errcheck // Close ends it
	t.Cleanup(func() { server.Close() })
	o.fill(phones)
	for i := range phones {
		o.boot(shelf, fmt.Sprintf("805ec0%06x", i+1))
	}
	o.resync, err = resync.New(resync.Config{
		Directory: o.dir, Catalog: shelf, Notifier: o, Busy: o, Registered: o.registered,
		Steps:  func() (<-chan provisioning.Step, func()) { w := o.prov.Journal().Watch(); return w.C(), w.Close },
		Settle: 10 * time.Millisecond, Spread: time.Millisecond, Retry: 10 * time.Millisecond, Register: 100 * time.Millisecond,
	})
	must(t, err)
	t.Cleanup(func() { o.resync.Close() })
	o.start()
	return o
}

// start opens the engine; a second time after its Close is a restart.
func (o *office) start() {
	e, err := rollout.New(rollout.Config{
		Directory: o.dir, Registered: o.registered, Every: 10 * time.Millisecond,
		Pending: func(id directory.ID) bool { return o.resync.State(id).Status == resync.Pending },
		Faults:  o.prov.TemplateFaults,
		Alarm:   func(text string, _ directory.ID) { o.mu.Lock(); o.alarms = append(o.alarms, text); o.mu.Unlock() },
	})
	must(o.t, err)
	o.Engine = e
	o.t.Cleanup(func() { e.Close() })
}

func (o *office) do(fn func(*directory.Tx) error) {
	o.t.Helper()
	must(o.t, o.dir.Update(context.Background(), directory.Actor{Kind: "user", Name: "test"}, fn))
}

func (o *office) fill(phones int) {
	o.do(func(tx *directory.Tx) error {
		org := &directory.Organization{Name: "Acme", Domain: "acme.example"}
		must(o.t, tx.PutOrganization(org))
		o.org = org.ID
		site := &directory.Site{Organization: org.ID, Name: "London", Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Adoption: directory.AdoptLobby, TFTP: directory.TFTPFull}
		must(o.t, tx.PutSite(site))
		must(o.t, tx.PutUser(&directory.User{Organization: org.ID, Email: "o@acme.example", Role: directory.RoleOwner, Portal: true,
			PasswordHash: "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}))
		for i := range phones {
			_, err := tx.NewDevice(org.ID, site.ID, directory.MAC(fmt.Sprintf("805ec0%06x", i+1)), model, directory.StepApproved)
			must(o.t, err)
		}
		return nil
	})
}

// boot switches a phone on for the first time, ten minutes ago.
func (o *office) boot(shelf *catalog.Catalog, mac string) {
	o.t.Helper()
	p, err := provtest.New(provtest.Config{Catalog: shelf, Data: templates.FS(), Model: model, MAC: mac, Address: netip.MustParseAddr("127.0.0.1")})
	must(o.t, err)
	res, err := p.Boot(o.t.Context(), o.source)
	must(o.t, err)
	if len(res.Settings.Accounts) == 0 {
		o.t.Fatalf("%s has no account: %+v", mac, res.Steps)
	}
	account := o.dir.Snapshot().DeviceByMAC(directory.MAC(mac)).Lines[0].Account.User
	o.phones[account], o.last[account], o.live[account] = p, time.Now().Add(-10*time.Minute), true
}

// NotifyAs makes the phone read its settings, and registers it where it can.
func (o *office) NotifyAs(ctx context.Context, account, _, _ string, _ directory.Secret) error {
	res, err := o.phones[account].Reread(ctx)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.told[account]++
	o.live[account] = err == nil && len(res.Settings.Accounts) > 0 && res.Settings.Accounts[0].Registers()
	if o.live[account] {
		o.last[account] = time.Now()
	}
	return err
}

func (o *office) Busy(directory.ID) bool { return false }

func (o *office) registered(account string) (time.Time, netip.Addr, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.last[account], netip.Addr{}, o.live[account]
}

func (o *office) count() (told, live int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, is := range o.live {
		if is {
			live++
		}
	}
	return len(o.told), live
}

func (o *office) until(what string, ok func() bool) {
	o.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			for r := range o.dir.Snapshot().Rollouts("") {
				o.t.Logf("%+v: %+v", r, o.Count(r))
			}
			o.t.Fatalf("%s: it never came to that", what)
		}
	}
}

// template saves a text for the accounts and rolls it out.
func (o *office) template(text string, stages []int, soak int) *directory.Rollout {
	o.t.Helper()
	var t directory.Template
	o.do(func(tx *directory.Tx) error {
		t = directory.Template{Organization: o.org, Scope: directory.Scope{Kind: "organization", ID: string(o.org)}, Model: model, File: "accounts.tmpl", Name: "own"}
		must(o.t, tx.PutTemplate(&t))
		return tx.AddTemplateVersion(&directory.TemplateVersion{Template: t.ID, Text: text})
	})
	r := &directory.Rollout{Kind: "template", Subject: t.ID, Target: "1", Stages: stages, Soak: soak}
	must(o.t, o.Start(o.t.Context(), directory.Actor{Kind: "user", Name: "test"}, r))
	return r
}

func (o *office) now(r *directory.Rollout) *directory.Rollout { return o.dir.Snapshot().Rollout(r.ID) }
