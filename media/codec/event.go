package codec

import (
	"encoding/binary"
	"strings"
)

// keys are the events 0 to 15 of RFC 4733 section 3.2 as people write them.
const keys = "0123456789*#ABCD"

// Event is the payload of one packet of a dialled digit (RFC 4733 section 2.3).
type Event struct {
	Key      byte   // '0' to '9', '*', '#', 'A' to 'D'
	End      bool   // the key was let go
	Volume   uint8  // dB below 1 mW, 0 to 63
	Duration uint16 // so far, in units of the RTP clock
}

// eventLen is the length of one event in bytes. A payload may bring several, one behind the other; only redundant
// coding (RFC 2198) does, which we never negotiate.
const eventLen = 4

// ReadEvent reads a payload. False: too short, or an event that is no key.
func ReadEvent(b []byte) (Event, bool) {
	if len(b) < eventLen || int(b[0]) >= len(keys) {
		return Event{}, false
	}
	return Event{keys[b[0]], b[1]&0x80 != 0, b[1] & 0x3f, binary.BigEndian.Uint16(b[2:])}, true
}

// AppendEvent writes a payload. A key that is none writes nothing.
func AppendEvent(dst []byte, e Event) []byte {
	n := strings.IndexByte(keys, e.Key)
	if n < 0 {
		return dst
	}
	flags := e.Volume & 0x3f
	if e.End {
		flags |= 0x80
	}
	return binary.BigEndian.AppendUint16(append(dst, byte(n), flags), e.Duration)
}

// Keys finds the digits in a stream of events, each once, at the first packet of it that arrives: neither its
// repetitions nor a lost beginning or end make another one of it.
type Keys struct {
	now     Event
	started bool
	ssrc    uint32
	time    uint32 // timestamp of the digit
	seq     uint16 // newest packet of it
}

// Packet takes one packet and tells whether it begins a digit. A digit is one timestamp (RFC 4733 section 2.2.1);
// what is longer than the duration field holds goes on under the next one (section 2.5.1.3).
func (k *Keys) Packet(ssrc, time uint32, seq uint16, marker bool, e Event) (key byte, pressed bool) {
	ahead := int16(seq - k.seq)
	switch {
	case !k.started || ssrc != k.ssrc:
	case time == k.time:
		if ahead > 0 {
			k.seq, k.now = seq, e
		}
		return 0, false
	case ahead <= 0 || int32(time-k.time) < 0 && !marker:
		return 0, false // a late packet of a digit that was told already
	case !marker && e.Key == k.now.Key && !k.now.End && (k.whole(time) || ahead == 1 && e.Duration > k.now.Duration):
		k.seq, k.time, k.now = seq, time, e
		return 0, false
	}
	k.started, k.ssrc, k.time, k.seq, k.now = true, ssrc, time, seq, e
	return e.Key, true
}

// whole says whether a segment that starts at this time follows one of full length. The next to last packet may have
// been lost, so the last duration seen is only near it.
func (k *Keys) whole(time uint32) bool {
	step := time - k.time
	return step >= 0xff00 && step <= 0x10000 && k.now.Duration > 0xe000
}
