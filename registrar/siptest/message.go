package siptest

import (
	"crypto/rand"
	"net/netip"
	"strconv"
	"strings"
)

// Header is one header line.
type Header struct{ Name, Value string }

// Msg is a SIP message in plain strings.
type Msg struct {
	Method, URI string // of a request
	Status      int    // of a response
	Reason      string
	Headers     []Header
	Body        []byte
	From        netip.AddrPort // where it came from
	Raw         string
}

var short = map[string]string{"v": "Via", "f": "From", "t": "To", "i": "Call-ID", "m": "Contact", "l": "Content-Length", "c": "Content-Type", "o": "Event", "k": "Supported"}

// ParseMsg reads a whole message; false: it is none.
func ParseMsg(b []byte) (*Msg, bool) {
	head, body, ok := strings.Cut(string(b), "\r\n\r\n")
	if !ok {
		return nil, false
	}
	m := &Msg{Body: []byte(body), Raw: string(b)}
	start, rest, _ := strings.Cut(head, "\r\n")
	w := strings.SplitN(start, " ", 3)
	if len(w) < 2 {
		return nil, false
	}
	if strings.HasPrefix(w[0], "SIP/") {
		m.Status, _ = strconv.Atoi(w[1])
		m.Reason = strings.Join(w[2:], "")
	} else {
		m.Method, m.URI = w[0], w[1]
	}
	for _, l := range strings.Split(rest, "\r\n") {
		if l != "" && (l[0] == ' ' || l[0] == '\t') && len(m.Headers) > 0 {
			m.Headers[len(m.Headers)-1].Value += " " + strings.TrimSpace(l)
			continue
		}
		n, v, ok := strings.Cut(l, ":")
		if !ok {
			continue
		}
		n = strings.TrimSpace(n)
		if long := short[strings.ToLower(n)]; long != "" {
			n = long
		}
		m.Headers = append(m.Headers, Header{n, strings.TrimSpace(v)})
	}
	return m, m.Status > 0 || m.Method != ""
}

// Get is the first value of a header, empty when there is none.
func (m *Msg) Get(name string) string {
	for _, h := range m.Headers {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

// All are all values of a header.
func (m *Msg) All(name string) []string {
	var out []string
	for _, h := range m.Headers {
		if strings.EqualFold(h.Name, name) {
			out = append(out, h.Value)
		}
	}
	return out
}

// Add appends a header.
func (m *Msg) Add(name, value string) *Msg {
	m.Headers = append(m.Headers, Header{name, value})
	return m
}

// Bytes writes the message with its length.
func (m *Msg) Bytes() []byte {
	var b strings.Builder
	if m.Method != "" {
		b.WriteString(m.Method + " " + m.URI + " SIP/2.0\r\n")
	} else {
		b.WriteString("SIP/2.0 " + strconv.Itoa(m.Status) + " " + m.Reason + "\r\n")
	}
	for _, h := range m.Headers {
		if !strings.EqualFold(h.Name, "Content-Length") {
			b.WriteString(h.Name + ": " + h.Value + "\r\n")
		}
	}
	b.WriteString("Content-Length: " + strconv.Itoa(len(m.Body)) + "\r\n\r\n")
	b.Write(m.Body)
	return []byte(b.String())
}

// Answer is a response to a request; tag is put on To where there is none.
func (m *Msg) Answer(status int, reason, tag string) *Msg {
	out := &Msg{Status: status, Reason: reason}
	for _, v := range m.All("Via") {
		out.Add("Via", v)
	}
	for _, v := range m.All("Record-Route") {
		out.Add("Record-Route", v)
	}
	to := m.Get("To")
	if Param(to, "tag") == "" && tag != "" && status != 100 {
		to += ";tag=" + tag
	}
	return out.Add("From", m.Get("From")).Add("To", to).Add("Call-ID", m.Get("Call-ID")).Add("CSeq", m.Get("CSeq"))
}

// CSeq is the number and method of the CSeq header.
func (m *Msg) CSeq() (n uint32, method string) {
	f := strings.Fields(m.Get("CSeq"))
	if len(f) < 2 {
		return 0, ""
	}
	v, _ := strconv.ParseUint(f[0], 10, 32)
	return uint32(v), f[1]
}

func (m *Msg) key() string {
	_, method := m.CSeq()
	if method == "ACK" {
		method = "INVITE"
	}
	return Param(m.Get("Via"), "branch") + " " + method
}

// URI is the URI in a From, To or Contact value.
func URI(v string) string {
	if i := strings.IndexByte(v, '<'); i >= 0 {
		if j := strings.IndexByte(v[i:], '>'); j > 0 {
			return v[i+1 : i+j]
		}
	}
	u, _, _ := strings.Cut(v, ";")
	return strings.TrimSpace(u)
}

// Display is the display name in a From value, without quotes.
func Display(v string) string {
	d, _, ok := strings.Cut(v, "<")
	if !ok {
		return ""
	}
	return strings.Trim(strings.TrimSpace(d), `"`)
}

// User is the user part of a URI or address.
func User(v string) string {
	_, rest, _ := strings.Cut(URI(v), ":")
	u, _, ok := strings.Cut(rest, "@")
	if !ok {
		return ""
	}
	return u
}

// Param is a header parameter behind the address.
func Param(v, name string) string {
	if i := strings.IndexByte(v, '>'); i >= 0 {
		v = v[i:]
	}
	for _, p := range strings.Split(v, ";")[1:] {
		k, val, _ := strings.Cut(p, "=")
		if strings.EqualFold(strings.TrimSpace(k), name) {
			val, _, _ = strings.Cut(val, ",")
			return strings.Trim(strings.TrimSpace(val), `"`)
		}
	}
	return ""
}

func random() string { return strings.ToLower(rand.Text()[:14]) }
