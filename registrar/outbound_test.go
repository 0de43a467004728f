package registrar

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/directory"
	"cradle/registrar/siptest"
	"cradle/registrar/transaction"
)

const oneInstance = `;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000a95a0e128>";reg-id=1`

// registerWith registers with more headers.
func (h *house) registerWith(p *siptest.Phone, more ...siptest.Header) *siptest.Msg {
	h.t.Helper()
	m := p.NewRegister()
	m.Headers = append(m.Headers, more...)
	return h.with(h.t, p, m)
}

// RFC 5626: who asks for a flow is told that he has one and how often to use it;
// who does not is told nothing.
func TestFlowTimer(t *testing.T) {
	h := newHouse(t, 1)
	r := h.door("127.0.0.1:0", nil)
	for _, transport := range transports {
		p := h.phone(r, 0, func(c *siptest.Config) { c.Transport, c.ContactParams = transport, oneInstance })
		m := h.registerWith(p, siptest.Header{Name: "k", Value: "path,  Outbound"})
		if m.Status != 200 || m.Get("Require") != "outbound" || m.Get("Flow-Timer") != strconv.Itoa(flowTimer) {
			t.Errorf("%s: %s", transport, m.Raw)
		}
		if m := h.registerWith(p); m.Get("Require") != "" || m.Get("Flow-Timer") != "" {
			t.Errorf("%s, without asking: %s", transport, m.Raw)
		}
		if m := h.registerWith(p, siptest.Header{Name: "Require", Value: "outbound, gruu"}); m.Status != 200 {
			t.Errorf("%s, required: %s", transport, m.Raw)
		}
		if m := h.registerWith(p, siptest.Header{Name: "Require", Value: "outbound, foo"}); m.Status != 420 || m.Get("Unsupported") != "foo" {
			t.Errorf("%s, something else required: %s", transport, m.Raw)
		}
	}
}

// RFC 3327: the path is kept, given back to who knows it, and taken by requests,
// but not by those inside a dialog.
func TestPath(t *testing.T) {
	h := newHouse(t, 1)
	r := h.door("127.0.0.1:0", nil)
	got := make(chan *siptest.Msg, 4)
	p := h.phone(r, 0, func(c *siptest.Config) { c.OnNotify = func(m *siptest.Msg) int { got <- m; return 200 } })
	const one, two = "<sip:edge1.example;lr>", `"Two" <sip:edge2.example;lr;ob>`
	m := h.registerWith(p, siptest.Header{Name: "Supported", Value: "path"}, siptest.Header{Name: "Path", Value: one}, siptest.Header{Name: "PATH", Value: two})
	if m.Status != 200 || m.Get("Path") != one+", "+two {
		t.Fatal(m.Raw)
	}
	if err := r.Notify(soon(t), p.User(), "check-sync", "", nil); err != nil {
		t.Fatal(err)
	}
	if m := <-got; m.Get("Route") != one+", "+two || m.URI != p.Contact() {
		t.Error(m.Raw)
	}
	b := r.Lookup(p.User())[0]
	inside := sip.NewRequest(sip.BYE, ContactURI(b))
	inside.AppendHeader(&sip.ToHeader{Params: sip.HeaderParams{{K: "tag", V: "x"}}})
	if r.fill(b, inside); inside.GetHeader("Route") != nil {
		t.Error("a request inside a dialog has its own route")
	}
	for _, bad := range []string{"sip:edge.example", "<http://edge.example>", "<sip:a b>", "<"} {
		if m := h.registerWith(p, siptest.Header{Name: "Path", Value: bad}); m.Status != 400 {
			t.Errorf("%q: %d", bad, m.Status)
		}
	}
	if m := h.registerWith(p, siptest.Header{Name: "Path", Value: one}); m.Status != 200 || m.Get("Path") != "" || r.Lookup(p.User())[0].Path != one {
		t.Errorf("without Supported: %s", m.Raw)
	}
	port := r.Addr().String()
	if err := r.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	h.reopen()
	if l := h.door(port, nil).Lookup(p.User()); len(l) != 1 || l[0].Path != one {
		t.Errorf("after a restart: %+v", l)
	}
}

// quoted is the value of a parameter that is a quoted string.
func quoted(header, name string) string {
	_, rest, _ := strings.Cut(header, name+`="`)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

// RFC 5627: a phone that knows GRUUs gets two, which mean it and no other, and
// who calls one calls who sits there.
func TestGRUU(t *testing.T) {
	h := newHouse(t, 1)
	called := make(chan string, 4)
	r := h.door("127.0.0.1:0", func(r *Registrar) {
		r.Handle(sip.MESSAGE, func(_ Peer, req *sip.Request, tx *transaction.Server) {
			called <- req.Recipient.User
			respond(req, tx, 200, "OK")
		})
	})
	h.update(func(tx *directory.Tx) error {
		e := &directory.Extension{Organization: h.org, Site: h.site, Number: "101"}
		if err := tx.PutExtension(e); err != nil {
			return err
		}
		d := *tx.Snapshot().Device(h.phones[0].ID)
		d.Lines = slices.Clone(d.Lines)
		d.Lines[0].Home = e.ID
		return tx.PutDevice(&d)
	})
	p := h.phone(r, 0, func(c *siptest.Config) { c.ContactParams = oneInstance })
	m := h.registerWith(p, siptest.Header{Name: "Supported", Value: "gruu"})
	contact := m.Get("Contact")
	public, temp := quoted(contact, "pub-gruu"), quoted(contact, "temp-gruu")
	if public != "sip:"+p.User()+"@acme.example;gr=urn:uuid:00000000-0000-1000-8000-000a95a0e128" {
		t.Errorf("public %q of %s", public, contact)
	}
	if !strings.HasPrefix(temp, "sip:tgruu.") || !strings.HasSuffix(temp, "@acme.example;gr") || strings.Contains(temp, p.User()) || strings.Contains(temp, "000a95a0e128") {
		t.Errorf("temporary %q", temp)
	}
	again := quoted(h.registerWith(p, siptest.Header{Name: "Supported", Value: "gruu"}).Get("Contact"), "temp-gruu")
	if again == temp {
		t.Error("the same temporary GRUU twice")
	}
	for _, uri := range []string{public, temp, again} {
		var u sip.Uri
		if err := sip.ParseUri(uri, &u); err != nil {
			t.Fatal(err)
		}
		if l, ok := r.LookupGRUU(u); !ok || len(l) != 1 || l[0].Contact != p.Contact() {
			t.Errorf("%s means %+v", uri, l)
		}
		if m := h.with(t, p, request(p, "MESSAGE", uri, "")); m.Status != 200 {
			t.Fatal(m.Raw)
		}
		if got := <-called; got != "101" {
			t.Errorf("who calls %s calls %q", uri, got)
		}
	}
	for _, uri := range []string{"sip:tgruu.aaaa@acme.example;gr", strings.Replace(temp, "tgruu.", "tgruu.a", 1), "sip:" + p.User() + "@acme.example", "sip:nobody@acme.example;gr=x"} {
		var u sip.Uri
		if err := sip.ParseUri(uri, &u); err != nil {
			t.Fatal(err)
		}
		if l, ok := r.LookupGRUU(u); ok && len(l) > 0 {
			t.Errorf("%s means %+v", uri, l)
		}
	}
	if c := h.registerWith(p).Get("Contact"); strings.Contains(c, "gruu") {
		t.Error("a phone that knows no GRUUs got one:", c)
	}
	odd := h.phone(r, 0, func(c *siptest.Config) { c.ContactParams = `;+sip.instance="<urn:x;y>"` })
	if c := h.registerWith(odd, siptest.Header{Name: "Supported", Value: "gruu"}).All("Contact"); strings.Contains(strings.Join(c, " "), "urn:x;y\";pub-gruu") {
		t.Error("an instance that is no part of a URI got a GRUU:", c)
	}
}

// Keep-alives on UDP: STUN is answered with where it came from, blank lines are
// swallowed, and neither of a stranger's without end.
func TestKeepAlivesOnUDP(t *testing.T) {
	h := newHouse(t, 0)
	for _, listen := range []string{"127.0.0.1:0", "[::1]:0"} {
		r := h.door(listen, nil)
		c, err := net.Dial("udp", r.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close() //nolint:errcheck // a test
		stun := append([]byte{0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42}, "transaction1"...)
		for _, quiet := range [][]byte{[]byte("\r\n\r\n"), []byte("\r\n"), {0}, append(slices.Clone(stun), 0x80, 0x22, 0, 0), append([]byte{0, 1, 0, 0, 0, 0, 0, 0}, "transaction2"...)} {
			_, _ = c.Write(quiet)
		}
		_, _ = c.Write(stun)
		_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
		b := make([]byte, 2000)
		n, err := c.Read(b)
		if err != nil {
			t.Fatal(err)
		}
		self := c.LocalAddr().(*net.UDPAddr).AddrPort()
		raw := slices.Clone(b[28:n])
		for i := range raw {
			raw[i] ^= stun[4+i]
		}
		a, _ := netip.AddrFromSlice(raw)
		port := uint16(b[26])<<8 | uint16(b[27])
		if string(b[:2]) != "\x01\x01" || string(b[4:20]) != string(stun[4:]) || a != self.Addr().Unmap() || port^0x2112 != self.Port() {
			t.Errorf("% x is answered to %s", b[:n], self)
		}
	}
	r := h.door("0.0.0.0:0", nil)
	out, err := net.DialUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 9, 0, 1)}, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: int(r.Addr().Port())})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close() //nolint:errcheck // a test
	stun := append([]byte{0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42}, "transaction3"...)
	for range 400 {
		_, _ = out.Write(stun)
	}
	until(t, "the source is banned", func() bool { return len(r.Bans()) == 1 })
}
