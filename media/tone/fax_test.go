package tone

import (
	"math"
	"math/rand/v2"
	"testing"
)

// A fax is known by a fifth of a second of its tone, by no less and by nothing else.
func TestFax(t *testing.T) {
	sine := func(ms int, level float64, hz ...float64) []int16 {
		pcm := make([]int16, ms*Rate/1000)
		for i := range pcm {
			for _, f := range hz {
				pcm[i] += int16(32000 * math.Pow(10, level/20) / float64(len(hz)) * math.Sin(2*math.Pi*f*float64(i)/Rate))
			}
		}
		return pcm
	}
	dice := rand.New(rand.NewPCG(1, 2))
	noise := make([]int16, 2*Rate)
	for i := range noise {
		noise[i] = int16(dice.IntN(20000) - 10000)
	}
	reversed := append(sine(450, -10, 2100), sine(450, -10, 2100)...) // ANSam turns its phase round each 450 ms
	for i := len(reversed) / 2; i < len(reversed); i++ {
		reversed[i] = -reversed[i]
	}
	for what, c := range map[string]struct {
		pcm  []int16
		want int
	}{
		"the called one": {sine(3000, -12, 2100), 1}, "the caller": {sine(500, -12, 1100), 1}, "faint": {sine(500, -38, 2100), 1},
		"phase turned": {reversed, 1}, "14 Hz beside": {sine(500, -12, 2100+14), 1},
		"too short": {sine(180, -12, 2100), 0}, "too faint": {sine(1000, -50, 2100), 0}, "another tone": {sine(3000, -12, 1000), 0}, "dial tone": {sine(3000, -12, 350, 440), 0},
		"a key": {sine(3000, -12, 941, 1336), 0}, "both": {sine(3000, -12, 1100, 2100), 0}, "noise": {noise, 0}, "silence": {make([]int16, Rate), 0},
	} {
		var f Fax
		heard := 0
		for i := 0; i < len(c.pcm); i += 160 {
			f.Hear(c.pcm[i:min(i+160, len(c.pcm))], func() { heard++ })
		}
		if heard != c.want {
			t.Errorf("%s: heard %d times, want %d", what, heard, c.want)
		}
	}
}
