package audio

import (
	"math"
	"math/rand/v2"
	"testing"

	"cradle/media/codec"
)

// stream is a sender of a tone in packets of 20 ms.
type stream struct {
	kind codec.Kind
	enc  codec.Encoder
	pcm  []int16
	seq  uint16
	time uint32
}

func newStream(kind codec.Kind, hz float64, seconds int) *stream {
	rate := 8000
	if kind == codec.G722 {
		rate = 16000
	}
	s := &stream{kind: kind, pcm: sine(rate, hz, rate*seconds), seq: 65500, time: 4294960000}
	s.enc.Reset(kind)
	return s
}

func (s *stream) next() (uint16, uint32, []byte) {
	n := 160
	if s.kind == codec.G722 {
		n = 320
	}
	b := s.enc.Append(nil, s.pcm[:n])
	s.pcm = s.pcm[n:]
	s.seq++
	s.time += 160
	return s.seq, s.time, b
}

// clean is the part of the energy at hz, in dB over everything else, of the second half.
func clean(s []int16, hz float64) float64 {
	level, rest := at(s[len(s)/2:], Rate, hz)
	return level - rest
}

func TestPlayoutPlays(t *testing.T) {
	for kind, want := range map[codec.Kind]float64{codec.PCMA: 33, codec.PCMU: 33, codec.G722: 25} {
		var p Playout
		s := newStream(kind, 1013, 3)
		var out []int16
		for range 140 {
			push(&p, s)
			out = p.Pull(out)
		}
		if got := clean(out, 1013); got < want {
			t.Errorf("kind %d: %.1f dB clean", kind, got)
		}
		if f := p.Figures(); f.Late != 0 || f.Concealed != 0 || f.Played < 130 {
			t.Errorf("%+v", f)
		}
	}
}

// A network that delays each packet by 0 to 60 ms, in any order, and loses none: after settling nothing is lost.
func TestPlayoutWaitsForLatePackets(t *testing.T) {
	var p Playout
	s := newStream(codec.PCMA, 1013, 12)
	r := rand.New(rand.NewPCG(1, 2))
	type sent struct {
		seq  uint16
		time uint32
		b    []byte
	}
	queue := map[int][]sent{}
	var settled Figures
	for now := range 580 {
		seq, time, b := s.next()
		at := now + r.IntN(4)
		queue[at] = append(queue[at], sent{seq, time, b})
		for _, x := range queue[now] {
			p.Push(s.kind, x.seq, x.time, x.b)
		}
		p.Pull(nil)
		if now == 100 {
			settled = p.Figures()
		}
	}
	f := p.Figures()
	if late := f.Late - settled.Late; late > 2 {
		t.Errorf("%d late packets after settling: %+v", late, f)
	}
}

// One of ten packets lost: the tone goes on.
func TestLossIsConcealed(t *testing.T) {
	play := func(conceal bool) float64 {
		var p Playout
		s := newStream(codec.PCMA, 150, 4)
		var out []int16
		for i := range 190 {
			seq, time, b := s.next()
			if i%10 != 7 {
				p.Push(s.kind, seq, time, b)
			} else if !conceal {
				silent := make([]byte, len(b))
				for i := range silent {
					silent[i] = 0xd5
				}
				p.Push(s.kind, seq, time, silent)
			}
			out = p.Pull(out)
		}
		if f := p.Figures(); conceal && (f.Concealed < 17 || f.Late > 0) {
			t.Errorf("%+v", f)
		}
		return clean(out, 150)
	}
	with, without := play(true), play(false)
	if with < without+6 {
		t.Errorf("concealed %.1f dB, silence %.1f dB", with, without)
	}
}

// What is made up goes on at full level for 10 ms, is gone after 50 more, and crosses over into what comes then.
func TestMadeUpSoundFades(t *testing.T) {
	var c Concealer
	const level = 8000
	c.Good(sine(Rate, 200, Rate/5))
	made := c.Append(nil, fresh+fade+Frame)
	peak := func(s []int16) (top int16) {
		for _, v := range s {
			top = max(top, v, -v)
		}
		return top
	}
	if p := peak(made[:fresh]); p < level {
		t.Errorf("at first the peak is %d", p)
	}
	if p := peak(made[fresh+fade/2:][:Rate/100]); p < level/4 || p > level*3/4 {
		t.Errorf("half way the peak is %d", p)
	}
	if p := peak(made[fresh+fade:]); p != 0 {
		t.Errorf("in the end the peak is %d", p)
	}
	c.Good(sine(Rate, 200, Rate/5))
	c.Append(nil, fresh/2)
	said := make([]int16, Frame)
	for i := range said {
		said[i] = level
	}
	will := c // what it would have made up
	first := will.next()
	c.Good(said)
	if said[0] != first || said[seam-1] < level*9/10 || said[seam/2] == level || said[seam] != level {
		t.Errorf("real sound begins with %d for %d, then %d, %d, %d", said[0], first, said[seam/2], said[seam-1], said[seam])
	}
}

// A sender that says nothing for a second (silence suppression) loses nothing by it and is not concealed.
func TestPausesAreSilent(t *testing.T) {
	var p Playout
	s := newStream(codec.PCMU, 1013, 4)
	var pause []int16
	for i := range 150 {
		seq, time, b := s.next()
		if i >= 50 && i < 100 {
			s.seq--
			pause = p.Pull(pause)
			continue
		}
		p.Push(s.kind, seq, time, b)
		p.Pull(nil)
	}
	if p.Figures().Late != 0 {
		t.Errorf("%+v", p.Figures())
	}
	for i, v := range pause[len(pause)/2:] {
		if v != 0 {
			t.Fatalf("sample %d of the pause is %d", i, v)
		}
	}
}

// A sender whose clock is one in a thousand faster is kept up with.
func TestDriftIsTakenUp(t *testing.T) {
	var p Playout
	s := newStream(codec.PCMA, 1013, 130)
	for i := range 6000 {
		push(&p, s)
		if i%200 == 0 {
			push(&p, s)
		}
		p.Pull(nil)
	}
	if p.held > 8 {
		t.Errorf("%d packets held", p.held)
	}
	if f := p.Figures(); f.Late > 5 || f.Concealed > 5 {
		t.Errorf("%+v", f)
	}
}

func push(p *Playout, s *stream) {
	seq, time, b := s.next()
	p.Push(s.kind, seq, time, b)
}

func TestPlayoutAllocatesNothing(t *testing.T) {
	var p Playout
	s := newStream(codec.PCMU, 1013, 20)
	out := make([]int16, 0, Frame)
	var packets [300]func()
	for i := range packets {
		seq, time, b := s.next()
		packets[i] = func() { p.Push(s.kind, seq, time, b); out = p.Pull(out[:0]) }
	}
	for i := range 50 {
		packets[i]()
	}
	i := 50
	if n := testing.AllocsPerRun(200, func() { packets[i](); i++ }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzPlayout(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
	f.Fuzz(func(t *testing.T, b []byte) {
		var p Playout
		seq, time := uint16(0), uint32(0)
		for _, c := range b {
			seq += uint16(c & 3)
			time += uint32(c) * 40 << (c & 15)
			p.Push(codec.Kind(c&3), seq, time, b[:min(len(b), int(c)*3)])
			if out := p.Pull(nil); len(out) != Frame {
				t.Fatalf("%d samples", len(out))
			}
			if len(p.sound) > 8*Frame || math.MaxInt8 < p.held {
				t.Fatalf("%d samples and %d packets held", len(p.sound), p.held)
			}
		}
	})
}

// Who listens is told what was said: a sender that stalls makes no pause, however late its packets come; one that says
// nothing for a while does.
func TestListenHearsWhatWasSaid(t *testing.T) {
	for _, c := range []struct {
		name   string
		hole   int  // frames without a packet
		late   bool // the packets of the hole come after it; or else they were never sent
		lost   bool // they were sent and got lost
		pauses bool
	}{
		{"nothing missing", 0, false, false, false}, {"stalled 60 ms", 3, true, false, false}, {"stalled 160 ms", 8, true, false, false},
		{"two lost", 2, false, true, false}, {"200 ms lost", 10, false, true, true}, {"silent 60 ms", 3, false, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var p Playout
			quiet, sound := 0, 0
			p.Listen = func(pcm []int16) {
				for _, v := range pcm {
					if v != 0 {
						sound++
						return
					}
				}
				quiet++
			}
			s := newStream(codec.PCMA, 1013, 3)
			var out []int16
			for range 20 {
				push(&p, s)
				out = p.Pull(out[:0])
			}
			for range c.hole {
				switch {
				case c.late:
				case c.lost:
					s.next()
				default:
					s.time += 160
				}
				out = p.Pull(out[:0])
			}
			if c.late {
				for range c.hole {
					push(&p, s)
				}
			}
			for range 40 {
				push(&p, s)
				out = p.Pull(out[:0])
			}
			if (quiet > 0) != c.pauses || sound < 45 {
				t.Errorf("%d pieces of silence, %d of sound; a pause: %v", quiet, sound, c.pauses)
			}
		})
	}
}

// What was held for a while on a bad network is left out afterwards, but not once the wait is fixed, and what is late does
// not make it longer either.
func TestFixedWait(t *testing.T) {
	for _, fixed := range []bool{false, true} {
		var p Playout
		s := newStream(codec.PCMA, 1013, 20)
		for range 8 { // a burst, 160 ms ahead
			push(&p, s)
		}
		if fixed {
			p.Fix()
		}
		ahead := func() int { return int(s.time - p.due) }
		p.Pull(nil)
		before := ahead()
		for range 500 {
			push(&p, s)
			p.Pull(nil)
		}
		if after := ahead(); fixed && after != before || !fixed && after > least+tick {
			t.Errorf("fixed %v: %d samples ahead, then %d", fixed, before, after)
		}
		was := p.wait
		p.Push(s.kind, s.seq-50, s.time-50*tick, make([]byte, tick))
		if (p.wait == was) != fixed || fixed && was != steady {
			t.Errorf("fixed %v: a wait of %d became %d", fixed, was, p.wait)
		}
	}
}
