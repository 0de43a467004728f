package audio

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/zaf/g711"
)

// MaxWAV is the length of the longest file that is read, in samples at Rate: an hour.
const MaxWAV = 3600 * Rate

// ReadWAV reads a file of PCM of 8, 16, 24 or 32 bits or of G.711, of any rate from 8 to 96 kHz, and gives it at Rate
// with its channels mixed. A data length of zero or past the end, as programs leave it that were killed, means the rest
// of the file. Errors wrap ErrWAV.
func ReadWAV(b []byte) ([]int16, error) {
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return nil, fmt.Errorf("%w: it does not begin with RIFF and WAVE", ErrWAV)
	}
	var f form
	for b = b[12:]; len(b) >= 8; {
		name, size := string(b[:4]), int64(binary.LittleEndian.Uint32(b[4:]))
		b = b[8:]
		if name == "data" && size == 0 || size > int64(len(b)) {
			size = int64(len(b))
		}
		switch name {
		case "fmt ":
			if err := f.read(b[:size]); err != nil {
				return nil, err
			}
		case "data":
			return f.sound(b[:size])
		}
		b = b[min(int64(len(b)), size+size&1):]
	}
	return nil, fmt.Errorf("%w: it holds no data", ErrWAV)
}

// form is the head of a file: how its samples are written.
type form struct {
	law            uint16 // 1 PCM, 6 A-law, 7 mu-law
	channels, bits int
	rate           int
}

func (f *form) read(b []byte) error {
	if len(b) < 16 {
		return fmt.Errorf("%w: its head is %d bytes", ErrWAV, len(b))
	}
	f.law, f.channels = binary.LittleEndian.Uint16(b), int(binary.LittleEndian.Uint16(b[2:]))
	f.rate, f.bits = int(binary.LittleEndian.Uint32(b[4:])), int(binary.LittleEndian.Uint16(b[14:]))
	if f.law == 0xfffe && len(b) >= 26 { // the long form says it further behind
		f.law = binary.LittleEndian.Uint16(b[24:])
	}
	pcm := f.law == 1 && f.bits&7 == 0 && f.bits >= 8 && f.bits <= 32
	if !pcm && (f.law != 6 && f.law != 7 || f.bits != 8) {
		return fmt.Errorf("%w: format %d with %d bits", ErrWAV, f.law, f.bits)
	}
	if f.channels < 1 || f.channels > 8 || f.rate < 8000 || f.rate > 96000 {
		return fmt.Errorf("%w: %d channels at %d Hz", ErrWAV, f.channels, f.rate)
	}
	return nil
}

func (f *form) sound(b []byte) ([]int16, error) {
	if f.channels == 0 {
		return nil, fmt.Errorf("%w: data without a head", ErrWAV)
	}
	width := f.bits / 8
	frames := len(b) / (width * f.channels)
	if frames == 0 || frames/f.rate > MaxWAV/Rate {
		return nil, fmt.Errorf("%w: %d samples at %d Hz, it may have 1 to an hour of them", ErrWAV, frames, f.rate)
	}
	pcm := make([]int16, frames)
	for i := range pcm {
		sum := 0
		for c := range f.channels {
			sum += f.sample(b[(i*f.channels+c)*width:])
		}
		pcm[i] = int16(sum / f.channels)
	}
	return Convert(pcm, f.rate), nil
}

// sample reads one, of whatever width, as 16 bits: the two upper bytes of it.
func (f *form) sample(b []byte) int {
	switch {
	case f.law == 6:
		return int(g711.DecodeAlawFrame(b[0]))
	case f.law == 7:
		return int(g711.DecodeUlawFrame(b[0]))
	case f.bits == 8:
		return (int(b[0]) - 128) << 8
	}
	n := f.bits / 8
	return int(int16(binary.LittleEndian.Uint16(b[n-2:])))
}

// Convert gives sound of any rate at Rate, for whole files.
func Convert(pcm []int16, from int) []int16 {
	if from == Rate {
		return pcm
	}
	if r, err := NewResampler(from, Rate); err == nil {
		late := reach * max(1, from/Rate, Rate/from) / 2 // the delay of the filter, in samples of the higher rate
		if from > Rate {
			late /= from / Rate
		}
		out := r.Append(nil, append(pcm, make([]int16, reach*max(1, from/Rate)/2)...))
		return out[min(late, len(out)):]
	}
	return interpolate(pcm, from)
}

// interpolate reads between samples with a windowed sinc, for rates like 44,100 Hz.
func interpolate(pcm []int16, from int) []int16 {
	const half = 32
	edge := min(1, float64(Rate)/float64(from)) * 0.95
	out := make([]int16, len(pcm)*Rate/from)
	for i := range out {
		at := float64(i) * float64(from) / Rate
		mid := int(at)
		sum := 0.0
		for k := mid - half + 1; k <= mid+half; k++ {
			if k < 0 || k >= len(pcm) {
				continue
			}
			x := at - float64(k)
			w := 0.5 + 0.5*math.Cos(math.Pi*x/half)
			s := edge
			if x != 0 {
				s = math.Sin(math.Pi*edge*x) / (math.Pi * x)
			}
			sum += float64(pcm[k]) * s * w
		}
		out[i] = clip(float32(sum))
	}
	return out
}

// WAV is a file of sound at Rate.
func WAV(pcm []int16) []byte {
	b := AppendWAVHead(make([]byte, 0, 44+2*len(pcm)), Rate, 1, uint32(2*len(pcm)))
	for _, v := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}

// AppendWAVHead writes the head of a file of 16-bit PCM with so many bytes of data behind it.
func AppendWAVHead(dst []byte, rate, channels int, bytes uint32) []byte {
	le := binary.LittleEndian
	dst = le.AppendUint32(append(dst, "RIFF"...), 36+bytes)
	dst = le.AppendUint32(append(dst, "WAVEfmt "...), 16)
	dst = le.AppendUint16(dst, 1)
	dst = le.AppendUint16(dst, uint16(channels))
	dst = le.AppendUint32(dst, uint32(rate))
	dst = le.AppendUint32(dst, uint32(2*rate*channels))
	dst = le.AppendUint16(dst, uint16(2*channels))
	dst = le.AppendUint16(dst, 16)
	return le.AppendUint32(append(dst, "data"...), bytes)
}
