// Package prompt holds what is spoken: phrases by language, and numbers, times and dates put together from them. Our
// own sentences are built in; an administrator replaces any of them, in any language, by a WAV file in a folder.
package prompt

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"cradle/media/audio"
	"cradle/media/codec"
)

//go:embed *.txt sounds
var built embed.FS

// fallback is the language of phrases that another does not have.
const fallback = "en"

// Sentinels; errors that wrap them name the value at fault.
var (
	ErrName = errors.New("no such prompt")
	// ErrSound means a file that is no sound, or longer than a prompt may be.
	ErrSound = errors.New("not usable as a prompt")
)

// Longest is how long one phrase may be, seconds; MaxFile how large a file, bytes.
const (
	Longest = 60
	MaxFile = 12 << 20
)

// Library gives phrases. All that replace ours are in memory, so that no call waits for a disk.
type Library struct {
	folder   string
	mu       sync.Mutex
	replaced map[string][]int16 // by "language/name", at audio.Rate
	decoded  map[string][]int16 // of ours, those that were said once
}

// Open makes a library and reads what replaces our own phrases out of its folder, as LANGUAGE/NAME.wav; empty: nothing
// does. A file that is no sound is passed over and told, wrapping ErrSound.
func Open(folder string) (*Library, error) {
	l := &Library{folder: folder, replaced: map[string][]int16{}, decoded: map[string][]int16{}}
	read, err := audio.ReadFiles(l.files(), sound)
	for f, pcm := range read {
		l.replaced[key(named(f))] = pcm
	}
	return l, err
}

func key(language, name string) string { return language + "/" + name }

// files are those of the folder that have the name of a phrase.
func (l *Library) files() []string {
	if l.folder == "" {
		return nil
	}
	found, _ := filepath.Glob(filepath.Join(l.folder, "*", "*.wav")) //nolint:errcheck // the pattern is good
	return slices.DeleteFunc(found, func(f string) bool { return !proper(named(f)) })
}

// named is which phrase a file is.
func named(file string) (language, name string) {
	return filepath.Base(filepath.Dir(file)), strings.TrimSuffix(filepath.Base(file), ".wav")
}

// Say puts phrases together in a language: one that is not there is taken from the language without its region, then
// from English, and left out where that has none either.
func (l *Library) Say(language string, names ...string) *Speech {
	s := &Speech{parts: make([][]int16, 0, len(names))}
	for _, name := range names {
		if pcm := l.find(language, name); pcm != nil {
			s.parts = append(s.parts, pcm)
		}
	}
	return s
}

// find gives one phrase, nil where there is none.
func (l *Library) find(language, name string) []int16 {
	base, _, _ := strings.Cut(language, "-")
	for _, lang := range []string{language, base, fallback} {
		if pcm := l.phrase(lang, name); pcm != nil {
			return pcm
		}
	}
	return nil
}

// phrase gives one phrase of exactly that language.
func (l *Library) phrase(language, name string) []int16 {
	if !proper(language, name) {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	k := key(language, name)
	if pcm := l.replaced[k]; pcm != nil {
		return pcm
	}
	if pcm := l.decoded[k]; pcm != nil {
		return pcm
	}
	pcm := ours(language, name)
	if pcm != nil { // what is not there is not remembered: names come from outside
		l.decoded[k] = pcm
	}
	return pcm
}

// ours is what is built in; nil: nothing is.
func ours(language, name string) []int16 {
	b, err := built.ReadFile("sounds/" + language + "/" + name + ".g722")
	if err != nil {
		return nil
	}
	var d codec.Decoder
	d.Reset(codec.G722)
	return d.Append(make([]int16, 0, 2*len(b)), b)
}

func (l *Library) file(language, name string) string {
	return filepath.Join(l.folder, language, name+".wav")
}

func sound(b []byte) ([]int16, error) {
	pcm, err := audio.ReadWAV(b)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSound, err)
	}
	if len(pcm) > Longest*audio.Rate {
		return nil, fmt.Errorf("%w: longer than %d seconds", ErrSound, Longest)
	}
	return pcm, nil
}

// Replace puts a WAV file in place of a phrase, at once for who hears it next. Errors: ErrName, ErrSound, or the
// system's.
func (l *Library) Replace(language, name string, wav []byte) error {
	if !proper(language, name) || !known(fallback, name) && !known(language, name) || l.folder == "" {
		return fmt.Errorf("%w: %q in %q", ErrName, name, language)
	}
	if len(wav) > MaxFile {
		return fmt.Errorf("%w: more than %d bytes", ErrSound, MaxFile)
	}
	pcm, err := sound(wav)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(l.folder, language), 0o700); err != nil {
		return err
	}
	if err := audio.WriteFile(l.file(language, name), wav); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.replaced[key(language, name)] = pcm
	return nil
}

// WAV gives a phrase of exactly that language as it is heard. Errors: ErrName.
func (l *Library) WAV(language, name string) ([]byte, error) {
	pcm := l.phrase(language, name)
	if pcm == nil {
		return nil, fmt.Errorf("%w: %q in %q", ErrName, name, language)
	}
	return audio.WAV(pcm), nil
}

// Restore puts our own phrase back. Errors: ErrName where nothing had replaced it, or the system's.
func (l *Library) Restore(language, name string) error {
	if !proper(language, name) || l.folder == "" {
		return fmt.Errorf("%w: %q in %q", ErrName, name, language)
	}
	err := os.Remove(l.file(language, name))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %q in %q is not replaced", ErrName, name, language)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.replaced, key(language, name))
	return err
}

// properName is what languages and names are made of; it keeps them inside their folder.
var properName = regexp.MustCompile(`^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$`)

func proper(language, name string) bool {
	return len(language) <= 35 && len(name) <= 40 && properName.MatchString(language) && properName.MatchString(name)
}

// Phrase is one line of the manifest.
type Phrase struct {
	Language, Name string
	Text           string // what is said; empty where only a file is there
	Replaced       bool
}

// Phrases is the manifest: every phrase of every language, ours and those that replace them.
func (l *Library) Phrases() []Phrase {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []Phrase
	for _, language := range ownLanguages() {
		for _, p := range texts(language) {
			p.Replaced = l.replaced[key(language, p.Name)] != nil
			all = append(all, p)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(l.replaced)) {
		language, name, _ := strings.Cut(k, "/")
		if !known(language, name) {
			all = append(all, Phrase{Language: language, Name: name, Replaced: true})
		}
	}
	return all
}

// ownLanguages are those that are built in.
func ownLanguages() []string {
	files, _ := fs.Glob(built, "*.txt") //nolint:errcheck // the pattern is good
	for i, f := range files {
		files[i] = strings.TrimSuffix(f, ".txt")
	}
	return files
}

// texts reads the list a language was spoken from.
func texts(language string) (l []Phrase) {
	b, err := built.ReadFile(language + ".txt")
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(b)) {
		if name, text, ok := strings.Cut(line, "|"); ok && !strings.HasPrefix(line, "#") {
			l = append(l, Phrase{Language: language, Name: strings.TrimSpace(name), Text: strings.TrimSpace(text)})
		}
	}
	return l
}

func known(language, name string) bool {
	return slices.ContainsFunc(texts(language), func(p Phrase) bool { return p.Name == name })
}

// Speech is sound to be played, phrase after phrase.
type Speech struct {
	parts [][]int16
	at    int
}

// Read gives the next samples; less than all is the end.
func (s *Speech) Read(dst []int16) int {
	n := 0
	for n < len(dst) && len(s.parts) > 0 {
		c := copy(dst[n:], s.parts[0][s.at:])
		n += c
		if s.at += c; s.at == len(s.parts[0]) {
			s.parts, s.at = s.parts[1:], 0
		}
	}
	return n
}
