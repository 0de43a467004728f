package registrar

import (
	"bufio"
	"context"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/directory"
	"cradle/registrar/siptest"
	"cradle/registrar/transaction"
)

func (h *house) setSIP(i int, change func(s *directory.DeviceSIP)) {
	h.t.Helper()
	h.update(func(tx *directory.Tx) error {
		d := *tx.Snapshot().Device(h.phones[i].ID)
		d.SIP.AllowFrom = slices.Clone(d.SIP.AllowFrom)
		change(&d.SIP)
		return tx.PutDevice(&d)
	})
}

// What comes from the fixed address and port is the phone's, with or without
// credentials as its record says; from elsewhere it is a stranger's.
func TestFixedAddress(t *testing.T) {
	h := newHouse(t, 2)
	var s seen
	r := h.door("127.0.0.1:0", func(r *Registrar) { r.Handle(sip.INVITE, s.handler(480)) })
	open := h.phone(r, 0, nil)
	auth := h.phone(r, 1, nil)
	elsewhere := h.phone(r, 0, nil) // the same address, another port
	h.setSIP(0, func(s *directory.DeviceSIP) { s.FixedAddress, s.NoAuth = open.Addr().String(), true })
	h.setSIP(1, func(s *directory.DeviceSIP) { s.FixedAddress = auth.Addr().String() })
	for _, c := range []struct {
		p    *siptest.Phone
		want int
	}{{open, 480}, {auth, 401}, {elsewhere, 401}} {
		if got := ask(t, c.p, request(c.p, "INVITE", "sip:100@acme.example", "")); got.Status != c.want {
			t.Errorf("%s: %s", c.p.Addr(), got.Raw)
		}
	}
	if got := h.with(t, auth, request(auth, "INVITE", "sip:100@acme.example", "")); got.Status != 480 {
		t.Error(got.Raw)
	}
	if got := s.all(); len(got) != 2 || got[0].Device.ID != h.phones[0].ID || got[0].Line != 1 || got[1].Device.ID != h.phones[1].ID {
		t.Errorf("%+v", got)
	}
	h.setSIP(0, func(s *directory.DeviceSIP) { s.AllowFrom = []string{"10.0.0.1"} })
	if got := ask(t, open, request(open, "INVITE", "sip:100@acme.example", "")); got.Status != 401 {
		t.Error("its address is not on its list:", got.Raw)
	}
}

// It is called at its address by the transport of its record, from every kind of
// door, though it never said a word.
func TestFixedAddressIsCalled(t *testing.T) {
	h := newHouse(t, 1)
	for _, listen := range []string{"127.0.0.1:0", "0.0.0.0:0"} {
		r := h.door(listen, nil)
		got := make(chan *siptest.Msg, 2)
		udp := h.phone(r, 0, func(c *siptest.Config) { c.OnNotify = func(m *siptest.Msg) int { got <- m; return 200 } })
		h.setSIP(0, func(s *directory.DeviceSIP) { s.FixedAddress, s.Transport = udp.Addr().String(), "" })
		if err := r.Notify(soon(t), udp.User(), "check-sync", "", nil); err != nil {
			t.Fatal(err)
		}
		if m := <-got; m.URI != "sip:"+udp.User()+"@"+udp.Addr().String() || m.From.Port() != r.Addr().Port() {
			t.Error(m.Raw)
		}
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close() //nolint:errcheck // a test
		h.setSIP(0, func(s *directory.DeviceSIP) { s.FixedAddress, s.Transport = l.Addr().String(), "tcp" })
		var wait sync.WaitGroup
		heard := make(chan struct{})
		wait.Go(func() {
			c, err := l.Accept()
			if err != nil {
				return
			}
			defer c.Close() //nolint:errcheck // a test
			answerAll(c, 2)
			<-heard
		})
		for range 2 { // by one connection
			if err := r.Notify(soon(t), udp.User(), "check-sync", "", nil); err != nil {
				t.Error(err)
			}
		}
		close(heard)
		wait.Wait()
		_ = l.Close()
		until(t, "the connection is gone", func() bool { return r.edge.Connections() == 0 })
		if err := r.Notify(soon(t), udp.User(), "check-sync", "", nil); err == nil {
			t.Error("nobody is there")
		}
	}
}

// answerAll answers so many requests of a connection with 200.
func answerAll(c net.Conn, n int) {
	in := line{Conn: c, in: bufio.NewReader(c)}
	for range n {
		m, err := in.next()
		if err != nil {
			return
		}
		_, _ = c.Write(m.Answer(200, "OK", "t").Bytes())
	}
}

// A registration wins over the fixed address, and the account's own list bounds
// where it may be used from.
func TestAllowFrom(t *testing.T) {
	h := newHouse(t, 1)
	var mu sync.Mutex
	var heard []Refusal
	r := h.door("127.0.0.1:0", func(r *Registrar) {
		r.OnRefusal(func(x Refusal) { mu.Lock(); heard = append(heard, x); mu.Unlock() })
		r.Handle(sip.MESSAGE, func(_ Peer, req *sip.Request, tx *transaction.Server) { respond(req, tx, 200, "OK") })
	})
	p := h.phone(r, 0, nil)
	mustRegister(t, p)
	h.setSIP(0, func(s *directory.DeviceSIP) { s.AllowFrom = []string{"127.0.0.77", "127.0.9.0/24"} })
	until(t, "its binding is dropped", func() bool { return len(r.Lookup(p.User())) == 0 })
	if _, err := p.Register(soon(t)); status(t, err) != 403 {
		t.Error(err)
	}
	if got := h.with(t, p, request(p, "MESSAGE", "sip:1@acme.example", "")).Status; got != 403 {
		t.Errorf("a request from elsewhere: %d", got)
	}
	until(t, "it is told", func() bool { mu.Lock(); defer mu.Unlock(); return len(heard) == 2 })
	if x := heard[0]; x.Kind != RefusedSource || x.Device.ID != h.phones[0].ID || x.Source != p.Addr().Addr() || x.At.IsZero() {
		t.Errorf("%+v", x)
	}
	for _, local := range []string{"127.0.0.77", "127.0.9.200"} {
		mustRegister(t, h.phone(r, 0, func(c *siptest.Config) { c.Local = local }))
	}
	// A wrong password from there says nothing.
	wrong := h.phone(r, 0, func(c *siptest.Config) { c.Password = "x" })
	if _, err := wrong.Register(soon(t)); status(t, err) != 401 {
		t.Error(err)
	}
}

// A phone that has to use TLS is refused in clear, in whatever it asks.
func TestTLSRequired(t *testing.T) {
	h := newHouse(t, 1)
	r := h.door("127.0.0.1:0", nil)
	h.setSIP(0, func(s *directory.DeviceSIP) { s.Transport = "tls" })
	for transport, want := range map[string]int{"udp": 403, "tcp": 403, "tls": 200, "ws": 403, "wss": 200} {
		p := h.phone(r, 0, func(c *siptest.Config) { c.Transport = transport })
		if _, err := p.Register(soon(t)); status(t, err) != want {
			t.Errorf("%s: REGISTER %v", transport, err)
		}
		if got := h.with(t, p, request(p, "MESSAGE", "sip:1@acme.example", "")).Status; (got == 403) != (want == 403) {
			t.Errorf("%s: MESSAGE %d", transport, got)
		}
	}
}

// A phone of a private network is reached at its Contact, within its site only.
func TestPrivateNetwork(t *testing.T) {
	h := newHouse(t, 1)
	r := h.door("0.0.0.0:0", nil)
	at, _ := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 9)})
	defer at.Close() //nolint:errcheck // a test
	contact := at.LocalAddr().(*net.UDPAddr).AddrPort()
	p := h.phone(r, 0, func(c *siptest.Config) { c.Contact, c.Server = "sip:x@"+contact.String(), "127.0.0.1:"+port(r) })
	mustRegister(t, p)
	to := func() netip.AddrPort { return r.route(r.Lookup(p.User())[0]).Remote }
	if to() != p.Addr() {
		t.Error("without the setting it goes to", to())
	}
	h.setSIP(0, func(s *directory.DeviceSIP) { s.PrivateNetwork = true })
	if to() != netip.AddrPortFrom(contact.Addr().Unmap(), contact.Port()) {
		t.Error("with the setting it goes to", to())
	}
	for _, foreign := range []string{"sip:x@192.0.2.1:5060", "sip:x@host.example", "sip:x@127.9.0.1", "sip:x@[::1]:5060"} {
		p.SetContact(foreign)
		mustRegister(t, p)
		if r.route(r.Lookup(p.User())[0]).Remote != p.Addr() {
			t.Error(foreign, "is no address of the site")
		}
	}
}

// A phone that is pinged and does not answer is not reachable until it answers
// again; any answer will do.
func TestPing(t *testing.T) {
	h := newHouse(t, 2)
	h.setSIP(0, func(s *directory.DeviceSIP) { s.Ping = 1 })
	r := h.door("127.0.0.1:0", nil)
	var mu sync.Mutex
	answer, asked := 481, 0
	phone := func(i int) *siptest.Phone {
		var p *siptest.Phone
		p = h.phone(r, i, func(c *siptest.Config) {
			c.OnRequest = func(m *siptest.Msg) bool {
				mu.Lock()
				defer mu.Unlock()
				asked++
				if m.Method == "OPTIONS" && answer != 0 {
					p.Reply(m, m.Answer(answer, "Whatever", "t"))
				}
				return true
			}
		})
		return p
	}
	p := phone(0)
	mustRegister(t, p)
	until(t, "its round trip is known", func() bool { b := r.Lookup(p.User())[0]; return b.RoundTrip > 0 && !b.Unreachable })
	w := r.Watch()
	defer w.Close()
	b := r.Lookup(p.User())[0]
	mu.Lock()
	answer = 0
	mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	r.ping(ctx, b)
	if b := r.Lookup(p.User())[0]; !b.Unreachable {
		t.Error("it did not answer, and counts as there")
	}
	select {
	case l := <-w.C():
		if !l[0].Binding.Unreachable || l[0].Gone {
			t.Errorf("%+v", l[0])
		}
	case <-soon(t).Done():
		t.Error("nobody is told")
	}
	mu.Lock()
	answer = 200
	mu.Unlock()
	r.ping(soon(t), b)
	if b := r.Lookup(p.User())[0]; b.Unreachable {
		t.Error("it answered, and counts as away")
	}
	mu.Lock()
	before := asked
	mu.Unlock()
	quiet := phone(1)
	mustRegister(t, quiet)
	r.pingDue(context.Background())
	until(t, "it is asked again", func() bool { mu.Lock(); defer mu.Unlock(); return asked > before })
	if b := r.Lookup(quiet.User())[0]; b.RoundTrip != 0 {
		t.Error("a phone without the setting was asked")
	}
}
