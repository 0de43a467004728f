// Package mediatest holds a mouth and an ear for tests and simulated phones: streams of G.711 tones in exact steps of
// 20 ms over real sockets, a listener that judges whether a tone of so many hertz is heard, and the same judgement for
// WAV files.
//
// A Pacer keeps the time of all streams with one goroutine. A Phone is one UDP socket that says a tone and hears
// another.
package mediatest

import (
	"math"
	"net/netip"
	"sync"
	"time"

	"github.com/zaf/g711"
)

const (
	rate     = 8000 // samples a second
	frame    = 160  // samples in 20 ms
	interval = 20 * time.Millisecond
	slots    = 4 // streams are spread over the interval in so many groups
)

// The two payload types of G.711 (RFC 3551 section 6).
const (
	PCMU uint8 = 0
	PCMA uint8 = 8
	CN   uint8 = 13
)

// Tone is what a phone says.
type Tone struct {
	Hz    int     // 1 to 3999
	Level float64 // of the sine, dB below full scale; 0 = -10
	Type  uint8   // PCMU or PCMA
}

// second is one second of a tone, encoded; a whole number of hertz makes it repeat without a click.
func (t Tone) second() []byte {
	level := t.Level
	if level == 0 {
		level = -10
	}
	b := make([]byte, rate)
	for i, v := range sine(rate, float64(t.Hz), level, rate) {
		if t.Type == PCMA {
			b[i] = g711.EncodeAlawFrame(v)
		} else {
			b[i] = g711.EncodeUlawFrame(v)
		}
	}
	return b
}

// sine makes n samples.
func sine(rate int, hz, level float64, n int) []int16 {
	amp := 32767 * math.Pow(10, level/20)
	s := make([]int16, n)
	for i := range s {
		s[i] = int16(amp * math.Sin(2*math.Pi*hz*float64(i)/float64(rate)))
	}
	return s
}

// Pacer sends the packets of all streams in time.
type Pacer struct {
	mu      sync.Mutex
	phones  [slots][]*Phone
	next    int // slot for the next phone
	changed chan struct{}
	stop    chan struct{}
	wait    sync.WaitGroup
	worst   time.Duration
}

// NewPacer starts the goroutine that keeps time.
func NewPacer() *Pacer {
	p := &Pacer{changed: make(chan struct{}, 1), stop: make(chan struct{})}
	p.wait.Go(p.run)
	return p
}

// Close ends the streams. Phones stay open and go silent.
func (p *Pacer) Close() {
	close(p.stop)
	p.wait.Wait()
}

// Late is the worst delay of a packet so far: how far the machine let the pacer down.
func (p *Pacer) Late() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.worst
}

// run walks the slots. Deadlines are multiples of the step from the beginning, so lateness never adds up.
func (p *Pacer) run() {
	begin := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for n := 0; ; n++ {
		due := begin.Add(time.Duration(n) * interval / slots)
		timer.Reset(time.Until(due))
		select {
		case <-p.stop:
			return
		case <-timer.C:
		}
		if !p.serve(n%slots, due) && p.idle() {
			select {
			case <-p.stop:
				return
			case <-p.changed:
				begin, n = time.Now(), -1
			}
		}
	}
}

// serve sends one packet for each phone of a slot that has something to say.
func (p *Pacer) serve(slot int, due time.Time) bool {
	p.mu.Lock()
	phones := p.phones[slot]
	if len(phones) > 0 {
		p.worst = max(p.worst, time.Since(due))
	}
	p.mu.Unlock()
	for _, ph := range phones {
		ph.speak()
	}
	return len(phones) > 0
}

func (p *Pacer) idle() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.phones {
		if len(l) > 0 {
			return false
		}
	}
	return true
}

// enter puts a phone into the next slot. Slices are replaced, never changed, because serve reads them without the lock.
func (p *Pacer) enter(ph *Phone) {
	p.mu.Lock()
	ph.slot = p.next
	p.next = (p.next + 1) % slots
	p.phones[ph.slot] = append(p.phones[ph.slot][:len(p.phones[ph.slot]):len(p.phones[ph.slot])], ph)
	p.mu.Unlock()
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

func (p *Pacer) leave(ph *Phone) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var rest []*Phone
	for _, o := range p.phones[ph.slot] {
		if o != ph {
			rest = append(rest, o)
		}
	}
	p.phones[ph.slot] = rest
}

// Addr4 is 127.0.0.1, where most tests live.
func Addr4() netip.Addr { return netip.AddrFrom4([4]byte{127, 0, 0, 1}) }
