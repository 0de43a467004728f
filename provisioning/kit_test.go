package provisioning_test

import (
	"context"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cradle/directory"
	"cradle/directory/kv/boltkv"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
	"cradle/templates"
)

// Addresses of the test's world: one site with 127.0.0.0/16, nothing else.
const (
	inside  = "127.0.0.7"
	inside2 = "127.0.0.8"
	outside = "127.99.0.1"
	local   = "127.0.0.1"
)

// kit is a provisioning over a real directory on disk, with a clock and
// registrations of its own.
type kit struct {
	t    *testing.T
	dir  *directory.Directory
	p    *provisioning.Provisioning
	org  directory.Organization
	site directory.Site
	ada  directory.Extension

	mu   sync.Mutex
	now  time.Time
	regs map[string]registration
}

type registration struct {
	last   time.Time
	source netip.Addr
}

type kitOptions struct {
	catalog catalog.Source
	config  func(*provisioning.Config)
	site    func(*directory.Site)
	noOwner bool // the wizard is not done
}

var loadOnce = sync.OnceValues(func() (*catalog.Catalog, error) { return catalog.Load(templates.FS()) })

func newKit(t testing.TB, o kitOptions) *kit {
	t.Helper()
	k := &kit{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), regs: map[string]registration{}}
	k.t, _ = t.(*testing.T)
	engine, err := boltkv.Open(filepath.Join(t.TempDir(), "cradle.db"), boltkv.Options{})
	must(t, err)
	k.dir, err = directory.Open(context.Background(), directory.Options{Engine: engine, Keys: directory.NewKeys(), Now: k.clock})
	must(t, err)
	t.Cleanup(func() { _ = k.dir.Close() })
	k.world(t, o)
	if o.catalog == nil {
		shelf, err := loadOnce()
		must(t, err)
		o.catalog = shelf
	}
	c := provisioning.Config{
		Directory: k.dir, Catalog: o.catalog, Registered: k.registered, Now: k.clock,
		Servers: provisioning.Servers{HTTPPort: 8080, HTTPSPort: 8443, TFTPPort: 6969, SIPPort: 5060, SIPSPort: 5061, SNTPPort: 123},
	}
	if o.config != nil {
		o.config(&c)
	}
	k.p, err = provisioning.New(c)
	must(t, err)
	t.Cleanup(func() { _ = k.p.Close() })
	return k
}

// world writes an organization with an owner, a site and an extension.
func (k *kit) world(t testing.TB, o kitOptions) {
	t.Helper()
	k.update(t, func(tx *directory.Tx) error {
		k.org = directory.Organization{Name: "Acme", Domain: "acme.example", Language: "en"}
		if err := tx.PutOrganization(&k.org); err != nil {
			return err
		}
		k.site = directory.Site{
			Organization: k.org.ID, Name: "London", TimeZone: "Europe/London", Adoption: directory.AdoptLobby, TFTP: directory.TFTPBootstrap,
			Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/16")},
		}
		if o.site != nil {
			o.site(&k.site)
		}
		if err := tx.PutSite(&k.site); err != nil {
			return err
		}
		k.ada = directory.Extension{Organization: k.org.ID, Site: k.site.ID, Number: "101", Name: "Ada Lovelace", HotDesk: true}
		if err := tx.PutExtension(&k.ada); err != nil {
			return err
		}
		if o.noOwner {
			return nil
		}
		owner := directory.User{Organization: k.org.ID, Email: "o@acme.example", Role: directory.RoleOwner, Portal: true,
			PasswordHash: "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}
		return tx.PutUser(&owner)
	})
}

func (k *kit) update(t testing.TB, fn func(*directory.Tx) error) {
	t.Helper()
	must(t, k.dir.Update(context.Background(), directory.Actor{Kind: "system", Name: "test"}, fn))
}

func (k *kit) clock() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now
}

func (k *kit) later(d time.Duration) {
	k.mu.Lock()
	k.now = k.now.Add(d)
	k.mu.Unlock()
}

// register lets a device's first account register now from an address.
func (k *kit) register(d *directory.Device, addr string) {
	k.mu.Lock()
	k.regs[d.Lines[0].Account.User] = registration{k.now, netip.MustParseAddr(addr)}
	k.mu.Unlock()
}

func (k *kit) registered(account string) (time.Time, netip.Addr, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	r, ok := k.regs[account]
	return r.last, r.source, ok
}

// import puts an approved phone, with Ada's extension at line 1 if home.
func (k *kit) importPhone(t testing.TB, mac, model string, home bool) *directory.Device {
	t.Helper()
	d := directory.Device{Organization: k.org.ID, Site: k.site.ID, MAC: directory.MAC(mac), Model: model, Step: directory.StepApproved, Approved: k.clock(), RemoteLogin: true, Lines: []directory.Line{{}}}
	if home {
		d.Lines[0].Home = k.ada.ID
	}
	k.update(t, func(tx *directory.Tx) error { return tx.PutDevice(&d) })
	return k.device(mac)
}

func (k *kit) device(mac string) *directory.Device {
	return k.dir.Snapshot().DeviceByMAC(directory.MAC(mac))
}

// change edits a device.
func (k *kit) change(t testing.TB, mac string, edit func(*directory.Device)) {
	t.Helper()
	k.update(t, func(tx *directory.Tx) error {
		d := *tx.Snapshot().DeviceByMAC(directory.MAC(mac))
		d.Lines = slices.Clone(d.Lines) // others read the record
		edit(&d)
		return tx.PutDevice(&d)
	})
}

func request(door provisioning.Door, from, path, agent string) provisioning.Request {
	return provisioning.Request{Door: door, Path: path, UserAgent: agent, Source: netip.AddrPortFrom(netip.MustParseAddr(from), 40000), Local: netip.MustParseAddr(local)}
}

func (k *kit) get(from, path string) provisioning.Response {
	return k.p.Answer(context.Background(), request(provisioning.DoorHTTP, from, path, ""))
}

func (k *kit) tftp(from, path string) provisioning.Response {
	return k.p.Answer(context.Background(), request(provisioning.DoorTFTP, from, path, ""))
}

// lastRule is the newest journal entry's rule.
func (k *kit) lastRule(mac string) string {
	steps := k.p.Journal().Of(directory.MAC(mac))
	if len(steps) == 0 {
		return ""
	}
	return steps[len(steps)-1].Rule
}

func (k *kit) token(mac string) string { return k.device(mac).TokenSealed.Reveal() }

// eventually waits for what the clerk does in the background.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func contains(body []byte, s string) bool { return strings.Contains(string(body), s) }
