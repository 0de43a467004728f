package prompt

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cradle/media/audio"
	"cradle/media/codec"
	"cradle/media/tone"
)

// Every text was spoken, nothing else was, and all of it is under 2 MB.
func TestEverySentenceIsThere(t *testing.T) {
	l, bytes := opened(t, ""), 0
	var spoken []string
	for _, p := range l.Phrases() {
		spoken = append(spoken, p.Language+"/"+p.Name)
		pcm := l.phrase(p.Language, p.Name)
		loud := 0
		for _, v := range pcm {
			loud = max(loud, int(v), -int(v))
		}
		if s := float64(len(pcm)) / audio.Rate; s < 0.15 || s > 12 || loud < 8000 {
			t.Errorf("%s in %s: %.2f s, peak %d", p.Name, p.Language, s, loud)
		}
	}
	files := 0
	fs.WalkDir(built, "sounds", func(path string, d fs.DirEntry, _ error) error {
		if d.IsDir() {
			return nil
		}
		files++
		i, _ := d.Info()
		bytes += int(i.Size())
		if !slices.Contains(spoken, strings.TrimSuffix(strings.TrimPrefix(path, "sounds/"), ".g722")) {
			t.Errorf("%s has no text", path)
		}
		return nil
	})
	if bytes > 2<<20 || files != len(spoken) || len(ownLanguages()) < 2 {
		t.Errorf("%d bytes in %d files for %d phrases of %v", bytes, files, len(spoken), ownLanguages())
	}
}

// Our own voice is speech enough to try that speech is not taken for digits, as it is and through G.711.
func TestSpeechDialsNothing(t *testing.T) {
	l := opened(t, "")
	for _, law := range []codec.Kind{codec.None, codec.PCMU} {
		var keys tone.Keys
		seconds := 0
		for _, p := range l.Phrases() {
			pcm := l.phrase(p.Language, p.Name)
			seconds += len(pcm)
			if law != codec.None {
				pcm = through(law, pcm)
			}
			keys.Hear(pcm, func(key byte) { t.Errorf("%s in %s dials %c", p.Name, p.Language, key) })
		}
		t.Logf("%d seconds of speech", seconds/audio.Rate)
	}
}

func through(law codec.Kind, pcm []int16) []int16 {
	down, _ := audio.NewResampler(audio.Rate, codec.Clock)
	up, _ := audio.NewResampler(codec.Clock, audio.Rate)
	var e codec.Encoder
	var d codec.Decoder
	e.Reset(law)
	d.Reset(law)
	return up.Append(nil, d.Append(nil, e.Append(nil, down.Append(nil, pcm))))
}

func TestComposed(t *testing.T) {
	day := func(month time.Month, d, h, m int) time.Time { return time.Date(2026, month, d, h, m, 0, 0, time.UTC) }
	for _, c := range []struct {
		got  []string
		want string
	}{
		{Digits("*30102#"), "star 3 0 1 0 2 hash"},
		{Number("en", 0), "0"}, {Number("en", 19), "19"}, {Number("en-GB", 21), "20 1"}, {Number("en", 340), "3 hundred 40"},
		{Number("en", 1_002_015), "1 million 2 thousand 15"}, {Number("en", -7), "minus 7"},
		{Number("de", 21), "and-1 20"}, {Number("de", 101), "one-before hundred 1"}, {Number("de-AT", 1999), "one-before thousand 9 hundred and-9 90"},
		{Number("de", 101_000), "one-before hundred one-before thousand"}, {Number("de", 1_000_000), "million"}, {Number("de", 2_000_030), "2 millions 30"},
		{Number("de", 1_000_000_000), "1 0 0 0 0 0 0 0 0 0"},
		{Date("en", day(time.November, 29, 0, 0)), "sunday november 20 day-9"}, {Date("en", day(time.May, 1, 0, 0)), "friday may day-1"},
		{Date("de", day(time.November, 29, 0, 0)), "sunday and-9 day-20 november"}, {Date("de", day(time.March, 30, 0, 0)), "monday day-30 march"},
		{Time("en", day(1, 1, 0, 0)), "12 am"}, {Time("en", day(1, 1, 9, 5)), "9 oh 5 am"}, {Time("en", day(1, 1, 12, 30)), "12 30 pm"}, {Time("en", day(1, 1, 23, 59)), "11 50 9 pm"},
		{Time("de", day(1, 1, 1, 0)), "one-before oclock"}, {Time("de", day(1, 1, 21, 35)), "and-1 20 oclock and-5 30"}, {Time("de", day(1, 1, 0, 1)), "0 oclock 1"},
	} {
		if got := strings.Join(c.got, " "); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// Whatever is put together in our languages can be said in them.
func TestComposedIsSpoken(t *testing.T) {
	l := opened(t, "")
	for _, language := range ownLanguages() {
		names := Digits("0123456789*#")
		for n := range 1200 {
			names = append(names, Number(language, n*n*7)...)
			at := time.Date(2027, 1, 1, 0, n*7, 0, 0, time.UTC).AddDate(0, 0, n)
			names = append(append(names, Date(language, at)...), Time(language, at)...)
		}
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			if l.phrase(language, name) == nil {
				t.Errorf("%s has no %q", language, name)
			}
		}
	}
}

func length(s *Speech) (n int) {
	buf := make([]int16, audio.Frame)
	for {
		k := s.Read(buf)
		if n += k; k < len(buf) {
			return n
		}
	}
}

func TestSayFallsBack(t *testing.T) {
	l := opened(t, "")
	german, english := length(l.Say("de", "goodbye")), length(l.Say("en", "goodbye"))
	for language, want := range map[string]int{"de-CH": german, "en-US": english, "fr": english, "": english, "../de": english} {
		if got := length(l.Say(language, "goodbye")); got != want {
			t.Errorf("%q: %d samples, want %d", language, got, want)
		}
	}
	if got := length(l.Say("en", "goodbye", "no-such-phrase", "goodbye")); got != 2*english {
		t.Errorf("%d samples, want %d", got, 2*english)
	}
	if n := len(l.decoded); n > 2 {
		t.Errorf("%d phrases are kept", n)
	}
}

func TestReplaced(t *testing.T) {
	folder := t.TempDir()
	l := opened(t, folder)
	wav := func(seconds int) []byte {
		b := audio.AppendWAVHead(nil, 8000, 1, uint32(seconds*16000))
		return append(b, make([]byte, seconds*16000)...)
	}
	for _, language := range []string{"en", "ro"} {
		if err := l.Replace(language, "goodbye", wav(3)); err != nil {
			t.Fatal(err)
		}
		for _, of := range []*Library{l, opened(t, folder)} {
			if got := length(of.Say(language, "goodbye")); got < 3*audio.Rate-100 || got > 3*audio.Rate+100 {
				t.Errorf("%s: %d samples", language, got)
			}
		}
	}
	replaced := 0
	for _, p := range l.Phrases() {
		if p.Replaced {
			replaced++
		}
	}
	if replaced != 2 {
		t.Errorf("%d phrases are shown as replaced", replaced)
	}
	for _, c := range []struct {
		language, name string
		wav            []byte
		err            error
	}{{"en", "goodbye", []byte("MP3"), ErrSound}, {"en", "goodbye", wav(Longest + 1), ErrSound}, {"en", "hello-there", wav(1), ErrName},
		{"..", "goodbye", wav(1), ErrName}, {"en/..", "goodbye", wav(1), ErrName}, {"", "goodbye", wav(1), ErrName}, {"en", "../goodbye", wav(1), ErrName}} {
		if err := l.Replace(c.language, c.name, c.wav); !errors.Is(err, c.err) {
			t.Errorf("%s/%s: %v", c.language, c.name, err)
		}
	}
	if err := l.Restore("en", "goodbye"); err != nil {
		t.Fatal(err)
	}
	if got, want := length(l.Say("en", "goodbye")), length(opened(t, "").Say("en", "goodbye")); got != want {
		t.Errorf("restored: %d samples, want %d", got, want)
	}
	if err := l.Restore("en", "goodbye"); !errors.Is(err, ErrName) {
		t.Errorf("restored twice: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(folder, "*", ".new*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := os.Stat(filepath.Join(folder, "ro", "goodbye.wav")); err != nil {
		t.Error(err)
	}
}

func opened(t testing.TB, folder string) *Library {
	t.Helper()
	l, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// A file that is no sound is told by its name, and ours is said in its place.
func TestBadFileIsTold(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "en", "goodbye.wav")
	if err := os.Mkdir(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("MP3"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := Open(folder)
	if !errors.Is(err, ErrSound) || !strings.Contains(err.Error(), file) {
		t.Errorf("%v", err)
	}
	if got, want := length(l.Say("en", "goodbye")), length(opened(t, "").Say("en", "goodbye")); got != want {
		t.Errorf("%d samples, want %d", got, want)
	}
}
