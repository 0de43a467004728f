package codec

import (
	"fmt"
	"math"
	"testing"
)

func tone(rate int, hz, level float64, n int) []int16 {
	s := make([]int16, n)
	for i := range s {
		s[i] = int16(32767 * math.Pow(10, level/20) * math.Sin(2*math.Pi*hz*float64(i)/float64(rate)))
	}
	return s
}

// snr compares what came back with what went in, in dB, at the best delay up to 64 samples.
func snr(in, out []int16) float64 {
	best := math.Inf(-1)
	for delay := range 64 {
		var signal, noise float64
		for i := 256; i+delay < len(out) && i < len(in); i++ {
			d := float64(out[i+delay]) - float64(in[i])
			signal += float64(in[i]) * float64(in[i])
			noise += d * d
		}
		best = max(best, 10*math.Log10(signal/(noise+1)))
	}
	return best
}

// ITU-T G.711 has some 38 dB over its whole range; G.722 is a coder of waveforms with some 20 dB in the lower band.
func TestSoundComesThrough(t *testing.T) {
	for _, c := range []struct {
		name string
		hz   float64
		want float64
	}{{"PCMU", 1013, 36}, {"PCMA", 1013, 36}, {"pcma", 3011, 36}, {"G722", 440, 30}, {"G722", 1000, 28}, {"G722", 6000, 12}} {
		t.Run(fmt.Sprint(c.name, c.hz), func(t *testing.T) {
			f, ok := Find(c.name)
			if !ok {
				t.Fatal("not found")
			}
			in := tone(f.Rate, c.hz, -12, f.Rate)
			var e Encoder
			var d Decoder
			e.Reset(f.Kind)
			d.Reset(f.Kind)
			var out []int16
			for i := 0; i < len(in); i += f.Rate / 50 {
				b := e.Append(nil, in[i:i+f.Rate/50])
				if len(b) != Clock/50 {
					t.Fatalf("20 ms are %d bytes", len(b))
				}
				out = d.Append(out, b)
			}
			if got := snr(in, out); got < c.want {
				t.Errorf("SNR %.1f dB, want %.0f", got, c.want)
			}
		})
	}
	if _, ok := Find("opus"); ok {
		t.Error("opus is found")
	}
}

// The laws at their ends and in the middle (ITU-T G.711 tables 1a and 2a).
func TestG711Values(t *testing.T) {
	for _, c := range []struct {
		pcm  int16
		u, a byte
	}{{0, 0xff, 0xd5}, {32767, 0x80, 0xaa}, {-32768, 0x00, 0x2a}} {
		if u := appendUlaw(nil, []int16{c.pcm})[0]; u != c.u {
			t.Errorf("mu-law of %d is %#x, want %#x", c.pcm, u, c.u)
		}
		if a := appendAlaw(nil, []int16{c.pcm})[0]; a != c.a {
			t.Errorf("A-law of %d is %#x, want %#x", c.pcm, a, c.a)
		}
	}
	for b := range 256 { // each code word is its own sound; mu-law has two zeros
		if got := appendAlaw(nil, appendFromAlaw(nil, []byte{byte(b)}))[0]; got != byte(b) {
			t.Errorf("A-law %#x comes back as %#x", b, got)
		}
		if got := appendUlaw(nil, appendFromUlaw(nil, []byte{byte(b)}))[0]; got != byte(b) && b != 0x7f {
			t.Errorf("mu-law %#x comes back as %#x", b, got)
		}
	}
}

func TestNothingIsAllocated(t *testing.T) {
	for _, f := range formats {
		var e Encoder
		var d Decoder
		e.Reset(f.Kind)
		d.Reset(f.Kind)
		in, b, out := tone(f.Rate, 700, -12, f.Rate/50), make([]byte, 0, 400), make([]int16, 0, 400)
		if n := testing.AllocsPerRun(100, func() { b = e.Append(b[:0], in); out = d.Append(out[:0], b) }); n != 0 {
			t.Errorf("%s: %v allocations", f.Name, n)
		}
	}
}

func Benchmark20ms(b *testing.B) {
	for _, f := range formats {
		in, packet, out := tone(f.Rate, 700, -12, f.Rate/50), make([]byte, 0, 400), make([]int16, 0, 400)
		b.Run(f.Name+"/encode", func(b *testing.B) {
			var e Encoder
			e.Reset(f.Kind)
			b.ReportAllocs()
			for b.Loop() {
				packet = e.Append(packet[:0], in)
			}
		})
		b.Run(f.Name+"/decode", func(b *testing.B) {
			var d Decoder
			d.Reset(f.Kind)
			b.ReportAllocs()
			for b.Loop() {
				out = d.Append(out[:0], packet)
			}
		})
	}
}
