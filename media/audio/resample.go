// Package audio holds what is done to sound between two codecs: another sample rate, order and pace for what arrives,
// something in place of what was lost, and files. Sound is 16-bit linear PCM, one channel.
package audio

import (
	"fmt"
	"math"
)

// Resampler changes the sample rate of one stream by a whole factor, with a polyphase FIR filter (Crochiere and
// Rabiner, Multirate Digital Signal Processing, section 3.3). 300 to 3400 Hz pass within 0.1 dB; what the lower rate
// cannot hold is 60 dB down. It delays by 28 samples of the lower rate, 3.5 ms at 8 kHz.
type Resampler struct {
	up, down int
	taps     [][]float32 // by phase: the filter, last sample first
	past     []float32   // the newest input, twice, so that it is read in one piece
	at       int         // in past
	wait     int         // inputs until the next output, where the rate goes down
}

// reach is the length of the filter in samples of the lower rate.
const reach = 56

// NewResampler makes a filter between two of 8000, 16000, 32000 and 48000 Hz, and any others of which one is a whole
// multiple of the other.
func NewResampler(from, to int) (*Resampler, error) {
	if from <= 0 || to <= 0 || from%to != 0 && to%from != 0 || from > 16*to || to > 16*from {
		return nil, fmt.Errorf("%w: from %d to %d Hz", ErrRate, from, to)
	}
	r := &Resampler{up: max(to/from, 1), down: max(from/to, 1)}
	factor := max(r.up, r.down)
	n := reach * factor
	if factor == 1 {
		n = 1
	}
	each := n / r.up
	r.taps, r.past = make([][]float32, r.up), make([]float32, 2*each)
	h := lowPass(n, factor)
	for p := range r.taps {
		r.taps[p] = make([]float32, each)
		for i := range each {
			r.taps[p][each-1-i] = float32(h[i*r.up+p] * float64(r.up))
		}
	}
	return r, nil
}

// lowPass is a windowed sinc (Kaiser, 70 dB) with its edge a little below half the lower rate.
func lowPass(n, factor int) []float64 {
	if factor == 1 {
		return []float64{1}
	}
	const beta, edge = 6.8, 0.465
	h, sum := make([]float64, n), 0.0
	for i := range h {
		x := float64(i) - float64(n-1)/2
		w := 2 * x / float64(n-1)
		s := 2 * edge / float64(factor)
		if x != 0 {
			s = math.Sin(2*math.Pi*edge/float64(factor)*x) / (math.Pi * x)
		}
		h[i] = s * bessel(beta*math.Sqrt(max(0, 1-w*w))) / bessel(beta)
		sum += h[i]
	}
	for i := range h {
		h[i] /= sum
	}
	return h
}

// bessel is the modified Bessel function of the first kind and order zero.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > 1e-12*sum; k++ {
		term *= (x / 2 / k) * (x / 2 / k)
		sum += term
	}
	return sum
}

// Append converts samples to dst and remembers the end of them for the next ones. It allocates only where dst is short.
func (r *Resampler) Append(dst, pcm []int16) []int16 {
	n := len(r.past) / 2
	for _, v := range pcm {
		r.past[r.at], r.past[r.at+n] = float32(v), float32(v)
		if r.at++; r.at == n {
			r.at = 0
		}
		if r.wait > 0 {
			r.wait--
			continue
		}
		r.wait = r.down - 1
		window := r.past[r.at : r.at+n]
		for _, taps := range r.taps {
			dst = append(dst, clip(dot(taps, window)))
		}
	}
	return dst
}

// Reset forgets the stream.
func (r *Resampler) Reset() {
	clear(r.past)
	r.at, r.wait = 0, 0
}

// dot is the sum of products; four sums let the processor work on them side by side.
func dot(a, b []float32) float32 {
	var s0, s1, s2, s3 float32
	for len(a) >= 4 && len(b) >= 4 {
		s0 += a[0] * b[0]
		s1 += a[1] * b[1]
		s2 += a[2] * b[2]
		s3 += a[3] * b[3]
		a, b = a[4:], b[4:]
	}
	for i := range a {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + s2 + s3
}

func clip(f float32) int16 {
	if f < 0 {
		f -= 0.5
	} else {
		f += 0.5
	}
	return int16(max(math.MinInt16, min(math.MaxInt16, int32(f))))
}
