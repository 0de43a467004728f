package media

import (
	"sync/atomic"
	"time"

	"cradle/media/quality"
	"cradle/media/rtp"
)

// reports is what RTCP tells of a leg, written by its reactor only.
type reports struct {
	sent  [4]sentReport // sender reports that went to the party, the newest over the oldest
	next  int
	heard sentReport   // the party's newest
	trip  atomic.Int64 // ns
	// What the party said of its own hearing.
	mos  atomic.Uint32 // Metrics.Listen; 0: nothing
	loss atomic.Uint32 // of 256
}

// sentReport is when a sender report went to the party, by the time it bore.
type sentReport struct {
	mid uint32
	at  int64
}

// reported looks into what the party reports: how long our way to it and back is, and how it hears.
func (l *leg) reported(re *reactor, b []byte) {
	rtp.Walk(b, func(kind uint8, count int, p []byte) {
		switch kind {
		case rtp.SenderReport, rtp.ReceiverReport:
			if mid, ok := rtp.SentAt(p); ok && kind == rtp.SenderReport {
				l.reports.heard = sentReport{mid, re.now}
			}
			rtp.Blocks(kind, count, p, func(b rtp.Block) {
				l.roundTrip(re.now, b)
				l.reports.loss.Store(uint32(b.Fraction))
			})
		case rtp.ExtendedReport:
			if m, ok := rtp.ReadMetrics(p); ok {
				l.reports.mos.Store(uint32(m.Listen))
				l.reports.loss.Store(uint32(m.Loss) + uint32(m.Discard))
			}
		}
	})
}

// roundTrip follows RFC 3550 section 6.4.1: the time since the report that is answered, without what the party waited.
// The report is another party's, passed on by us, so this is the way from here.
func (l *leg) roundTrip(now int64, b rtp.Block) {
	if b.Sent == 0 {
		return
	}
	for _, s := range l.reports.sent {
		if s.mid == b.Sent && s.at != 0 {
			trip := now - s.at - int64(b.Delay)*1e9/65536
			if trip >= 0 && trip < int64(10*time.Second) {
				l.reports.trip.Store(max(trip, 1))
			}
			return
		}
	}
}

// passed notes sender reports that go to the party.
func (l *leg) passed(re *reactor, b []byte) {
	rtp.Walk(b, func(kind uint8, _ int, p []byte) {
		if kind != rtp.SenderReport {
			return
		}
		if mid, ok := rtp.SentAt(p); ok {
			l.reports.sent[l.reports.next] = sentReport{mid, re.now}
			l.reports.next = (l.reports.next + 1) % len(l.reports.sent)
		}
	})
}

// Quality is how a party is heard, and what it says of how it hears.
type Quality struct {
	Codec, Encryption string        // as in Stats
	Received          uint64        // packets of sound from the party
	Lost, Late        uint64        // of what it sent: never came, and came too late to be of use
	Jitter            time.Duration // of what the party sends (RFC 3550 A.8)
	RoundTrip         time.Duration // from here to the party and back; 0: not known
	MOS               float64       // of what the party sends, 1 to 4.5, by the E-model; 0: it sent nothing
	PartyMOS          float64       // of what the party hears, by its own report (RFC 3611); 0: it reported none
	PartyLoss         float64       // of what the party should hear, 0 to 1, by its newest report
}

// Loss is the share of what the party sent that was of no use, 0 to 1.
func (q Quality) Loss() float64 {
	if q.Received == 0 {
		return 0
	}
	return float64(q.Lost+q.Late) / float64(q.Lost+q.Received)
}

// Since is the quality of the time since an earlier look at the same leg.
func (q Quality) Since(before Quality) Quality {
	q.Received -= min(before.Received, q.Received)
	q.Lost -= min(before.Lost, q.Lost) // what was missing may have come meanwhile
	q.Late -= min(before.Late, q.Late)
	q.rate()
	return q
}

// rate follows the E-model: one way, and what a jitter buffer must hold back, which is twice the jitter and the 20 ms of
// a packet.
func (q *Quality) rate() {
	if q.MOS = 0; q.Received > 0 {
		q.MOS = quality.MOS(quality.Line{Codec: q.Codec, Loss: q.Loss(), Delay: q.RoundTrip/2 + 2*q.Jitter + 20*time.Millisecond})
	}
}

// Quality tells how the leg sounds, over all of its time.
func (s *Session) Quality() Quality {
	st := s.Stats()
	r := &s.leg.reports
	q := Quality{Codec: st.Codec, Encryption: st.Encryption, Received: st.Received.Packets, Lost: st.Lost, Late: st.Late, Jitter: st.Jitter,
		RoundTrip: time.Duration(r.trip.Load()), PartyLoss: float64(r.loss.Load()) / 256}
	if mos := r.mos.Load(); mos >= 10 && mos <= 50 { // 127: the party does not know
		q.PartyMOS = float64(mos) / 10
	}
	q.rate()
	return q
}

// Received counts the packets of sound that the party sent so far. It is cheap enough to be asked often.
func (s *Session) Received() uint64 { return s.leg.in.packets.get() }
