package tone

import "math"

// The frequencies of dialled digits (ITU-T Q.23), Hz.
var (
	rows    = [4]float64{697, 770, 852, 941}
	columns = [4]float64{1209, 1336, 1477, 1633}
)

// pad is which key lies where.
const pad = "123A456B789C*0#D"

// Keys finds digits that are dialled in sound at Rate (ITU-T Q.24): 40 ms and more of two frequencies that stand out,
// 40 ms between two. What speech makes by chance is kept out by its harmonics, by the share of the two in all that is
// heard, and by asking for two pieces of 13 ms in a row. The zero value is ready.
type Keys struct {
	block [block]int16
	n     int
	last  byte // what the piece before held; 0: no key
	run   int  // pieces in a row that held it
	told  byte // the key that is pressed and was told
	quiet int  // pieces in a row without it
}

const (
	block = Rate * 102 / 8000 // 12.75 ms
	// loud is the least level of either frequency, dB below full scale: -36 dBm0 and a little.
	loud = -42.0
	// twist is by how much the higher frequency may be louder, and by how much weaker, dB.
	twistUp, twistDown = 5.0, 9.0
	// apart is by how much a frequency stands out from the others of its group, dB.
	apart = 7.0
	// share is the least part of all energy that lies in the two.
	share = 0.72
	// harmonic is the most that the second harmonic may have of its ground, dB: speech has more.
	harmonic = -14.0
	hits     = 2 // pieces in a row that make a key: 26 ms, which 40 ms always hold
	gap      = 3 // pieces without it that end one, which 40 ms always hold
)

// Hear takes sound and calls pressed for each key that begins in it.
func (k *Keys) Hear(pcm []int16, pressed func(key byte)) {
	for len(pcm) > 0 {
		c := copy(k.block[k.n:], pcm)
		pcm = pcm[c:]
		if k.n += c; k.n == block {
			k.n = 0
			if key := k.judge(); key != 0 {
				pressed(key)
			}
		}
	}
}

// Held says whether a key that was told is still pressed.
func (k *Keys) Held() bool { return k.told != 0 }

// judge looks at one piece and gives the key that has now been heard for long enough, once.
func (k *Keys) judge() byte {
	now := look(k.block[:])
	if now == k.last {
		k.run++
	} else {
		k.last, k.run = now, 1
	}
	if k.told != 0 {
		if now == k.told {
			k.quiet = 0
			return 0
		}
		if k.quiet++; k.quiet >= gap {
			k.told, k.quiet = 0, 0
		}
		if now == 0 || k.run < hits || now == k.told {
			return 0
		}
	}
	if now == 0 || k.run < hits {
		return 0
	}
	k.told, k.quiet = now, 0
	return now
}

// look gives the key in a piece, 0 for none.
func look(s []int16) byte {
	total := 0.0
	for _, v := range s {
		total += float64(v) * float64(v)
	}
	n := float64(len(s))
	if total/n < 32768*32768*math.Pow(10, loud/10) {
		return 0
	}
	row, low := strongest(s, rows[:])
	column, high := strongest(s, columns[:])
	if row < 0 || column < 0 {
		return 0
	}
	difference := decibel(high) - decibel(low)
	switch {
	case min(decibel(low), decibel(high)) < loud, difference > twistUp, -difference > twistDown:
		return 0
	case (low+high)*n*n/2 < share*total*n: // a sine of that power has n/2 times it as energy
		return 0
	case decibel(power(s, 2*columns[column]))-decibel(high) > harmonic: // that of a row may lie beside a column
		return 0
	}
	return pad[4*row+column]
}

// strongest gives the frequency that stands out from its group, and the power of it; -1: none does.
func strongest(s []int16, group []float64) (at int, top float64) {
	var p [4]float64
	for i, hz := range group {
		if p[i] = power(s, hz); p[i] > top {
			at, top = i, p[i]
		}
	}
	for i := range p {
		if i != at && decibel(p[i]) > decibel(top)-apart {
			return -1, 0
		}
	}
	return at, top
}

// power is the square of the amplitude of one frequency, by the algorithm of Goertzel.
func power(s []int16, hz float64) float64 {
	c := 2 * math.Cos(2*math.Pi*hz/Rate)
	var a, b float64
	for _, v := range s {
		a, b = float64(v)+c*a-b, a
	}
	n := float64(len(s)) / 2
	return (a*a + b*b - c*a*b) / n / n
}

// decibel is the level of a sine of that power, below full scale.
func decibel(power float64) float64 { return 10 * math.Log10(power/(32768*32768)+1e-12) }
