package registrar

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cradle/registrar/siptest"
)

// rfc4475 gives for each message of the RFC's archive (testdata/rfc4475) the
// answer it asks for. This server asks everybody for credentials, so 401 is what
// a valid request gets that begins something; 0 is silence, as for all answers.
var rfc4475 = map[string]int{
	// 3.1.1, valid
	"wsinv": 401, "intmeth": 405, "esc01": 401, "escnull": 401, "esc02": 405, "lwsdisp": 200, "longreq": 401, "dblreq": 401,
	"semiuri": 200, "transports": 200, "mpart01": 401, "unreason": 0, "noreason": 0,
	// 3.1.2, invalid
	"badinv01": 400, "clerr": 400, "ncl": 400, "scalar02": 400, "scalarlg": 0, "quotbal": 400, "ltgtruri": 400, "lwsruri": 400,
	"lwsstart": 400, "trws": 400, "escruri": 400,
	"baddate":  401, // the date is nobody's business here, and may be ignored
	"regbadct": 400, "badaspec": 400, "baddn": 400, "badvers": 505, "mismatch01": 400, "mismatch02": 400, "bigcode": 0,
	// 3.2, transaction layer
	"badbranch": 200,
	// 3.3, application layer
	"insuf": 400, "unkscm": 416, "novelsc": 416, "unksm2": 400, "bext01": 420, "invut": 401, "regaut01": 401, "multi01": 400,
	"mcl01": 400, "bcast": 0, "zeromf": 200, "cparam01": 401, "cparam02": 401, "regescrt": 401, "sdp01": 401,
	// 3.4, backward compatibility
	"inv2543": 401,
}

// rfc5118 are the messages of the RFC, by its sections; two of the ten hold two.
var rfc5118 = []struct {
	section string
	want    int
	msg     string
}{
	{"4.1 a reference", 401, v6("REGISTER sip:[2001:db8::10]", "98176", "[2001:db8::1]", nil)},
	{"4.2 no reference", 400, v6("REGISTER sip:2001:db8::10", "98176", "[2001:db8::1]", nil)},
	{"4.3 ambiguous port", 401, v6("REGISTER sip:[2001:db8::10:5070]", "98176", "[2001:db8::1]", nil)},
	{"4.4 unambiguous port", 401, v6("REGISTER sip:[2001:db8::10]:5070", "98176", "[2001:db8::1]", nil)},
	{"4.5 received with brackets", 481, v6("BYE sip:[2001:db8::10]", "321", "", []string{"UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3-111"})},
	{"4.5 received without", 200, v6("OPTIONS sip:[2001:db8::10]", "921", "[2001:db8::9:1]", []string{"UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3"})},
	{"4.6 in the session description", 401, v6("INVITE sip:user@[2001:db8::10]", "8612", "[2001:db8::20]", []string{"UDP [2001:db8::20];branch=z9hG4bKas3-111"},
		"o=assistant 971731711378798081 0 IN IP6 2001:db8::20", "s=Live video feed for today's meeting", "c=IN IP6 2001:db8::20", "t=3338481189 3370017201",
		"m=audio 6000 RTP/AVP 2", "a=rtpmap:2 G726-32/8000", "m=video 6024 RTP/AVP 107", "a=rtpmap:107 H263-1998/90000")},
	{"4.7 several in headers", 481, v6("BYE sip:user@host.example.net", "89187", "", []string{"UDP [2001:db8::9:1]:6050;branch=z9hG4bKas3-111",
		"UDP 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144", "TCP [2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200"})},
	{"4.8 several in the session description", 401, v6("INVITE sip:user@[2001:db8::10]", "8912", "[2001:db8::9:1]", nil,
		"o=bob 280744730 28977631 IN IP4 host.example.com", "s=", "t=0 0", "m=audio 22334 RTP/AVP 0", "c=IN IP4 192.0.2.1",
		"m=video 6024 RTP/AVP 107", "c=IN IP6 2001:db8::1", "a=rtpmap:107 H263-1998/90000")},
	{"4.9 IPv4 in IPv6", 401, v6("INVITE sip:user@example.com", "612", "[::ffff:192.0.2.2]", []string{"UDP [::ffff:192.0.2.10]:19823;branch=z9hG4bKbh19",
		"UDP [::ffff:192.0.2.2];branch=z9hG4bKas3-111"}, "o=assistant 971731711378798081 0 IN IP6 ::ffff:192.0.2.2", "s=Call me soon, please!",
		"c=IN IP6 ::ffff:192.0.2.2", "t=3338481189 3370017201", "m=audio 6000 RTP/AVP 2", "a=rtpmap:2 G726-32/8000",
		"m=video 6024 RTP/AVP 107", "a=rtpmap:107 H263-1998/90000")},
	{"4.10 three colons", 200, v6("OPTIONS sip:user@[2001:db8:::192.0.2.1]", "689", "", []string{"UDP lab1.east.example.com;branch=z9hG4bKas3-111"})},
	{"4.10 two colons", 200, v6("OPTIONS sip:user@[2001:db8::192.0.2.1]", "689", "", []string{"UDP lab1.east.example.com;branch=z9hG4bKas3-111"})},
}

// v6 is a message of RFC 5118: To names the Request-URI where that has a user,
// no vias are the one that most of them have, and a host makes a Contact.
func v6(line, cseq, host string, vias []string, body ...string) string {
	method, uri, _ := strings.Cut(line, " ")
	to := "sip:user@example.com"
	if strings.Contains(uri, "@[") {
		to = uri
	}
	if method == "BYE" {
		to += ";tag=bd76ya"
	}
	if vias == nil {
		vias = []string{"UDP [2001:db8::9:1];branch=z9hG4bKas3-111"}
	}
	m := line + " SIP/2.0\r\nTo: " + to + "\r\nFrom: sip:user@example.com;tag=81x2\r\n"
	for _, v := range vias {
		m += "Via: SIP/2.0/" + v + "\r\n"
	}
	m += "Call-ID: SSG9559905523997077@hlau_4100\r\nMax-Forwards: 70\r\nCSeq: " + cseq + " " + method + "\r\n"
	if host != "" {
		m += "Contact: \"Caller\" <sip:caller@" + host + ">\r\n"
	}
	text := ""
	if len(body) > 0 {
		m += "Content-Type: application/sdp\r\n"
		text = "v=0\r\n" + strings.Join(body, "\r\n") + "\r\n"
	}
	return m + fmt.Sprintf("Content-Length: %d\r\n\r\n", len(text)) + text
}

// TestRFC4475 sends all 49 messages over every transport that can frame them.
func TestRFC4475(t *testing.T) {
	files, err := filepath.Glob("testdata/rfc4475/*.sip")
	if err != nil || len(files) != 49 || len(rfc4475) != 49 {
		t.Fatal(len(files), len(rfc4475), err)
	}
	messages := map[string]torment{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(f), ".sip")
		want, ok := rfc4475[name]
		if !ok {
			t.Fatal("no answer is known for", name)
		}
		messages[name] = torment{b, []int{want}}
	}
	messages["dblreq"] = torment{messages["dblreq"].msg, []int{401, 401}}
	tormentAll(t, messages)
}

func TestRFC5118(t *testing.T) {
	messages := map[string]torment{}
	for _, m := range rfc5118 {
		messages[m.section] = torment{[]byte(m.msg), []int{m.want}}
	}
	if len(messages) != 12 { // ten sections, two with two messages
		t.Fatal(len(messages))
	}
	tormentAll(t, messages)
}

type torment struct {
	msg  []byte
	want []int // of streams; datagrams and frames carry the first message only
}

func tormentAll(t *testing.T, messages map[string]torment) {
	h := newHouse(t, 1)
	r := h.door("127.0.0.1:0", nil)
	for _, transport := range transports {
		t.Run(transport, func(t *testing.T) {
			for name, m := range messages {
				msg, want := m.msg, slices.DeleteFunc(slices.Clone(m.want), func(status int) bool { return status == 0 })
				stream := transport == "tcp" || transport == "tls"
				if !stream {
					want = want[:min(len(want), 1)]
				}
				if stream && declared(msg) > len(msg) {
					if name != "clerr" { // nothing but a length that is too large keeps a stream waiting
						msg = append(bytes.Clone(msg), make([]byte, declared(msg)-len(msg))...)
					} else {
						want = nil
					}
				}
				got := h.torment(t, r, transport, msg, name == "clerr" && stream)
				if !slices.Equal(got, want) {
					t.Errorf("%s: %v, want %v", name, got, want)
				}
			}
		})
	}
	p := h.phone(r, 0, nil)
	mustRegister(t, p)
	if n := r.edge.Panics.Load(); n != 0 {
		t.Errorf("%d panics", n)
	}
}

// declared is how long a message says to be; 0: it does not say so.
func declared(msg []byte) int {
	head, _, _ := bytes.Cut(msg, []byte("\r\n\r\n"))
	for line := range strings.SplitSeq(string(head), "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		if n := strings.ToLower(strings.TrimSpace(name)); n == "content-length" || n == "l" {
			size, err := strconv.Atoi(strings.TrimSpace(value))
			if err != nil {
				return 0
			}
			return len(head) + 4 + size
		}
	}
	return 0
}

// torment says one message, then a good one, and gives what was answered until
// that one was, or the connection ended.
func (h *house) torment(t *testing.T, r *Registrar, transport string, msg []byte, swallowed bool) (statuses []int) {
	t.Helper()
	c := h.line(t, r, transport)
	defer c.Close() //nolint:errcheck // a test
	wait := 10 * time.Second
	if swallowed {
		wait = 50 * time.Millisecond
	}
	_ = c.SetReadDeadline(time.Now().Add(wait))
	_, _ = c.Write(msg)
	marker := "marker" + token()
	if !swallowed {
		_, _ = c.Write(fmt.Appendf(nil, "\r\n"+optionsWS, marker, marker))
		if transport == "udp" || transport == "ws" || transport == "wss" {
			_, _ = c.Write(options(marker))
		}
	}
	for {
		m, err := c.next()
		if err != nil {
			var late net.Error
			if errors.As(err, &late) && late.Timeout() && !swallowed {
				t.Errorf("%s: neither an answer nor an end", transport)
			}
			return statuses
		}
		if m.Get("Call-ID") == marker {
			return statuses
		}
		if m.Status == 401 && m.Get("WWW-Authenticate") == "" || m.Status == 405 && m.Get("Allow") == "" || m.Status == 420 && m.Get("Unsupported") == "" {
			t.Errorf("%s: %s", transport, m.Raw)
		}
		statuses = append(statuses, m.Status)
	}
}

// line is a phone's way to us, with the bytes in the caller's hands.
type line struct {
	net.Conn
	in *bufio.Reader // nil: each Read gives one message
}

func (l line) next() (*siptest.Msg, error) {
	if l.in != nil {
		return siptest.ReadMsg(l.in)
	}
	b := make([]byte, 65536)
	n, err := l.Read(b)
	if err != nil {
		return nil, err
	}
	m, ok := siptest.ParseMsg(b[:n])
	if !ok {
		return nil, io.ErrUnexpectedEOF
	}
	return m, nil
}

func (h *house) line(t *testing.T, r *Registrar, transport string) line {
	t.Helper()
	switch transport {
	case "udp":
		c, err := net.Dial("udp", r.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		return line{Conn: c}
	case "ws", "wss":
		s, res := h.socket(r, transport, "", nil)
		if s == nil {
			t.Fatal(res.Status)
		}
		return line{Conn: s}
	}
	at := r.Addr().String()
	if transport == "tls" {
		at = r.c.Secure.Addr().String()
	}
	c, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	if transport == "tls" {
		c = tls.Client(c, &tls.Config{InsecureSkipVerify: true})
	}
	return line{c, bufio.NewReader(c)}
}
