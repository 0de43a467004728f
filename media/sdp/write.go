package sdp

import "strconv"

// Local is what a relay puts in place of a party's own address.
type Local struct {
	ID      uint64 // of o=; the same for the whole dialog
	Version uint64 // of o=; one more with each change (RFC 3264 section 8)
	Addr    string // literal IPv4 or IPv6 address
	V6      bool   // Addr is IPv6
	Port    int    // RTP port; RTCP is the next one, which is the default and needs no line
}

// Append writes the description of one audio stream to dst. The m= lines are those of layout, so that an answer has the
// lines of its offer and a new offer those of the dialog: line audio gets the codecs and flow of from, every other is
// refused with port 0 (RFC 3264 section 6). Lines about encryption, ICE and multiplexing are not passed on, which
// declines them.
func Append(dst []byte, l Local, layout []Media, audio int, from *Media) []byte {
	dst = append(dst, "v=0\r\no=- "...)
	dst = strconv.AppendUint(dst, l.ID, 10)
	dst = append(dst, ' ')
	dst = strconv.AppendUint(dst, l.Version, 10)
	dst = append(dst, ' ')
	dst = appendAddr(dst, l)
	dst = append(dst, "\r\ns=-\r\nc="...)
	dst = appendAddr(dst, l)
	dst = append(dst, "\r\nt=0 0\r\n"...)
	for i := range layout {
		if i == audio {
			dst = appendAudio(dst, l.Port, layout[i].Proto, from)
		} else {
			dst = appendRefused(dst, &layout[i])
		}
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
	return append(dst, "\r\n"...)
}

func appendAudio(dst []byte, port int, proto string, m *Media) []byte {
	dst = append(dst, "m=audio "...)
	dst = strconv.AppendInt(dst, int64(port), 10)
	dst = append(dst, ' ')
	dst = append(dst, proto...)
	for i := range m.Codecs {
		dst = append(dst, ' ')
		dst = strconv.AppendUint(dst, uint64(m.Codecs[i].Type), 10)
	}
	dst = append(dst, "\r\n"...)
	for i := range m.Codecs {
		dst = appendCodec(dst, &m.Codecs[i])
	}
	dst = appendAttr(dst, "ptime:", m.Ptime)
	dst = appendAttr(dst, "maxptime:", m.MaxPtime)
	return appendAttr(dst, "", m.Flow().String())
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
