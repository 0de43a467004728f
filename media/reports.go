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
	trip  atomic.Int64  // ns
	peers atomic.Uint64 // what the party said of its own hearing: Metrics.Listen, .Rating and .Loss, packed; 0: nothing
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
			rtp.Blocks(kind, count, p, func(b rtp.Block) { l.roundTrip(re.now, b) })
		case rtp.ExtendedReport:
			if m, ok := rtp.ReadMetrics(p); ok {
				l.reports.peers.Store(1<<32 | uint64(m.Listen)<<16 | uint64(m.Rating)<<8 | uint64(m.Loss))
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
	RoundTrip time.Duration // from here to the party and back; 0: not known
	MOS       float64       // of what the party sends, 1 to 4.5, by the E-model; 0: it sent nothing
	PartyMOS  float64       // of what the party hears, by its own report (RFC 3611); 0: it reported none
	PartyLoss float64       // of what the party should hear, 0 to 1, by the same report
}

// Quality tells how the leg sounds.
func (s *Session) Quality() Quality {
	st := s.Stats()
	r := &s.leg.reports
	q := Quality{RoundTrip: time.Duration(r.trip.Load())}
	if p := r.peers.Load(); p != 0 {
		q.PartyLoss = float64(p&0xff) / 256
		if mos := p >> 16 & 0xff; mos >= 10 && mos <= 50 {
			q.PartyMOS = float64(mos) / 10
		}
	}
	if n := st.Received.Packets; n > 0 {
		l := quality.Line{Codec: st.Codec, Loss: float64(st.Lost) / float64(st.Lost+n)}
		// One way, and what a jitter buffer must hold back: twice the jitter, and the 20 ms of a packet.
		l.Delay = q.RoundTrip/2 + 2*st.Jitter + 20*time.Millisecond
		q.MOS = quality.MOS(l)
	}
	return q
}

// Received counts the packets of sound that the party sent so far. It is cheap enough to be asked often.
func (s *Session) Received() uint64 { return s.leg.in.packets.get() }
