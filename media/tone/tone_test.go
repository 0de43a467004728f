package tone

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// sound makes two frequencies with their levels, dB below full scale.
func sound(ms int, low, high, lowLevel, highLevel float64) []int16 {
	s := make([]int16, ms*Rate/1000)
	for i := range s {
		x := 2 * math.Pi * float64(i) / Rate
		s[i] = int16(32767 * (math.Pow(10, lowLevel/20)*math.Sin(low*x) + math.Pow(10, highLevel/20)*math.Sin(high*x)))
	}
	return s
}

func heard(pieces ...[]int16) string {
	var k Keys
	var b []byte
	for _, p := range pieces {
		for i := 0; i < len(p); i += 320 {
			k.Hear(p[i:min(i+320, len(p))], func(key byte) { b = append(b, key) })
		}
	}
	return string(b)
}

func quiet(ms int) []int16 { return make([]int16, ms*Rate/1000) }

func TestAllKeys(t *testing.T) {
	for _, ms := range []int{40, 45, 70, 100, 5000} {
		var all [][]int16
		for i := range pad {
			s := make([]int16, ms*Rate/1000)
			Play(Key(pad[i], ms)).Read(s)
			all = append(all, s, quiet(45))
		}
		if got := heard(all...); got != pad {
			t.Errorf("%d ms: heard %q", ms, got)
		}
	}
}

// The limits of ITU-T Q.24: levels, twist, frequencies and lengths that are taken and those that are not.
func TestKeyLimits(t *testing.T) {
	for _, c := range []struct {
		name      string
		ms        int
		low, high float64
		l, h      float64
		want      string
	}{
		{"loud", 60, 770, 1336, -6.1, -6.1, "5"},
		{"soft", 60, 770, 1336, -38, -38, "5"},
		{"too soft", 60, 770, 1336, -50, -50, ""},
		{"high louder by 4 dB", 60, 770, 1336, -20, -16, "5"},
		{"high weaker by 8 dB", 60, 770, 1336, -12, -20, "5"},
		{"high louder by 9 dB", 60, 770, 1336, -25, -16, ""},
		{"high weaker by 14 dB", 60, 770, 1336, -10, -24, ""},
		{"1.5 % off", 60, 770 * 1.015, 1336 * 0.985, -15, -15, "5"},
		{"7 % off", 60, 770 * 1.07, 1336 * 0.93, -15, -15, ""},
		{"20 ms", 20, 770, 1336, -15, -15, ""},
		{"one frequency", 200, 770, 1336, -10, -90, ""},
	} {
		if got := heard(quiet(50), sound(c.ms, c.low, c.high, c.l, c.h), quiet(50)); got != c.want {
			t.Errorf("%s: heard %q, want %q", c.name, got, c.want)
		}
	}
	five := sound(60, 770, 1336, -15, -15)
	if got := heard(five, quiet(10), five, quiet(50)); got != "5" {
		t.Errorf("a gap of 10 ms makes two of one: %q", got)
	}
	if got := heard(five, quiet(45), five, quiet(50)); got != "55" {
		t.Errorf("a gap of 45 ms: %q", got)
	}
	noisy := sound(500, 770, 1336, -15, -15)
	for i := range noisy {
		noisy[i] += int16(rand.NormFloat64() * 32768 * math.Pow(10, -32.0/20))
	}
	if got := heard(quiet(30), noisy); got != "5" {
		t.Errorf("in noise 14 dB below: %q", got)
	}
}

func TestNoiseIsNoKey(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	s := make([]int16, 120*Rate)
	for i := range s {
		s[i] = int16(r.NormFloat64() * 4000)
	}
	if got := heard(s); got != "" {
		t.Errorf("two minutes of noise: %q", got)
	}
}

// Every tone of every country is what its row says: it sounds, and is silent where it has a pause.
func TestCountries(t *testing.T) {
	for country := range countries {
		for _, n := range []Name{Dial, Ringback, Busy, Congestion, Information} {
			tone, err := Find(country, n)
			if err != nil {
				t.Fatalf("%s %s: %v", country, n, err)
			}
			p := Play(tone)
			for _, b := range tone {
				ms := b.MS
				if ms == 0 {
					ms = 1000
				}
				s := make([]int16, ms*Rate/1000)
				p.Read(s)
				if b.Hz[0] == 0 && power(s, 425) != 0 {
					t.Errorf("%s %s: its pause is not silent", country, n)
				}
				for _, hz := range b.Hz {
					if got := decibel(power(s, hz)); hz > 0 && math.Abs(got-level) > 1.5 {
						t.Errorf("%s %s: %v Hz at %.1f dB", country, n, hz, got)
					}
				}
			}
		}
	}
	if tone, err := Find("ZZ", Busy); err != nil || tone[0].Hz[0] != 425 {
		t.Errorf("a country that is not listed: %v %v", tone, err)
	}
	if _, err := Find("DE", "jingle"); !errors.Is(err, ErrTone) {
		t.Errorf("jingle: %v", err)
	}
}

func TestNothingIsAllocated(t *testing.T) {
	var k Keys
	s := make([]int16, 320)
	p := Play(Key('5', 100))
	if n := testing.AllocsPerRun(100, func() { p.Read(s); k.Hear(s, func(byte) {}) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkHear20ms(b *testing.B) {
	var k Keys
	s := sound(20, 770, 1500, -15, -15)
	b.ReportAllocs()
	for b.Loop() {
		k.Hear(s, func(byte) {})
	}
}
