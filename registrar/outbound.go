package registrar

import (
	"bytes"
	"strconv"
	"time"

	"cradle/registrar/location"
	"cradle/registrar/sipmsg"
)

// extensions are what a REGISTER may require of us: RFC 3327, 5626, 5627.
var extensions = []string{"path", "outbound", "gruu"}

// unsupported are the words of a Require that nobody here knows; nil: none.
func unsupported(require []byte) []byte {
	var out [][]byte
	for rest := require; len(rest) > 0; {
		var one []byte
		one, rest = sipmsg.NextValue(rest)
		known := len(one) == 0
		for _, e := range extensions {
			known = known || sipmsg.EqualFold(one, e)
		}
		if !known {
			out = append(out, one)
		}
	}
	return bytes.Join(out, []byte(", "))
}

// flowTimer is how long a phone that knows RFC 5626 may be silent on its flow
// before it has to say something, in seconds (section 4.4).
const flowTimer = 120

// appendOutbound confirms a flow of RFC 5626 to a phone that asked for one (with
// outbound, an instance and a reg-id), and says how often it has to be used. A
// connection that is silent for twice that time is gone.
func appendOutbound(out []byte, v *visit, reg *location.Registration) []byte {
	if !v.Msg.Supports("outbound") {
		return out
	}
	for i := range reg.Contacts {
		if c := &reg.Contacts[i]; c.RegID > 0 && c.Granted > 0 {
			v.KeepFor(2 * flowTimer * time.Second)
			out = append(out, "Require: outbound\r\nFlow-Timer: "...)
			return append(strconv.AppendInt(out, flowTimer, 10), "\r\n"...)
		}
	}
	return out
}

// pathOf are the values of all Path headers (RFC 3327), with commas between them.
func pathOf(m *sipmsg.Message) []byte {
	if m.Path == nil {
		return nil
	}
	var out []byte
	for h := m.Headers(); h.Next(); {
		if sipmsg.EqualFold(h.Name, "path") && len(h.Value) > 0 {
			if len(out) > 0 {
				out = append(out, ", "...)
			}
			out = append(out, sipmsg.Unfold(h.Value)...)
		}
	}
	return out
}

// pathFine looks whether each value is an address in brackets.
func pathFine(path []byte) bool {
	for len(path) > 0 {
		var one []byte
		one, path = sipmsg.NextValue(path)
		if a, ok := sipmsg.ParseAddress(one); !ok || !isSIP(a.URI) || bytes.IndexByte(one, '<') < 0 {
			return false
		}
	}
	return true
}
