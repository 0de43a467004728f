package mediatest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"time"
)

// ErrWAV means a file that is no WAV of 16-bit PCM.
var ErrWAV = errors.New("not a WAV file of 16-bit PCM")

// Recording is the first channel of a WAV file.
type Recording struct {
	Rate    int // Hz
	Samples []int16
}

// ReadWAV reads a file of 16-bit PCM. A data length of zero or past the end, as programs leave it that were killed,
// means the rest of the file.
func ReadWAV(path string) (*Recording, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r, err := parseWAV(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

func parseWAV(b []byte) (*Recording, error) {
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return nil, ErrWAV
	}
	r := &Recording{}
	channels := 0
	for b = b[12:]; len(b) >= 8; {
		name, size := string(b[:4]), int64(binary.LittleEndian.Uint32(b[4:]))
		b = b[8:]
		if name == "data" && size == 0 || size > int64(len(b)) {
			size = int64(len(b))
		}
		switch name {
		case "fmt ":
			if size < 16 {
				return nil, ErrWAV
			}
			format, bits := binary.LittleEndian.Uint16(b), binary.LittleEndian.Uint16(b[14:])
			if format != 1 && format != 0xfffe || bits != 16 {
				return nil, fmt.Errorf("%w: format %d, %d bits", ErrWAV, format, bits)
			}
			channels, r.Rate = int(binary.LittleEndian.Uint16(b[2:])), int(binary.LittleEndian.Uint32(b[4:]))
		case "data":
			if channels == 0 {
				return nil, ErrWAV
			}
			for i := int64(0); i+2 <= size; i += int64(2 * channels) {
				r.Samples = append(r.Samples, int16(binary.LittleEndian.Uint16(b[i:])))
			}
			return r, nil
		}
		b = b[min(int64(len(b)), size+size&1):]
	}
	return nil, fmt.Errorf("%w: no data", ErrWAV)
}

// Length is the playing time.
func (r *Recording) Length() time.Duration {
	return time.Duration(len(r.Samples)) * time.Second / time.Duration(max(r.Rate, 1))
}

// Heard is for how long, all in all, the tone is heard, judged in pieces of 50 ms.
func (r *Recording) Heard(hz float64) time.Duration {
	step := r.Rate / 20
	n := 0
	for i := 0; step > 0 && i+step <= len(r.Samples); i += step {
		if Judge(r.Samples[i:i+step], r.Rate, hz).Heard {
			n++
		}
	}
	return time.Duration(n) * 50 * time.Millisecond
}

// WriteTone writes a mono file of 16-bit PCM with a sine, for programs that speak from a file. Level is in dB below
// full scale.
func WriteTone(path string, rate int, hz, level float64, length time.Duration) error {
	n := int(length.Seconds() * float64(rate))
	b := append([]byte("RIFF"), 0, 0, 0, 0)
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	b = binary.LittleEndian.AppendUint16(b, 1)
	b = binary.LittleEndian.AppendUint16(b, 1)
	b = binary.LittleEndian.AppendUint32(b, uint32(rate))
	b = binary.LittleEndian.AppendUint32(b, uint32(2*rate))
	b = binary.LittleEndian.AppendUint16(b, 2)
	b = binary.LittleEndian.AppendUint16(b, 16)
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(2*n))
	for _, v := range sine(rate, hz, level, n) {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	return os.WriteFile(path, b, 0o644)
}
