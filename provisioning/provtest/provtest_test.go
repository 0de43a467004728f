package provtest_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/net/ipv4"

	"cradle/directory"
	"cradle/directory/kv/boltkv"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
	"cradle/provisioning/devicecert"
	"cradle/provisioning/door"
	"cradle/provisioning/door/httpdoor"
	"cradle/provisioning/door/pnpdoor"
	"cradle/provisioning/door/tftpdoor"
	"cradle/provisioning/provtest"
	"cradle/templates"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait"))
}

// house is the real provisioning behind real doors.
type house struct {
	t                 *testing.T
	journal           *provisioning.Journal
	dir               *directory.Directory
	shelf             *catalog.Catalog
	org, site, ext    directory.ID
	http, https, tftp string // URLs
	group             netip.AddrPort
}

func port(a net.Addr) int { return int(netip.MustParseAddrPort(a.String()).Port()) }

func open(t *testing.T) *house {
	t.Helper()
	h := &house{t: t}
	dir := t.TempDir()
	e, err := boltkv.Open(filepath.Join(dir, "cradle.db"), boltkv.Options{})
	must(t, err)
	h.dir, err = directory.Open(t.Context(), directory.Options{Engine: e, Keys: directory.NewKeys()})
	must(t, err)
	t.Cleanup(func() { h.dir.Close() })
	h.fill()
	h.shelf, err = catalog.Load(templates.FS())
	must(t, err)
	ca, err := devicecert.LoadAuthority(dir)
	must(t, err)
	t.Cleanup(func() { ca.Close() })
	plain, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	safe, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	gate := door.NewGate(h.dir.Snapshot, "tftp_transfers", "tftp_transfers_per_source")
	var p *provisioning.Provisioning
	answer := func(ctx context.Context, r provisioning.Request) provisioning.Response { return p.Answer(ctx, r) }
	files, err := tftpdoor.Listen("127.0.0.1:0", tftpdoor.Config{Answer: answer, Gate: gate})
	must(t, err)
	p, err = provisioning.New(provisioning.Config{Directory: h.dir, Catalog: h.shelf, CA: ca.PEM(), Screens: dialogue,
		Servers: provisioning.Servers{HTTPPort: port(plain.Addr()), HTTPSPort: port(safe.Addr()), TFTPPort: int(files.Addr().Port()), SIPPort: 5099, SIPSPort: 5098}})
	must(t, err)
	h.journal = p.Journal()
	s := httpdoor.NewServer(httpdoor.ServerConfig{Handler: httpdoor.New(answer, nil)})
	done := make(chan error, 2)
	go func() { done <- s.Serve(plain) }()
	go func() { done <- s.ServeTLS(safe, ca.TLSConfig()) }()
	h.http, h.https, h.tftp = "http://"+plain.Addr().String()+"/p/", "https://"+safe.Addr().String()+"/p/", "tftp://"+files.Addr().String()
	t.Cleanup(func() {
		s.Close()
		<-done
		<-done
		files.Close()
		p.Close()
	})
	h.multicast(pnpdoor.New(answer, gate))
	return h
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (h *house) update(fn func(*directory.Tx) error) {
	h.t.Helper()
	must(h.t, h.dir.Update(context.Background(), directory.Actor{Kind: "system", Name: "test"}, fn))
}

func (h *house) fill() {
	h.update(func(tx *directory.Tx) error {
		org := &directory.Organization{Name: "Acme", Domain: "acme.example", Language: "en"}
		if err := tx.PutOrganization(org); err != nil {
			return err
		}
		site := &directory.Site{Organization: org.ID, Name: "London", TimeZone: "Europe/London", Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
			Adoption: directory.AdoptApprove, TFTP: directory.TFTPFull}
		if err := tx.PutSite(site); err != nil {
			return err
		}
		ext := &directory.Extension{Organization: org.ID, Site: site.ID, Number: "101", Name: `Ada <"&> Lovelace`, HotDesk: true}
		if err := tx.PutExtension(ext); err != nil {
			return err
		}
		h.org, h.site, h.ext = org.ID, site.ID, ext.ID
		return tx.PutUser(&directory.User{Organization: org.ID, Email: "o@acme.example", Role: directory.RoleOwner, Portal: true,
			PasswordHash: "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
	})
}

// multicast answers SUBSCRIBEs to the group on a port of the kernel's choice.
func (h *house) multicast(answer func(context.Context, pnpdoor.Ask) pnpdoor.Reply) {
	lo, err := net.InterfaceByName("lo")
	must(h.t, err)
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(224, 0, 1, 75)})
	must(h.t, err)
	must(h.t, ipv4.NewPacketConn(conn).JoinGroup(lo, &net.UDPAddr{IP: net.IPv4(224, 0, 1, 75)}))
	h.group = netip.AddrPortFrom(netip.MustParseAddr("224.0.1.75"), uint16(port(conn.LocalAddr()))) // the library binds the wildcard
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 4096)
		for {
			n, from, err := conn.ReadFromUDPAddrPort(buf)
			if err != nil {
				return
			}
			message := string(buf[:n])
			if !strings.HasPrefix(message, "SUBSCRIBE sip:") {
				continue
			}
			user, _, _ := strings.Cut(message[len("SUBSCRIBE sip:"):], "@")
			user, _ = url.PathUnescape(user)
			params, agent := map[string]string{}, ""
			for line := range strings.SplitSeq(message, "\r\n") {
				if v, ok := strings.CutPrefix(line, "Event: "); ok {
					for part := range strings.SplitSeq(v, ";") {
						name, value, _ := strings.Cut(part, "=")
						params[name] = value
					}
				}
				if v, ok := strings.CutPrefix(line, "User-Agent: "); ok {
					agent = v
				}
			}
			r := answer(context.Background(), pnpdoor.Ask{User: user, Params: params, UserAgent: agent, Source: from, Local: netip.MustParseAddr("127.0.0.1")})
			if r.Status == 0 {
				continue
			}
			notify := fmt.Sprintf("NOTIFY sip:%[1]s SIP/2.0\r\nCall-ID: x\r\nContent-Type: %[2]s\r\nContent-Length: %[3]d\r\n\r\n%[4]s", from, r.ContentType, len(r.Body), r.Body)
			conn.WriteToUDPAddrPort([]byte("SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"), from)
			conn.WriteToUDPAddrPort([]byte(notify), from)
		}
	}()
	h.t.Cleanup(func() { conn.Close(); <-done })
}

func (h *house) phone(model, mac string) *provtest.Phone {
	h.t.Helper()
	p, err := provtest.New(provtest.Config{Catalog: h.shelf, Data: templates.FS(), Model: model, MAC: mac, Group: h.group, Timeout: 5 * time.Second})
	must(h.t, err)
	return p
}

func (h *house) device(mac string) *directory.Device {
	return h.dir.Snapshot().DeviceByMAC(directory.MAC(mac))
}

func steps(res *provtest.Result) string {
	var b strings.Builder
	for _, s := range res.Steps {
		fmt.Fprintf(&b, "%s %s %d %d %s\n", s.Method, s.URL, s.Status, s.Bytes, s.Note)
	}
	return b.String()
}

func models() map[string]string {
	return map[string]string{"yealink-t46u": "805ec012340", "snom-d785": "00041396d9b", "grandstream-gxp1630": "c074ad00112", "poly-vvx450": "64167f00112"}
}

// Every vendor's phone, over every door: plugged in, approved, booted again.
func TestFromBoxToAccount(t *testing.T) {
	h := open(t)
	for model, prefix := range models() {
		for i, source := range []string{h.http, h.https, h.tftp, "pnp:lo"} {
			if source == "pnp:lo" && !h.shelf.Model(model).Vendor.PnP.Supported {
				continue
			}
			t.Run(model+" "+strings.SplitN(source, ":", 2)[0], func(t *testing.T) {
				h.plugIn(t, model, fmt.Sprintf("%s%d", prefix, i+1), source)
			})
		}
	}
}

func (h *house) plugIn(t *testing.T, model, mac, source string) {
	p := h.phone(model, mac)
	res, err := p.Boot(t.Context(), source)
	defer func() {
		if t.Failed() {
			for _, s := range h.journal.Of(directory.MAC(mac)) {
				t.Logf("journal: %s %s %s %d %s", s.Source, s.Door, s.File, s.Status, s.Rule)
			}
		}
	}()
	if err != nil {
		t.Fatalf("first boot: %v\n%s", err, steps(res))
	}
	d := h.device(mac)
	// What a later request tells of the model is written in the background; TFTP tells nothing.
	for deadline := time.Now().Add(3 * time.Second); d != nil && d.Model != model && !strings.HasPrefix(source, "tftp") && time.Now().Before(deadline); d = h.device(mac) {
		time.Sleep(5 * time.Millisecond)
	}
	if d == nil || d.Step != directory.StepSeen || d.Model != model && !strings.HasPrefix(source, "tftp") {
		t.Fatalf("after the first boot: %+v\n%s", d, steps(res))
	}
	for _, a := range res.Settings.Accounts {
		if a.Registers() {
			t.Errorf("an account before approval: %+v", a)
		}
	}
	if !strings.Contains(res.Settings.Screen, d.PhoneID) {
		t.Errorf("the screen says %q, the Phone ID is %s\n%s", res.Settings.Screen, d.PhoneID, steps(res))
	}
	h.update(func(tx *directory.Tx) error {
		if err := tx.Approve(d.ID); err != nil {
			return err
		}
		c := *tx.Snapshot().Device(d.ID)
		c.Model = model
		c.Lines = append([]directory.Line(nil), c.Lines...)
		c.Lines[0].Home = h.ext
		return tx.PutDevice(&c)
	})
	res, err = p.Boot(t.Context(), source)
	if err != nil {
		t.Fatalf("second boot: %v\n%s", err, steps(res))
	}
	d = h.device(mac)
	if len(res.Settings.Accounts) != 1 {
		t.Fatalf("accounts: %+v\n%s", res.Settings.Accounts, steps(res))
	}
	a, want := res.Settings.Accounts[0], d.Lines[0].Account
	if a.Server != "127.0.0.1" || a.Port != 5099 || a.Transport != "udp" || a.User != want.User || a.Auth != want.User || string(a.Secret) != want.Secret.Reveal() || !a.Registers() || a.Expires < 60 {
		t.Errorf("account %+v (secret right: %v)", a, string(a.Secret) == want.Secret.Reveal())
	}
	if a.Name != `Ada <"&> Lovelace` {
		t.Errorf("name %q", a.Name)
	}
	if strings.Contains(steps(res), d.TokenSealed.Reveal()) {
		t.Error("the steps show the token")
	}
	if !strings.Contains(res.Source, "/~***") {
		t.Errorf("it does not come back by its token: %s\n%s", res.Source, steps(res))
	}
}

func TestOwnAddresses(t *testing.T) {
	h := open(t)
	seen := map[netip.Addr]bool{}
	for i := range 300 {
		p := h.phone("yealink-t46u", fmt.Sprintf("805ec000%04x", i))
		a := p.Address(netip.MustParseAddr("127.0.0.1"))
		if !a.IsLoopback() || seen[a] || a.As4()[1] == 0 && a.As4()[2] == 0 {
			t.Fatalf("address %v of phone %d", a, i)
		}
		seen[a] = true
		if own := p.Address(netip.MustParseAddr("192.0.2.1")); own.IsValid() {
			t.Fatalf("towards a server elsewhere it binds %v", own)
		}
	}
}

func TestRefusedPhone(t *testing.T) {
	h := open(t)
	h.update(func(tx *directory.Tx) error {
		s := *tx.Snapshot().Site(h.site)
		s.Adoption = directory.AdoptClosed
		return tx.PutSite(&s)
	})
	res, err := h.phone("yealink-t46u", "805ec0123401").Boot(t.Context(), h.http)
	if !errors.Is(err, provtest.ErrRefused) || len(res.Steps) != 4 {
		t.Errorf("%v\n%s", err, steps(res))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 700*time.Millisecond)
	defer cancel()
	if _, err := h.phone("snom-d785", "000413000001").Boot(ctx, "pnp:lo"); !errors.Is(err, provtest.ErrNoOffer) && !errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		t.Error(err)
	}
	if _, err := h.phone("snom-d785", "000413000001").Boot(t.Context(), "gopher://x"); !errors.Is(err, provtest.ErrSource) {
		t.Error(err)
	}
	for _, c := range []provtest.Config{{Model: "none-x", MAC: "000413000001"}, {Model: "snom-d785", MAC: "0004"}} {
		c.Catalog, c.Data = h.shelf, templates.FS()
		if _, err := provtest.New(c); err == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
}

// A phone ignores what its vendor's phones ignore, and keeps what it knew.
func TestWrongFilesAreIgnored(t *testing.T) {
	h := open(t)
	body := ""
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "805ec0123401") || strings.Contains(r.URL.Path, "c074ad001121") {
			fmt.Fprint(w, body)
			return
		}
		http.NotFound(w, r)
	})}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	done := make(chan error, 1)
	go func() { done <- s.Serve(ln) }()
	t.Cleanup(func() { s.Close(); <-done })
	for model, c := range map[string]struct{ mac, text string }{
		"yealink-t46u":        {"805ec0123401", "account.1.enable = 1\naccount.1.user_name = x\n"},
		"grandstream-gxp1630": {"c074ad001121", "<gs_provision><mac>000b82000000</mac><config><P271>1</P271><P35>x</P35></config></gs_provision>"},
	} {
		for _, text := range []string{c.text, "<broken", ""} {
			body = text
			res, err := h.phone(model, c.mac).Boot(t.Context(), "http://"+ln.Addr().String()+"/")
			if err != nil || len(res.Settings.Accounts) != 0 {
				t.Errorf("%s took %q: %+v %v", model, text, res.Settings, err)
			}
		}
	}
}
