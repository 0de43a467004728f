package registrar

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/registrar/siptest"
	"cradle/registrar/transaction"
)

// base is a message of our own that the table bends. ~ stands for a branch
// that no other message has.
const base = "INVITE sip:100@acme.example SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK~\r\nMax-Forwards: 70\r\n" +
	"From: <sip:200@acme.example>;tag=98\r\nTo: <sip:100@acme.example>\r\nCall-ID: ~\r\nCSeq: 1 INVITE\r\nContact: <sip:200@127.0.0.1>\r\n" +
	"Content-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n"

func bend(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(base) }

func as(method string, pairs ...string) string {
	return strings.NewReplacer(pairs...).Replace(strings.NewReplacer("INVITE sip", method+" sip", "1 INVITE", "1 "+method).Replace(base))
}

// torture lists nasty messages in the manner of RFC 4475 and RFC 5118, written
// anew, and the answer each deserves from a server that asks everybody for
// credentials: 401 means that the message was understood. 0 is silence.
var torture = []struct {
	name string
	want int
	msg  string
}{
	{"plain", 401, base},
	{"blanks and folding everywhere", 401, "INVITE sip:100@acme.example;x=%20 SIP/2.0\r\nTO :\r\n sip:100@acme.example ;   par    = 1918181833n\r\nfrom   : \"J Rosenberg \\\\\\\"\"\r\n  <sip:j@example.com>\r\n  ;\r\n  tag = 98asjd8\r\nMaX-fOrWaRdS: 0068\r\n" +
		"Call-ID: w~\r\nContent-Length   : 5\r\ncseq: 0009\r\n  INVITE\r\nVia  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=390sk~\r\ns :\r\nNewFangledHeader:   newfangled value\r\n continued newfangled value\r\nUnknownHeader: ;;,,;;,;\r\n" +
		"v:  SIP  / 2.0  / TCP     spindle.example.com   ;\r\n  branch  =   z9hG4bK9ikj8  ,\r\n SIP  /    2.0   / UDP  192.168.255.111   ; branch=\r\n z9hG4bK30239\r\nm:\"Quoted string \\\"\\\"\" <sip:j@example.com> ; newparam =\r\n      newvalue ;\r\n  secondparam ; q = 0.33\r\n\r\nv=0\r\n"},
	{"strange method", 405, as("!interesting-Method0123456789_*+`.%indeed'~")},
	{"escaped user", 401, bend("sip:100@", "sip:sip%3Auser%40example.com@")},
	{"escaped null", 401, bend("sip:100@", "sip:null-%00-null@")},
	{"escaped method is another method", 405, as("RE%47IST%45R")},
	{"no blank before bracket", 401, bend("From: <sip:200", "From: caller<sip:200")},
	{"display with UTF-8", 401, bend("From: <sip:200", "From: \"\xd0\x98\xd0\x92\" <sip:200")},
	{"extra octets behind the body", 401, base + "INVITE sip:bad SIP/2.0\r\nX"},
	{"semicolon in user", 401, bend("sip:100@", "sip:user;par=u%40example.net@")},
	{"unknown transports in Via", 401, bend("SIP/2.0/UDP 127.0.0.1:5060", "SIP/2.0/UNKNOWN t6.example.com")},
	{"many Vias", 401, bend("Max-Forwards", "Via: SIP/2.0/SCTP t5.example.com;branch=z9hG4bKkdjuw\r\nVia: SIP/2.0/TLS t4.example.com;branch=z9\r\nMax-Forwards")},
	{"compact headers", 401, bend("Via:", "v:", "From:", "f:", "To:", "t:", "Call-ID:", "i:", "Contact:", "m:", "Content-Length:", "l:", "Content-Type:", "c:")},
	{"long values", 401, bend("Contact:", "X-Long: "+strings.Repeat("y", 5000)+"\r\nContact:", "sip:200@", "sip:"+strings.Repeat("u", 2000)+"@")},
	{"multipart body", 401, bend("application/sdp", "multipart/mixed;boundary=7a9cbec02ceef655")},
	{"extraneous separators", 400, bend("branch=z9hG4bK~", "branch=z9hG4bK~;;,;,,", "tag=98", "tag=98;;,;,,")},
	{"length too large", 400, bend("Length: 5", "Length: 9999")},
	{"length negative", 400, bend("Length: 5", "Length: -999")},
	{"scalars too large", 400, bend("CSeq: 1 ", "CSeq: 36893488147419103232 ")},
	{"Max-Forwards too large", 400, bend("Forwards: 70", "Forwards: 300")},
	{"unterminated quote", 400, bend("To: <", "To: \"Mr. J. User <")},
	{"brackets round Request-URI", 400, bend("INVITE sip:100@acme.example SIP", "INVITE <sip:100@acme.example> SIP")},
	{"blank in Request-URI", 400, bend("sip:100@acme.example SIP", "sip:100@acme.example; lr SIP")},
	{"blanks in Request-Line", 400, bend("INVITE sip", "INVITE  sip", "example SIP/2.0", "example  SIP/2.0")},
	{"blank behind Request-Line", 400, bend("example SIP/2.0\r", "example SIP/2.0  \r")},
	{"headers in Request-URI", 400, bend("acme.example SIP", "acme.example?Route=%3Csip:example.com%3E SIP")},
	{"date in another zone", 401, bend("Contact:", "Date: Fri, 01 Jan 2010 16:00:00 EST\r\nContact:")},
	{"REGISTER with headers in a bare Contact", 400, as("REGISTER", "<sip:200@127.0.0.1>", "sip:user@example.com?Route=%3Csip:sip.example.com%3E")},
	{"blanks in an address", 400, bend("To: <sip:100@acme.example>", "To: \"Watson, Thomas\" < sip:t.watson@example.org >")},
	{"display name not quoted", 400, bend("From: <", "From: Bell, Alexander <")},
	{"version 7.0", 505, bend("example SIP/2.0", "example SIP/7.0")},
	{"method does not match", 400, bend("1 INVITE", "1 OPTIONS")},
	{"unknown method does not match", 400, as("NEWMETHOD", "1 NEWMETHOD", "1 INVITE")},
	{"branch is the cookie only", 401, bend("z9hG4bK~", "z9hG4bK")},
	{"nothing that is needed", 400, "INVITE sip:user@example.com SIP/2.0\r\nCSeq: 193942 INVITE\r\nVia: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKkdj.insuf~\r\nContent-Length: 0\r\n\r\n"},
	{"unknown scheme", 416, bend("INVITE sip:100@acme.example", "INVITE nobodyKnowsThisScheme:totallyopaquecontent")},
	{"known but foreign scheme", 416, bend("INVITE sip:100@acme.example", "INVITE soap.beep://192.0.2.103:3002")},
	{"foreign scheme in To and From", 400, as("REGISTER", "To: <sip:100@acme.example>", "To: isbn:2983792873", "From: <sip:200@acme.example>", "From: <http://www.example.com>")},
	{"unknown extension required", 420, as("OPTIONS", "Contact:", "Require: nothingSupportsThis, nothingSupportsThisEither\r\nContact:")},
	{"unknown credentials", 401, as("REGISTER", "Contact:", "Authorization: NoOneKnowsThisScheme opaque-data=here\r\nContact:")},
	{"malformed credentials", 401, as("REGISTER", "Contact:", "Authorization: Digest username=\"a\", nonce\r\nContact:")},
	{"single headers repeated", 400, bend("CSeq:", "CSeq: 59 INVITE\r\nCall-ID: two\r\nTo: sip:x@y\r\nFrom: sip:q@z;tag=2\r\nCSeq:")},
	{"two lengths", 400, bend("Content-Length: 5", "Content-Length: 13\r\nContent-Length: 5")},
	{"OPTIONS without hops left", 200, as("OPTIONS", "Forwards: 70", "Forwards: 0")},
	{"INVITE without hops left", 483, bend("Forwards: 70", "Forwards: 0")},
	{"unknown Contact parameters", 401, as("REGISTER", "<sip:200@127.0.0.1>", "sip:+19725552222@gw1.example.net;unknownparam")},
	{"old form of RFC 2543", 401, bend(";branch=z9hG4bK~", "", ";tag=98", "")},
	{"blank From tag", 401, bend(";tag=98", ";tag=")},
	{"colon in display", 401, bend("From: <", "From: \":sip:x@y>;\" <")},
	{"IPv6 everywhere", 401, bend("127.0.0.1:5060", "[2001:db8::9:1]", "sip:100@acme.example SIP", "sip:100@[2001:db8::10] SIP", "<sip:200@127.0.0.1>", "<sip:200@[2001:db8::9:1]>")},
	{"IPv6 without brackets in Via", 401, bend("127.0.0.1:5060", "2001:db8::9:1")},
	{"port in IPv6 Via", 401, bend("127.0.0.1:5060", "[2001:db8::9:1]:5070")},
	{"received is the sender's invention", 401, bend("branch=", "received=[2001:db8::9:255];branch=")},
	{"rport is the sender's invention", 401, bend("branch=", "rport=9;branch=")},
	{"dialog nobody has", 481, as("BYE", "To: <sip:100@acme.example>", "To: <sip:100@acme.example>;tag=none")},
	{"ACK of nothing", 0, as("ACK")},
	{"stray response", 0, bend("INVITE sip:100@acme.example SIP/2.0", "SIP/2.0 200 OK")},
	{"response with a big code", 0, bend("INVITE sip:100@acme.example SIP/2.0", "SIP/2.0 4294967301 better not break the receiver")},
	{"response without a reason", 0, bend("INVITE sip:100@acme.example SIP/2.0", "SIP/2.0 100 ")},
	{"response with a broadcast Via", 0, bend("INVITE sip:100@acme.example SIP/2.0", "SIP/2.0 200 OK", "127.0.0.1:5060", "255.255.255.255")},
	{"no end of headers", 0, strings.Split(base, "\r\n\r\n")[0]},
	{"bare line feeds", 0, strings.ReplaceAll(base, "\r\n", "\n")},
	{"zeroes", 0, strings.Repeat("\x00", 600)},
	{"blanks", 0, strings.Repeat(" ", 600)},
	{"a web request", 0, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"},
	{"percent signs", 0, strings.Repeat("%s%n", 300)},
	{"only a start line", 0, "OPTIONS sip:a SIP/2.0\r\n\r\n"},
}

func TestTorture(t *testing.T) {
	h := newHouse(t, 1)
	r := h.door("127.0.0.1:0", func(r *Registrar) {
		r.Handle(sip.INVITE, func(_ Peer, req *sip.Request, tx *transaction.Server) { respond(req, tx, 480, "Later") })
	})
	c, err := net.Dial("udp4", r.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close() //nolint:errcheck // a test
	buf := make([]byte, 65535)
	for i, x := range torture {
		msg := strings.ReplaceAll(x.msg, "~", fmt.Sprintf("t%d", i))
		_, _ = c.Write([]byte(msg))
		wait := 5 * time.Second
		if x.want == 0 {
			wait = 50 * time.Millisecond
		}
		_ = c.SetReadDeadline(time.Now().Add(wait))
		n, err := c.Read(buf)
		got := 0
		if err == nil {
			m, _ := siptest.ParseMsg(buf[:n])
			got = m.Status
			if x.want == 401 && m.Get("WWW-Authenticate") == "" {
				t.Errorf("%s: no challenge", x.name)
			}
			if !strings.Contains(m.Get("Via"), ";received=127.0.0.1;rport="+strconv.Itoa(c.LocalAddr().(*net.UDPAddr).Port)) {
				t.Errorf("%s: Via %q", x.name, m.Get("Via"))
			}
		}
		if got != x.want {
			t.Errorf("%s: %d, want %d", x.name, got, x.want)
		}
	}
	p := h.phone(r, 0, nil)
	mustRegister(t, p)
	if n := r.edge.Panics.Load(); n != 0 {
		t.Errorf("%d panics", n)
	}
}

// The same over a stream, each on a connection of its own: nothing brings the
// listener down.
func TestTortureOverTCP(t *testing.T) {
	h := newHouse(t, 1)
	r := h.door("127.0.0.1:0", nil)
	for i, x := range torture {
		c := dial(t, r, "127.0.0.1")
		_, _ = c.Write([]byte(strings.ReplaceAll(x.msg, "~", fmt.Sprintf("t%d", i))))
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		n, _ := c.Read(make([]byte, 4096))
		_ = n
		_ = c.Close()
	}
	mustAnswer(t, h, r)
	if n := r.edge.Panics.Load(); n != 0 {
		t.Errorf("%d panics", n)
	}
}

// What a phone with right credentials sends passes the second parser too, and
// what does not ends without harm.
func TestTortureWithCredentials(t *testing.T) {
	h := newHouse(t, 1)
	r := h.door("127.0.0.1:0", func(r *Registrar) {
		r.Handle(sip.INVITE, func(_ Peer, req *sip.Request, tx *transaction.Server) { respond(req, tx, 480, "Later") })
	})
	p := h.phone(r, 0, nil)
	mustRegister(t, p)
	unread := []string{}
	for i, x := range torture {
		m, ok := siptest.ParseMsg([]byte(strings.ReplaceAll(x.msg, "~", fmt.Sprintf("s%d", i))))
		if x.want != 401 || !ok || m.Method != "INVITE" {
			continue
		}
		first := ask(t, p, withCall(m, token()))
		again := p.Answer(first, m)
		again.Headers[slices.IndexFunc(again.Headers, func(h siptest.Header) bool { return h.Name == "Via" })].Value = "SIP/2.0/UDP " + p.Addr().String() + ";branch=z9hG4bK" + token()
		ctx, cancel := context.WithTimeout(soon(t), 300*time.Millisecond)
		got, err := p.Ask(ctx, again.Bytes(), func(r *siptest.Msg) bool { return r.Status >= 200 && r.Get("Call-ID") == again.Get("Call-ID") })
		cancel()
		switch {
		case errors.Is(err, siptest.ErrTimeout):
			unread = append(unread, x.name)
		case got.Status != 480:
			t.Errorf("%s: %s", x.name, got.Raw)
		}
	}
	if len(unread) > 0 {
		t.Logf("not answered: %q", unread)
	}
	if len(unread) > 2 {
		t.Error("too many valid messages go unanswered")
	}
}

func withCall(m *siptest.Msg, id string) *siptest.Msg {
	for i := range m.Headers {
		if m.Headers[i].Name == "Call-ID" {
			m.Headers[i].Value = id
		}
	}
	return m
}
