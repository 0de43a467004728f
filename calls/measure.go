package calls

import (
	"sync/atomic"
	"time"

	"cradle/directory"
	"cradle/media"
	"cradle/media/quality"
)

// Calls are judged in pieces: one that is good for an hour and then bad for ten seconds was bad for ten seconds.
const (
	piece = 5 * time.Second
	few   = 50 // packets: what is less says nothing
)

// Heard is how one party of a call is heard, and what it says of how it hears.
type Heard struct {
	Device directory.ID
	media.Quality
	Silent bool // it is not heard while the other one is
}

// measured is how a party was heard, piece by piece.
type measured struct {
	last                     media.Quality // of all the time until the last look
	pieces                   int
	sum, mos                 float64
	worst                    float64 // MOS
	worstLoss, worstJitterMS float64
	silent                   bool
	unwanted                 bool // it took back its consent to be sent to
	phone                    *directory.PhoneReport
}

// look judges the time since the last look. False: too little came.
func (m *measured) look(now media.Quality) (media.Quality, bool) {
	p := now.Since(m.last)
	if m.last = now; p.Received < few {
		return p, false
	}
	m.pieces++
	m.sum += p.MOS
	if m.worst == 0 || p.MOS < m.worst {
		m.worst = p.MOS
	}
	m.worstLoss = max(m.worstLoss, p.Loss())
	m.worstJitterMS = max(m.worstJitterMS, ms(p.Jitter))
	return p, true
}

// end judges what is left, and gives the average and the worst.
func (m *measured) end(now media.Quality) {
	m.look(now)
	if m.pieces == 0 { // a short call is one piece
		m.mos, m.worst, m.worstLoss, m.worstJitterMS = now.MOS, now.MOS, now.Loss(), ms(now.Jitter)
		return
	}
	m.mos = m.sum / float64(m.pieces)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// measure looks at a call of two phones every now and then.
func (c *Call) measure() {
	if c.ended || c.partner == nil {
		return
	}
	var now [2]Heard
	for i, p := range []*party{c.caller, c.partner} {
		q, _ := p.measured.look(p.media.Quality())
		if p.media.Wanted() == p.measured.unwanted { // news
			if p.measured.unwanted = !p.measured.unwanted; p.measured.unwanted {
				c.log.Info("a browser takes no media any more; asking whether it is there", "device", p.device)
				p.leg.Ping()
			}
		}
		now[i] = Heard{Device: p.device, Quality: q}
	}
	c.mu.Lock()
	for i := range now {
		now[i].Silent = c.show.Heard[i].Silent
	}
	c.show.Heard = now
	c.mu.Unlock()
	c.After(piece, c.measure)
}

// showSilent puts into the list which party is not heard.
func (c *Call) showSilent(i int, silent bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.show.Heard[i].Silent = silent
}

// figures are what the record keeps of a leg's media.
func (p *party) figures() *directory.LegRecord {
	s, q := p.media.Stats(), p.media.Quality()
	m, d := &p.measured, s.Dropped
	m.end(q)
	r := &directory.LegRecord{Device: p.device, Codec: s.Codec, Encryption: s.Encryption, Received: s.Received.Packets, Sent: s.Sent.Packets, Lost: s.Lost,
		Jitter: ms(s.Jitter), ReceivedBytes: s.Received.Bytes,
		DroppedBad: d.Malformed + d.Source + d.Payload + d.Flood + d.Nowhere + d.Send + d.Forged,
		Late:       s.Late, RoundTrip: ms(q.RoundTrip), MOS: m.mos, WorstMOS: m.worst, WorstLoss: m.worstLoss, WorstJitter: m.worstJitterMS,
		Silent: m.silent, Phone: m.phone}
	if r.Phone == nil && (q.PartyMOS > 0 || q.PartyLoss > 0) { // it said so by RTCP
		r.Phone = &directory.PhoneReport{MOS: q.PartyMOS, Loss: q.PartyLoss}
	}
	return r
}

// Totals count the legs of calls that ended, by how their phones were heard, and calls in which one was not.
type Totals struct {
	Legs   map[quality.Class]uint64
	OneWay uint64
	Phones uint64 // reports that phones sent of their own hearing
}

type totals struct {
	legs           [len(quality.Classes)]atomic.Uint64
	oneWay, phones atomic.Uint64
}

func (t *totals) ended(l *directory.LegRecord) {
	for i, c := range quality.Classes {
		if c == quality.ClassOf(l.MOS) {
			t.legs[i].Add(1)
		}
	}
}

// Totals of all calls since the start.
func (x *Exchange) Totals() Totals {
	t := Totals{Legs: map[quality.Class]uint64{}, OneWay: x.totals.oneWay.Load(), Phones: x.totals.phones.Load()}
	for i, c := range quality.Classes {
		t.Legs[c] = x.totals.legs[i].Load()
	}
	return t
}
