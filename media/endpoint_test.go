package media

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"cradle/media/audio"
	"cradle/media/codec"
	"cradle/media/mediatest"
	"cradle/media/rtp"
	"cradle/media/tone"
)

// hums is a source without end.
func hums(hz float64) Source { return tone.Play(tone.Tone{{Hz: [2]float64{hz}}}) }

// brief is a source of so many milliseconds.
type brief int

func (b *brief) Read(dst []int16) int {
	n := min(int(*b)*audio.Rate/1000, len(dst))
	*b -= brief(n * 1000 / audio.Rate)
	return n
}

// notes are what an endpoint hears, for tests to wait for.
type notes struct {
	mu   sync.Mutex
	keys []byte
	pcm  []int16
}

func (n *notes) pressed(key byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.keys = append(n.keys, key)
}

func (n *notes) sound(pcm []int16) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.pcm = append(n.pcm, pcm...)
}

func (n *notes) dialled() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return string(n.keys)
}

// tail is the newest 400 ms.
func (n *notes) tail() []int16 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]int16(nil), n.pcm[max(0, len(n.pcm)-20*audio.Frame):]...)
}

func local(t *testing.T, s *Session, c EndpointConfig, codecs ...string) (*Endpoint, string) {
	t.Helper()
	e, err := s.Local(c)
	if err != nil {
		t.Fatal(err)
	}
	body, err := s.Answer(codecs...)
	if err != nil {
		t.Fatal(err)
	}
	return e, string(body)
}

func phoneAt(t *testing.T) *mediatest.Phone {
	t.Helper()
	p := mediatest.NewPacer()
	t.Cleanup(p.Close)
	ph, err := p.Phone(netip.AddrPortFrom(lo, 0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ph.Close)
	return ph
}

func hear(t *testing.T, ph *mediatest.Phone, hz int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := ph.Await(ctx, hz); err != nil {
		t.Fatal(err)
	}
}

// A phone hears what is played and is heard, is interrupted, and then talks to another phone.
func TestEndpointSpeaksAndHears(t *testing.T) {
	r := start(t, config())
	for _, allowed := range [][]string{nil, {"PCMA"}} {
		ph, n := phoneAt(t), &notes{}
		s := session(t, r, Party{})
		mustSet(t, s, string(ph.SDP("sendrecv")))
		e, _ := local(t, s, EndpointConfig{Sound: n.sound}, allowed...)
		e.Play(hums(440), nil)
		hear(t, ph, 440)
		e.Play(hums(700), nil)
		hear(t, ph, 700)
		ph.Say(at(s), mediatest.Tone{Hz: 1000, Type: mediatest.PCMA})
		if allowed == nil {
			ph.Say(at(s), mediatest.Tone{Hz: 1000, Type: mediatest.PCMU})
		}
		until(t, "the phone is heard", func() bool { return mediatest.Judge(n.tail(), audio.Rate, 1000).Heard })
		h := ph.Heard()
		if want := map[bool]uint8{true: mediatest.PCMU, false: mediatest.PCMA}[allowed == nil]; h.Type != want || h.Lost+h.Disorder+h.Bad > 0 || h.Streams != 1 {
			t.Errorf("heard %+v, want type %d", h, want)
		}
		done := make(chan struct{})
		b := brief(90)
		e.Play(&b, func() { close(done) })
		<-done
		other := session(t, r, Party{})
		friend := phoneAt(t)
		mustSet(t, other, string(friend.SDP("sendrecv")))
		Bridge(s, other)
		hear(t, friend, 1000)
		e.Play(hums(440), nil) // to nobody any more
		settle(s)
		if st := s.Stats(); st.Sent.Packets == 0 || st.Received.Packets == 0 {
			t.Errorf("%+v", st)
		}
	}
}

// One clock serves many endpoints at one pace: 50 packets a second each.
func TestEndpointsKeepPace(t *testing.T) {
	r := start(t, Config{Ports: [2]int{40000, 42999}, Cores: 1})
	var all []*Session
	w := wireAt(t, "127.0.0.1")
	for range 30 {
		s := session(t, r, Party{})
		mustSet(t, s, say(w.addr))
		e, _ := local(t, s, EndpointConfig{})
		e.Play(hums(500), nil)
		all = append(all, s)
	}
	settle(all[0])
	from, began := all[0].Stats().Sent.Packets, time.Now()
	until(t, "a second of sound", func() bool { return all[0].Stats().Sent.Packets-from >= 50 })
	if took := time.Since(began); took < 900*time.Millisecond {
		t.Errorf("50 packets in %v", took)
	}
	sent := all[0].Stats().Sent.Packets
	for _, s := range all[1:] {
		if n := s.Stats().Sent.Packets; n+20 < sent || n > sent+20 {
			t.Errorf("one endpoint sent %d packets, another %d", sent, n)
		}
	}
	for _, s := range all {
		s.Close()
	}
	r.reactors[0].do(func() {
		if n := len(r.reactors[0].pace.legs); n != 0 {
			t.Errorf("%d legs left at the clock", n)
		}
	})
}

// keypad sends digits from a wire: as events, or in the sound.
type keypad struct {
	w  *wire
	to netip.AddrPort
	h  rtp.Header
}

func (k *keypad) events(keys string) {
	for i := range len(keys) {
		for n := 1; n <= 7; n++ {
			k.h.Type, k.h.Marker = 101, n == 1
			e := codec.Event{Key: keys[i], End: n >= 5, Volume: 10, Duration: uint16(min(n, 5) * 160)}
			k.w.send(k.to, rtp.Append(nil, k.h, codec.AppendEvent(nil, e)))
			k.h.Seq++
		}
		k.h.Time += 1600
	}
}

func (k *keypad) sings(keys string, kind codec.Kind, pt uint8) {
	var enc codec.Encoder
	enc.Reset(kind)
	down, _ := audio.NewResampler(audio.Rate, codec.Clock)
	k.h.Type = pt
	song := &song{keys: []byte(keys)}
	pcm := make([]int16, audio.Frame)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for quiet := 0; quiet < 20; {
		if song.Read(pcm) == 0 {
			clear(pcm)
			quiet++
		}
		s := pcm
		if kind != codec.G722 {
			s = down.Append(nil, pcm)
		}
		<-tick.C
		k.w.send(k.to, rtp.Append(nil, k.h, enc.Append(nil, s)))
		k.h.Seq++
		k.h.Time += 160
	}
}

func TestEndpointHearsDigits(t *testing.T) {
	const keys = "1590*#"
	r := start(t, config())
	bare := func(w *wire) string {
		return strings.Replace(strings.Replace(say(w.addr), " 101\r\n", " 9\r\n", 1), "a=rtpmap:101 telephone-event/8000\r\n", "", 1)
	}
	for _, c := range []struct {
		name    string
		digits  Digits
		events  bool // offered
		press   func(*keypad)
		hear    string
		refused string // in the answer
	}{
		{"auto, events", Auto, true, func(k *keypad) { k.events(keys) }, keys, ""},
		{"auto, PCMU", Auto, false, func(k *keypad) { k.sings(keys, codec.PCMU, 0) }, keys, "telephone-event"},
		{"auto, PCMA", Auto, false, func(k *keypad) { k.sings(keys, codec.PCMA, 8) }, keys, ""},
		{"auto, G722", Auto, false, func(k *keypad) { k.sings(keys, codec.G722, 9) }, keys, ""},
		{"in sound", InSound, true, func(k *keypad) { k.events("77"); k.sings(keys, codec.PCMU, 0) }, keys, ""},
		{"auto, both", Auto, true, func(k *keypad) { k.events(keys); k.sings(keys, codec.PCMU, 0) }, keys, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w, n := wireAt(t, "127.0.0.1"), &notes{}
			s := session(t, r, Party{})
			offer := bare(w)
			if c.events {
				offer = say(w.addr)
			}
			mustSet(t, s, offer)
			_, answer := local(t, s, EndpointConfig{Digits: c.digits, Pressed: n.pressed})
			if c.refused != "" && strings.Contains(answer, c.refused) {
				t.Errorf("answered %s", answer)
			}
			settle(s)
			c.press(&keypad{w: w, to: at(s), h: rtp.Header{SSRC: 1, Seq: 65530, Time: 4294967000}})
			until(t, "digits heard", func() bool { return len(n.dialled()) >= len(c.hear) })
			if got := n.dialled(); got != c.hear {
				t.Errorf("heard %q, want %q", got, c.hear)
			}
		})
	}
}

// An endpoint presses keys and another hears them, whichever way was agreed on.
func TestEndpointPressesKeys(t *testing.T) {
	r := start(t, config())
	for _, events := range []bool{true, false} {
		t.Run(fmt.Sprintf("events %v", events), func(t *testing.T) {
			a, b, n := session(t, r, Party{}), session(t, r, Party{}), &notes{}
			names := []string{"G722"}
			if events {
				names = append(names, "telephone-event")
			}
			offer, err := a.Propose(names...)
			if err != nil {
				t.Fatal(err)
			}
			mustSet(t, b, string(offer))
			ea, err := a.Local(EndpointConfig{})
			if err != nil {
				t.Fatal(err)
			}
			_, answer := local(t, b, EndpointConfig{Pressed: n.pressed})
			mustSet(t, a, answer)
			ea.Settle()
			ea.Press("0x79#")
			until(t, "keys heard", func() bool { return len(n.dialled()) >= 4 })
			if got := n.dialled(); got != "079#" {
				t.Errorf("heard %q", got)
			}
		})
	}
}

// Keys that are to sound wait for those that still do, however fast they come: none is cut short, and two of one kind
// do not become one.
func TestKeysInTheSoundWait(t *testing.T) {
	const keys = "1155990"
	r := start(t, config())
	for _, apart := range []time.Duration{20 * time.Millisecond, 60 * time.Millisecond, 100 * time.Millisecond} {
		t.Run(apart.String(), func(t *testing.T) {
			t.Parallel()
			w, n := wireAt(t, "127.0.0.1"), &notes{}
			s := session(t, r, Party{})
			mustSet(t, s, strings.Replace(say(w.addr), " 101\r\n", "\r\n", 1))
			e, _ := local(t, s, EndpointConfig{})
			heard := ear{digits: InSound, pressed: n.pressed}
			heard.settle(agreement{kinds: [128]codec.Kind{codec.PCMU}})
			go func() {
				for i := range keys {
					e.Press(keys[i : i+1])
					time.Sleep(apart)
				}
			}()
			until(t, "all keys", func() bool {
				b := w.next(longest)
				h, ok := rtp.Parse(b)
				if !ok {
					t.Fatal("nothing is sent")
				}
				heard.hear(h, b)
				heard.frame()
				return len(n.dialled()) >= len(keys)
			})
			if got := n.dialled(); got != keys {
				t.Errorf("heard %q", got)
			}
		})
	}
}

// Comfort noise, announced or not, is neither played nor missed: a pause is silent, and speech goes on after it.
func TestComfortNoiseIsTolerated(t *testing.T) {
	r := start(t, config())
	w, n := wireAt(t, "127.0.0.1"), &notes{}
	s := session(t, r, Party{})
	mustSet(t, s, strings.Replace(say(w.addr), " 101\r\n", " 13 101\r\n", 1))
	local(t, s, EndpointConfig{Sound: n.sound})
	settle(s)
	var enc codec.Encoder
	enc.Reset(codec.PCMU)
	down, _ := audio.NewResampler(audio.Rate, codec.Clock)
	h, src, pcm := rtp.Header{SSRC: 1}, hums(500), make([]int16, audio.Frame)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	next := func(pt uint8, payload []byte) { // every 20 ms
		<-tick.C
		if h.Time += 160; payload != nil {
			h.Type = pt
			w.send(at(s), rtp.Append(nil, h, payload))
			h.Seq++
		}
	}
	speech := func() bool {
		src.Read(pcm)
		next(mediatest.PCMU, enc.Append(nil, down.Append(nil, pcm)))
		return mediatest.Judge(n.tail(), audio.Rate, 500).Heard
	}
	until(t, "speech", speech)
	next(mediatest.CN, []byte{0x40})
	until(t, "the pause is known", s.Pausing)
	until(t, "the pause is silent", func() bool {
		next(0, nil)
		return mediatest.Judge(n.tail(), audio.Rate, 500).Level < -60
	})
	next(mediatest.CN, []byte{0x40})
	until(t, "speech goes on", speech)
	if st := s.Stats(); st.Lost != 0 || st.Dropped != (Drops{}) || st.Codec != "PCMU" || s.Pausing() {
		t.Errorf("%+v", st)
	}
}

func TestEndpointAnswers(t *testing.T) {
	r := start(t, config())
	w := wireAt(t, "127.0.0.1")
	offer := func(formats, extra string) string {
		return strings.Replace(say(w.addr, "a=rtpmap:96 opus/48000/2", extra), "0 8 101", formats, 1)
	}
	for _, c := range []struct {
		formats, extra string
		allowed        []string
		line, flow     string
	}{
		{"96 9 0 8 101", "", nil, "9 0 8 101", "sendrecv"},
		{"96 9 0 8 101", "", []string{"PCMU", "opus", "G722"}, "0 9 101", "sendrecv"},
		{"101 8", "a=sendonly", nil, "8 101", "recvonly"},
		{"18 8 13", "a=inactive", nil, "8", "inactive"},
		{"0 101", "a=recvonly", nil, "0 101", "sendonly"},
		{"96 101", "", nil, "", ""},
		{"0 8 101", "", []string{"G722"}, "", ""},
	} {
		s := session(t, r, Party{})
		mustSet(t, s, offer(c.formats, c.extra))
		body, err := s.Answer(c.allowed...)
		if c.line == "" {
			if !errors.Is(err, ErrUnsupported) {
				t.Errorf("%s: %v", c.formats, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", c.formats, err)
		}
		if want := fmt.Sprintf("m=audio %d RTP/AVP %s\r\n", s.Port(), c.line); !strings.Contains(string(body), want) || !strings.Contains(string(body), "a="+c.flow) {
			t.Errorf("%s with %v: no %q and %s in\n%s", c.formats, c.allowed, want, c.flow, body)
		}
	}
	if b, err := session(t, r, Party{}).Answer("PCMA"); err != nil || !strings.Contains(string(b), "RTP/AVP 8 101") {
		t.Errorf("own offer: %v %s", err, b)
	}
}

// A party on hold is told nothing.
func TestHeldPartyHearsNothing(t *testing.T) {
	r := start(t, config())
	w := wireAt(t, "127.0.0.1")
	s := session(t, r, Party{})
	mustSet(t, s, say(w.addr, "a=sendonly"))
	e, _ := local(t, s, EndpointConfig{})
	e.Play(hums(440), nil)
	b := brief(200)
	done := make(chan struct{})
	e.Play(&b, func() { close(done) })
	<-done // time goes on
	if n := s.Stats().Sent.Packets; n != 0 {
		t.Errorf("%d packets", n)
	}
	mustSet(t, s, say(w.addr))
	if _, err := s.Answer(); err != nil {
		t.Fatal(err)
	}
	until(t, "sound after hold", func() bool { return s.Stats().Sent.Packets > 0 })
}

func TestEndpointAllocatesNothing(t *testing.T) {
	for _, kind := range []codec.Kind{codec.PCMU, codec.G722} {
		n := &endpoint{}
		n.ear.digits, n.ear.pressed, n.ear.sink = InSound, func(byte) {}, func([]int16) {}
		a := agreement{kind: kind, pt: 9}
		a.kinds[9], a.events[1] = kind, 1<<(101-64)
		n.ear.settle(a)
		n.mouth.settle(a)
		n.mouth.source = hums(440)
		h := rtp.Header{Type: 9, SSRC: 1}
		work := func() {
			b := n.mouth.sound()
			h.Seq++
			h.Time += 160
			n.ear.hear(h, b)
			n.ear.frame()
			n.ear.hear(rtp.Header{Type: 101, Seq: h.Seq, Time: h.Time}, b)
		}
		for range 50 {
			work()
		}
		if got := testing.AllocsPerRun(200, work); got != 0 {
			t.Errorf("kind %d: %v allocations", kind, got)
		}
	}
}
