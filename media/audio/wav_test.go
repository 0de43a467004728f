package audio

import (
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	"github.com/zaf/g711"
)

// file makes a WAV of a tone in one way of writing it.
func file(law uint16, bits, channels, rate int, pcm []int16) []byte {
	le := binary.LittleEndian
	var data []byte
	for _, v := range pcm {
		for range channels {
			switch {
			case law == 6:
				data = append(data, g711.EncodeAlawFrame(v))
			case law == 7:
				data = append(data, g711.EncodeUlawFrame(v))
			case bits == 8:
				data = append(data, byte(int(v)>>8+128))
			default:
				data = append(data, make([]byte, bits/8-2)...)
				data = le.AppendUint16(data, uint16(v))
			}
		}
	}
	b := AppendWAVHead(nil, rate, channels, uint32(len(data)))
	le.PutUint16(b[20:], law)
	le.PutUint16(b[34:], uint16(bits))
	return append(b, data...)
}

func TestReadWAV(t *testing.T) {
	for _, c := range []struct {
		law                  uint16
		bits, channels, rate int
		clean                float64
	}{{1, 16, 1, 16000, 70}, {1, 16, 2, 8000, 55}, {1, 24, 1, 48000, 55}, {1, 32, 2, 44100, 40}, {1, 16, 1, 11025, 40}, {1, 8, 1, 16000, 25},
		{6, 8, 1, 8000, 30}, {7, 8, 2, 8000, 30}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			pcm, err := ReadWAV(file(c.law, c.bits, c.channels, c.rate, sine(c.rate, 1000, c.rate)))
			if err != nil || len(pcm) < Rate-10 || len(pcm) > Rate+10 {
				t.Fatalf("%d samples: %v", len(pcm), err)
			}
			if got := clean(pcm, 1000); got < c.clean {
				t.Errorf("%.1f dB clean", got)
			}
		})
	}
}

func TestBadWAV(t *testing.T) {
	good := file(1, 16, 1, 8000, sine(8000, 500, 80))
	edit := func(at int, v byte) []byte {
		b := append([]byte(nil), good...)
		b[at] = v
		return b
	}
	for name, b := range map[string][]byte{"empty": nil, "text": []byte("RIFFxxxxTEXT"), "no data": good[:36], "nothing in it": good[:44],
		"12 bits": edit(34, 12), "MP3": edit(20, 85), "no channel": edit(22, 0), "too many channels": edit(22, 9), "rate": edit(25, 0)} {
		if _, err := ReadWAV(b); !errors.Is(err, ErrWAV) {
			t.Errorf("%s: %v", name, err)
		}
	}
	killed := append([]byte(nil), good...)
	copy(killed[40:], []byte{0, 0, 0, 0})
	if pcm, err := ReadWAV(killed); err != nil || len(pcm) != 160 {
		t.Errorf("a length of zero: %d samples, %v", len(pcm), err)
	}
}

func FuzzReadWAV(f *testing.F) {
	f.Add(file(1, 16, 1, 8000, sine(8000, 500, 8)))
	f.Add(file(1, 24, 2, 44100, sine(8000, 500, 8)))
	f.Fuzz(func(t *testing.T, b []byte) {
		if pcm, err := ReadWAV(b); err == nil && len(pcm) > 2*len(b)+1000 {
			t.Errorf("%d samples of %d bytes", len(pcm), len(b))
		}
	})
}
