package rtp

import (
	"encoding/binary"
	"time"
)

// Sent is what a sender reports of its stream (RFC 3550 section 6.4.1).
type Sent struct {
	At      time.Time // wall clock
	Time    uint32    // the same instant in the stream's timestamps
	Packets uint32
	Octets  uint32 // of payload
}

// ntpEpoch is the year 1900 as seconds before 1970 (RFC 5905 section 6).
const ntpEpoch = 2208988800

// Middle is the middle of the NTP time of a report, as the one who hears it names it.
func (s *Sent) Middle() uint32 { return uint32(s.ntp() >> 16) }

func (s *Sent) ntp() uint64 {
	return uint64(s.At.Unix()+ntpEpoch)<<32 | uint64(s.At.Nanosecond())<<32/1e9
}

// AppendReport writes a compound packet to dst: a sender's report, or a receiver's where nothing was sent (nil), with a
// block on what is heard, if anything is (nil), and the name of who says so (RFC 3550 sections 6.1 and 6.5). The name may
// have up to 255 bytes.
func AppendReport(dst []byte, ssrc uint32, sent *Sent, heard *Block, name []byte) []byte {
	blocks, words := byte(0), uint16(1)
	if heard != nil {
		blocks, words = 1, words+6
	}
	if sent == nil {
		dst = append(dst, 2<<6|blocks, ReceiverReport)
		dst = binary.BigEndian.AppendUint16(dst, words)
		dst = binary.BigEndian.AppendUint32(dst, ssrc)
	} else {
		dst = append(dst, 2<<6|blocks, SenderReport)
		dst = binary.BigEndian.AppendUint16(dst, words+5)
		dst = binary.BigEndian.AppendUint32(dst, ssrc)
		dst = binary.BigEndian.AppendUint64(dst, sent.ntp())
		dst = binary.BigEndian.AppendUint32(dst, sent.Time)
		dst = binary.BigEndian.AppendUint32(dst, sent.Packets)
		dst = binary.BigEndian.AppendUint32(dst, sent.Octets)
	}
	if heard != nil {
		dst = heard.append(dst)
	}
	return appendName(dst, ssrc, name)
}

func (b *Block) append(dst []byte) []byte {
	lost := uint32(min(max(b.Lost, -1<<23), 1<<23-1)) & 0xffffff
	dst = binary.BigEndian.AppendUint32(dst, b.SSRC)
	dst = binary.BigEndian.AppendUint32(dst, uint32(b.Fraction)<<24|lost)
	dst = binary.BigEndian.AppendUint32(dst, b.Highest)
	dst = binary.BigEndian.AppendUint32(dst, b.Jitter)
	dst = binary.BigEndian.AppendUint32(dst, b.Sent)
	return binary.BigEndian.AppendUint32(dst, b.Delay)
}

// appendName writes a description with a CNAME alone; its text ends with one to four zero bytes.
func appendName(dst []byte, ssrc uint32, name []byte) []byte {
	text := (2 + len(name) + 4) / 4
	dst = append(dst, 2<<6|1, 202)
	dst = binary.BigEndian.AppendUint16(dst, uint16(1+text))
	dst = binary.BigEndian.AppendUint32(dst, ssrc)
	dst = append(dst, 1, byte(len(name)))
	dst = append(dst, name...)
	for range 4*text - 2 - len(name) {
		dst = append(dst, 0)
	}
	return dst
}

// Report is a block on what came since the last one, without Sent and Delay (RFC 3550 A.3). False: nothing ever came.
func (r *Receiver) Report() (Block, bool) {
	if !r.started {
		return Block{}, false
	}
	expected := r.max - r.base + 1
	due, came := expected-r.told.expected, r.got-r.told.got
	r.told.expected, r.told.got = expected, r.got
	b := Block{SSRC: r.ssrc, Lost: int32(r.streamLost()), Highest: r.max, Jitter: r.Jitter()}
	if lost := int64(due) - int64(int32(came)); due > 0 && lost > 0 {
		b.Fraction = uint8(min(lost*256/int64(due), 255))
	}
	return b, true
}
