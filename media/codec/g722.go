package codec

// ITU-T G.722 at 64 kbit/s: a filter of 24 taps splits the sound into two bands of 8 kHz, and each is told by what it
// differs from its prediction, 6 bits for the lower and 2 for the upper. The names are those of the recommendation:
// figures 4 and 5, tables 9 to 21.

// piece is how many samples of a band go through the filter at once.
const piece = 40

const taps = 12 // of either phase of the filter

// wideEncoder makes one byte of two samples of 16 kHz.
type wideEncoder struct {
	low, high subband
	even, odd [taps + piece]int32 // samples, the newest last
}

func (e *wideEncoder) reset() {
	*e = wideEncoder{}
	e.low.det, e.high.det = lowDet, highDet
}

func (e *wideEncoder) append(dst []byte, pcm []int16) []byte {
	for len(pcm) >= 2 {
		n := min(len(pcm)/2, piece)
		for i := range n {
			e.even[taps+i], e.odd[taps+i] = int32(pcm[2*i]), int32(pcm[2*i+1])
		}
		for i := range n {
			a, b := rising((*[taps]int32)(e.even[i+1:])), falling((*[taps]int32)(e.odd[i+1:]))
			dst = append(dst, e.high.tellHigh((b-a)>>14)<<6|e.low.tellLow((b+a)>>14))
		}
		copy(e.even[:taps], e.even[n:n+taps])
		copy(e.odd[:taps], e.odd[n:n+taps])
		pcm = pcm[2*n:]
	}
	return dst
}

// wideDecoder makes two samples of one byte.
type wideDecoder struct {
	low, high subband
	sum, diff [taps + piece]int32
}

func (d *wideDecoder) reset() {
	*d = wideDecoder{}
	d.low.det, d.high.det = lowDet, highDet
}

func (d *wideDecoder) append(dst []int16, b []byte) []int16 {
	for len(b) > 0 {
		n := min(len(b), piece)
		for i, c := range b[:n] {
			low, high := d.low.hearLow(c&0x3f), d.high.hearHigh(c>>6)
			d.sum[taps+i], d.diff[taps+i] = low+high, low-high
		}
		for i := range n {
			first, second := falling((*[taps]int32)(d.diff[i+1:])), rising((*[taps]int32)(d.sum[i+1:]))
			dst = append(dst, int16(saturate(first>>11)), int16(saturate(second>>11)))
		}
		copy(d.sum[:taps], d.sum[n:n+taps])
		copy(d.diff[:taps], d.diff[n:n+taps])
		b = b[n:]
	}
	return dst
}

// rising and falling are the two phases of the filter (table 11), each the other's mirror.
func rising(x *[taps]int32) int32 {
	return 3*x[0] - 11*x[1] + 12*x[2] + 32*x[3] - 210*x[4] + 951*x[5] + 3876*x[6] - 805*x[7] + 362*x[8] - 156*x[9] + 53*x[10] - 11*x[11]
}

func falling(x *[taps]int32) int32 {
	return 3*x[11] - 11*x[10] + 12*x[9] + 32*x[8] - 210*x[7] + 951*x[6] + 3876*x[5] - 805*x[4] + 362*x[3] - 156*x[2] + 53*x[1] - 11*x[0]
}
