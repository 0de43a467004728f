package audio

import (
	"errors"
	"fmt"
	"math"
	"testing"
)

func sine(rate int, hz float64, n int) []int16 {
	s := make([]int16, n)
	for i := range s {
		s[i] = int16(8192 * math.Sin(2*math.Pi*hz*float64(i)/float64(rate)))
	}
	return s
}

// at gives the level of one frequency against the sine that went in, and what else there is, in dB.
func at(s []int16, rate int, hz float64) (level, rest float64) {
	s = s[len(s)/4:]
	var re, im, total float64
	for i, v := range s {
		w := 2 * math.Pi * hz * float64(i) / float64(rate)
		re += float64(v) * math.Cos(w)
		im += float64(v) * math.Sin(w)
		total += float64(v) * float64(v)
	}
	n := float64(len(s))
	power := 2 * (re*re + im*im) / n / n
	return 10 * math.Log10(power/(8192*8192/2)), 10 * math.Log10(max(total/n-power, 1e-9)/(8192*8192/2))
}

// The measure of listening quality: a sweep over the telephone band in steps of 100 Hz keeps its level within 0.1 dB
// and gets nothing added above -60 dB; what the lower rate cannot hold is gone by 55 dB.
func TestSweep(t *testing.T) {
	for _, c := range [][2]int{{8000, 16000}, {16000, 8000}, {48000, 16000}, {16000, 48000}, {48000, 8000}, {8000, 48000}} {
		t.Run(fmt.Sprintf("%d to %d", c[0], c[1]), func(t *testing.T) {
			worst, loud := 0.0, -200.0
			low := min(c[0], c[1])
			for hz := 300.0; hz <= 0.425*float64(low); hz += 100 {
				r, err := NewResampler(c[0], c[1])
				if err != nil {
					t.Fatal(err)
				}
				level, rest := at(r.Append(nil, sine(c[0], hz, c[0])), c[1], hz)
				worst, loud = max(worst, math.Abs(level)), max(loud, rest)
			}
			t.Logf("level within %.3f dB, SNR at least %.1f dB", worst, -loud)
			if worst > 0.1 || loud > -60 {
				t.Errorf("level off by %.3f dB, noise at %.1f dB", worst, loud)
			}
			for hz := 0.56 * float64(low); hz < float64(c[0])/2; hz += 300 {
				r, _ := NewResampler(c[0], c[1])
				if _, rest := at(r.Append(nil, sine(c[0], hz, c[0])), c[1], 100); rest > -55 {
					t.Errorf("%.0f Hz comes back at %.1f dB", hz, rest)
				}
			}
		})
	}
}

func TestPiecesMakeTheSame(t *testing.T) {
	in := sine(16000, 800, 1600)
	one, _ := NewResampler(16000, 8000)
	two, _ := NewResampler(16000, 8000)
	whole := one.Append(nil, in)
	var parts []int16
	for i := 0; i < len(in); i += 77 {
		parts = two.Append(parts, in[i:min(i+77, len(in))])
	}
	if len(whole) != 800 || fmt.Sprint(whole) != fmt.Sprint(parts) {
		t.Errorf("%d samples whole, %d in pieces", len(whole), len(parts))
	}
	out := make([]int16, 0, 160)
	if n := testing.AllocsPerRun(100, func() { out = one.Append(out[:0], in[:320]) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestRatesRefused(t *testing.T) {
	for _, c := range [][2]int{{0, 8000}, {8000, 0}, {44100, 8000}, {-8000, 8000}, {8000, 8000 * 17}} {
		if _, err := NewResampler(c[0], c[1]); !errors.Is(err, ErrRate) {
			t.Errorf("%v: %v", c, err)
		}
	}
	same, err := NewResampler(8000, 8000)
	if in := sine(8000, 500, 100); err != nil || fmt.Sprint(same.Append(nil, in)) != fmt.Sprint(in) {
		t.Errorf("8000 to 8000 changes the sound: %v", err)
	}
}

func BenchmarkResample20ms(b *testing.B) {
	for _, c := range [][2]int{{8000, 16000}, {16000, 8000}} {
		b.Run(fmt.Sprintf("%dto%d", c[0], c[1]), func(b *testing.B) {
			r, _ := NewResampler(c[0], c[1])
			in, out := sine(c[0], 500, c[0]/50), make([]int16, 0, 400)
			b.ReportAllocs()
			for b.Loop() {
				out = r.Append(out[:0], in)
			}
		})
	}
}
