package traffic

import (
	"encoding/binary"
	"time"

	"cradle/media/secure"
)

const (
	frame     = 20 * time.Millisecond
	slots     = 20  // of a frame: each call has its own millisecond
	header    = 12  // bytes
	sound     = 160 // bytes of G.711 in a frame
	firstSeq  = 1000
	ring      = 256 // packets whose time of sending is remembered
	lookEvery = 25  // of so many packets of a stream one is opened
	length    = header + sound
)

// stream is what one party hears.
type stream struct {
	party *Party
	sent  [ring]int64 // when its partner said each packet, Unix ns
}

// packets are those of all streams: every call is at the same number.
type packets struct {
	next  int // number of the frame
	plain [length]byte
	room  []byte // to close them in
	extra [3]int // what closing adds, by kind; 0: not known yet
}

// fill writes the packet of a frame, which both sides of a call say.
func fill(b []byte, n int) {
	seq := uint16(firstSeq + n)
	b[0], b[1] = 0x80, 0
	if n == 0 {
		b[1] = 0x80
	}
	binary.BigEndian.PutUint16(b[2:], seq)
	binary.BigEndian.PutUint32(b[4:], uint32(sound*n))
	binary.BigEndian.PutUint32(b[8:], 0x51b0ad00)
	for j := header; j < length; j++ {
		b[j] = byte(j*7) + byte(seq)
	}
}

// say sends the frame of one party to the relay; hears is its partner's stream.
func (k *packets) say(p *Party, hears *stream) {
	b := k.plain[:]
	if p.kind != Plain {
		if cap(k.room) == 0 {
			k.room = make([]byte, 0, length+secure.Overhead)
		}
		closed, ok := p.out.RTP(append(k.room[:0], b...))
		if !ok {
			return // counted as lost
		}
		b = closed
	}
	k.extra[p.kind] = len(b) - length
	hears.sent[k.next%ring] = time.Now().UnixNano()
	p.wire.send(b, &p.to)
}

// opens says whether what arrived is, once it is opened, what was said.
func (p *Party) opens(b []byte, n int) bool {
	if p.kind != Plain {
		var ok bool
		if b, ok = p.in.RTP(b, 0); !ok {
			return false
		}
	}
	var want [length]byte
	fill(want[:], n)
	return string(b) == string(want[:])
}

// frameOf is the number of the frame that a packet bears, near to where the run is.
func (k *packets) frameOf(b []byte) int {
	seq := binary.BigEndian.Uint16(b[2:])
	return k.next + int(int16(seq-uint16(firstSeq+k.next)))
}
