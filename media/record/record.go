// Package record holds recordings: what two sides say, written to a WAV file without anybody ever waiting for the disk.
package record

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"cradle/media/audio"
)

// Config says what is recorded. The zero value is one channel with both sides mixed.
type Config struct {
	Apart bool // two channels: the first side left, the second right
	Queue int  // pieces of 200 ms that may wait for the disk; 0: 25, which is 5 s
	// Longest is after how many seconds it ends by itself; 0: 4 hours.
	Longest int
}

// Summary tells what came of a recording.
type Summary struct {
	Seconds float64
	Bytes   int64
	Lost    float64 // seconds for which the disk was too slow; they are silent
}

const (
	piece = 10 // frames written at once
	ahead = 5  // frames by which one side may be ahead; then the other is silent
)

// Recorder takes the sound of two sides. Its sinks may be called from any thread.
type Recorder struct {
	cfg      Config
	channels int
	file     *os.File
	full     chan *block
	free     chan *block
	done     chan struct{}

	mu      sync.Mutex
	closed  bool
	sides   [2]side
	now     *block
	missing int // frames that found no block, to be written as silence
	lost    int
	frames  int

	err   error // the writer's, until done
	bytes int64
}

// side are frames of one side that wait for those of the other.
type side struct {
	frames [ahead + 1][audio.Frame]int16
	at, n  int
	missed int  // frames in a row for which the other could wait no longer
	silent bool // it has not begun, or has missed more than may be late
}

// block is a piece on its way to the disk.
type block struct {
	silent int // frames of silence before it
	frames int
	pcm    [piece * audio.Frame * 2]int16
}

// Start makes the file, which must not exist, and the goroutine that writes it.
func Start(path string, c Config) (*Recorder, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	return start(f, c), nil
}

func start(f *os.File, c Config) *Recorder {
	if c.Queue <= 0 {
		c.Queue = 25
	}
	if c.Longest <= 0 {
		c.Longest = 4 * 3600
	}
	r := &Recorder{cfg: c, channels: 1, file: f, done: make(chan struct{}),
		full: make(chan *block, c.Queue), free: make(chan *block, c.Queue)}
	if c.Apart {
		r.channels = 2
	}
	for range c.Queue {
		r.free <- new(block)
	}
	r.sides[0].silent, r.sides[1].silent = true, true
	go r.write()
	return r
}

// Side gives the sink of the first side (0) or the second (1): each call is 20 ms at audio.Rate.
func (r *Recorder) Side(n int) func(pcm []int16) {
	return func(pcm []int16) { r.hear(n&1, pcm) }
}

func (r *Recorder) hear(n int, pcm []int16) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || r.frames >= r.cfg.Longest*50 {
		return
	}
	s, other := &r.sides[n], &r.sides[1-n]
	if s.silent { // what of the other side waits was said in the silence of this one
		for other.n > 1 {
			r.pair()
		}
		s.silent, s.missed = false, 0
	}
	f := &s.frames[(s.at+s.n)%len(s.frames)]
	clear(f[copy(f[:], pcm):])
	s.n++
	if other.n > 0 || s.n > ahead {
		r.pair()
	}
}

// pair writes the oldest frame of both sides; one that has none is silent.
func (r *Recorder) pair() {
	a, b := r.sides[0].take(), r.sides[1].take()
	r.frames++
	if r.now == nil {
		select {
		case r.now = <-r.free:
			r.now.silent, r.now.frames = r.missing, 0
			r.missing = 0
		default:
			r.missing++
			r.lost++
			return
		}
	}
	r.now.put(a, b, r.channels)
	if r.now.frames == piece {
		r.full <- r.now // there is room for all blocks there are
		r.now = nil
	}
}

func (s *side) take() *[audio.Frame]int16 {
	if s.n == 0 {
		s.missed++
		s.silent = s.silent || s.missed > ahead
		return nil
	}
	s.missed = 0
	f := &s.frames[s.at]
	s.at = (s.at + 1) % len(s.frames)
	s.n--
	return f
}

func (b *block) put(l, r *[audio.Frame]int16, channels int) {
	var silence [audio.Frame]int16
	if l == nil {
		l = &silence
	}
	if r == nil {
		r = &silence
	}
	at := b.frames * audio.Frame * channels
	for i := range audio.Frame {
		if channels == 2 {
			b.pcm[at+2*i], b.pcm[at+2*i+1] = l[i], r[i]
			continue
		}
		b.pcm[at+i] = int16(max(-32768, min(32767, int32(l[i])+int32(r[i]))))
	}
	b.frames++
}

// Close writes what is there and ends the file. The error is the first one of the disk; what was written until then can
// be played.
func (r *Recorder) Close() (Summary, error) {
	r.mu.Lock()
	if !r.closed {
		for r.sides[0].n > 0 || r.sides[1].n > 0 {
			r.pair()
		}
		if r.now != nil {
			r.full <- r.now
			r.now = nil
		}
		r.closed = true
		close(r.full)
	}
	s := Summary{Seconds: float64(r.frames) / 50, Lost: float64(r.lost) / 50}
	r.mu.Unlock()
	<-r.done
	s.Bytes = r.bytes
	return s, r.err
}

// write is the goroutine that knows the disk. After an error it goes on taking blocks, so that nobody waits.
func (r *Recorder) write() {
	defer close(r.done)
	w := bufio.NewWriterSize(r.file, 64<<10)
	_, r.err = w.Write(audio.AppendWAVHead(nil, audio.Rate, r.channels, 0))
	data := 0
	for b := range r.full {
		if r.err == nil {
			var n int
			n, r.err = b.write(w, r.channels)
			data += n
		}
		r.free <- b
	}
	r.bytes = int64(data)
	r.err = errors.Join(r.err, w.Flush())
	_, err := r.file.WriteAt(audio.AppendWAVHead(nil, audio.Rate, r.channels, uint32(data)), 0)
	r.err = errors.Join(r.err, err, r.file.Close())
	if r.err != nil {
		r.err = fmt.Errorf("recording %s: %w", r.file.Name(), r.err)
	}
}

func (b *block) write(w io.Writer, channels int) (n int, err error) {
	for range b.silent {
		k, err := w.Write(make([]byte, 2*audio.Frame*channels))
		if n += k; err != nil {
			return n, err
		}
	}
	out := make([]byte, 0, 2*len(b.pcm))
	for _, v := range b.pcm[:b.frames*audio.Frame*channels] {
		out = binary.LittleEndian.AppendUint16(out, uint16(v))
	}
	k, err := w.Write(out)
	return n + k, err
}
