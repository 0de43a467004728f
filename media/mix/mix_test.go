package mix

import (
	"math"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cradle/media/audio"
	"cradle/media/mediatest"
	"cradle/media/tone"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// voice is a member who hums.
type voice struct {
	*Member
	hz    float64
	tone  *tone.Player
	heard []int16
}

func hums(r *Room, hz float64) *voice {
	return &voice{Member: r.Join(), hz: hz, tone: tone.Play(tone.Tone{{Hz: [2]float64{hz}}})}
}

// turns lets all speak and hear n times, without the clock.
func turns(r *Room, n int, voices ...*voice) {
	frame := make([]int16, audio.Frame)
	for range n {
		for _, v := range voices {
			v.tone.Read(frame)
			v.Hear(frame)
		}
		r.mix()
		for _, v := range voices {
			v.Read(frame)
			v.heard = append(v.heard, frame...)
		}
	}
}

// level is how loud a frequency was in the newest 400 ms.
func (v *voice) level(hz float64) float64 {
	return mediatest.Judge(v.heard[len(v.heard)-20*audio.Frame:], audio.Rate, hz).Level
}

func (v *voice) hears(t *testing.T, what string, others map[float64]bool) {
	t.Helper()
	for hz, yes := range others {
		if got := v.level(hz); got > -25 != yes {
			t.Errorf("%s: the one of %.0f Hz hears %.0f Hz at %.1f dB, wanted %v", what, v.hz, hz, got, yes)
		}
	}
}

func TestEachHearsAllButHimself(t *testing.T) {
	r := &Room{}
	a, b, c := hums(r, 400), hums(r, 700), hums(r, 1100)
	turns(r, 30, a, b, c)
	a.hears(t, "three", map[float64]bool{400: false, 700: true, 1100: true})
	b.hears(t, "three", map[float64]bool{400: true, 700: false, 1100: true})
	c.Mute(true)
	turns(r, 30, a, b, c)
	a.hears(t, "muted", map[float64]bool{700: true, 1100: false})
	c.hears(t, "muted", map[float64]bool{400: true, 700: true})
	c.Mute(false)
	c.Whisper(a.Member) // a coach: only a hears him
	turns(r, 30, a, b, c)
	a.hears(t, "whisper", map[float64]bool{700: true, 1100: true})
	b.hears(t, "whisper", map[float64]bool{400: true, 1100: false})
	c.hears(t, "whisper", map[float64]bool{400: true, 700: true})
	c.Whisper(nil)
	turns(r, 30, a, b, c)
	b.hears(t, "barge", map[float64]bool{1100: true})
	a.Leave()
	a.Leave()
	turns(r, 30, a, b, c)
	b.hears(t, "left", map[float64]bool{400: false, 1100: true})
	a.hears(t, "left", map[float64]bool{700: false, 1100: false})
}

// Thirty at full level are not wrapped around.
func TestLoudRoom(t *testing.T) {
	r := &Room{}
	loud := make([]int16, audio.Frame)
	for i := range loud {
		loud[i] = math.MaxInt16
	}
	var all []*Member
	for range 30 {
		all = append(all, r.Join())
	}
	for range 3 {
		for _, m := range all {
			m.Hear(loud)
		}
		r.mix()
	}
	got := make([]int16, audio.Frame)
	for range 3 {
		all[0].Read(got)
	}
	if got[7] != math.MaxInt16 {
		t.Errorf("%d", got[7])
	}
}

// The clock mixes 50 times a second, whoever comes and goes: who asks as often is hardly ever left without.
func TestClock(t *testing.T) {
	r := Open()
	a, b := hums(r, 400), hums(r, 700)
	began := time.Now()
	var wait sync.WaitGroup
	wait.Go(func() {
		for range 200 {
			r.Join().Leave()
		}
	})
	frame := make([]int16, audio.Frame)
	heard, without := 0, 0
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for heard < 100 && time.Since(began) < 10*time.Second {
		<-tick.C
		a.tone.Read(frame)
		a.Hear(frame)
		b.Read(frame)
		if got := mediatest.Judge(frame, audio.Rate, 400).Level > -25; got {
			heard++
		} else if heard > 0 {
			without++
		}
	}
	wait.Wait()
	r.Close()
	if heard < 100 || without > 25 {
		t.Errorf("%d frames heard, %d times nothing", heard, without)
	}
}

func TestNothingIsAllocated(t *testing.T) {
	r := &Room{}
	m, frame := r.Join(), make([]int16, audio.Frame)
	if n := testing.AllocsPerRun(100, func() { m.Hear(frame); r.mix(); m.Read(frame) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkThirty is 20 ms of a room of thirty; a core has 20,000,000 ns for it.
func BenchmarkThirty(b *testing.B) {
	r := &Room{}
	frame := make([]int16, audio.Frame)
	var all []*Member
	for range 30 {
		all = append(all, r.Join())
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, m := range all {
			m.Hear(frame)
		}
		r.mix()
		for _, m := range all {
			m.Read(frame)
		}
	}
}
