package codec

import (
	"slices"

	"github.com/gotranspile/g722"
)

// wideEncoder is ITU-T G.722 at 64 kbit/s: two samples of 16 kHz become one byte.
type wideEncoder struct{ state *g722.Encoder }

func (e *wideEncoder) reset() { e.state = g722.NewEncoder(g722.Rate64000, 0) }

func (e *wideEncoder) append(dst []byte, pcm []int16) []byte {
	n := len(dst)
	dst = slices.Grow(dst, (len(pcm)+1)/2)[:n+(len(pcm)+1)/2]
	return dst[:n+e.state.Encode(dst[n:], pcm)]
}

type wideDecoder struct{ state *g722.Decoder }

func (d *wideDecoder) reset() { d.state = g722.NewDecoder(g722.Rate64000, 0) }

func (d *wideDecoder) append(dst []int16, b []byte) []int16 {
	n := len(dst)
	dst = slices.Grow(dst, 2*len(b))[:n+2*len(b)]
	return dst[:n+d.state.Decode(dst[n:], b)]
}
