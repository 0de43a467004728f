// Package codec turns sound into payloads and back: G.711 in both laws, G.722, and the digits of RFC 4733. Sound is
// 16-bit linear PCM, one channel.
//
// An Encoder or Decoder belongs to one stream, keeps that stream's state and allocates nothing.
package codec

import "strings"

// Format is one way to write sound.
type Format struct {
	Name string // as SDP names it
	Rate int    // samples a second
	Kind Kind
}

// Kind is the way itself.
type Kind uint8

// The kinds.
const (
	None Kind = iota
	PCMU      // G.711, mu-law
	PCMA      // G.711, A-law
	G722      // G.722, 64 kbit/s; its RTP clock is 8000 Hz (RFC 3551 section 4.5.2)
)

// formats in the order we like them: the widest first.
var formats = [...]Format{{"G722", 16000, G722}, {"PCMA", 8000, PCMA}, {"PCMU", 8000, PCMU}}

// Find gives the format of that SDP name, in any letter case. False: we cannot write it.
func Find(name string) (Format, bool) {
	for _, f := range formats {
		if strings.EqualFold(f.Name, name) {
			return f, true
		}
	}
	return Format{}, false
}

// Clock is that of RTP timestamps, Hz. All formats here make one byte for each tick of it.
const Clock = 8000

// Encoder writes one stream. The zero value is silent; Reset gives it a format.
type Encoder struct {
	kind Kind
	wide wideEncoder
}

// Reset begins a new stream.
func (e *Encoder) Reset(k Kind) {
	if e.kind = k; k == G722 {
		e.wide.reset()
	}
}

// Append encodes samples, an even number of them for G.722, to dst.
func (e *Encoder) Append(dst []byte, pcm []int16) []byte {
	switch e.kind {
	case PCMU:
		return appendUlaw(dst, pcm)
	case PCMA:
		return appendAlaw(dst, pcm)
	case G722:
		return e.wide.append(dst, pcm)
	}
	return dst
}

// Decoder reads one stream.
type Decoder struct {
	kind Kind
	wide wideDecoder
}

// Reset begins a new stream.
func (d *Decoder) Reset(k Kind) {
	if d.kind = k; k == G722 {
		d.wide.reset()
	}
}

// Append decodes a payload to dst.
func (d *Decoder) Append(dst []int16, payload []byte) []int16 {
	switch d.kind {
	case PCMU:
		return appendFromUlaw(dst, payload)
	case PCMA:
		return appendFromAlaw(dst, payload)
	case G722:
		return d.wide.append(dst, payload)
	}
	return dst
}
