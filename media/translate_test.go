package media

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"cradle/media/audio"
	"cradle/media/mediatest"
	"cradle/media/tone"
)

// set is a telephone made of an endpoint behind a socket of its own.
type set struct {
	s      *Session
	e      *Endpoint
	n      notes
	codecs []string
	way    Digits
}

func setAt(t *testing.T, r *Relay, way Digits, codecs ...string) *set {
	t.Helper()
	p := &set{s: session(t, r, Party{Digits: way}), codecs: codecs, way: way}
	heard := p.n.pressed
	if way == ByInfo { // it hears digits neither as events nor in the sound
		heard = nil
	}
	own := way
	if own == Auto { // the choice is ours, not the phone's
		own = InSound
	}
	var err error
	if p.e, err = p.s.Local(EndpointConfig{Digits: own, Pressed: heard, Sound: p.n.sound}); err != nil {
		t.Fatal(err)
	}
	return p
}

// offer is what it says, without the format of digits where it has none.
func (p *set) offer(t *testing.T) []byte {
	t.Helper()
	names := append([]string{}, p.codecs...)
	if p.way == Events {
		names = append(names, "telephone-event")
	}
	b, err := p.s.Propose(names...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (p *set) answer(t *testing.T, offer []byte) ([]byte, error) {
	t.Helper()
	if p.way != Events { // it has no such format
		offer = withoutEvents(offer)
	}
	mustSet(t, p.s, string(offer))
	return p.s.Answer(p.codecs...)
}

func withoutEvents(b []byte) []byte {
	var out []string
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "m=") {
			line = strings.Replace(line, " 101", "", 1)
		}
		if !strings.Contains(line, ":101 ") {
			out = append(out, line)
		}
	}
	return []byte(strings.Join(out, ""))
}

// call connects two telephones by two sessions, as a call does.
func ringUp(t *testing.T, r *Relay, a, b *set, pa, pb Party) (sa, sb *Session, err error) {
	t.Helper()
	sa = session(t, r, pa)
	pb.With = sa
	sb = session(t, r, pb)
	if err = sa.SetOffer(a.offer(t)); err != nil {
		return sa, sb, err
	}
	return sa, sb, converse(t, a, b, sa, sb)
}

func converse(t *testing.T, a, b *set, sa, sb *Session) error {
	t.Helper()
	told, err := sb.Describe(sa)
	if err != nil {
		return err
	}
	if told, err = b.answer(t, told); err != nil {
		return err
	}
	if err = sb.SetAnswer(told); err != nil {
		return err
	}
	if told, err = sa.Describe(sb); err != nil {
		return err
	}
	if err = a.s.SetAnswer(told); err != nil {
		t.Fatal(err)
	}
	a.e.Settle()
	Bridge(sa, sb)
	return nil
}

func (p *set) hears(t *testing.T, hz float64) {
	t.Helper()
	until(t, fmt.Sprintf("%v Hz heard", hz), func() bool { return mediatest.Judge(p.n.tail(), audio.Rate, hz).Heard })
}

// Telephones that share no codec hear each other; those that share one are relayed as they are.
func TestCodecsAreTranslated(t *testing.T) {
	r := start(t, config())
	for _, c := range []struct {
		a, b       []string
		wide       bool
		translated bool
		refused    bool
	}{
		{[]string{"PCMU"}, []string{"PCMA"}, true, true, false},
		{[]string{"PCMU"}, []string{"G722"}, true, true, false},
		{[]string{"G722"}, []string{"PCMA"}, true, true, false},
		{[]string{"PCMA", "PCMU"}, []string{"G722", "PCMU"}, false, false, false},
		{[]string{"G722", "PCMU"}, []string{"PCMU", "G722"}, true, false, false},
		{[]string{"PCMU"}, []string{"PCMA"}, false, false, true},
	} {
		t.Run(fmt.Sprint(c.a, c.b, c.wide), func(t *testing.T) {
			t.Parallel()
			a, b := setAt(t, r, Events, c.a...), setAt(t, r, Events, c.b...)
			sa, sb, err := ringUp(t, r, a, b, Party{Digits: Events}, Party{Digits: Events, Wide: c.wide})
			if c.refused {
				if !errors.Is(err, ErrUnsupported) || !sb.Narrowed() {
					t.Errorf("%v, could be wider: %v", err, sb.Narrowed())
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if sa.translated != c.translated || sb.translated != c.translated {
				t.Errorf("translated: %v", sa.translated)
			}
			a.e.Play(hums(440), nil)
			b.e.Play(hums(1000), nil)
			a.hears(t, 1000)
			b.hears(t, 440)
			if st := sa.Stats(); st.Codec != c.a[0] && c.translated || st.Lost > 0 || st.Dropped != (Drops{}) {
				t.Errorf("%+v", st)
			}
		})
	}
}

// Every way of digits meets every other, in both directions, and each key comes once.
func TestDigitsAreTranslated(t *testing.T) {
	const keys = "155*#"
	r := start(t, config())
	names := map[Digits]string{Events: "events", InSound: "in the sound", ByInfo: "INFO", Auto: "auto without events"}
	for _, from := range []Digits{Events, InSound, ByInfo, Auto} {
		for _, to := range []Digits{Events, InSound, ByInfo, Auto} {
			for _, back := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s to %s, back %v", names[from], names[to], back), func(t *testing.T) {
					t.Parallel()
					a, b := setAt(t, r, from, "PCMU"), setAt(t, r, to, "PCMU")
					var info notes
					pa, pb := Party{Digits: from, Keyed: info.pressed}, Party{Digits: to, Keyed: info.pressed}
					sa, sb, err := ringUp(t, r, a, b, pa, pb)
					if err != nil {
						t.Fatal(err)
					}
					speaker, listener, far, way, other := a, b, sb, from, to
					if back {
						speaker, listener, far, way, other = b, a, sa, to, from
					}
					same := way == other || (way == InSound || way == Auto) && (other == InSound || other == Auto)
					if sa.translated == same {
						t.Errorf("translated: %v", sa.translated)
					}
					heard := listener.n.dialled
					if other == ByInfo && way != ByInfo {
						heard = info.dialled
					}
					if way != ByInfo {
						speaker.e.Press(keys)
					} else {
						for i := range len(keys) { // an INFO came
							if far.Press(keys[i]) == same {
								t.Error("the key's way is wrong")
							}
						}
					}
					if way == ByInfo && same {
						return // passed on as it is, by SIP
					}
					until(t, "all digits", func() bool { return len(heard()) >= len(keys) })
					time.Sleep(150 * time.Millisecond) // for one too many
					if got := heard(); got != keys {
						t.Errorf("heard %q", got)
					}
				})
			}
		}
	}
}

// Between two that have unlike codecs and the same way of digits: INFO stays INFO, and who tells each key by INFO and as an
// event is heard once, by the way that came first.
func TestDigitsOfUnlikeCodecs(t *testing.T) {
	r := start(t, config())
	a, b := setAt(t, r, ByInfo, "PCMU"), setAt(t, r, ByInfo, "PCMA")
	sa, sb, err := ringUp(t, r, a, b, Party{Digits: ByInfo}, Party{Digits: ByInfo, Wide: true})
	if err != nil || !sa.translated {
		t.Fatal(err, sa.translated)
	}
	if sa.Press('1') || sb.Press('1') {
		t.Error("INFO is not passed on by INFO")
	}
	for _, infoFirst := range []bool{false, true} {
		a, b := setAt(t, r, Events, "PCMU"), setAt(t, r, Events, "PCMA")
		_, sb, err := ringUp(t, r, a, b, Party{Digits: Events}, Party{Digits: Events, Wide: true})
		if err != nil {
			t.Fatal(err)
		}
		want := "79"
		for _, key := range []byte(want) {
			before := len(b.n.dialled())
			for i := range 2 {
				if infoFirst == (i == 0) {
					sb.Press(key)
				} else {
					a.e.Press(string(key))
				}
				until(t, "the key", func() bool { return len(b.n.dialled()) > before })
			}
		}
		a.e.Press("*")
		sb.Press('#')
		want += map[bool]string{true: "#", false: "*"}[infoFirst]
		until(t, "the last key", func() bool { return strings.HasSuffix(b.n.dialled(), want[2:]) })
		if got := b.n.dialled(); got != want {
			t.Errorf("INFO first %v: heard %q, want %q", infoFirst, got, want)
		}
	}
}

// A key in the sound that is told in another way is not heard as sound as well, but for its first moment.
func TestTranslatedKeyIsNotHeard(t *testing.T) {
	r := start(t, config())
	a, b := setAt(t, r, InSound, "PCMU"), setAt(t, r, Events, "PCMU")
	var ears tone.Keys
	var mu sync.Mutex
	sounded := ""
	l, err := b.s.Local(EndpointConfig{Digits: Events, Pressed: b.n.pressed, Sound: func(pcm []int16) {
		mu.Lock()
		defer mu.Unlock()
		ears.Hear(pcm, func(key byte) { sounded += string(key) })
	}})
	if err != nil {
		t.Fatal(err)
	}
	b.e = l
	if _, _, err := ringUp(t, r, a, b, Party{Digits: InSound}, Party{Digits: Events}); err != nil {
		t.Fatal(err)
	}
	a.e.Press("147")
	until(t, "events", func() bool { return len(b.n.dialled()) == 3 })
	mu.Lock()
	defer mu.Unlock()
	if sounded != "" {
		t.Errorf("%q in the sound as well", sounded)
	}
}

// A translated call that becomes one of a shared codec is relayed from then on, and the other way round.
func TestTranslationBeginsAndEnds(t *testing.T) {
	r := start(t, config())
	a, b := setAt(t, r, Events, "PCMU"), setAt(t, r, Events, "G722")
	sa, sb, err := ringUp(t, r, a, b, Party{Digits: Events}, Party{Digits: Events, Wide: true})
	if err != nil {
		t.Fatal(err)
	}
	a.e.Play(hums(440), nil)
	b.hears(t, 440)
	for i, codecs := range [][]string{{"PCMU", "G722"}, {"PCMU"}, {"G722"}} {
		a.codecs = codecs
		if err := sa.SetOffer(a.offer(t)); err != nil {
			t.Fatal(err)
		}
		if err := converse(t, a, b, sa, sb); err != nil {
			t.Fatal(err)
		}
		if want := i == 1; sa.translated != want {
			t.Errorf("%v: translated %v", codecs, sa.translated)
		}
		hz := float64(500 + 100*i)
		a.e.Play(hums(hz), nil)
		b.hears(t, hz)
	}
	sa.reactor.do(func() {
		if sa.leg.local != nil || sb.leg.local != nil {
			t.Error("an endpoint is left at a leg that is relayed")
		}
	})
}

func TestTranslationAllocatesNothing(t *testing.T) {
	r := start(t, config())
	sa, sb := session(t, r, Party{Digits: InSound}), session(t, r, Party{Digits: Events})
	na, nb := facing(sa, sb)
	a := agreement{kind: 1, pt: 0}
	a.kinds[0] = 1
	na.ear.settle(a)
	nb.mouth.settle(a)
	var seq uint16
	said := tone.Play(tone.Tone{{Hz: [2]float64{440}}})
	src := newEndpoint(Events)
	src.mouth.settle(a)
	src.mouth.source = said
	work := func() {
		b := src.mouth.sound()
		h := src.mouth.header
		seq++
		h.Seq, h.Time = seq, uint32(seq)*160
		na.ear.hear(h, b)
		na.ear.frame()
		nb.mouth.sound()
	}
	for range 50 {
		work()
	}
	if n := testing.AllocsPerRun(200, work); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkTranslate20ms(b *testing.B) {
	r := start(b, config())
	na, nb := facing(session(b, r, Party{}), session(b, r, Party{Digits: Events}))
	a, g := agreement{kind: 1}, agreement{kind: 3, pt: 9}
	a.kinds[0], g.kinds[9] = 1, 3
	na.ear.settle(a)
	nb.mouth.settle(g)
	src := newEndpoint(Events)
	src.mouth.settle(a)
	src.mouth.source = hums(440)
	packet := append([]byte{}, src.mouth.sound()...)
	h := src.mouth.header
	b.ReportAllocs()
	for b.Loop() {
		h.Seq++
		h.Time += 160
		na.ear.hear(h, packet)
		na.ear.frame()
		nb.mouth.sound()
	}
}

// Where digits are to be translated, the format of events takes a payload type that is free, and none where none is.
func TestEventsTakeAFreeType(t *testing.T) {
	r := start(t, config())
	w := wireAt(t, "127.0.0.1")
	for last, want := range map[int]string{100: " 101\r\n", 120: " 121\r\n", 127: " 127\r\n"} {
		formats, maps := "0", ""
		for pt := 96; pt <= last; pt++ {
			formats += fmt.Sprint(" ", pt)
			maps += fmt.Sprintf("a=rtpmap:%d G722/8000\r\n", pt)
		}
		a, b := session(t, r, Party{Digits: ByInfo}), session(t, r, Party{Digits: Events})
		mustSet(t, a, strings.Replace(strings.Replace(say(w.addr), "0 8 101", formats, 1), "a=rtpmap:101 telephone-event/8000\r\n", maps, 1))
		told, err := b.Describe(a)
		if err != nil || !strings.Contains(string(told), want) || strings.Contains(string(told), "telephone-event") == (last == 127) {
			t.Errorf("up to %d: %v\n%s", last, err, told)
		}
	}
}

// A fax that is translated for its digits alone passes untouched as soon as its tone is heard; one between parties that
// share no codec goes on as it can.
func TestFaxIsNotTranslated(t *testing.T) {
	for _, c := range []struct {
		codec string
		hz    float64
		heard bool
	}{{"PCMU", 2100, true}, {"PCMU", 1100, true}, {"PCMU", 1000, false}, {"G722", 2100, false}} {
		r := start(t, config())
		a, b := setAt(t, r, InSound, "PCMU"), setAt(t, r, Events, c.codec)
		fax := make(chan struct{}, 2)
		sa, sb, err := ringUp(t, r, a, b, Party{Digits: InSound, Fax: func() { fax <- struct{}{} }}, Party{Digits: Events, Wide: true})
		if err != nil {
			t.Fatal(err)
		}
		a.e.Play(hums(c.hz), nil)
		b.hears(t, c.hz)
		select {
		case <-fax:
			if !c.heard {
				t.Fatalf("%s, %v Hz: taken for a fax", c.codec, c.hz)
			}
		case <-time.After(map[bool]time.Duration{true: longest, false: 500 * time.Millisecond}[c.heard]):
			if c.heard {
				t.Fatalf("%s, %v Hz: the fax is not heard", c.codec, c.hz)
			}
			continue
		}
		Fax(sa, sb)
		if sa.translated || sb.translated {
			t.Error("still translated")
		}
		sa.reactor.do(func() {
			if sa.leg.local != nil || sb.leg.local != nil {
				t.Error("an endpoint is left at a leg of a fax")
			}
		})
		a.e.Play(hums(c.hz), nil)
		b.hears(t, c.hz)
	}
}

// A fax between parties that share no codec is translated, but by buffers that do not change any more.
func TestFaxFixesTheBuffers(t *testing.T) {
	r := start(t, config())
	for hz, want := range map[float64]bool{1100: true, 2100: true, 1000: false} {
		a, b := setAt(t, r, Events, "PCMU"), setAt(t, r, Events, "PCMA")
		sa, sb, err := ringUp(t, r, a, b, Party{Digits: Events}, Party{Digits: Events, Wide: true})
		if err != nil {
			t.Fatal(err)
		}
		fixed := func() (n int) {
			sa.reactor.do(func() {
				for _, s := range []*Session{sa, sb} {
					if s.leg.local.ear.play.Fixed() {
						n++
					}
				}
			})
			return n
		}
		a.e.Play(hums(hz), nil)
		b.hears(t, hz)
		if want {
			until(t, "both buffers are fixed", func() bool { return fixed() == 2 })
		} else if n := fixed(); n != 0 {
			t.Errorf("%v Hz fixes %d buffers", hz, n)
		}
	}
}
