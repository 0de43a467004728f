package registrar

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/directory"
	"cradle/registrar/siptest"
	"cradle/registrar/transaction"
)

// request is a bare request of a phone.
func request(p *siptest.Phone, method, uri, toTag string) *siptest.Msg {
	m := &siptest.Msg{Method: method, URI: uri}
	to := "<" + uri + ">"
	if toTag != "" {
		to += ";tag=" + toTag
	}
	m.Add("Via", "SIP/2.0/"+strings.ToUpper(p.Transport())+" "+p.Addr().String()+";branch=z9hG4bK"+token()).Add("From", "<sip:"+p.User()+"@acme.example>;tag=f1").Add("To", to)
	return m.Add("Call-ID", token()).Add("CSeq", "1 "+method).Add("Contact", "<"+p.Contact()+">").Add("Max-Forwards", "70")
}

func ask(t testing.TB, p *siptest.Phone, m *siptest.Msg) *siptest.Msg {
	t.Helper()
	r, err := p.Ask(soon(t), m.Bytes(), func(r *siptest.Msg) bool { return r.Status >= 200 && r.Get("Call-ID") == m.Get("Call-ID") })
	if err != nil {
		t.Fatalf("%s: %v", m.Method, err)
	}
	return r
}

// silent is true when nothing comes back while something else is answered.
func silent(t testing.TB, p *siptest.Phone, m *siptest.Msg) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 150*time.Millisecond)
	defer cancel()
	_, err := p.Ask(ctx, m.Bytes(), func(r *siptest.Msg) bool { return r.Status > 0 && r.Get("Call-ID") == m.Get("Call-ID") })
	return errors.Is(err, siptest.ErrTimeout)
}

type seen struct {
	mu    sync.Mutex
	peers []Peer
	reqs  []*sip.Request
}

func (s *seen) handler(status int) Handler {
	return func(p Peer, req *sip.Request, tx *transaction.Server) {
		s.mu.Lock()
		s.peers, s.reqs = append(s.peers, p), append(s.reqs, req)
		s.mu.Unlock()
		respond(req, tx, status, "Handled")
	}
}

func (s *seen) all() []Peer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.peers)
}

func TestWhoIsTalking(t *testing.T) {
	h := newHouse(t, 2)
	h.update(func(tx *directory.Tx) error { d := *h.phones[1]; d.Step = directory.StepLobby; return tx.PutDevice(&d) })
	for _, transport := range transports {
		for _, listen := range []string{"127.0.0.1:0", "0.0.0.0:0"} {
			var s seen
			r := h.door(listen, func(r *Registrar) { r.Handle(sip.INVITE, s.handler(480)); r.Handle(sip.MESSAGE, s.handler(202)) })
			tcp := func(c *siptest.Config) { c.Transport = transport }
			line, lobby := h.phone(r, 0, tcp), h.phone(r, 1, tcp)
			for _, p := range []*siptest.Phone{line, lobby} {
				if got := h.with(t, p, request(p, "INVITE", "sip:100@acme.example", "")); got.Status != 480 {
					t.Fatal(got.Raw)
				}
			}
			got := s.all()
			if len(got) != 2 || got[0].Kind != Line || got[0].Device.ID != h.phones[0].ID || got[0].Line != 1 || got[1].Kind != Lobby ||
				got[0].Transport != transport || got[0].Source != line.Addr() || got[0].Local.Addr() != netip.MustParseAddr("127.0.0.1") ||
				got[0].Local.Port() != h.doorPort(r, transport) || got[0].Host != "127.0.0.1" {
				t.Errorf("%s %s: %+v", transport, listen, got)
			}
			// Without or with wrong credentials nothing reaches a handler.
			for _, m := range []string{"INVITE", "MESSAGE", "SUBSCRIBE", "REFER", "PUBLISH"} {
				if got := ask(t, line, request(line, m, "sip:100@acme.example", "")); got.Status != 401 || got.Get("WWW-Authenticate") == "" {
					t.Errorf("%s: %s", m, got.Raw)
				}
			}
			wrong := h.phone(r, 0, func(c *siptest.Config) { c.Transport, c.Password = transport, "x" })
			if got := h.with(t, wrong, request(wrong, "INVITE", "sip:100@acme.example", "")); got.Status != 401 {
				t.Error(got.Raw)
			}
			if got := h.with(t, line, request(line, "PUBLISH", "sip:100@acme.example", "")); got.Status != 405 || !strings.Contains(got.Get("Allow"), "INVITE") {
				t.Error("no handler:", got.Raw)
			}
			if got := len(s.all()); got != 2 {
				t.Errorf("%d requests reached a handler", got)
			}
		}
	}
}

func TestInDialog(t *testing.T) {
	h := newHouse(t, 1)
	var s seen
	var asked []string
	r := h.door("127.0.0.1:0", func(r *Registrar) {
		r.Handle(sip.BYE, s.handler(200))
		r.Handle(sip.ACK, s.handler(0))
		r.InDialog(func(callID, local, remote string, from netip.AddrPort) bool {
			s.mu.Lock()
			defer s.mu.Unlock()
			asked = append(asked, local+" "+remote)
			return local == "ours" && from.Addr() == netip.MustParseAddr("127.0.0.1")
		})
	})
	p := h.phone(r, 0, nil)
	if got := ask(t, p, request(p, "BYE", "sip:100@acme.example", "ours")); got.Status != 200 {
		t.Error(got.Raw)
	}
	if got := ask(t, p, request(p, "BYE", "sip:100@acme.example", "foreign")); got.Status != 481 {
		t.Error(got.Raw)
	}
	if got := s.all(); len(got) != 1 || got[0].Kind != Stranger {
		t.Errorf("%+v", got)
	}
	if asked[0] != "ours f1" {
		t.Error(asked)
	}
	mustRegister(t, p)
	_ = p.Say(request(p, "ACK", "sip:100@acme.example", "ours").Bytes())
	until(t, "ACK handled", func() bool { l := s.all(); return len(l) == 2 && l[1].Kind == Line })
	if got := ask(t, p, request(p, "CANCEL", "sip:100@acme.example", "")); got.Status != 481 {
		t.Error("CANCEL of nothing:", got.Raw)
	}
	until(t, "ACKs leave no transaction behind", func() bool { return r.running.Load() <= 2 }) // BYE and CANCEL wait for Timer J
}

func TestPanicIsAnswered500(t *testing.T) {
	h := newHouse(t, 1)
	r := h.door("127.0.0.1:0", func(r *Registrar) {
		r.Handle(sip.INVITE, func(Peer, *sip.Request, *transaction.Server) { panic("boom") })
		r.Handle(sip.MESSAGE, func(Peer, *sip.Request, *transaction.Server) { panic("boom") })
	})
	p := h.phone(r, 0, nil)
	for _, m := range []string{"INVITE", "MESSAGE"} {
		if got := h.with(t, p, request(p, m, "sip:100@acme.example", "")); got.Status != 500 {
			t.Error(got.Raw)
		}
	}
	mustRegister(t, p)
}

func TestCredentialsServeOnce(t *testing.T) {
	h := newHouse(t, 1)
	var s seen
	r := h.door("127.0.0.1:0", func(r *Registrar) { r.Handle(sip.MESSAGE, s.handler(200)) })
	p := h.phone(r, 0, nil)
	m := request(p, "MESSAGE", "sip:100@acme.example", "")
	if got := h.with(t, p, m); got.Status != 200 {
		t.Fatal(got.Raw)
	}
	change := func(name, value string) {
		for i := range m.Headers {
			if m.Headers[i].Name == name {
				m.Headers[i].Value = value
			}
		}
	}
	change("Via", "SIP/2.0/UDP "+p.Addr().String()+";branch=z9hG4bKother")
	change("Call-ID", "other")
	if got := ask(t, p, m); got.Status != 401 || !strings.Contains(got.Get("WWW-Authenticate"), "stale=true") {
		t.Error("replayed:", got.Raw)
	}
	m.URI = "sip:900123@acme.example"
	change("Via", "SIP/2.0/UDP "+p.Addr().String()+";branch=z9hG4bKthird")
	change("Call-ID", "third")
	if got := ask(t, p, m); got.Status != 400 {
		t.Error("credentials of another number:", got.Raw)
	}
	if len(s.all()) != 1 {
		t.Error("reached the handler")
	}
}

func TestMethodsAndScanners(t *testing.T) {
	h := newHouse(t, 1)
	r := h.door("0.0.0.0:0", nil)
	in := h.phone(r, 0, func(c *siptest.Config) { c.Server = "127.0.0.1:" + port(r) })
	out := h.phone(r, 0, func(c *siptest.Config) { c.Local, c.Server = "127.1.0.1", "127.0.0.1:"+port(r) })
	if got := ask(t, in, request(in, "NEWMETHOD", "sip:acme.example", "")); got.Status != 405 || got.Get("Allow") == "" {
		t.Error(got.Raw)
	}
	if !silent(t, out, request(out, "NEWMETHOD", "sip:acme.example", "")) {
		t.Error("unknown method from outside was answered")
	}
	for _, p := range []*siptest.Phone{in, out} {
		if got := ask(t, p, request(p, "OPTIONS", "sip:acme.example", "")); got.Status != 200 {
			t.Error(got.Raw)
		}
	}
	scan := func(p *siptest.Phone) *siptest.Msg {
		return request(p, "OPTIONS", "sip:acme.example", "").Add("User-Agent", "friendly-scanner")
	}
	if !silent(t, out, scan(out)) {
		t.Error("scanner from outside was answered")
	}
	if got := ask(t, in, scan(in)); got.Status != 200 {
		t.Error("scanner inside:", got.Raw)
	}
	if got := ask(t, in, request(in, "OPTIONS", "sip:acme.example", "").Add("Require", "nothingSupportsThis")); got.Status != 420 || got.Get("Unsupported") != "nothingSupportsThis" {
		t.Error(got.Raw)
	}
	m := request(in, "INVITE", "sip:100@acme.example", "")
	m.Headers = slices.DeleteFunc(m.Headers, func(h siptest.Header) bool { return h.Name == "Max-Forwards" })
	if got := ask(t, in, m.Add("Max-Forwards", "0")); got.Status != 483 {
		t.Error(got.Raw)
	}
}

func port(r *Registrar) string {
	return r.Addr().String()[strings.LastIndexByte(r.Addr().String(), ':')+1:]
}

// A refusal without a transaction is the same when it is asked for again, and
// its ACK ends nowhere.
func TestRefusalIsRepeatedAsItWas(t *testing.T) {
	h := newHouse(t, 1)
	r := h.door("127.0.0.1:0", nil)
	p := h.phone(r, 0, nil)
	m := request(p, "INVITE", "sip:100@acme.example", "")
	one, two := ask(t, p, m), ask(t, p, m)
	if one.Get("To") != two.Get("To") || siptest.Param(one.Get("To"), "tag") == "" {
		t.Errorf("%q, %q", one.Get("To"), two.Get("To"))
	}
	passed := r.edge.Passed.Load()
	ack := request(p, "ACK", "sip:100@acme.example", siptest.Param(one.Get("To"), "tag"))
	for i, x := range ack.Headers {
		if x.Name == "Call-ID" {
			ack.Headers[i].Value = m.Get("Call-ID")
		}
	}
	_ = p.Say(ack.Bytes())
	ask(t, p, request(p, "OPTIONS", "sip:acme.example", ""))
	if r.edge.Passed.Load() != passed || r.running.Load() != 0 {
		t.Error("the ACK of a refusal made a transaction")
	}
}

// A guesser need not flood to be banned; who is a little over the rate is only held to it.
func TestSteadyGuessersAreBanned(t *testing.T) {
	r := newHouse(t, 0).door("127.0.0.1:0", nil)
	p := r.rules()
	for each, want := range map[time.Duration]bool{10 * time.Millisecond: true, 22 * time.Millisecond: true, 26 * time.Millisecond: false, 40 * time.Millisecond: false} {
		s, now := &source{}, time.Now()
		for range int(10 * time.Minute / each) {
			now = now.Add(each)
			r.allow(s, p, netip.MustParseAddr("192.0.2.1"), now.UnixNano())
		}
		if got := s.banned.Load() > 0; got != want {
			t.Errorf("one request in %v: banned %v", each, got)
		}
	}
}

func TestStrangersBudgetAndBan(t *testing.T) {
	h := newHouse(t, 2)
	now := time.Now()
	var mu sync.Mutex
	r, err := New(context.Background(), Config{Directory: h.dir, Listen: "0.0.0.0:0", Now: func() time.Time { mu.Lock(); defer mu.Unlock(); return now }})
	if err != nil {
		t.Fatal(err)
	}
	r.Run()
	defer func() { _ = r.Close(context.Background()) }()
	pass := func(d time.Duration) { mu.Lock(); now = now.Add(d); mu.Unlock() }
	outside := func(i int) *siptest.Phone {
		return h.phone(r, i, func(c *siptest.Config) { c.Local, c.Server = "127.1.0.1", "127.0.0.1:"+port(r) })
	}
	known := outside(0)
	mustRegister(t, known)
	p := outside(1)
	for i := range 59 { // one was taken by the challenge of the registration, none by its success
		if got := ask(t, p, request(p, "OPTIONS", "sip:acme.example", "")); got.Status != 200 {
			t.Fatal(i, got.Raw)
		}
	}
	if !silent(t, p, request(p, "OPTIONS", "sip:acme.example", "")) {
		t.Fatal("answered past the burst")
	}
	pass(time.Second)
	for range 20 {
		ask(t, p, request(p, "OPTIONS", "sip:acme.example", ""))
	}
	if !silent(t, p, request(p, "OPTIONS", "sip:acme.example", "")) {
		t.Fatal("answered past the rate")
	}
	if len(r.Bans()) != 0 {
		t.Fatal("banned too early")
	}
	for range 3 * 60 {
		_ = p.Say(request(p, "OPTIONS", "sip:acme.example", "").Bytes())
	}
	until(t, "banned", func() bool { return len(r.Bans()) == 1 })
	pass(time.Minute)
	if !silent(t, p, request(p, "OPTIONS", "sip:acme.example", "")) {
		t.Fatal("answered though banned")
	}
	// The phone that is bound from the same address is served.
	if got := ask(t, known, request(known, "OPTIONS", "sip:acme.example", "")); got.Status != 200 {
		t.Error(got.Raw)
	}
	if _, err := known.Refresh(soon(t)); err != nil {
		t.Error(err)
	}
	pass(5 * time.Minute)
	if got := ask(t, p, request(p, "OPTIONS", "sip:acme.example", "")); got.Status != 200 || len(r.Bans()) != 0 {
		t.Error("ban does not end")
	}
}

func TestSourcesAreBounded(t *testing.T) {
	b := newBudget()
	for i := range 200_000 {
		b.source(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}))
	}
	n := 0
	for i := range b.parts {
		n += len(b.parts[i].m)
	}
	if n > sourceParts*sourcesInPart || n < sourceParts*sourcesInPart/2 {
		t.Error(n)
	}
	a, c := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::ffff")
	if b.source(a) != b.source(c) || b.source(a) == b.source(netip.MustParseAddr("2001:db8:0:1::1")) {
		t.Error("a /64 counts as one source")
	}
}

func TestHost(t *testing.T) {
	h := newHouse(t, 1)
	r, err := New(context.Background(), Config{Directory: h.dir, Advertise: "pbx.example"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close(context.Background()) }()
	local := netip.MustParseAddr("192.0.2.9")
	for source, want := range map[string]string{"127.0.0.5": "192.0.2.9", "198.51.100.1": "pbx.example"} {
		if got := r.hostFor(netip.MustParseAddr(source), local); got != want {
			t.Errorf("%s: %s", source, got)
		}
	}
	h.update(func(tx *directory.Tx) error {
		s := *h.dir.Snapshot().Site(h.site)
		s.Advertise = "10.9.9.9"
		return tx.PutSite(&s)
	})
	if got := r.hostFor(netip.MustParseAddr("127.0.0.5"), local); got != "10.9.9.9" {
		t.Error(got)
	}
	r.c.Advertise = ""
	if got := r.hostFor(netip.MustParseAddr("198.51.100.1"), local); got != "192.0.2.9" {
		t.Error(got)
	}
	if _, err := r.Request(context.Background(), Binding{}, nil, nil); !errors.Is(err, ErrOff) {
		t.Error(err)
	}
}
