//go:build ignore

// compose writes our own music on hold as G.722: compose FILE. The piece was made for Cradle: eight bars over four
// chords, a bass, broken chords and a tune, plucked tones that fade. Its end fades into its beginning.
package main

import (
	"log"
	"math"
	"os"

	"cradle/media/audio"
	"cradle/media/codec"
)

const (
	beat = audio.Rate * 3 / 4 // 80 a minute
	bars = 8
	size = 4 * bars * beat
)

// chords are the notes of the broken chord of each bar, as semitones from the A of 440 Hz; the first is the bass.
var chords = [4][4]int{{-21, -9, -5, -2}, {-24, -12, -9, -5}, {-28, -16, -12, -9}, {-26, -14, -10, -7}}

// tune is what is sung over them: beat in quarters, semitones, length in beats.
var tune = []struct{ at, note, long float64 }{
	{0, 7, 1.5}, {1.5, 5, .5}, {2, 3, 2}, {4, 0, 1}, {5, 3, 1}, {6, 5, 2}, {8, 8, 1.5}, {9.5, 7, .5}, {10, 5, 2}, {12, 2, 1}, {13, 5, 1}, {14, 7, 2},
	{16, 10, 1.5}, {17.5, 8, .5}, {18, 7, 2}, {20, 3, 1}, {21, 5, 1}, {22, 7, 2}, {24, 8, 1}, {25, 7, 1}, {26, 5, 1}, {27, 3, 1}, {28, 2, 1}, {29, 5, 1}, {30, -2, 2},
}

var sum [size]float64

func main() {
	for bar := range bars {
		c := chords[bar%4]
		pluck(float64(4*bar), float64(c[0]), 4, .34)
		for i, n := range []int{1, 2, 3, 2, 1, 2, 3, 2} {
			pluck(float64(4*bar)+float64(i)/2, float64(c[n]), 1.5, .16)
		}
	}
	for _, n := range tune {
		pluck(n.at, n.note, n.long+1, .3)
	}
	pcm := make([]int16, size)
	for i, v := range sum {
		pcm[i] = int16(9000 * math.Tanh(v))
	}
	var e codec.Encoder
	e.Reset(codec.G722)
	if err := os.WriteFile(os.Args[1], e.Append(nil, pcm), 0o644); err != nil {
		log.Fatal(err)
	}
}

// pluck adds a tone of four harmonics that swells within 8 ms and fades.
func pluck(at, note, long, loud float64) {
	hz := 440 * math.Pow(2, note/12)
	for i := range int((long + 1) * beat) {
		t := float64(i) / audio.Rate
		v := 0.0
		for h, part := range []float64{1, .35, .14, .06} {
			v += part * math.Sin(2*math.Pi*hz*float64(h+1)*t) * math.Exp(-t*float64(h+1)*1.6)
		}
		rise := math.Min(1, t/.008)
		fade := math.Min(1, float64(int((long+1)*beat)-i)/beat)
		sum[(int(at*beat)+i)%size] += loud * v * rise * fade
	}
}
