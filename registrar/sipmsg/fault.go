package sipmsg

import "bytes"

// Fault is what is wrong with a message.
type Fault uint8

// The faults, and the answer each deserves (Status).
const (
	Fine Fault = iota
	Junk       // no SIP message at all, or without an end: silence
	BadRequestLine
	BadVersion
	UnknownScheme
	BadHeader
	BadLength
	Repeated // a header that may come once came twice
	Missing  // a header every request needs is not there
	Mismatch // the method of CSeq is another
	BadAddress
)

// Status is the answer to a request with this fault and its reason phrase; 0
// means silence.
func (f Fault) Status() (int, string) {
	switch f {
	case Fine, Junk:
		return 0, ""
	case BadVersion:
		return 505, "Version Not Supported"
	case UnknownScheme:
		return 416, "Unsupported URI Scheme"
	case BadRequestLine:
		return 400, "Bad Request-Line"
	case BadLength:
		return 400, "Bad Content-Length"
	case Repeated:
		return 400, "Repeated Header"
	case Missing:
		return 400, "Missing Header"
	case Mismatch:
		return 400, "CSeq Does Not Match"
	case BadAddress:
		return 400, "Bad Address"
	}
	return 400, "Bad Header"
}

// required checks what every message needs (RFC 3261 section 8.1.1).
func (m *Message) required() Fault {
	const need = hasFrom | hasTo | hasCallID | hasCSeq
	if m.seen&need != need || m.Via == nil || len(m.CallID) == 0 {
		return Missing
	}
	if !m.IsRequest() {
		return Fine
	}
	if !bytes.Equal(m.CSeqMethod, m.Method) {
		return Mismatch
	}
	if !viaFine(m.Via) {
		return BadHeader
	}
	var ok bool
	if m.FromAddr, ok = goodAddress(m.From); !ok {
		return BadAddress
	}
	if m.ToAddr, ok = goodAddress(m.To); !ok {
		return BadAddress
	}
	return Fine
}

// Answerable is true when a response can be given: to a request that has a Via
// to echo. It goes to the source, so the Via need not be right.
func (m *Message) Answerable() bool {
	return m.IsRequest() && !bytes.Equal(m.Method, ack) && m.Via != nil
}

var ack = []byte("ACK")

func goodAddress(v []byte) (Address, bool) {
	a, ok := ParseAddress(v)
	return a, ok && (len(a.Params) == 0 || !badParams(a.Params))
}

// badParams finds parameters without a name, as in ";;,;".
func badParams(p []byte) bool {
	for len(p) > 0 {
		var name []byte
		name, _, p = nextParam(p)
		if len(name) == 0 {
			return true
		}
	}
	return false
}

// viaFine looks whether the first Via value has the form of RFC 3261 section
// 20.42, so that it can be echoed and answered.
func viaFine(v []byte) bool {
	first, _ := NextValue(v)
	a, rest, ok := bytes.Cut(first, []byte("/"))
	if !ok || !equalFold(Trim(a), "sip") {
		return false
	}
	version, rest, ok := bytes.Cut(rest, []byte("/"))
	if !ok || !bytes.Equal(Trim(version), []byte("2.0")) {
		return false
	}
	rest = Trim(rest)
	i := 0
	for i < len(rest) && !isBlank(rest[i]) {
		i++
	}
	if i < 1 || i == len(rest) || !isToken(rest[:i]) {
		return false
	}
	sentBy := rest[i:]
	if p := bytes.IndexByte(sentBy, ';'); p >= 0 {
		if badParams(sentBy[p:]) {
			return false
		}
		sentBy = sentBy[:p]
	}
	return len(Trim(sentBy)) > 0
}
