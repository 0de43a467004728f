package codec

import (
	"strings"
	"testing"
)

// line plays packets of events: "seq time key duration flags", flags of m(arker) and e(nd).
type line struct {
	seq       uint16
	time      uint32
	key       byte
	duration  uint16
	mark, end bool
}

func told(packets []line) string {
	var k Keys
	var b strings.Builder
	for _, p := range packets {
		if key, ok := k.Packet(7, p.time, p.seq, p.mark, Event{Key: p.key, End: p.end, Duration: p.duration}); ok {
			b.WriteByte(key)
		}
	}
	return b.String()
}

// press is a key as phones send it: growing durations, the end three times.
func press(seq *uint16, time uint32, key byte) (l []line) {
	for i := 1; i <= 7; i++ {
		l = append(l, line{*seq, time, key, uint16(min(i, 5) * 160), i == 1, i >= 5})
		*seq++
	}
	return l
}

func TestEachKeyOnce(t *testing.T) {
	seq := uint16(65530) // across the turn of the sequence number
	five, again, hash := press(&seq, 1000, '5'), press(&seq, 3000, '5'), press(&seq, 5000, '#')
	all := append(append(append([]line{}, five...), again...), hash...)
	if got := told(all); got != "55#" {
		t.Errorf("all: %q", got)
	}
	for lost := range all { // any one packet lost, doubled, or late by two
		if got := told(append(append([]line{}, all[:lost]...), all[lost+1:]...)); got != "55#" {
			t.Errorf("without packet %d: %q", lost, got)
		}
		doubled := append(append(append([]line{}, all[:lost+1]...), all[lost]), all[lost+1:]...)
		if got := told(doubled); got != "55#" {
			t.Errorf("packet %d twice: %q", lost, got)
		}
		if lost+2 < len(all) {
			late := append(append([]line{}, all[:lost]...), all[lost+1], all[lost+2], all[lost])
			if got := told(append(late, all[lost+3:]...)); got != "55#" {
				t.Errorf("packet %d late: %q", lost, got)
			}
		}
	}
	if got := told(append(append([]line{}, five[:4]...), again[3:]...)); got != "55" {
		t.Errorf("no end and no beginning: %q", got)
	}
	if got := told(append(append([]line{}, five[6:]...), again[6:]...)); got != "55" {
		t.Errorf("only the last packets: %q", got)
	}
}

// A key held for 20 s does not fit into one duration: the next segment has a new timestamp and no marker.
func TestLongKey(t *testing.T) {
	var l []line
	seq, time := uint16(1), uint32(4_294_000_000)
	for range 3 {
		for d := 160; d <= 0xffff; d += 160 {
			l = append(l, line{seq, time, '9', uint16(d), seq == 1, false})
			seq++
		}
		time += 0xffff
	}
	l = append(l, line{seq, time, '9', 160, false, true})
	if got := told(l); got != "9" {
		t.Errorf("%q", got)
	}
}

// Some phones give each packet of a digit a timestamp of its own.
func TestMovingTimestamp(t *testing.T) {
	var l []line
	for i := range 6 {
		l = append(l, line{uint16(i), uint32(1000 + 160*i), '3', uint16(160 * (i + 1)), i == 0, i == 5})
	}
	if got := told(l); got != "3" {
		t.Errorf("%q", got)
	}
}

func TestNewStreamNewKeys(t *testing.T) {
	var k Keys
	for ssrc := range uint32(3) {
		if key, ok := k.Packet(ssrc, 100, 5, true, Event{Key: '1'}); !ok || key != '1' {
			t.Errorf("stream %d: %q %v", ssrc, key, ok)
		}
	}
}

func TestEventPayload(t *testing.T) {
	for i := range keys {
		e := Event{Key: keys[i], End: i%2 == 0, Volume: 10, Duration: uint16(i * 4000)}
		b := AppendEvent(nil, e)
		if got, ok := ReadEvent(b); !ok || got != e || len(b) != 4 {
			t.Errorf("%+v became %+v in %x", e, got, b)
		}
	}
	if b := AppendEvent(nil, Event{Key: 'x'}); b != nil {
		t.Errorf("x is written: %x", b)
	}
	for _, b := range [][]byte{nil, {1, 2, 3}, {16, 0, 0, 0}, {255, 255, 255, 255}} { // 16 is a hook flash
		if e, ok := ReadEvent(b); ok {
			t.Errorf("%x is read as %+v", b, e)
		}
	}
}

func FuzzReadEvent(f *testing.F) {
	f.Add([]byte{5, 0x8a, 3, 0x20})
	f.Fuzz(func(t *testing.T, b []byte) {
		e, ok := ReadEvent(b)
		if again, same := ReadEvent(AppendEvent(nil, e)); ok && (!same || again != e) {
			t.Errorf("%x: %+v, then %+v", b, e, again)
		}
	})
}
