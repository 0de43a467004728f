package mediatest

import "math"

// silence is the level of nothing, dB.
const silence = -120.0

// Verdict is what the ear says about one frequency.
type Verdict struct {
	Hz    float64
	Heard bool    // loud enough (above -45 dB) and at least 80 % of all that is heard
	Level float64 // of a sine of that frequency, dB below full scale
	Share float64 // of the energy that is at that frequency, 0 to 1
}

// Judge looks for one frequency in samples with the algorithm of Goertzel.
func Judge(samples []int16, rate int, hz float64) Verdict {
	v := Verdict{Hz: hz, Level: silence}
	if len(samples) == 0 || hz <= 0 || hz >= float64(rate)/2 {
		return v
	}
	w := 2 * math.Pi * hz / float64(rate)
	c := 2 * math.Cos(w)
	var s1, s2, total float64
	for _, x := range samples {
		f := float64(x) / 32768
		total += f * f
		s1, s2 = f+c*s1-s2, s1
	}
	n := float64(len(samples))
	power := s1*s1 + s2*s2 - c*s1*s2 // |X|^2; a sine of amplitude a gives (a*n/2)^2
	if total == 0 || power <= 0 {
		return v
	}
	v.Level = max(silence, 20*math.Log10(2*math.Sqrt(power)/n))
	v.Share = min(1, 2*power/(n*total))
	v.Heard = v.Level > -45 && v.Share >= 0.8
	return v
}
