package record

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"cradle/media/audio"
	"cradle/media/mediatest"
	"cradle/media/tone"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func humming(hz float64) func() []int16 {
	p := tone.Play(tone.Tone{{Hz: [2]float64{hz}}})
	return func() []int16 {
		s := make([]int16, audio.Frame)
		p.Read(s)
		return s
	}
}

// channel reads one channel of a file of 16-bit PCM.
func channel(t *testing.T, path string, n, of int) []int16 {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var s []int16
	for i := 44 + 2*n; i+1 < len(b); i += 2 * of {
		s = append(s, int16(b[i])|int16(b[i+1])<<8)
	}
	return s
}

func level(s []int16, hz float64) float64 { return mediatest.Judge(s, audio.Rate, hz).Level }

// The second side comes a second later and goes a second earlier.
func TestTwoSides(t *testing.T) {
	for _, apart := range []bool{true, false} {
		path := filepath.Join(t.TempDir(), "a.wav")
		r, err := Start(path, Config{Apart: apart})
		if err != nil {
			t.Fatal(err)
		}
		a, b := humming(400), humming(1000)
		first, second := r.Side(0), r.Side(1)
		for i := range 150 {
			first(a())
			if i >= 50 && i < 100 {
				second(b())
			}
		}
		sum, err := r.Close()
		if err != nil || sum.Seconds < 2.9 || sum.Seconds > 3.2 || sum.Lost != 0 {
			t.Fatalf("%+v %v", sum, err)
		}
		of, right := 1, 0
		if apart {
			of, right = 2, 1
		}
		l, s := channel(t, path, 0, of), channel(t, path, right, of)
		if got := len(l) * 2 * of; int64(got) != sum.Bytes {
			t.Errorf("%d bytes, %d told", got, sum.Bytes)
		}
		sec := audio.Rate
		for i, want := range []bool{false, true, false} {
			part := s[i*sec+sec/4 : i*sec+3*sec/4]
			if got := level(part, 1000); got > -25 != want {
				t.Errorf("apart %v, second %d: the second side at %.1f dB", apart, i, got)
			}
			if got := level(l[i*sec+sec/4:i*sec+3*sec/4], 400); got < -25 {
				t.Errorf("apart %v, second %d: the first side at %.1f dB", apart, i, got)
			}
			if got := level(part, 400); apart && got > -60 {
				t.Errorf("the first side is in the second's channel at %.1f dB", got)
			}
		}
		if pcm, err := audio.ReadWAV(mustRead(t, path)); err != nil || len(pcm) != len(l) {
			t.Errorf("read back: %d samples, %v", len(pcm), err)
		}
		if _, err := Start(path, Config{}); !errors.Is(err, os.ErrExist) {
			t.Errorf("over another recording: %v", err)
		}
	}
}

// What is said at one time stands at one time, whoever begins late or was away.
func TestSidesAreInTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.wav")
	r, err := Start(path, Config{Apart: true})
	if err != nil {
		t.Fatal(err)
	}
	frame := func(i int) []int16 {
		f := make([]int16, audio.Frame)
		for k := range f {
			f[k] = int16(i)
		}
		return f
	}
	for i := 1; i <= 100; i++ {
		r.Side(0)(frame(i))
		switch late := i - 2; {
		case i > 20 && i < 40, i > 70 && i < 80:
			r.Side(1)(frame(i))
		case late >= 80 && late < 90: // a little late is no silence
			r.Side(1)(frame(late))
		}
	}
	if _, err := r.Close(); err != nil {
		t.Fatal(err)
	}
	left, right := channel(t, path, 0, 2), channel(t, path, 1, 2)
	for i := 1; i <= 100; i++ {
		at := (i-1)*audio.Frame + 7
		said := i > 20 && i < 40 || i > 70 && i < 90
		if left[at] != int16(i) || said && right[at] != int16(i) || !said && right[at] != 0 {
			t.Errorf("frame %d: %d and %d", i, left[at], right[at])
		}
	}
}

// A side that stalls now and then and makes it up loses nothing of either, and the
// recording grows by what could not wait.
func TestStalls(t *testing.T) {
	r, err := Start(filepath.Join(t.TempDir(), "a.wav"), Config{Apart: true})
	if err != nil {
		t.Fatal(err)
	}
	say := make([]int16, audio.Frame)
	for range 20 { // seconds, of which each begins with a stall
		for i := range 50 {
			r.Side(0)(say)
			for range []int{0, 7, 1}[min(2, max(0, i-5))] {
				r.Side(1)(say)
			}
		}
	}
	if sum, err := r.Close(); err != nil || sum.Seconds < 20 || sum.Seconds > 20.4 {
		t.Errorf("%+v %v", sum, err)
	}
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A disk that hangs makes nobody wait; what did not fit is silence of the same length.
func TestSlowDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0) // a pipe takes 64 KiB, then it hangs until it is read
	if err != nil {
		t.Fatal(err)
	}
	r := start(f, Config{Queue: 3})
	a := humming(400)
	first, second := r.Side(0), r.Side(1)
	for range 1000 {
		first(a())
		second(a())
	}
	r.mu.Lock()
	lost := r.lost
	r.mu.Unlock()
	if lost == 0 {
		t.Error("nothing was lost")
	}
	go func() {
		b := make([]byte, 64<<10)
		for {
			if _, err := f.Read(b); err != nil {
				return
			}
		}
	}()
	sum, err := r.Close()
	if err == nil || sum.Seconds != 20 || sum.Lost != float64(lost)/50 { // the head of a pipe cannot be corrected
		t.Errorf("%+v %v", sum, err)
	}
}

func TestFullDisk(t *testing.T) {
	f, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Skip(err)
	}
	r := start(f, Config{})
	for range 500 {
		r.Side(0)(make([]int16, audio.Frame))
	}
	if _, err := r.Close(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("%v", err)
	}
	r.Side(0)(nil) // after the end
	if _, err := r.Close(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("closed twice: %v", err)
	}
}

func TestLongest(t *testing.T) {
	r, err := Start(filepath.Join(t.TempDir(), "a.wav"), Config{Longest: 1})
	if err != nil {
		t.Fatal(err)
	}
	for range 200 {
		r.Side(0)(make([]int16, audio.Frame))
		r.Side(1)(make([]int16, audio.Frame))
	}
	if sum, err := r.Close(); err != nil || sum.Seconds != 1 {
		t.Errorf("%+v %v", sum, err)
	}
}

func TestNothingIsAllocated(t *testing.T) {
	r, err := Start(filepath.Join(t.TempDir(), "a.wav"), Config{Queue: 100})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	first, second, s := r.Side(0), r.Side(1), make([]int16, audio.Frame)
	if n := testing.AllocsPerRun(200, func() { first(s); second(s) }); n >= 1 {
		t.Errorf("%v allocations", n)
	}
}
