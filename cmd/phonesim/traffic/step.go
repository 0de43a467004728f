package traffic

import (
	"context"
	"math"
	"slices"
	"time"

	"cradle/media/secure"
)

// Result is what a run measured. The names are those of the other generators, so that one table shows all.
type Result struct {
	Kind  string `json:"kind"` // "rtp"
	Via   string `json:"via"`
	Legs  string `json:"legs"`
	Suite string `json:"suite"`
	Steps []Step `json:"steps"`
}

// Step is what was measured with so many calls.
type Step struct {
	Calls  int     `json:"calls"`
	PPS    float64 `json:"pps"`
	Sent   int     `json:"sent"`
	Recv   int     `json:"recv"`
	Loss   float64 `json:"loss_pct"`
	Wrong  int     `json:"wrong_size"`
	Opened int     `json:"opened"` // and found to be what was said
	Spoilt int     `json:"spoilt"` // not opened, or something else
	P50    float64 `json:"lat_p50_us"`
	P99    float64 `json:"lat_p99_us"`
	CPU    float64 `json:"srv_cpu_s"`
	CPU1M  float64 `json:"srv_cpu_s_per_1m_pkts"` // is us a packet too
	Cores  float64 `json:"srv_cores"`
	RSS    float64 `json:"srv_rss_mb"`
	Late   float64 `json:"gen_worst_late_ms"`
}

// tally counts what arrives of the frames that are measured.
type tally struct {
	from, to                    int
	recv, wrong, opened, spoilt int
	delays                      []int64 // ns
}

// lost is what has not arrived so long after the last packet was sent.
const lost = 300 * time.Millisecond

// measure lets the first n calls speak: first unmeasured, then measured.
func (g *generator) measure(ctx context.Context, n int) (Step, error) {
	warm, all := int(g.Warm/frame), int((g.Warm+g.Time)/frame)
	t := &tally{from: g.packets.next + warm, to: g.packets.next + all}
	t.delays = make([]int64, 0, 2*n*(all-warm))
	var before, after usage
	var begin time.Time
	var worst time.Duration
	start := time.Now()
	for f := range all {
		if err := ctx.Err(); err != nil {
			return Step{}, err
		}
		if f == warm {
			before, begin = usageOf(g.PID), time.Now()
		}
		late := g.frame(t, n, start.Add(time.Duration(f)*frame))
		if f >= warm {
			worst = max(worst, late)
		}
	}
	took := time.Since(begin)
	after = usageOf(g.PID)
	sent := 2 * n * (all - warm)
	for end := time.Now().Add(lost); t.recv < sent && time.Now().Before(end); rest(time.Millisecond) {
		g.drain(t)
	}
	return t.step(n, sent, after.cpu-before.cpu, took, worst, after.rss), nil
}

// frame sends one packet of each party, and says how late the latest was.
func (g *generator) frame(t *tally, n int, due time.Time) (worst time.Duration) {
	fill(g.packets.plain[:], g.packets.next)
	for slot := range slots {
		for {
			left := time.Until(due.Add(time.Duration(slot) * frame / slots))
			if left <= 0 {
				worst = max(worst, -left)
				break
			}
			if g.drain(t); left > 50*time.Microsecond {
				rest(time.Until(due.Add(time.Duration(slot) * frame / slots)))
			}
		}
		for i := slot; i < n; i += slots {
			a, b := g.calls[i].sides[0], g.calls[i].sides[1]
			g.packets.say(a.party, b)
			g.packets.say(b.party, a)
		}
	}
	g.packets.next++
	return worst
}

// drain takes what has arrived. Without a tally only handshakes hear of it.
func (g *generator) drain(t *tally) (total int) {
	for side := range g.wires {
		for _, w := range g.wires[side] {
			for {
				n, when := w.receive(g.buf)
				if n == 0 {
					break
				}
				total++
				s := g.streams[w.from.port()]
				switch b := g.buf[:n]; {
				case s == nil || s.party.wire != w:
				case secure.IsDTLS(b):
					s.party.shakes(b)
				case t != nil && n >= header && b[0]>>6 == 2 && b[1]&0x7f == 0:
					g.arrived(t, s, b, when)
				}
			}
		}
	}
	return total
}

func (g *generator) arrived(t *tally, s *stream, b []byte, when int64) {
	n := g.packets.frameOf(b)
	if n < t.from || n >= t.to {
		return
	}
	t.recv++
	t.delays = append(t.delays, when-s.sent[n%ring])
	if len(b) != length+g.packets.extra[s.party.kind] {
		t.wrong++
	}
	if (n+int(s.party.to.port())/2)%lookEvery == 0 {
		if s.party.opens(b, n) {
			t.opened++
		} else {
			t.spoilt++
		}
	}
}

func (t *tally) step(calls, sent int, cpu, took, worst time.Duration, rss float64) Step {
	slices.Sort(t.delays)
	s := Step{Calls: calls, Sent: sent, Recv: t.recv, Wrong: t.wrong, Opened: t.opened, Spoilt: t.spoilt, RSS: round(rss, 1),
		PPS: round(float64(sent)/took.Seconds(), 0), Loss: round(100*float64(sent-t.recv)/float64(sent), 4),
		CPU: round(cpu.Seconds(), 2), Cores: round(cpu.Seconds()/took.Seconds(), 3), Late: round(worst.Seconds()*1e3, 2)}
	if t.recv > 0 {
		s.P50 = float64(t.delays[t.recv/2]) / 1e3
		s.P99 = float64(t.delays[t.recv*99/100]) / 1e3
		s.CPU1M = round(cpu.Seconds()*1e6/float64(t.recv), 3)
	}
	return s
}

func round(v float64, digits int) float64 {
	p := math.Pow10(digits)
	return math.Round(v*p) / p
}
