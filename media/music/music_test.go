package music

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"cradle/media/audio"
)

func wav(samples int) []byte {
	b := audio.AppendWAVHead(nil, 8000, 1, uint32(2*samples))
	return append(b, bytes.Repeat([]byte{0, 16}, samples)...)
}

// Our own piece is as loud as speech, never too loud, nowhere silent for long, and its end meets its beginning.
func TestOurOwnPiece(t *testing.T) {
	l, err := Open("")
	if err != nil {
		t.Fatal(err)
	}
	pcm := l.own
	if s := len(pcm) / audio.Rate; s != 24 {
		t.Errorf("%d seconds", s)
	}
	peak, sum, quiet := 0, 0.0, 0
	for i, v := range pcm {
		peak = max(peak, int(v), -int(v))
		sum += float64(v) * float64(v)
		if quiet++; v > 300 || v < -300 {
			quiet = 0
		}
		if quiet > audio.Rate/2 {
			t.Fatalf("silent at %.1f s", float64(i)/audio.Rate)
		}
	}
	level := 10 * math.Log10(sum/float64(len(pcm))/(32768*32768))
	if peak > 24000 || level < -30 || level > -14 {
		t.Errorf("peak %d, level %.1f dB", peak, level)
	}
	if d := int(pcm[0]) - int(pcm[len(pcm)-1]); d > 1500 || d < -1500 {
		t.Errorf("a step of %d at the seam", d)
	}
	loop := l.Hold("any")
	dst := make([]int16, len(pcm)+audio.Frame)
	if n := loop.Read(dst); n != len(dst) || dst[len(pcm)+5] != pcm[5] {
		t.Error("it has an end")
	}
	if n := testing.AllocsPerRun(100, func() { loop.Read(dst[:audio.Frame]) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestReplaced(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "music")
	l, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Replace("acme", wav(8000)); err != nil {
		t.Fatal(err)
	}
	again, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range []*Library{l, again} {
		if !of.Own("acme") || len(of.Hold("acme").pcm) != audio.Rate || len(of.Hold("other").pcm) != len(of.own) {
			t.Error("not replaced, or for all")
		}
	}
	if b := l.WAV("acme"); len(b) != 44+2*audio.Rate {
		t.Errorf("%d bytes given back", len(b))
	}
	for _, c := range []struct {
		org string
		wav []byte
		err error
	}{{"acme", []byte("MP3"), ErrSound}, {"acme", wav(8000*Longest + 8000), ErrSound}, {"acme", wav(8000 * Longest), nil}, {"acme", make([]byte, MaxFile+1), ErrSound},
		{"acme", wav(10), ErrSound}, {"../acme", wav(800), ErrNone}, {"", wav(800), ErrNone}} {
		if err := l.Replace(c.org, c.wav); !errors.Is(err, c.err) {
			t.Errorf("%q, %d bytes: %v", c.org, len(c.wav), err)
		}
	}
	if err := l.Restore("acme"); err != nil || l.Own("acme") {
		t.Errorf("restored: %v", err)
	}
	if err := l.Restore("acme"); !errors.Is(err, ErrNone) {
		t.Errorf("restored twice: %v", err)
	}
}

// A file that is no music costs nobody the start.
func TestBrokenFile(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "acme.wav"), []byte("RIFF"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := Open(folder)
	if !errors.Is(err, ErrSound) || l == nil || l.Own("acme") || len(l.Hold("acme").pcm) == 0 {
		t.Errorf("%v", err)
	}
}
