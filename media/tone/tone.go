// Package tone holds what telephones sing: the tones of a country's network (ITU-T E.180), dialled digits, and the
// search for digits in sound.
package tone

import (
	"fmt"
	"math"
	"strings"

	"cradle/media/audio"
)

// Rate is that of all sound here, samples a second.
const Rate = audio.Rate

// Name says what a tone means.
type Name string

// The tones of ITU-T E.180 and E.182.
const (
	Dial       Name = "dial"
	Busy       Name = "busy"
	Ringback   Name = "ringback"
	Congestion Name = "congestion"
	// Information is the special information tone: three rising tones before a message (E.180 section 4.2).
	Information Name = "information"
)

// Tone is a sequence of beats that is repeated for ever.
type Tone []Beat

// Beat is one sound, or silence where it has no frequency.
type Beat struct {
	Hz [2]float64 // sounded together; 0: none
	MS int        // milliseconds; 0: without end
}

// level of one frequency, dB below full scale: with two of them some -13 dBm0, in the range of E.180 section 6.
const level = -16.0

// Find gives a country's tone; a country that is not in the table has the tones that E.180 recommends. An unknown name
// is an error.
func Find(country string, n Name) (Tone, error) {
	if n == Information {
		return parse("950/330 1400/330 1800/330 0/1000")
	}
	row, known := countries[strings.ToUpper(country)]
	if !known {
		row = recommended
	}
	switch n {
	case Dial:
		return parse(row[0])
	case Ringback:
		return parse(row[1])
	case Busy:
		return parse(row[2])
	case Congestion:
		return parse(row[3])
	}
	return nil, fmt.Errorf("%w: %q", ErrTone, n)
}

// parse reads "350+440/0" or "425/480 0/480".
func parse(s string) (Tone, error) {
	var t Tone
	for beat := range strings.FieldsSeq(s) {
		var b Beat
		hz, ms, _ := strings.Cut(beat, "/")
		first, second, _ := strings.Cut(hz, "+")
		if _, err := fmt.Sscan(first+" "+ms, &b.Hz[0], &b.MS); err != nil {
			return nil, fmt.Errorf("%w: %q", ErrTone, beat)
		}
		if second != "" {
			if _, err := fmt.Sscan(second, &b.Hz[1]); err != nil {
				return nil, fmt.Errorf("%w: %q", ErrTone, beat)
			}
		}
		t = append(t, b)
	}
	return t, nil
}

// Player sounds a tone.
type Player struct {
	tone  Tone
	at    int // beat
	done  int // samples of it
	phase [2]float64
}

// Play begins a tone.
func Play(t Tone) *Player { return &Player{tone: t} }

// Read fills dst; a tone has no end.
func (p *Player) Read(dst []int16) int {
	amplitude := 32767 * math.Pow(10, level/20)
	for i := range dst {
		b := p.tone[p.at]
		dst[i] = int16(amplitude * p.edge(b) * (p.wave(0, b.Hz[0]) + p.wave(1, b.Hz[1])))
		if p.done++; b.MS > 0 && p.done >= b.MS*Rate/1000 {
			p.done, p.at = 0, (p.at+1)%len(p.tone)
		}
	}
	return len(dst)
}

func (p *Player) wave(i int, hz float64) float64 {
	if hz == 0 {
		return 0
	}
	p.phase[i] = math.Mod(p.phase[i]+2*math.Pi*hz/Rate, 2*math.Pi)
	return math.Sin(p.phase[i])
}

// edge lets a beat come and go within 5 ms, so that it does not click.
func (p *Player) edge(b Beat) float64 {
	const ramp = Rate / 200
	left := ramp
	if b.MS > 0 {
		left = b.MS*Rate/1000 - p.done
	}
	return float64(min(p.done, left, ramp)) / ramp
}

// Key is the sound of a dialled digit; a key that is none is silence.
func Key(key byte, ms int) Tone {
	i := strings.IndexByte(pad, key)
	if i < 0 {
		return Tone{{MS: ms}}
	}
	return Tone{{Hz: [2]float64{rows[i/4], columns[i%4]}, MS: ms}}
}
