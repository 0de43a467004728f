package sdp

import (
	"slices"
	"strconv"
)

// Local is what a relay puts in place of a party's own address.
type Local struct {
	ID      uint64 // of o=; the same for the whole dialog
	Version uint64 // of o=; one more with each change (RFC 3264 section 8)
	Addr    string // literal IPv4 or IPv6 address
	V6      bool   // Addr is IPv6
}

// Line is what is told in the place of one m= line.
type Line struct {
	Port   int    // RTP port; RTCP is the next one, which is the default and needs no line, or the same with Mux
	From   *Media // whose codecs and flow are told; nil = the line is refused
	Mux    bool   // RTP and RTCP on one port
	Keys   []Crypto
	Prints []Fingerprint
	Setup  Setup
	ICE    ICE // ours; the port is then the only candidate
	// Bundled: it goes by the transport of the bundle (RFC 9143), which one line tells of, by keys and ICE: the others have
	// none.
	Bundled bool
	Only    bool // it is on in the bundle only: its port is said to be 0 (RFC 9143 section 6)
}

// Append writes a description to dst. The m= lines are those of layout, so that an answer has the lines of its offer
// and a new offer those of the dialog; lines says what is told of each, and what it does not cover is refused with port
// 0 (RFC 3264 section 6). Nothing a party says of encryption, ICE and multiplexing is passed on: what Line does not
// name is declined.
func Append(dst []byte, l Local, layout []Media, lines ...Line) []byte {
	dst = append(dst, "v=0\r\no=- "...)
	dst = strconv.AppendUint(dst, l.ID, 10)
	dst = append(dst, ' ')
	dst = strconv.AppendUint(dst, l.Version, 10)
	dst = append(dst, ' ')
	dst = appendAddr(dst, l)
	dst = append(dst, "\r\ns=-\r\nc="...)
	dst = appendAddr(dst, l)
	dst = append(dst, "\r\nt=0 0\r\n"...)
	dst = appendSession(dst, layout, lines)
	for i := range layout {
		if i < len(lines) && lines[i].From != nil {
			dst = appendStream(dst, l, &layout[i], &lines[i])
		} else {
			dst = appendRefused(dst, &layout[i])
		}
	}
	return dst
}

// appendSession writes the attributes that stand before the first m= line.
func appendSession(dst []byte, layout []Media, lines []Line) []byte {
	first, others := "", ""
	for i := range lines {
		switch {
		case !lines[i].Bundled:
		case len(lines[i].Prints) > 0:
			first += " " + layout[i].Mid
		default:
			others += " " + layout[i].Mid
		}
	}
	dst = appendAttr(dst, "group:BUNDLE", first+others)
	if slices.ContainsFunc(lines, func(line Line) bool { return line.ICE.User != "" }) {
		dst = append(dst, "a=ice-lite\r\n"...)
	}
	return dst
}

func appendAddr(dst []byte, l Local) []byte {
	if l.V6 {
		dst = append(dst, "IN IP6 "...)
	} else {
		dst = append(dst, "IN IP4 "...)
	}
	return append(dst, l.Addr...)
}

func appendRefused(dst []byte, m *Media) []byte {
	dst = append(dst, "m="...)
	dst = append(dst, m.Kind...)
	dst = append(dst, " 0 "...)
	dst = append(dst, m.Proto...)
	dst = append(dst, ' ')
	dst = append(dst, m.Formats[0]...)
	dst = append(dst, "\r\n"...)
	return appendAttr(dst, "mid:", m.Mid)
}

func appendStream(dst []byte, l Local, as *Media, line *Line) []byte {
	m := line.From
	if m.IsFax() {
		return appendFax(dst, as, line)
	}
	dst = append(dst, "m="...)
	dst = append(dst, m.Kind...)
	dst = append(dst, ' ')
	port := line.Port
	if line.Only {
		port = 0
	}
	dst = strconv.AppendInt(dst, int64(port), 10)
	dst = append(dst, ' ')
	dst = append(dst, proto(as)...)
	for i := range m.Codecs {
		dst = append(dst, ' ')
		dst = strconv.AppendUint(dst, uint64(m.Codecs[i].Type), 10)
	}
	dst = append(dst, "\r\n"...)
	for i := range m.Codecs {
		dst = appendCodec(dst, &m.Codecs[i])
	}
	if m.Kind == "video" { // what the other side can mend; of sound nobody asks for it
		for _, f := range m.Feedback {
			if m.feeds(f) {
				dst = appendAttr(dst, "rtcp-fb:", f)
			}
		}
	}
	dst = appendAttr(dst, "ptime:", m.Ptime)
	dst = appendAttr(dst, "maxptime:", m.MaxPtime)
	dst = appendTransport(dst, l, as, line)
	return appendAttr(dst, "", m.Flow().String())
}

// proto is the profile a line has in its dialog; one that was a fax is plain.
func proto(as *Media) string {
	if as.IsFax() {
		return "RTP/AVP"
	}
	return as.Proto
}

// appendFax writes a line of T.38 with what its speaker said of it.
func appendFax(dst []byte, as *Media, line *Line) []byte {
	dst = append(dst, "m=image "...)
	dst = strconv.AppendInt(dst, int64(line.Port), 10)
	dst = append(dst, " udptl t38\r\n"...)
	dst = appendAttr(dst, "mid:", as.Mid)
	for _, a := range line.From.Fax {
		dst = appendAttr(dst, "", a)
	}
	return dst
}

// appendTransport writes how the packets of a stream travel.
func appendTransport(dst []byte, l Local, as *Media, line *Line) []byte {
	dst = appendAttr(dst, "mid:", as.Mid)
	if line.Only {
		dst = append(dst, "a=bundle-only\r\n"...)
	}
	if line.Mux {
		dst = append(dst, "a=rtcp-mux\r\n"...)
	}
	for i := range line.Keys {
		dst = appendCrypto(dst, &line.Keys[i])
	}
	for i := range line.Prints {
		dst = append(line.Prints[i].append(append(dst, "a=fingerprint:"...)), "\r\n"...)
	}
	dst = appendAttr(dst, "setup:", line.Setup.String())
	if line.ICE.User == "" {
		return dst
	}
	dst = appendAttr(dst, "ice-ufrag:", line.ICE.User)
	dst = appendAttr(dst, "ice-pwd:", line.ICE.Password)
	// One host candidate; its priority is that of RFC 8445 section 5.1.2.1 for the only address and RTP.
	dst = append(dst, "a=candidate:1 1 UDP 2130706431 "...)
	dst = append(dst, l.Addr...)
	dst = append(dst, ' ')
	dst = strconv.AppendInt(dst, int64(line.Port), 10)
	return append(dst, " typ host\r\na=end-of-candidates\r\n"...)
}

func appendCodec(dst []byte, c *Codec) []byte {
	dst = append(dst, "a=rtpmap:"...)
	dst = strconv.AppendUint(dst, uint64(c.Type), 10)
	dst = append(dst, ' ')
	dst = append(dst, c.Name...)
	dst = append(dst, '/')
	dst = strconv.AppendInt(dst, int64(c.Clock), 10)
	if c.Channels != "" {
		dst = append(dst, '/')
		dst = append(dst, c.Channels...)
	}
	dst = append(dst, "\r\n"...)
	if c.Params == "" {
		return dst
	}
	dst = append(dst, "a=fmtp:"...)
	dst = strconv.AppendUint(dst, uint64(c.Type), 10)
	dst = append(dst, ' ')
	dst = append(dst, c.Params...)
	return append(dst, "\r\n"...)
}

func appendAttr(dst []byte, key, val string) []byte {
	if val == "" {
		return dst
	}
	dst = append(dst, "a="...)
	dst = append(dst, key...)
	dst = append(dst, val...)
	return append(dst, "\r\n"...)
}
