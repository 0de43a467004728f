package rtp

// Receiver keeps the reception figures of one stream (RFC 3550 appendices A.1, A.3 and A.8). A new SSRC starts a new
// stream; what the old one lost stays counted.
type Receiver struct {
	ssrc    uint32
	base    uint32 // first extended sequence number
	max     uint32 // highest extended sequence number
	got     uint32 // packets of this stream
	lost    int64  // of the streams before
	transit uint32
	jitter  uint32 // in timestamp units, times 16
	badSeq  uint32 // the sequence number that would confirm a restart
	started bool
	timed   bool
}

const (
	maxDropout  = 3000
	maxMisorder = 100
	noSeq       = 1 << 16
)

// Packet counts one packet. Arrival is the time it came, in units of the payload's clock; timed is false for packets
// whose timestamp does not follow their time, such as digits of RFC 4733.
func (r *Receiver) Packet(seq uint16, ts, ssrc, arrival uint32, timed bool) {
	switch {
	case !r.started || ssrc != r.ssrc:
		r.restart(seq, ssrc)
	default:
		r.sequence(seq)
	}
	r.got++
	if !timed {
		return
	}
	transit := arrival - ts
	if r.timed {
		d := int32(transit - r.transit)
		if d < 0 {
			d = -d
		}
		// A jump of the sender's clock (hold, new source behind the same SSRC) is no jitter.
		if uint32(d) < 1<<16 {
			r.jitter += uint32(d) - (r.jitter+8)>>4
		}
	}
	r.transit, r.timed = transit, true
}

// Retime says that the clock changed: the next packet is measured from anew.
func (r *Receiver) Retime() { r.timed, r.jitter = false, 0 }

func (r *Receiver) restart(seq uint16, ssrc uint32) {
	r.lost += r.streamLost()
	r.started, r.ssrc, r.base, r.max = true, ssrc, uint32(seq), uint32(seq)
	r.got, r.badSeq, r.timed = 0, noSeq, false
}

// sequence follows A.1: a small step forward or back belongs to the stream, a large one needs a second packet.
func (r *Receiver) sequence(seq uint16) {
	delta := seq - uint16(r.max)
	switch {
	case delta < maxDropout:
		r.max += uint32(delta)
		r.badSeq = noSeq
	case int(delta) <= 1<<16-maxMisorder:
		if uint32(seq) == r.badSeq {
			r.restart(seq, r.ssrc)
			return
		}
		r.badSeq = uint32(seq + 1)
		r.got-- // not of this stream until confirmed
	default: // late or doubled: counted as received, as A.3 does
	}
}

func (r *Receiver) streamLost() int64 {
	if !r.started {
		return 0
	}
	return int64(r.max-r.base) + 1 - int64(r.got)
}

// Lost is the number of packets missing so far, never below zero (doubled packets make up for lost ones, as in A.3).
func (r *Receiver) Lost() uint64 {
	if n := r.lost + r.streamLost(); n > 0 {
		return uint64(n)
	}
	return 0
}

// Jitter is the interarrival jitter of A.8 in units of the payload's clock.
func (r *Receiver) Jitter() uint32 { return r.jitter >> 4 }
