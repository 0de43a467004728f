package tone

// The tones by which fax machines begin (ITU-T T.30 4.3.3), Hz: the caller's, and
// the called one's, which also switches echo cancellers off (G.164, V.25).
const (
	callingHz = 1100
	calledHz  = 2100
)

// Fax finds them in sound at Rate. The zero value is ready.
type Fax struct {
	block [block]int16
	n     int
	hz    float64 // of the piece before; 0: neither
	run   int     // pieces in a row that held it
	told  bool
}

// sure is how many pieces of 12.75 ms in a row are a fax: a fifth of a second, which
// nobody whistles as clean by chance; the caller's lasts half a second.
const sure = 16

// pure is the least part of all energy that lies in the tone.
const pure = 0.85

// Hear takes sound and calls heard once, when it is a fax.
func (f *Fax) Hear(pcm []int16, heard func()) {
	for len(pcm) > 0 && !f.told {
		c := copy(f.block[f.n:], pcm)
		pcm = pcm[c:]
		if f.n += c; f.n < block {
			continue
		}
		f.n = 0
		if hz := faxTone(f.block[:]); hz != f.hz {
			f.hz, f.run = hz, 0
		}
		if f.run++; f.hz != 0 && f.run >= sure {
			f.told = true
			heard()
		}
	}
}

// faxTone is the tone that a piece holds, and nothing else; 0: none.
func faxTone(s []int16) float64 {
	total := 0.0
	for _, v := range s {
		total += float64(v) * float64(v)
	}
	for _, hz := range [...]float64{callingHz, calledHz} {
		p := power(s, hz)
		if decibel(p) > loud && p*float64(len(s))/2 > pure*total { // a sine of that power has n/2 times it as energy
			return hz
		}
	}
	return 0
}
