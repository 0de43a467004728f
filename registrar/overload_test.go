package registrar

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/emiago/sipgo/sip"

	"cradle/directory"
	"cradle/registrar/siptest"
	"cradle/registrar/transaction"
)

// When there is little room, calls go before everything else, and emergency
// calls through everything; who is sent away is told when to come back.
func TestOrderOfPriority(t *testing.T) {
	h := newHouse(t, 1)
	h.update(func(tx *directory.Tx) error {
		s := *tx.Snapshot().Site(h.site)
		s.Emergency = []string{"112"}
		return tx.PutSite(&s)
	})
	r := h.door("127.0.0.1:0", func(r *Registrar) {
		for _, m := range []sip.RequestMethod{sip.INVITE, sip.MESSAGE} {
			r.Handle(m, func(_ Peer, req *sip.Request, tx *transaction.Server) { respond(req, tx, 480, "Handled") })
		}
	})
	p := h.phone(r, 0, nil)
	mustRegister(t, p)
	for _, c := range []struct {
		running                  int64
		message, call, emergency int
	}{{0, 480, 480, 480}, {maxOthers - 20, 480, 480, 480}, {maxOthers + 8, 503, 480, 480}, {maxRunning, 503, 503, 480}} {
		r.running.Add(c.running)
		for _, x := range []struct {
			method, number string
			want           int
		}{{"MESSAGE", "101", c.message}, {"INVITE", "101", c.call}, {"INVITE", "112", c.emergency}} {
			got := h.with(t, p, request(p, x.method, "sip:"+x.number+"@acme.example", ""))
			if got.Status != x.want || got.Status == 503 && got.Get("Retry-After") == "" {
				t.Errorf("%d are running: %s to %s: %s", c.running, x.method, x.number, got.Raw)
			}
		}
		if _, err := p.Refresh(soon(t)); err != nil {
			t.Errorf("%d are running: a refresh: %v", c.running, err)
		}
		r.running.Add(-c.running)
	}
}

// While more comes in than can be read, strangers' requests other than calls are
// put off before they cost anything.
func TestBusyPutsOthersOff(t *testing.T) {
	d := newBench(t)
	d.p.Busy = true
	for method, want := range map[string]int{"SUBSCRIBE": 503, "PUBLISH": 503, "MESSAGE": 503, "INVITE": 401, "OPTIONS": 200} {
		m := &siptest.Msg{Method: method, URI: "sip:1@acme.example"}
		m.Add("Via", "SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bKx").Add("From", "<sip:a@b>;tag=1").Add("To", "<sip:1@acme.example>").
			Add("Call-ID", "x").Add("CSeq", "1 "+method).Add("Max-Forwards", "70")
		got, _ := siptest.ParseMsg(d.say(m.Bytes()))
		if got == nil || got.Status != want {
			t.Errorf("%s: %+v", method, got)
		}
	}
}

// A registered phone that is far over its budget may still call for help.
func TestEmergencyOverEveryBudget(t *testing.T) {
	h := newHouse(t, 1)
	h.update(func(tx *directory.Tx) error {
		s := *tx.Snapshot().Site(h.site)
		s.Emergency, s.Networks = []string{"112"}, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} // the phone is outside
		return tx.PutSite(&s)
	})
	r := h.door("127.0.0.1:0", func(r *Registrar) {
		r.Handle(sip.INVITE, func(_ Peer, req *sip.Request, tx *transaction.Server) { respond(req, tx, 480, "Handled") })
	})
	p := h.phone(r, 0, nil)
	mustRegister(t, p)
	burst := r.rules().burst
	s := r.budget.source(p.Addr().Addr())
	for range 20 * burst { // more than ten bursts, however long it takes
		s.full.Add(int64(1e9))
	}
	if !silent(t, p, request(p, "INVITE", "sip:101@acme.example", "")) {
		t.Fatal("the budget is not used up")
	}
	if got := h.with(t, p, request(p, "INVITE", "sip:112@acme.example", "")); got.Status != 480 {
		t.Error(got.Raw)
	}
}

// Every transport serves IPv6 as it does IPv4, to ::1 alone and to every address.
func TestIPv6(t *testing.T) {
	h := newHouse(t, 1)
	h.update(func(tx *directory.Tx) error {
		s := *tx.Snapshot().Site(h.site)
		s.Networks = append(slices.Clone(s.Networks), netip.MustParsePrefix("::1/128"))
		return tx.PutSite(&s)
	})
	self := netip.IPv6Loopback()
	for _, listen := range []string{"[::1]:0", "[::]:0"} {
		r := h.door(listen, nil)
		for _, transport := range transports {
			p := h.phone(r, 0, func(c *siptest.Config) {
				c.Transport, c.Local = transport, "[::1]:0"
				c.Server = netip.AddrPortFrom(self, h.doorPort(r, transport)).String()
			})
			m := mustRegister(t, p)
			if got := siptest.Param(m.Get("Via"), "received"); got != "::1" {
				t.Errorf("%s %s: received %q", listen, transport, got)
			}
			l := r.Lookup(p.User())
			if len(l) == 0 || l[0].Source != p.Addr() || l[0].Local != netip.AddrPortFrom(self, h.doorPort(r, transport)) || l[0].Transport != transport {
				t.Fatalf("%s %s: %+v", listen, transport, l)
			}
			if err := r.Notify(soon(t), p.User(), "check-sync", "", nil); err != nil {
				t.Errorf("%s %s: %v", listen, transport, err)
			}
			if _, err := p.Unregister(soon(t)); err != nil {
				t.Errorf("%s %s: %v", listen, transport, err)
			}
		}
	}
}
