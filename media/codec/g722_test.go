package codec

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gotranspile/g722"
)

// signals are sounds of every kind, 2 s each.
func signals() map[string][]int16 {
	r := rand.New(rand.NewPCG(7, 22))
	made := func(f func(i int) float64) []int16 {
		s := make([]int16, 32000)
		for i := range s {
			s[i] = int16(max(-32768, min(32767, f(i))))
		}
		return s
	}
	return map[string][]int16{
		"silence": made(func(int) float64 { return 0 }),
		"faint":   made(func(int) float64 { return float64(r.IntN(5) - 2) }),
		"noise":   made(func(int) float64 { return r.NormFloat64() * 3000 }),
		"loud":    made(func(int) float64 { return r.NormFloat64() * 20000 }),
		"sweep":   made(func(i int) float64 { return 10000 * math.Sin(float64(i)*float64(i)*math.Pi/64000) }),
		"full":    made(func(i int) float64 { return 32767 * math.Sin(float64(i)*0.3) }),
		"square":  made(func(i int) float64 { return float64(i/20%2*65535 - 32768) }),
		"bursts":  made(func(i int) float64 { return float64(i/4000%2) * 9000 * math.Sin(float64(i)*0.13) }),
	}
}

// Every code is that of another implementation, and so is every sample, but where that one runs over.
func TestG722AgainstAnother(t *testing.T) {
	for name, in := range signals() {
		var e Encoder
		e.Reset(G722)
		var got []byte
		for i := 0; i < len(in); i += 322 { // in pieces of another size than any inside
			got = e.Append(got, in[i:min(i+322, len(in))])
		}
		want := g722.Encode(in, g722.Rate64000, 0)
		if !bytes.Equal(got, want) {
			t.Errorf("%s: the codes differ", name)
		}
		var d Decoder
		d.Reset(G722)
		var out []int16
		for i := 0; i < len(want); i += 161 {
			out = d.Append(out, want[i:min(i+161, len(want))])
		}
		for i, w := range g722.Decode(want, g722.Rate64000, 0) {
			if over := out[i] == math.MaxInt16 || out[i] == math.MinInt16; out[i] != w && !over {
				t.Fatalf("%s: sample %d is %d, not %d", name, i, out[i], w)
			}
		}
	}
}

// What a sender may send: any byte.
func TestG722TakesAnyBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		b := make([]byte, 4000)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		var d Decoder
		d.Reset(G722)
		out := d.Append(nil, b)
		for i, w := range g722.Decode(b, g722.Rate64000, 0) {
			if over := out[i] == math.MaxInt16 || out[i] == math.MinInt16; out[i] != w && !over {
				t.Fatalf("sample %d is %d, not %d", i, out[i], w)
			}
		}
	}
}
