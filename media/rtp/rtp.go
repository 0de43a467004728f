// Package rtp holds what a relay must know of RTP and RTCP packets (RFC 3550): is this one, whose is it, and how well
// does the stream arrive. It never changes a byte.
package rtp

import "encoding/binary"

// HeaderLen is the length of the fixed RTP header in bytes.
const HeaderLen = 12

// Header is the fixed part of an RTP packet (RFC 3550 section 5.1).
type Header struct {
	Marker bool
	Type   uint8 // payload type, 0 to 127
	Seq    uint16
	Time   uint32 // in units of the payload's clock
	SSRC   uint32
}

// Parse reads the header and checks that contributing sources, extension and padding fit into the packet.
func Parse(b []byte) (h Header, ok bool) {
	if len(b) < HeaderLen || b[0]>>6 != 2 {
		return h, false
	}
	if b[0]&0x3f != 0 && !fits(b) {
		return h, false
	}
	h.Marker = b[1]&0x80 != 0
	h.Type = b[1] & 0x7f
	h.Seq = binary.BigEndian.Uint16(b[2:])
	h.Time = binary.BigEndian.Uint32(b[4:])
	h.SSRC = binary.BigEndian.Uint32(b[8:])
	return h, true
}

func fits(b []byte) bool {
	n := HeaderLen + 4*int(b[0]&0x0f)
	if b[0]&0x10 != 0 {
		if len(b) < n+4 {
			return false
		}
		n += 4 + 4*int(binary.BigEndian.Uint16(b[n+2:]))
	}
	if b[0]&0x20 != 0 {
		pad := int(b[len(b)-1])
		if pad == 0 {
			return false
		}
		n += pad
	}
	return n <= len(b)
}

// Append writes a packet with a fixed header and a payload to dst.
func Append(dst []byte, h Header, payload []byte) []byte {
	t := h.Type & 0x7f
	if h.Marker {
		t |= 0x80
	}
	dst = append(dst, 0x80, t)
	dst = binary.BigEndian.AppendUint16(dst, h.Seq)
	dst = binary.BigEndian.AppendUint32(dst, h.Time)
	dst = binary.BigEndian.AppendUint32(dst, h.SSRC)
	return append(dst, payload...)
}

// IsRTCP tells an RTCP packet from an RTP one where both come to one port (RFC 5761 section 4).
func IsRTCP(b []byte) bool { return len(b) >= 2 && b[1] >= 192 && b[1] <= 223 }

// ValidRTCP checks a compound packet (RFC 3550 appendix A.2): version 2 everywhere, RTCP types, lengths that add up.
// Reduced-size packets (RFC 5506) pass.
func ValidRTCP(b []byte) bool {
	if len(b) < 8 || len(b)&3 != 0 {
		return false
	}
	for len(b) > 0 {
		if len(b) < 4 || b[0]>>6 != 2 || !IsRTCP(b) {
			return false
		}
		n := 4 + 4*int(binary.BigEndian.Uint16(b[2:]))
		if n > len(b) {
			return false
		}
		b = b[n:]
	}
	return true
}

// Payload is what a packet carries behind its header, contributing sources and extension, without padding. The packet
// must have passed Parse.
func Payload(b []byte) []byte {
	n, end := HeaderLen+4*int(b[0]&0x0f), len(b)
	if b[0]&0x10 != 0 {
		n += 4 + 4*int(binary.BigEndian.Uint16(b[n+2:]))
	}
	if b[0]&0x20 != 0 {
		end -= int(b[end-1])
	}
	return b[n:end]
}
