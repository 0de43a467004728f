package sipmsg

import "bytes"

// Headers walks over header lines; folded lines (RFC 3261 section 7.3.1) are
// kept in one Value with their line breaks, which count as blanks.
type Headers struct {
	Name, Value []byte
	rest        []byte
	ended, bad  bool
}

// Unfold is a value in one line. It is the value itself where that is one already.
func Unfold(value []byte) []byte {
	if bytes.IndexByte(value, '\n') < 0 {
		return value
	}
	return bytes.ReplaceAll(value, []byte("\r\n"), nil)
}

// Next goes to the next header line; it is false at the empty line or where
// the section breaks off.
func (h *Headers) Next() bool {
	for len(h.rest) > 0 {
		line, rest, ok := cutLine(h.rest)
		if !ok {
			return false
		}
		if len(line) == 0 {
			h.rest, h.ended = rest, true
			return false
		}
		for len(rest) > 0 && (rest[0] == ' ' || rest[0] == '\t') {
			more, after, ok := cutLine(rest)
			if !ok {
				return false
			}
			line = h.rest[:len(h.rest)-len(after)-2]
			_ = more
			rest = after
		}
		h.rest = rest
		c := bytes.IndexByte(line, ':')
		if c < 1 {
			h.bad = true
			continue
		}
		for h.Name = line[:c]; len(h.Name) > 0 && (h.Name[len(h.Name)-1] == ' ' || h.Name[len(h.Name)-1] == '\t'); {
			h.Name = h.Name[:len(h.Name)-1]
		}
		h.Value = Trim(line[c+1:])
		if !isToken(h.Name) {
			h.bad = true
			continue
		}
		return true
	}
	return false
}

func cutLine(b []byte) (line, rest []byte, ok bool) {
	i := bytes.IndexByte(b, '\n')
	if i < 1 || b[i-1] != '\r' {
		return nil, nil, false
	}
	return b[:i-1], b[i+1:], true
}

// header notes the value of a header line that somebody asks for.
func (m *Message) header(name, v []byte) Fault {
	switch len(name) {
	case 1:
		return m.shortHeader(name[0]|0x20, v)
	case 2:
		if equalFold(name, "to") {
			return m.once(hasTo, &m.To, v)
		}
	case 3:
		if equalFold(name, "via") {
			m.via(v)
		}
	case 4:
		if equalFold(name, "from") {
			return m.once(hasFrom, &m.From, v)
		}
		if equalFold(name, "cseq") {
			return m.cseq(v)
		}
		if equalFold(name, "path") && m.Path == nil {
			m.Path = v
		}
	case 5:
		if equalFold(name, "event") {
			m.Event = v
		}
	case 6:
		if equalFold(name, "accept") {
			m.Accept = v
		}
	case 7:
		return m.header7(name, v)
	default:
		return m.longHeader(name, v)
	}
	return Fine
}

func (m *Message) shortHeader(c byte, v []byte) Fault {
	switch c {
	case 'v':
		m.via(v)
	case 'f':
		return m.once(hasFrom, &m.From, v)
	case 't':
		return m.once(hasTo, &m.To, v)
	case 'i':
		return m.once(hasCallID, &m.CallID, v)
	case 'm':
		m.firstContact(v)
	case 'l':
		return m.length(v)
	case 'o':
		m.Event = v
	case 'k':
		m.supported(v)
	}
	return Fine
}

func (m *Message) supported(v []byte) {
	if m.Supported == nil {
		m.Supported = v
	}
}

func (m *Message) header7(name, v []byte) Fault {
	switch name[0] | 0x20 {
	case 'c':
		if equalFold(name, "call-id") {
			return m.once(hasCallID, &m.CallID, v)
		}
		if equalFold(name, "contact") {
			m.firstContact(v)
		}
	case 'e':
		if equalFold(name, "expires") {
			return m.expires(v)
		}
	case 'r':
		if equalFold(name, "require") {
			m.Require = v
		}
	}
	return Fine
}

func (m *Message) longHeader(name, v []byte) Fault {
	switch {
	case equalFold(name, "user-agent"):
		m.UserAgent = v
	case equalFold(name, "content-length"):
		return m.length(v)
	case equalFold(name, "supported"):
		m.supported(v)
	case equalFold(name, "max-forwards"):
		n, ok := Number(v, 255)
		if !ok || m.seen&hasForwards != 0 {
			return BadHeader
		}
		m.seen |= hasForwards
		m.MaxForwards = int(n)
	case equalFold(name, "authorization"), equalFold(name, "proxy-authorization"):
		if !hasPrefixFold(v, "digest") || len(v) > 6 && !isBlank(v[6]) {
			m.AuthOther = true
		} else if m.Auth == nil {
			m.Auth = v
		}
	}
	return Fine
}

func (m *Message) via(v []byte) {
	if m.vias++; m.Via == nil {
		m.Via = v
	}
}

func (m *Message) firstContact(v []byte) {
	if m.Contact == nil {
		m.Contact = v
	}
}

func (m *Message) once(bit Set, to *[]byte, v []byte) Fault {
	if m.seen&bit != 0 {
		return Repeated
	}
	m.seen |= bit
	*to = v
	return Fine
}

func (m *Message) cseq(v []byte) Fault {
	if m.seen&hasCSeq != 0 {
		return Repeated
	}
	m.seen |= hasCSeq
	i := 0
	for i < len(v) && !isBlank(v[i]) {
		i++
	}
	if i < 1 || i == len(v) {
		return BadHeader
	}
	m.CSeqMethod = Trim(v[i:])
	n, ok := Number(v[:i], 1<<31-1)
	if !ok || !isToken(m.CSeqMethod) {
		return BadHeader
	}
	m.CSeq = uint32(n)
	return Fine
}

func (m *Message) length(v []byte) Fault {
	n, ok := Number(v, 1<<20)
	if !ok || m.seen&hasLength != 0 && int(n) != m.ContentLength {
		return BadLength
	}
	m.seen |= hasLength
	m.ContentLength = int(n)
	return Fine
}

func (m *Message) expires(v []byte) Fault {
	n, ok := Number(v, 1<<32-1)
	if !ok {
		return BadHeader
	}
	m.Expires = n
	return Fine
}
