package rtp

import "encoding/binary"

// The kinds of RTCP packet that are looked into.
const (
	SenderReport   = 200 // RFC 3550 section 6.4.1
	ReceiverReport = 201 // section 6.4.2
	Bye            = 203 // section 6.6
	Feedback       = 205 // of the transport: what is missing, how fast to send (RFC 4585 section 6.2, RFC 5104)
	PictureRequest = 206 // of the payload: a new picture, most of all (RFC 4585 section 6.3, RFC 5104)
	ExtendedReport = 207 // RFC 3611
)

// Block is what a party reports of a stream it hears (RFC 3550 section 6.4.1).
type Block struct {
	SSRC     uint32
	Fraction uint8  // lost since the last report, of 256
	Lost     int32  // of the whole stream, -2^23 to 2^23-1; below zero: some came twice
	Highest  uint32 // sequence number, with how often it went round above it
	Jitter   uint32 // in units of the payload's clock
	Sent     uint32 // middle of the NTP time of the last sender report it got; 0: none
	Delay    uint32 // since then, in 1/65536 s
}

// Metrics are the figures of a VoIP metrics block (RFC 3611 section 4.7), as the phone itself finds them.
type Metrics struct {
	SSRC             uint32
	Loss, Discard    uint8  // of 256
	RoundTrip        uint16 // ms
	EndDelay         uint16 // ms
	Rating           uint8  // R, 0 to 100; 127: not known
	Listen, Converse uint8  // MOS times ten; 127: not known
}

// Walk calls f for each packet of a compound one that has passed ValidRTCP, with its kind, its count and all of it.
func Walk(b []byte, f func(kind uint8, count int, p []byte)) {
	for len(b) >= 4 {
		n := 4 + 4*int(binary.BigEndian.Uint16(b[2:]))
		if n > len(b) {
			return
		}
		f(b[1], int(b[0]&0x1f), b[:n])
		b = b[n:]
	}
}

// SentAt is the middle of the NTP time of a sender report. False: too short.
func SentAt(p []byte) (mid uint32, ok bool) {
	if len(p) < 28 {
		return 0, false
	}
	return binary.BigEndian.Uint32(p[10:]), true
}

// Blocks calls f for each block of a sender's or receiver's report.
func Blocks(kind uint8, count int, p []byte, f func(Block)) {
	at := 8
	if kind == SenderReport {
		at = 28
	}
	for ; count > 0 && at+24 <= len(p); count-- {
		b := p[at:]
		f(Block{SSRC: binary.BigEndian.Uint32(b), Fraction: b[4],
			Lost: int32(binary.BigEndian.Uint32(b[4:])<<8) >> 8, Highest: binary.BigEndian.Uint32(b[8:]), Jitter: binary.BigEndian.Uint32(b[12:]),
			Sent: binary.BigEndian.Uint32(b[16:]), Delay: binary.BigEndian.Uint32(b[20:])})
		at += 24
	}
}

// ReadMetrics finds the VoIP metrics block of an extended report. False: it has none.
func ReadMetrics(p []byte) (m Metrics, ok bool) {
	for b := p[min(8, len(p)):]; len(b) >= 4; {
		n := 4 + 4*int(binary.BigEndian.Uint16(b[2:]))
		if n > len(b) {
			return m, false
		}
		if b[0] == 7 && n == 36 {
			return Metrics{SSRC: binary.BigEndian.Uint32(b[4:]), Loss: b[8], Discard: b[9],
				RoundTrip: binary.BigEndian.Uint16(b[16:]), EndDelay: binary.BigEndian.Uint16(b[18:]),
				Rating: b[24], Listen: b[26], Converse: b[27]}, true
		}
		b = b[n:]
	}
	return m, false
}

// Sources calls f for the sources that one packet of a compound one names: whose it is, and whose packets it speaks of.
func Sources(kind uint8, count int, p []byte, f func(ssrc uint32)) {
	each := func(from, step, most int) {
		for ; from+4 <= len(p) && most > 0; most-- {
			f(binary.BigEndian.Uint32(p[from:]))
			from += step
		}
	}
	each(4, 4, 1)
	switch kind {
	case SenderReport, ReceiverReport:
		Blocks(kind, count, p, func(b Block) { f(b.SSRC) })
	case Bye:
		each(8, 4, count-1)
	case Feedback:
		each(8, 4, 1)
		if count == 3 || count == 4 { // how fast to send, for each source (RFC 5104 sections 4.2.1 and 4.2.2)
			each(12, 8, MaxSources)
		}
	case PictureRequest:
		each(8, 4, 1)
		switch {
		case count >= 4 && count <= 7: // entries of a source and four bytes (RFC 5104 section 4.3)
			each(12, 8, MaxSources)
		case count == 15 && len(p) >= 20 && string(p[12:16]) == "REMB": // draft-alvestrand-rmcat-remb section 2.2
			each(20, 4, int(p[16]))
		}
	}
}

// MaxSources bounds the entries of one packet that are looked at.
const MaxSources = 31
