package rtp

// Receiver keeps the reception figures of one stream (RFC 3550 appendices A.1, A.3 and A.8). A new SSRC starts a new
// stream; what the old one lost stays counted. Unlike in A.3 a doubled packet makes up for no lost one.
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
	seen    uint64 // the newest 64 sequence numbers, the newest in the lowest bit
	doubled uint64
	told    struct{ expected, got uint32 } // of this stream, by the last Report
	lateness
}

// lateness tells which packets come too late to be played.
type lateness struct {
	patience uint32 // in timestamp units; 0: none is late
	late     uint64
	fastest  [2]uint32 // the shortest transit of this spell and of the one before
	spell    int       // packets of this spell; 0: there is none before
}

// spellLength is how many packets the fastest is the measure for: so long that one is fast, and so short that a clock
// that runs differently does no harm: half a minute is 3 ms at 100 ppm.
const spellLength = 1500

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
		if !r.sequence(seq) {
			return
		}
	}
	r.got++
	if !timed {
		return
	}
	transit := arrival - ts
	r.judge(transit, !r.timed)
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

// At tells where the stream stands: whose it is, and the highest sequence number.
func (r *Receiver) At() (ssrc uint32, seq uint16) { return r.ssrc, uint16(r.max) }

// Seen are the newest 64 sequence numbers, the newest in the lowest bit: those that came.
func (r *Receiver) Seen() uint64 { return r.seen }

// Patience is what Retime said last.
func (r *Receiver) Patience() uint32 { return r.patience }

// Elsewhere is what came of the stream since the last look, but not to us: at most 32,767 packets.
type Elsewhere struct {
	Packets, Late, Doubled uint64 // the late and doubled ones are of the packets
	Seq                    uint16 // the highest
	Seen                   uint64 // before it, as Receiver.Seen
	Jitter                 uint32 // as Receiver.Jitter
}

// Add counts what came elsewhere. The next packet is measured from anew.
func (r *Receiver) Add(e Elsewhere) {
	if step := e.Seq - uint16(r.max); step < 1<<15 {
		r.max += uint32(step)
		r.seen = e.Seen
	}
	r.got += uint32(e.Packets - e.Doubled)
	r.late += e.Late
	r.doubled += e.Doubled
	r.badSeq, r.timed, r.jitter = noSeq, false, e.Jitter<<4
}

// Retime says that the clock changed: the next packet is measured from anew. Patience is how long after the fastest
// one a packet may come to be of use, in units of the clock; 0: none is late.
func (r *Receiver) Retime(patience uint32) {
	r.timed, r.jitter, r.patience = false, 0, patience
}

// judge counts what comes too late.
func (l *lateness) judge(transit uint32, first bool) {
	behind := int32(transit - l.fastest[0])
	if first || behind > 1<<16 || behind < -1<<16 { // the sender's clock jumped
		l.fastest, l.spell = [2]uint32{transit, transit}, 0
		return
	}
	if l.spell++; l.spell == spellLength {
		l.fastest, l.spell = [2]uint32{transit, l.fastest[0]}, 0
	}
	if int32(transit-l.fastest[0]) < 0 {
		l.fastest[0] = transit
	}
	fastest := l.fastest[0]
	if int32(l.fastest[1]-fastest) < 0 {
		fastest = l.fastest[1]
	}
	if l.patience > 0 && int32(transit-fastest) > int32(l.patience) {
		l.late++
	}
}

func (r *Receiver) restart(seq uint16, ssrc uint32) {
	r.lost += r.streamLost()
	r.started, r.ssrc, r.base, r.max = true, ssrc, uint32(seq), uint32(seq)
	r.got, r.badSeq, r.timed, r.seen = 0, noSeq, false, 1
	r.told.expected, r.told.got = 0, 0
}

// sequence follows A.1: a small step forward or back belongs to the stream, a large one needs a second packet. False: it
// came before.
func (r *Receiver) sequence(seq uint16) bool {
	delta := seq - uint16(r.max)
	switch {
	case delta == 0:
		r.doubled++
		return false
	case delta < maxDropout:
		r.max += uint32(delta)
		r.badSeq = noSeq
		r.seen = r.seen<<delta | 1
	case int(delta) <= 1<<16-maxMisorder:
		if uint32(seq) == r.badSeq {
			r.restart(seq, r.ssrc)
			return true
		}
		r.badSeq = uint32(seq + 1)
		r.got-- // not of this stream until confirmed
	default: // behind a later one
		bit := uint64(1) << -delta // 0 beyond the 64 that are known
		if r.seen&bit != 0 {
			r.doubled++
			return false
		}
		r.seen |= bit
	}
	return true
}

func (r *Receiver) streamLost() int64 {
	if !r.started {
		return 0
	}
	return int64(r.max-r.base) + 1 - int64(r.got)
}

// Lost is the number of packets missing so far, never below zero.
func (r *Receiver) Lost() uint64 {
	if n := r.lost + r.streamLost(); n > 0 {
		return uint64(n)
	}
	return 0
}

// Jitter is the interarrival jitter of A.8 in units of the payload's clock.
func (r *Receiver) Jitter() uint32 { return r.jitter >> 4 }

// Late is the number of packets that came later than they could wait for: Retime's patience after the fastest.
func (r *Receiver) Late() uint64 { return r.late }

// Doubled is the number of packets that came before.
func (r *Receiver) Doubled() uint64 { return r.doubled }
