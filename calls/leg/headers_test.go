package leg

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"
)

// request parses an INVITE with extra header lines.
func request(t testing.TB, lines ...string) *sip.Request {
	t.Helper()
	raw := "INVITE sip:102@x SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bKa\r\nFrom: <sip:101@x>;tag=a\r\nTo: <sip:102@x>\r\n" +
		"Call-ID: c\r\nCSeq: 1 INVITE\r\nContact: <sip:101@127.0.0.1:5070>\r\n" + strings.Join(append(lines, ""), "\r\n") + "Content-Length: 0\r\n\r\n"
	m, err := sip.ParseMessage([]byte(raw))
	if err != nil {
		t.Skip("not a message") // only fuzzing brings these
	}
	return m.(*sip.Request)
}

func TestCheck(t *testing.T) {
	cases := []struct {
		lines  []string
		status int
	}{
		{nil, 0},
		{[]string{"Max-Forwards: 0"}, 483},
		{[]string{"Max-Forwards: 1"}, 0},
		{[]string{"Require: timer"}, 0},
		{[]string{"Require: timer, 100rel"}, 420},
		{[]string{"Require: path", "Require: timer"}, 420},
	}
	for _, c := range cases {
		got := 0
		if r := Check(request(t, c.lines...)); r != nil {
			got = r.Status
		}
		if got != c.status {
			t.Errorf("%v: %d, want %d", c.lines, got, c.status)
		}
	}
	withBody := request(t)
	WithType := func(kind string) *sip.Request {
		r := withBody.Clone()
		setBody(r, kind, []byte("x"))
		return r
	}
	if r := Check(WithType("application/SDP;charset=x")); r != nil {
		t.Errorf("a session description is refused: %+v", r)
	}
	if r := Check(WithType("text/plain")); r == nil || r.Status != 415 {
		t.Errorf("text/plain: %+v", r)
	}
	foreign := request(t)
	foreign.RemoveHeader("Contact")
	if r := Check(foreign); r == nil || r.Status != 400 {
		t.Errorf("no Contact: %+v", r)
	}
}

func TestSessionTimer(t *testing.T) {
	for lines, want := range map[string]int{
		"":                      0,
		"Session-Expires: 1800": 0, // the phone does not support it itself
		"Session-Expires: 1800\r\nSupported: timer":                     1800,
		"x: 90;refresher=uac\r\nk: 100rel, Timer":                       90,
		"Session-Expires: -5\r\nSupported: timer":                       0,
		"Session-Expires: 99999999999999999999999\r\nSupported: timer":  0,
		"Session-Expires: 999999\r\nRequire: timer":                     86400,
		"Session-Expires: ;refresher=uac\r\nSupported: replaces, timer": 0,
	} {
		if got := sessionTimer(request(t, lines)); got != want {
			t.Errorf("%q: %d, want %d", lines, got, want)
		}
	}
}

// FuzzHeaders: whatever a phone writes into the headers read here, the
// checks neither panic nor leave their bounds.
func FuzzHeaders(f *testing.F) {
	f.Add("Session-Expires: 1800;refresher=uas\r\nSupported: timer", "Require: 100rel")
	f.Add("x: ,,;", "Require:")
	f.Add("Session-Expires: 9223372036854775808\r\nk: timer", "Max-Forwards: 4294967295")
	f.Fuzz(func(t *testing.T, a, b string) {
		r := request(t, a, b)
		_ = Check(r)
		if n := sessionTimer(r); n < 0 || n > 86400 {
			t.Errorf("session timer of %d s", n)
		}
		d := dialog{}
		if r.From() != nil && r.To() != nil && r.CallID() != nil && r.CSeq() != nil {
			d.asServer(r)
			if s := d.next(sip.BYE).String(); !strings.HasPrefix(s, "BYE ") {
				t.Errorf("not a BYE: %q", s)
			}
		}
	})
}

// TestRoutes: Record-Route is kept once and used as RFC 3261 section 12.2.1.1 wants.
func TestRoutes(t *testing.T) {
	r := request(t, "Record-Route: <sip:p1.x;lr>", "Record-Route: <sip:p2.x;lr>")
	var d dialog
	d.asServer(r)
	bye := d.next(sip.BYE)
	if bye.Recipient.String() != "sip:101@127.0.0.1:5070" {
		t.Errorf("target %s", bye.Recipient.String())
	}
	if h := bye.GetHeaders("route"); len(h) != 2 || h[0].Value() != "<sip:p1.x;lr>" || h[1].Value() != "<sip:p2.x;lr>" {
		t.Errorf("routes %v", h)
	}
	strict := request(t, "Record-Route: <sip:p1.x>", "Record-Route: <sip:p2.x;lr>")
	var s dialog
	s.asServer(strict)
	bye = s.next(sip.BYE)
	if h := bye.GetHeaders("route"); bye.Recipient.String() != "sip:p1.x" || len(h) != 2 || h[1].Value() != "<sip:101@127.0.0.1:5070>" {
		t.Errorf("strict router: %s %v", bye.Recipient.String(), h)
	}
}

func TestSaved(t *testing.T) {
	r := request(t, "Record-Route: <sip:p1.x;lr>")
	l := newLeg(Config{})
	l.id.asServer(r)
	l.id.local.tag = "ours"
	b, err := json.Marshal(l.Save())
	if err != nil {
		t.Fatal(err)
	}
	var s Saved
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	if d := s.dialog; d.callID != "c" || d.local.tag != "ours" || d.remote.tag != "a" || d.target.String() != "sip:101@127.0.0.1:5070" || len(d.routes) != 1 {
		t.Errorf("saved %s", b)
	}
	if again, _ := json.Marshal(s); string(again) != string(b) {
		t.Errorf("%s is not %s", again, b)
	}
	for _, bad := range []string{`[]`, `{"CallID":"c","LocalURI":"no uri"}`} {
		if json.Unmarshal([]byte(bad), &s) == nil {
			t.Errorf("%s was read", bad)
		}
	}
}
