package codec

import "math"

// What the steps of a new stream are (section 3.5), and how far they grow.
const (
	lowDet, highDet     = 32, 8
	lowLimit, highLimit = 18432, 22528
	lowShift, highShift = 8, 10
)

// subband is the state of one band: its step and its predictor of two poles and six zeros (figure 6).
type subband struct {
	s, sz  int32    // the prediction, and the zeros' part of it
	a1, a2 int32    // poles
	p1, p2 int32    // what the zeros alone would have left, last and before
	r1     int32    // twice the signal before, as the other side hears it
	b      [6]int32 // zeros
	d      [6]int32 // twice the differences, the newest first
	nb     int32    // the step's logarithm
	det    int32    // the step
}

// tellLow is the code of a sample of the lower band: 6 bits.
func (w *subband) tellLow(x int32) byte {
	el := saturate(x - w.s)
	size := el
	if el < 0 {
		size = -(el + 1)
	}
	at, det := 0, int(w.det) // how many levels the difference passes, searched without a branch that could be foretold wrong
	for _, by := range [...]int{16, 8, 4, 2, 1} {
		next := at + by
		if int(size) >= q6[next&31]*det>>12 {
			at = next
		}
	}
	code := codesUp[at+1]
	if el < 0 {
		code = codesDown[at+1]
	}
	w.followLow(code)
	return code
}

// hearLow is the sample that a code of the lower band stands for.
func (w *subband) hearLow(code byte) int32 {
	x := min(max(w.s+w.det*qm6[code]>>15, -16384), 16383)
	w.followLow(code)
	return x
}

// followLow adapts to a code of which the predictor takes the upper 4 bits, so that the lower two may be stolen.
func (w *subband) followLow(code byte) {
	i := code >> 2
	d := w.det * qm4[i] >> 15
	w.step(wl[rl42[i]], lowLimit, lowShift)
	w.predict(d)
}

// tellHigh is the code of a sample of the upper band: 2 bits.
func (w *subband) tellHigh(x int32) byte {
	eh := saturate(x - w.s)
	code, size := byte(2), eh
	if eh < 0 {
		code, size = 0, -(eh + 1)
	}
	if size < w.det*564>>12 {
		code++
	}
	w.followHigh(code)
	return code
}

func (w *subband) hearHigh(code byte) int32 {
	was := w.s
	return min(max(was+w.followHigh(code), -16384), 16383)
}

// followHigh adapts and gives the difference that the code stands for; the prediction it is for is the one before.
func (w *subband) followHigh(code byte) int32 {
	d := w.det * qm2[code] >> 15
	w.step(wh[code&1], highLimit, highShift)
	w.predict(d)
	return d
}

// step follows the size of the differences (section 3.5).
func (w *subband) step(change, limit, shift int32) {
	w.nb = min(max(w.nb*127>>7+change, 0), limit)
	v := ilb[w.nb>>6&31]
	if by := shift - w.nb>>11; by < 0 {
		v <<= -by
	} else {
		v >>= by
	}
	w.det = v << 2
}

// predict takes a difference and says what comes next (section 3.6).
func (w *subband) predict(d int32) {
	r, p := saturate(w.s+d), saturate(w.sz+d)
	w.poles(p)
	change := int32(128)
	if d == 0 {
		change = 0
	}
	var sz int32
	twice := saturate(2 * d)
	for i, was := range w.d { // a zero moves up where its difference had the sign of the new one, and down where not
		other := (was ^ d) >> 31
		w.b[i] = w.b[i]*32640>>15 + (change ^ other - other)
		w.d[i] = twice
		sz += w.b[i] * twice >> 15
		twice = was
	}
	w.sz = saturate(sz)
	twice = saturate(2 * r)
	w.s = saturate(saturate(w.a1*twice>>15+w.a2*w.r1>>15) + w.sz)
	w.r1 = twice
}

// poles moves the two poles towards what fits (section 3.6.3) and keeps them where the predictor is stable.
func (w *subband) poles(p int32) {
	f, a1 := saturate(w.a1<<2), int32(-192)
	if p^w.p1 >= 0 {
		f, a1 = min(-f, math.MaxInt16), 192
	}
	a2 := f>>7 - 128 + w.a2*32512>>15
	if p^w.p2 >= 0 {
		a2 += 256
	}
	w.a2 = min(max(a2, -12288), 12288)
	limit := 15360 - w.a2
	w.a1 = min(max(a1+w.a1*32640>>15, -limit), limit)
	w.p1, w.p2 = p, w.p1
}

func saturate(v int32) int32 { return min(max(v, math.MinInt16), math.MaxInt16) }
