package sipmsg

import (
	"net/netip"
	"strconv"
)

// AppendAnswer begins a response to m: status line, all Via lines, From, To
// with our tag where it has none, Call-ID and CSeq (RFC 3261 section 8.2.6).
// The topmost Via says where the request really came from (18.2.1, RFC 3581);
// rport is answered whether the phone asked for it or not, since the answer
// goes there anyway. AppendEnd completes the response.
func AppendAnswer(out []byte, m *Message, status int, reason string, source netip.AddrPort, tag []byte) []byte {
	out = append(out, "SIP/2.0 "...)
	out = strconv.AppendInt(out, int64(status), 10)
	out = append(append(append(out, ' '), reason...), "\r\n"...)
	out = m.appendVias(out, source)
	if m.From != nil {
		out = AppendHeader(out, "From", m.From)
	}
	if m.To != nil {
		out = append(append(out, "To: "...), m.To...)
		if len(tag) > 0 && len(m.ToTag()) == 0 {
			out = append(append(out, ";tag="...), tag...)
		}
		out = append(out, "\r\n"...)
	}
	if m.CallID != nil {
		out = AppendHeader(out, "Call-ID", m.CallID)
	}
	if m.seen&hasCSeq != 0 {
		out = append(out, "CSeq: "...)
		out = strconv.AppendUint(out, uint64(m.CSeq), 10)
		out = append(append(append(out, ' '), m.CSeqMethod...), "\r\n"...)
	}
	return out
}

func (m *Message) appendVias(out []byte, source netip.AddrPort) []byte {
	if m.Via == nil {
		return out
	}
	out = append(appendTopVia(append(out, "Via: "...), m.Via, source, true), "\r\n"...)
	if m.vias == 1 {
		return out
	}
	first := true
	for h := m.Headers(); h.Next(); {
		if !equalFold(h.Name, "via") && !equalFold(h.Name, "v") {
			continue
		}
		if !first {
			out = AppendHeader(out, "Via", h.Value)
		}
		first = false
	}
	return out
}

// AppendHeader writes one header line.
func AppendHeader(out []byte, name string, value []byte) []byte {
	out = append(append(out, name...), ": "...)
	return append(append(out, value...), "\r\n"...)
}

// AppendEnd ends a response that has no body.
func AppendEnd(out []byte) []byte { return append(out, "Content-Length: 0\r\n\r\n"...) }

// ToTag is the tag of To; empty: the request is outside a dialog.
func (m *Message) ToTag() []byte { return tag(m.ToAddr, m.To) }

// FromTag is the tag of From.
func (m *Message) FromTag() []byte { return tag(m.FromAddr, m.From) }

func tag(a Address, v []byte) []byte {
	if a.URI == nil { // of a message with a fault
		a, _ = ParseAddress(v)
	}
	if len(a.Params) == 0 {
		return nil
	}
	t, _ := Param(a.Params, "tag")
	return t
}

// ForceRport writes m with a plain topmost Via that has an empty rport, as if
// the phone had asked for RFC 3581, and without a received or rport value of
// the sender's making. Further Via values stay as they are.
func ForceRport(out []byte, m *Message) []byte {
	off := cap(m.Raw) - cap(m.Via)
	out = append(out, m.Raw[:off]...)
	out = appendTopVia(out, m.Via, netip.AddrPort{}, false)
	return append(out, m.Raw[off+len(m.Via):]...)
}

// appendTopVia writes a Via line whose first value names the source, or, when
// answer is false, asks for it to be named.
func appendTopVia(out, v []byte, source netip.AddrPort, answer bool) []byte {
	first, rest := NextValue(v)
	listed := len(first) < len(v) && rest != nil
	sentBy := first
	var params []byte
	for i, c := range first {
		if c == ';' {
			sentBy, params = first[:i], first[i:]
			break
		}
	}
	out = appendSentBy(out, sentBy)
	for len(params) > 0 {
		var name, value []byte
		name, value, params = nextParam(params)
		if len(name) == 0 || equalFold(name, "rport") || equalFold(name, "received") {
			continue
		}
		out = append(append(out, ';'), name...)
		if value != nil {
			out = append(append(out, '='), value...)
		}
	}
	if answer {
		out = append(out, ";received="...)
		out = source.Addr().Unmap().AppendTo(out)
		out = append(out, ";rport="...)
		out = strconv.AppendUint(out, uint64(source.Port()), 10)
	} else {
		out = append(out, ";rport"...)
	}
	if listed {
		out = append(append(out, ", "...), Trim(rest)...)
	}
	return out
}

// appendSentBy writes "SIP/2.0/UDP host:port" without the blanks that are
// allowed anywhere in it; one stays before the host.
func appendSentBy(out, v []byte) []byte {
	slashes, gap := 0, false
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case isBlank(c):
			gap = slashes == 2 && len(out) > 0 && out[len(out)-1] != '/' || gap
		default:
			if gap && slashes == 2 {
				out, slashes, gap = append(out, ' '), 3, false
			}
			if c == '/' {
				slashes++
			}
			out = append(out, c)
		}
	}
	return out
}

// Branch is the branch parameter of the topmost Via.
func (m *Message) Branch() []byte {
	first, _ := NextValue(m.Via)
	for i, c := range first {
		if c == ';' {
			b, _ := Param(first[i:], "branch")
			return b
		}
	}
	return nil
}
