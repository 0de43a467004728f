package secure

import (
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
)

// Overhead is how many bytes a packet can grow by when it is closed: tag, RTCP index, key identifier.
const Overhead = 20 + 128

// sources bounds the streams (SSRCs) of one direction: each costs memory for the life of its key.
const sources = 256

// grace is how long packets under the previous key are still taken after a new one came, ns.
const grace = 5e9

// In opens what one party sends. The zero value has no key and opens nothing. It belongs to one goroutine.
type In struct {
	now, old    *srtp.Context
	until       int64 // when old ends
	seen        streams
	header      rtp.Header // the library's scratch, as is report
	report      rtcp.Header
	spare       []byte // a packet as it came, where two keys are tried
	key, oldKey Key
}

// Ready says whether there is a key.
func (in *In) Ready() bool { return in.now != nil }

// Use takes a new key at a time in ns, of any clock that rises. The one before stays good for a moment, because packets
// overtake descriptions; the same key again changes nothing, and so does going back to the one before, whose counters
// then go on.
func (in *In) Use(k Key, at int64) error {
	switch {
	case in.now != nil && k.Same(in.key):
		return nil
	case in.old != nil && k.Same(in.oldKey):
		in.now, in.old, in.key, in.oldKey = in.old, in.now, in.oldKey, in.key
	default:
		c, err := k.context()
		if err != nil {
			return err
		}
		in.now, in.old, in.key, in.oldKey = c, in.now, k, in.key
	}
	in.until = at + grace
	if in.old != nil && in.spare == nil {
		in.spare = make([]byte, 2048)
	}
	return nil
}

// RTP opens a packet in its own buffer; false: it is not authentic, was there before, or there is no key.
func (in *In) RTP(b []byte, at int64) ([]byte, bool) {
	if in.now == nil || len(b) < 12 {
		return nil, false
	}
	ssrc := ssrcAt(b, 8)
	if !in.seen.room(ssrc) {
		return nil, false
	}
	plain, ok := in.open(b, at, openRTP)
	if ok {
		in.seen.note(ssrc)
	}
	return plain, ok
}

// RTCP opens a compound packet in its own buffer.
func (in *In) RTCP(b []byte, at int64) ([]byte, bool) {
	if in.now == nil || len(b) < 8 {
		return nil, false
	}
	ssrc := ssrcAt(b, 4)
	if !in.seen.room(ssrc) {
		return nil, false
	}
	plain, ok := in.open(b, at, openRTCP)
	if ok {
		in.seen.note(ssrc)
	}
	return plain, ok
}

// open tries the newest key, and the one before while it is good. A failed try may leave rubbish in the buffer.
func (in *In) open(b []byte, at int64, try func(*In, *srtp.Context, []byte) ([]byte, error)) ([]byte, bool) {
	if in.old != nil && at > in.until {
		in.old, in.oldKey = nil, Key{}
	}
	again := in.old != nil && len(b) <= len(in.spare)
	if again {
		copy(in.spare, b)
	}
	plain, err := try(in, in.now, b)
	if err != nil && again {
		copy(b, in.spare)
		plain, err = try(in, in.old, b)
	}
	return plain, err == nil
}

func openRTP(in *In, c *srtp.Context, b []byte) ([]byte, error) {
	return c.DecryptRTP(b, b, &in.header)
}

func openRTCP(in *In, c *srtp.Context, b []byte) ([]byte, error) {
	return c.DecryptRTCP(b, b, &in.report)
}

// Out closes what one party is sent. The zero value has no key and closes nothing. It belongs to one goroutine.
type Out struct {
	now    *closing
	kept   []*closing // every key used so far, the newest last
	header rtp.Header // the library's scratch, as is report
	report rtcp.Header
}

// closing is a key with its counters.
type closing struct {
	to   *srtp.Context
	seen streams
	key  Key
}

// keep is how many keys are remembered with their counters: more than there are suites.
const keep = 8

// Ready says whether there is a key.
func (o *Out) Ready() bool { return o.now != nil }

// Use takes a key. One that was used before goes on with its counters, which must never begin anew under one key.
func (o *Out) Use(k Key) error {
	for _, c := range o.kept {
		if c.key.Same(k) {
			o.now = c
			return nil
		}
	}
	to, err := k.context()
	if err != nil {
		return err
	}
	if len(o.kept) == keep {
		o.kept = append(o.kept[:0], o.kept[1:]...)
	}
	o.now = &closing{key: k, to: to}
	o.kept = append(o.kept, o.now)
	return nil
}

// RTP closes a packet in its own buffer, whose capacity must leave Overhead. False: there is no key, or the packet's
// number was used before. Closing two packets under one number would give away both (RFC 3711 section 9.1), so what
// comes twice, or 64 or more packets late, is not sent.
func (o *Out) RTP(b []byte) ([]byte, bool) {
	if o.now == nil || len(b) < 12 || cap(b)-len(b) < Overhead || !o.now.seen.fresh(ssrcAt(b, 8), uint16(b[2])<<8|uint16(b[3])) {
		return nil, false
	}
	closed, err := o.now.to.EncryptRTP(b, b, &o.header)
	return closed, err == nil
}

// RTCP closes a compound packet in its own buffer, whose capacity must leave Overhead.
func (o *Out) RTCP(b []byte) ([]byte, bool) {
	if o.now == nil || len(b) < 8 || cap(b)-len(b) < Overhead {
		return nil, false
	}
	ssrc := ssrcAt(b, 4)
	if !o.now.seen.room(ssrc) {
		return nil, false
	}
	o.now.seen.note(ssrc)
	closed, err := o.now.to.EncryptRTCP(b, b, &o.report)
	return closed, err == nil
}

func ssrcAt(b []byte, i int) uint32 {
	return uint32(b[i])<<24 | uint32(b[i+1])<<16 | uint32(b[i+2])<<8 | uint32(b[i+3])
}
