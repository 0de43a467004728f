package registrar

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cradle/directory"
	"cradle/directory/kv/boltkv"
	"cradle/registrar/siptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is a directory with one organization, a site on 127.0.0.0/16, and a
// few approved phones.
type house struct {
	t      testing.TB
	dir    *directory.Directory
	engine *boltkv.Engine
	path   string
	org    directory.ID
	site   directory.ID
	phones []*directory.Device
	webs   map[string]net.Listener // by door and transport
}

func newHouse(t testing.TB, phones int) *house {
	t.Helper()
	h := &house{t: t, path: filepath.Join(t.TempDir(), "cradle.db")}
	h.open(directory.NewKeys())
	ctx := context.Background()
	err := h.dir.Update(ctx, directory.Actor{Kind: "setup"}, func(tx *directory.Tx) error {
		o := &directory.Organization{Name: "Acme", Domain: "acme.example"}
		if err := tx.PutOrganization(o); err != nil {
			return err
		}
		s := &directory.Site{Organization: o.ID, Name: "London", Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/16")}, Adoption: directory.AdoptLobby}
		h.org = o.ID
		if err := tx.PutSite(s); err != nil {
			return err
		}
		h.site = s.ID
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for len(h.phones) < phones {
		h.phones = append(h.phones, h.addPhones(min(1000, phones-len(h.phones)), len(h.phones))...)
	}
	t.Cleanup(h.close)
	return h
}

func (h *house) addPhones(n, first int) (out []*directory.Device) {
	err := h.dir.Update(context.Background(), directory.Actor{Kind: "setup"}, func(tx *directory.Tx) error {
		out = nil
		for i := range n {
			d := &directory.Device{Organization: h.org, Site: h.site, MAC: directory.MAC(fmt.Sprintf("02%010x", first+i+1)), Step: directory.StepApproved,
				Lines: []directory.Line{{}}}
			if err := tx.PutDevice(d); err != nil {
				return err
			}
			out = append(out, d)
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	snap := h.dir.Snapshot()
	for i, d := range out {
		out[i] = snap.Device(d.ID)
	}
	return out
}

var houseKeys = map[string]*directory.Keys{}

func (h *house) open(k *directory.Keys) {
	h.t.Helper()
	e, err := boltkv.Open(h.path, boltkv.Options{})
	if err != nil {
		h.t.Fatal(err)
	}
	houseKeys[h.path] = k
	d, err := directory.Open(context.Background(), directory.Options{Engine: e, Keys: k, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		h.t.Fatal(err)
	}
	h.dir, h.engine = d, e
}

func (h *house) close() {
	_ = h.dir.Close()
	_ = h.engine.Close()
}

func (h *house) reopen() {
	h.close()
	h.open(houseKeys[h.path])
}

func (h *house) update(fn func(tx *directory.Tx) error) {
	h.t.Helper()
	if err := h.dir.Update(context.Background(), directory.Actor{Kind: "user", Name: "test"}, fn); err != nil {
		h.t.Fatal(err)
	}
}

// door opens the registrar of the house; prepare may set handlers.
func (h *house) door(listen string, prepare func(r *Registrar)) *Registrar {
	h.t.Helper()
	host, _, _ := net.SplitHostPort(listen)
	secure, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		h.t.Fatal(err)
	}
	r, err := New(context.Background(), Config{Directory: h.dir, Listen: listen, Secure: secure, TLS: serverTLS(h.t)})
	if err != nil {
		h.t.Fatal(err)
	}
	if prepare != nil {
		prepare(r)
	}
	r.Run()
	h.t.Cleanup(func() {
		if err := r.Close(context.Background()); err != nil {
			h.t.Error(err)
		}
	})
	return r
}

func (h *house) account(i int) directory.Account { return h.phones[i].Lines[0].Account }

// phone is a simulated phone with the account of device i.
func (h *house) phone(r *Registrar, i int, change func(c *siptest.Config)) *siptest.Phone {
	h.t.Helper()
	a := h.account(i)
	c := siptest.Config{Server: r.Addr().String(), User: a.User, Password: a.Secret.Reveal(), Domain: "acme.example", Local: "127.0.0.1"}
	if change != nil {
		change(&c)
	}
	if (c.Transport == "ws" || c.Transport == "wss") && c.Server == r.Addr().String() {
		c.Server = h.web(r, c.Transport).String()
	}
	if c.Transport == "tls" && c.Server == r.Addr().String() {
		c.Server = r.c.Secure.Addr().String()
	}
	p, err := siptest.New(c)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(p.Close)
	return p
}

// web is where the web's door serves a registrar's WebSockets; it is opened when
// it is first asked for.
func (h *house) web(r *Registrar, transport string) netip.AddrPort {
	h.t.Helper()
	name := fmt.Sprintf("%p %s", r, transport)
	l := h.webs[name]
	if l == nil {
		var err error
		if l, err = net.Listen("tcp", netip.AddrPortFrom(r.Addr().Addr(), 0).String()); err != nil {
			h.t.Fatal(err)
		}
		if h.webs == nil {
			h.webs = map[string]net.Listener{}
		}
		h.webs[name] = l
		served := l
		if transport == "wss" {
			served = tls.NewListener(l, serverTLS(h.t))
		}
		s := &http.Server{Handler: r.WebSocket(), ReadHeaderTimeout: time.Second, ErrorLog: log.New(io.Discard, "", 0)}
		done := make(chan struct{})
		go func() { defer close(done); _ = s.Serve(served) }()
		h.t.Cleanup(func() { _ = s.Close(); <-done })
	}
	at := l.Addr().(*net.TCPAddr).AddrPort()
	if at = netip.AddrPortFrom(at.Addr().Unmap(), at.Port()); at.Addr().IsUnspecified() {
		at = netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), at.Port())
	}
	return at
}

// transports are all that phones may come by.
var transports = []string{"udp", "tcp", "tls", "ws", "wss"}

func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func until(t testing.TB, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !f(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

func mustRegister(t testing.TB, p *siptest.Phone) *siptest.Msg {
	t.Helper()
	m, err := p.Register(soon(t))
	if err != nil {
		t.Fatalf("register: %v", err)
	}
	return m
}

func TestRegisterOverEveryTransport(t *testing.T) {
	h := newHouse(t, 3)
	for name, listen := range map[string]string{"one address": "127.0.0.1:0", "every address": "0.0.0.0:0"} {
		for _, transport := range transports {
			t.Run(name+" "+transport, func(t *testing.T) {
				r := h.door(listen, nil)
				p := h.phone(r, 0, func(c *siptest.Config) { c.Transport = transport; c.ContactParams = ";line=abc;q=0.5" })
				m := mustRegister(t, p)
				if c := m.Get("Contact"); !strings.HasPrefix(c, "<"+p.Contact()+">;line=abc;q=0.5;expires=") {
					t.Errorf("contact %q", c)
				}
				if g := p.Granted(); g < 2700 || g > 3600 {
					t.Errorf("granted %d", g)
				}
				list := r.Lookup(p.User())
				if len(list) != 1 || list[0].Source != p.Addr() || list[0].Local != netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), h.doorPort(r, transport)) ||
					list[0].Transport != transport || list[0].Contact != p.Contact() || list[0].Q != 0.5 {
					t.Fatalf("%+v", list)
				}
				if _, err := p.Refresh(soon(t)); err != nil {
					t.Fatal(err)
				}
				if last, source, live := r.Registration(p.User()); last.IsZero() || source != p.Addr().Addr() || !live {
					t.Error("registration not known", last, source, live)
				}
				if m, err := p.Unregister(soon(t)); err != nil || m.Get("Contact") != "" || len(r.Lookup(p.User())) != 0 {
					t.Error("still there", err)
				}
			})
		}
	}
}

func TestSHA256(t *testing.T) {
	h := newHouse(t, 1)
	r := h.door("127.0.0.1:0", nil)
	p := h.phone(r, 0, func(c *siptest.Config) { c.Algorithm = "SHA-256" })
	mustRegister(t, p)
	ask := func() []string {
		m, err := p.Ask(soon(t), withVia(p, p.NewRegister()).Bytes(), nil)
		if err != nil {
			t.Fatal(err)
		}
		return m.All("WWW-Authenticate")
	}
	if got := ask(); len(got) != 2 || !strings.Contains(got[0], "algorithm=MD5") || !strings.Contains(got[1], "algorithm=SHA-256") {
		t.Errorf("who uses SHA-256 is offered %q", got)
	}
	q := h.phone(r, 0, nil)
	mustRegister(t, q)
	if got := ask(); len(got) != 1 {
		t.Errorf("who uses MD5 is offered %q", got)
	}
	h.update(func(tx *directory.Tx) error {
		return tx.SetSetting(directory.Scope{Kind: "appliance"}, settingSHA256, "on")
	})
	if got := ask(); len(got) != 2 {
		t.Errorf("with the setting on, offered %q", got)
	}
}

func withVia(p *siptest.Phone, m *siptest.Msg) *siptest.Msg {
	m.Headers = append([]siptest.Header{{Name: "Via", Value: "SIP/2.0/UDP " + p.Addr().String() + ";branch=z9hG4bK" + token()}}, m.Headers...)
	return m
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }
