package sdp

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Parse reads a description. It is lenient where phones are (line ends, order, missing s= and t=) and strict where a
// wrong guess would send media astray. The error wraps ErrBad.
func Parse(body []byte) (*Description, error) {
	if len(body) > MaxSize {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrBad, len(body), MaxSize)
	}
	r := reader{d: &Description{Media: make([]Media, 0, 2)}}
	rest := string(body) // one copy; everything kept points into it
	for rest != "" {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		line = strings.TrimSuffix(line, "\r")
		if strings.TrimLeft(line, " \t") == "" {
			continue
		}
		if r.lines++; r.lines > MaxLines {
			return nil, fmt.Errorf("%w: more than %d lines", ErrBad, MaxLines)
		}
		if err := r.line(line); err != nil {
			return nil, err
		}
	}
	if r.lines == 0 {
		return nil, fmt.Errorf("%w: empty", ErrBad)
	}
	r.finish()
	return r.d, nil
}

// conn is a c= line.
type conn struct {
	addr netip.Addr
	zero bool
}

// mapping is an rtpmap or fmtp line, waiting for the m= line to be complete.
type mapping struct {
	pt   uint8
	text string
}

type reader struct {
	d      *Description
	lines  int
	cur    *Media // nil at session level
	conn   conn
	all    Media     // what was said at session level and holds for every m= line
	maps   []mapping // of the current m= line
	params []mapping
}

func (r *reader) line(s string) error {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' && s[i] != '\t' || s[i] == 0x7f {
			return fmt.Errorf("%w: line %d holds a control character", ErrBad, r.lines)
		}
	}
	if len(s) < 2 || s[1] != '=' {
		return fmt.Errorf("%w: line %d is %q", ErrBad, r.lines, clip(s))
	}
	v := s[2:]
	if r.lines == 1 {
		if s[0] != 'v' || strings.TrimSpace(v) != "0" {
			return fmt.Errorf("%w: starts with %q, not with v=0", ErrBad, clip(s))
		}
		return nil
	}
	switch s[0] {
	case 'm':
		return r.media(v)
	case 'c':
		return r.connection(v)
	case 'a':
		return r.attribute(v)
	}
	return nil
}

// media reads "audio 49170/2 RTP/AVP 0 8 101".
func (r *reader) media(v string) error {
	r.finish()
	if len(r.d.Media) == MaxMedia {
		return fmt.Errorf("%w: more than %d m= lines", ErrBad, MaxMedia)
	}
	f := strings.Fields(v)
	if len(f) < 4 {
		return fmt.Errorf("%w: m=%s", ErrBad, clip(v))
	}
	if len(f)-3 > MaxFormats {
		return fmt.Errorf("%w: more than %d formats", ErrBad, MaxFormats)
	}
	port, _, _ := strings.Cut(f[1], "/")
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return fmt.Errorf("%w: port %q", ErrBad, clip(f[1]))
	}
	r.d.Media = append(r.d.Media, Media{Kind: strings.ToLower(f[0]), Port: int(n), Proto: f[2], Formats: f[3:],
		Addr: r.conn.addr, Zero: r.conn.zero, Direction: r.all.Direction, Ptime: r.all.Ptime,
		Prints: slices.Clip(r.all.Prints), Setup: r.all.Setup, ICE: r.all.ICE})
	r.cur = &r.d.Media[len(r.d.Media)-1]
	r.maps, r.params = r.maps[:0], r.params[:0]
	return nil
}

// connection reads "IN IP4 192.0.2.1/127".
func (r *reader) connection(v string) error {
	f := strings.Fields(v)
	if len(f) < 3 || !strings.EqualFold(f[0], "IN") {
		return fmt.Errorf("%w: c=%s", ErrBad, clip(v))
	}
	c := conn{}
	c.addr, c.zero = address(f[2])
	if r.cur == nil {
		r.conn = c
	} else {
		r.cur.Addr, r.cur.Zero = c.addr, c.zero
	}
	return nil
}

// address reads a literal address. Host names are not looked up: no call waits for a name server; the party is then
// found by where its packets come from.
func address(s string) (a netip.Addr, zero bool) {
	s, _, _ = strings.Cut(s, "/")
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Addr{}, false
	}
	a = a.Unmap()
	if a.IsUnspecified() {
		return netip.Addr{}, true
	}
	if a.IsMulticast() || a == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return netip.Addr{}, false
	}
	return a, false
}

func (r *reader) attribute(v string) error {
	key, val, _ := strings.Cut(v, ":")
	to := r.cur
	if to == nil {
		to = &r.all
	}
	switch key {
	case "sendrecv":
		to.Direction = SendRecv
	case "sendonly":
		to.Direction = SendOnly
	case "recvonly":
		to.Direction = RecvOnly
	case "inactive":
		to.Direction = Inactive
	case "ptime":
		to.Ptime = number(val)
	case "group":
		r.group(val)
	default:
		if r.association(to, key, val) || r.cur == nil {
			return nil
		}
		return r.ofMedia(key, val)
	}
	return nil
}

// ofMedia reads what has no meaning at session level.
func (r *reader) ofMedia(key, val string) error {
	switch key {
	case "rtpmap":
		r.maps = keep(r.maps, val)
	case "fmtp":
		r.params = keep(r.params, val)
	case "maxptime":
		r.cur.MaxPtime = number(val)
	case "rtcp-mux":
		r.cur.Mux = true
	case "mid":
		r.cur.Mid = token(val)
	case "bundle-only":
		r.cur.Only = true
	case "crypto":
		// A line that cannot be met is passed over: the others, or none, are what the party offers.
		if c, err := ParseCrypto(val); err == nil && len(r.cur.Keys) < MaxKeys {
			r.cur.Keys = append(r.cur.Keys, c)
		}
	case "rtcp":
		return r.rtcp(val)
	case "rtcp-fb":
		if len(r.cur.Feedback) < MaxHints && len(val) <= 100 && strings.TrimSpace(val) != "" {
			r.cur.Feedback = append(r.cur.Feedback, strings.TrimSpace(val))
		}
	default:
		r.fax(key, val)
	}
	return nil
}

// fax keeps an attribute of T.38; only an image line has them.
func (r *reader) fax(key, val string) {
	m := r.cur
	if m.Kind != "image" || len(key) < 4 || !strings.EqualFold(key[:3], "T38") || len(m.Fax) == MaxFax || len(key)+len(val) > 200 {
		return
	}
	if val != "" {
		key += ":" + val
	}
	m.Fax = append(m.Fax, key)
}

// association reads what DTLS and ICE need; false: it is something else.
func (r *reader) association(to *Media, key, val string) bool {
	switch key {
	case "fingerprint":
		if f, err := ParseFingerprint(val); err == nil && len(to.Prints) < MaxKeys {
			to.Prints = append(to.Prints, f)
		}
	case "setup":
		to.Setup = parseSetup(val)
	case "ice-ufrag":
		to.ICE.User = iceText(val, 4)
	case "ice-pwd":
		to.ICE.Password = iceText(val, 22)
	case "ice-lite":
		to.ICE.Lite = true
	default:
		return false
	}
	return true
}

// rtcp reads "53020" or "53020 IN IP4 192.0.2.1" (RFC 3605).
func (r *reader) rtcp(v string) error {
	f := strings.Fields(v)
	if len(f) == 0 {
		return fmt.Errorf("%w: a=rtcp without a port", ErrBad)
	}
	n, err := strconv.ParseUint(f[0], 10, 16)
	if err != nil {
		return fmt.Errorf("%w: a=rtcp:%s", ErrBad, clip(v))
	}
	var a netip.Addr
	if len(f) >= 4 {
		a, _ = address(f[3])
	}
	r.cur.RTCP = netip.AddrPortFrom(a, uint16(n))
	return nil
}

// keep remembers "101 telephone-event/8000"; what is no payload type is passed over.
func keep(l []mapping, v string) []mapping {
	num, text, ok := strings.Cut(strings.TrimLeft(v, " "), " ")
	n, err := strconv.ParseUint(num, 10, 7)
	if !ok || err != nil || len(l) >= 2*MaxFormats {
		return l
	}
	return append(l, mapping{uint8(n), strings.TrimSpace(text)})
}

// finish makes the codecs of the m= line that just ended.
func (r *reader) finish() {
	m := r.cur
	if m != nil && m.ICE.User != "" { // the address is a stopgap until candidates are found, and may be all zeros
		m.Zero = false
	}
	if m == nil || m.Kind != "audio" && m.Kind != "video" {
		return
	}
	m.Codecs = make([]Codec, 0, len(m.Formats))
	var seen [2]uint64
	for _, f := range m.Formats {
		n, err := strconv.ParseUint(f, 10, 7)
		if err != nil || seen[n>>6]&(1<<(n&63)) != 0 {
			continue
		}
		seen[n>>6] |= 1 << (n & 63)
		if c, ok := r.codec(uint8(n)); ok {
			m.Codecs = append(m.Codecs, c)
		}
	}
}

func (r *reader) codec(pt uint8) (Codec, bool) {
	c, ok := static[pt]
	if r.cur.Kind == "video" {
		c, ok = staticVideo[pt]
	}
	for _, m := range r.maps {
		if m.pt != pt {
			continue
		}
		name, rest, _ := strings.Cut(m.text, "/")
		clock, channels, _ := strings.Cut(rest, "/")
		hz, err := strconv.ParseUint(clock, 10, 20)
		if err != nil || hz == 0 || name == "" || strings.ContainsAny(name, " \t") || number(channels) != channels {
			return Codec{}, false
		}
		c, ok = Codec{Type: pt, Name: name, Clock: int(hz), Channels: channels}, true
		break
	}
	for _, m := range r.params {
		if m.pt == pt {
			c.Params = m.text
			break
		}
	}
	return c, ok
}

// number is s if it is short and made of digits and dots, or else nothing.
func number(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 8 || strings.Trim(s, "0123456789.") != "" {
		return ""
	}
	return s
}

// token is s if it is one short word, or else nothing.
func token(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 32 || strings.ContainsAny(s, " \t") {
		return ""
	}
	return s
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "..."
	}
	return s
}
