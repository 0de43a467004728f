// Package sipmsg holds the bytes of SIP messages: it cuts one into its parts
// without copying, judges whether the parts may be believed, and writes answers.
//
// Parse does one pass over a whole message (a datagram, or a message framed out
// of a stream). Everything it returns points into the bytes it was given.
package sipmsg

import "bytes"

// Message is one SIP message cut into its parts. The slices point into Raw.
type Message struct {
	Raw []byte

	// Method, URI and Version are those of a request; Method is empty in a response.
	Method, URI, Version []byte
	Status               int // of a response

	headers []byte // from the first header to before the empty line
	Body    []byte

	// Values of the headers everybody asks for. Via is the first Via line.
	Via, From, To, CallID, UserAgent []byte
	Auth                             []byte // first Authorization (or Proxy-Authorization) with scheme Digest
	AuthOther                        bool   // there are credentials of a scheme nobody knows
	Event, Contact, Accept, Require  []byte
	Supported, Path                  []byte // the first of each
	CSeqMethod                       []byte
	CSeq                             uint32
	Expires                          int64 // seconds; -1: no such header
	MaxForwards                      int   // -1: no such header
	ContentLength                    int   // -1: no such header

	// FromAddr and ToAddr are From and To in parts, of a message without Fault.
	FromAddr, ToAddr Address

	seen Set // single headers met
	vias int // Via lines
}

// Set is a set of single headers.
type Set uint16

// The headers that may come once only.
const (
	hasFrom Set = 1 << iota
	hasTo
	hasCallID
	hasCSeq
	hasLength
	hasForwards
	hasExpires
)

// Reset makes m ready for the next message.
func (m *Message) Reset() { *m = Message{Expires: -1, MaxForwards: -1, ContentLength: -1} }

// IsRequest tells a request from a response.
func (m *Message) IsRequest() bool { return len(m.Method) > 0 }

// Parse cuts b into m. The Fault says what is wrong with the message, Fine when
// nothing is; m is filled as far as the message could be read, so that a
// refusal can be written when m.Answerable.
func Parse(b []byte, m *Message) Fault {
	m.Reset()
	m.Raw = b
	end := bytes.IndexByte(b, '\n')
	if end < 1 || b[end-1] != '\r' {
		return Junk
	}
	fault := m.startLine(b[:end-1])
	if fault == Junk {
		return Junk
	}
	headersFault, ok := m.readHeaders(b[end+1:])
	if !ok {
		return Junk
	}
	if fault == Fine {
		fault = headersFault
	}
	if fault == Fine {
		fault = m.required()
	}
	return fault
}

// startLine reads a request line or a status line (RFC 3261 sections 7.1, 7.2).
func (m *Message) startLine(l []byte) Fault {
	if hasPrefixFold(l, "SIP/") {
		return m.statusLine(l)
	}
	sp := bytes.IndexByte(l, ' ')
	if sp < 1 || sp > 64 || !isToken(l[:sp]) {
		return Junk
	}
	last := bytes.LastIndexByte(bytes.TrimRight(l, " "), ' ')
	if last <= sp || !hasPrefixFold(l[last+1:], "SIP/") {
		return Junk
	}
	m.Method, m.URI, m.Version = l[:sp], l[sp+1:last], l[last+1:]
	switch {
	case len(m.URI) == 0 || bytes.IndexByte(m.URI, ' ') >= 0 || bytes.IndexByte(m.URI, '\t') >= 0:
		return BadRequestLine
	case m.URI[0] == '<' || bytes.IndexByte(m.URI, '"') >= 0:
		return BadRequestLine
	case !equalFold(m.Version, "SIP/2.0"):
		if bytes.IndexByte(m.Version, ' ') >= 0 {
			return BadRequestLine
		}
		return BadVersion
	}
	return uriFault(m.URI)
}

func uriFault(u []byte) Fault {
	c := bytes.IndexByte(u, ':')
	if c < 1 {
		return BadRequestLine
	}
	if !equalFold(u[:c], "sip") && !equalFold(u[:c], "sips") && !equalFold(u[:c], "tel") {
		return UnknownScheme
	}
	// '?' may stand in the user part; behind it begin headers, which are not
	// allowed here (19.1.1).
	if host := u[bytes.IndexByte(u, '@')+1:]; bytes.IndexByte(host, '?') >= 0 {
		return BadRequestLine
	}
	if !equalFold(u[:c], "tel") && !hostPortFine(u[c+1:]) {
		return BadRequestLine
	}
	return Fine
}

// hostPortFine finds an IPv6 address without brackets, whose end nobody can tell
// (RFC 5118 section 4.2), and ports that are none. What follows the scheme is given.
func hostPortFine(rest []byte) bool {
	if at := bytes.LastIndexByte(rest, '@'); at >= 0 {
		rest = rest[at+1:]
	}
	if end := bytes.IndexByte(rest, ';'); end >= 0 {
		rest = rest[:end]
	}
	if len(rest) > 0 && rest[0] == '[' {
		end := bytes.IndexByte(rest, ']')
		if end < 0 {
			return false
		}
		rest = rest[end+1:]
		if len(rest) > 0 && rest[0] != ':' {
			return false
		}
	}
	c := bytes.IndexByte(rest, ':')
	if c < 0 {
		return true
	}
	_, ok := Number(rest[c+1:], 65535)
	return ok
}

func (m *Message) statusLine(l []byte) Fault {
	if len(l) < 11 || l[7] != ' ' || !equalFold(l[:7], "SIP/2.0") {
		return Junk
	}
	n, ok := Number(l[8:11], 699)
	if !ok || n < 100 || len(l) > 11 && l[11] != ' ' {
		return Junk
	}
	m.Status = int(n)
	return Fine
}

// readHeaders reads the header lines and finds the body. It is false when the
// header section does not end.
func (m *Message) readHeaders(b []byte) (Fault, bool) {
	fault := Fine
	h := Headers{rest: b}
	for h.Next() {
		if f := m.header(h.Name, h.Value); f != Fine && fault == Fine {
			fault = f
		}
	}
	if h.bad && fault == Fine {
		fault = BadHeader
	}
	if !h.ended {
		return fault, false
	}
	m.headers = b[:len(b)-len(h.rest)]
	m.Body = h.rest
	switch {
	case m.ContentLength > len(m.Body):
		if fault == Fine {
			fault = BadLength
		}
	case m.ContentLength >= 0:
		m.Body = m.Body[:m.ContentLength] // the rest of a datagram is ignored (18.3)
	}
	return fault, true
}

// Headers walks over all header lines.
func (m *Message) Headers() Headers { return Headers{rest: m.headers} }

// Get is the value of the first header of that name (long form, lower case) or
// of its one-letter form; 0: there is none.
func (m *Message) Get(name string, short byte) ([]byte, bool) {
	for h := m.Headers(); h.Next(); {
		if equalFold(h.Name, name) || short != 0 && len(h.Name) == 1 && h.Name[0]|0x20 == short {
			return h.Value, true
		}
	}
	return nil, false
}

// Supports says whether the sender knows an extension (RFC 3261 section 20.37).
func (m *Message) Supports(extension string) (yes bool) {
	if m.Supported == nil {
		return false
	}
	for h := m.Headers(); h.Next(); {
		if equalFold(h.Name, "supported") || equalFold(h.Name, "k") {
			yes = yes || Lists(h.Value, extension)
		}
	}
	return yes
}

// Lists says whether a list with commas names a word, in lower case.
func Lists(list []byte, word string) bool {
	for len(list) > 0 {
		var one []byte
		if one, list = NextValue(list); equalFold(one, word) {
			return true
		}
	}
	return false
}

// EachContact calls f with every value of every Contact header, until f is false.
func (m *Message) EachContact(f func(value []byte) bool) {
	for h := m.Headers(); h.Next(); {
		if !equalFold(h.Name, "contact") && !equalFold(h.Name, "m") {
			continue
		}
		for rest := h.Value; len(rest) > 0; {
			var one []byte
			one, rest = NextValue(rest)
			if !f(one) {
				return
			}
		}
	}
}
