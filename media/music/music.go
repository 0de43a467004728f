// Package music holds what a party hears while it is held: a piece of our own that is built in, or what an organization
// put in place of it. All of it is in memory, so that no call waits for a disk.
package music

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"cradle/media/audio"
	"cradle/media/codec"
)

//go:embed hold.g722
var built []byte

// Sentinels; errors that wrap them name the value at fault.
var (
	ErrNone = errors.New("no music of its own")
	// ErrSound means a file that is no sound, or longer than music may be.
	ErrSound = errors.New("not usable as music on hold")
)

// Longest is how long a piece may be, seconds: it is held in memory, 2 MB a minute. MaxFile is how large a file, bytes.
const (
	Longest = 180
	MaxFile = 36 << 20
)

// Library gives music.
type Library struct {
	folder string
	own    []int16 // ours, at audio.Rate
	mu     sync.RWMutex
	pieces map[string][]int16 // of organizations
}

// Open makes a library and reads what organizations put into its folder, as ID.wav; empty: nothing is kept. A file that
// is no music is passed over and told.
func Open(folder string) (*Library, error) {
	var d codec.Decoder
	d.Reset(codec.G722)
	l := &Library{folder: folder, own: d.Append(nil, built), pieces: map[string][]int16{}}
	if folder == "" {
		return l, nil
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.wav"))
	if err != nil {
		return nil, err
	}
	read, err := audio.ReadFiles(files, sound)
	for f, pcm := range read {
		l.pieces[strings.TrimSuffix(filepath.Base(f), ".wav")] = pcm
	}
	return l, err
}

// Hold gives an organization's music, from its beginning and without end.
func (l *Library) Hold(organization string) *Loop {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if p := l.pieces[organization]; len(p) > 0 {
		return &Loop{pcm: p}
	}
	return &Loop{pcm: l.own}
}

// Own tells whether an organization has music of its own.
func (l *Library) Own(organization string) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return len(l.pieces[organization]) > 0
}

// Replace puts a WAV file in place of ours for an organization. Errors: ErrSound, or the system's.
func (l *Library) Replace(organization string, wav []byte) error {
	if !proper.MatchString(organization) || l.folder == "" {
		return fmt.Errorf("%w: of %q", ErrNone, organization)
	}
	if len(wav) > MaxFile {
		return fmt.Errorf("%w: more than %d bytes", ErrSound, MaxFile)
	}
	pcm, err := sound(wav)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(l.folder, 0o700); err != nil {
		return err
	}
	if err := audio.WriteFile(l.file(organization), wav); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pieces[organization] = pcm
	return nil
}

// WAV gives an organization's music as it is heard.
func (l *Library) WAV(organization string) []byte { return audio.WAV(l.Hold(organization).pcm) }

// Restore puts ours back. Errors: ErrNone where nothing had replaced it, or the system's.
func (l *Library) Restore(organization string) error {
	if !l.Own(organization) {
		return fmt.Errorf("%w: organization %q", ErrNone, organization)
	}
	if err := os.Remove(l.file(organization)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.pieces, organization)
	return nil
}

// proper keeps files inside their folder.
var proper = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)

func (l *Library) file(organization string) string {
	return filepath.Join(l.folder, organization+".wav")
}

func sound(wav []byte) ([]int16, error) {
	pcm, err := audio.ReadWAV(wav)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSound, err)
	}
	if len(pcm) > Longest*audio.Rate || len(pcm) < audio.Frame {
		return nil, fmt.Errorf("%w: it may be 20 ms to %d seconds", ErrSound, Longest)
	}
	return pcm, nil
}

// Loop is music to be played.
type Loop struct {
	pcm []int16
	at  int
}

// Read gives the next samples; there is no end.
func (l *Loop) Read(dst []int16) int {
	for n := 0; n < len(dst); {
		c := copy(dst[n:], l.pcm[l.at:])
		n += c
		if l.at += c; l.at == len(l.pcm) {
			l.at = 0
		}
	}
	return len(dst)
}
