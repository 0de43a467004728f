package media

import (
	"math"
	"net/netip"
	"testing"
	"time"

	"cradle/media/audio"
	"cradle/media/mediatest"
	"cradle/media/prompt"
	"cradle/media/quality"
)

// ms30 is a network that holds back 30 ms.
const ms30 = 30 * time.Millisecond

// networks are what a call has to come through, with what is to be left of it: SNR of a tone, segmental SNR of speech,
// in dB, at our own ear after playing out and concealment. docs/sound.md has what is usual; a busy machine gets less.
var networks = []struct {
	name         string
	is           mediatest.Impairment
	tone, speech float64
}{
	{"clean", mediatest.Impairment{}, 20, 26},
	{"loss 1 %", mediatest.Impairment{Loss: 0.01}, 17, 26},
	{"loss 5 %", mediatest.Impairment{Loss: 0.05}, 12, 24},
	{"jitter 30 ms", mediatest.Impairment{Delay: ms30, Jitter: ms30}, 12, 22},
	{"reordered", mediatest.Impairment{Delay: ms30, Reorder: 0.25}, 12, 24},
	{"doubled", mediatest.Impairment{Duplicate: 0.1}, 20, 26},
}

// disturbed is by how much this machine's own clock may be late for what is heard to be the network's doing.
const disturbed = 20 * time.Millisecond

// someSpeech is a few seconds of speech at 8000 Hz, in whole pieces of 20 ms.
func someSpeech(t *testing.T) []int16 {
	t.Helper()
	l, err := prompt.Open("")
	if err != nil {
		t.Fatal(err)
	}
	said := l.Say("en", "ask-code", "not-encrypted", "goodbye")
	var wide []int16
	for buf := make([]int16, audio.Frame); len(wide) < 7*audio.Rate; {
		n := said.Read(buf)
		if wide = append(wide, buf[:n]...); n < len(buf) {
			break
		}
	}
	down, err := audio.NewResampler(audio.Rate, 8000)
	if err != nil {
		t.Fatal(err)
	}
	pcm := down.Append(nil, wide)
	return pcm[:len(pcm)/160*160]
}

// caller is a phone behind a bad network.
type caller struct {
	phone *mediatest.Phone
	line  *mediatest.Line
	s     *Session
	ear   notes            // ours, where the call ends here
	other *mediatest.Phone // where it is passed on
	far   *Session
}

func (c *caller) close() {
	c.phone.Hush()
	c.line.Close()
}

func callOver(t *testing.T, r *Relay, p *mediatest.Pacer, is mediatest.Impairment, seed uint64, relayed bool) *caller {
	t.Helper()
	c := &caller{s: session(t, r, Party{})}
	var err error
	if c.phone, err = p.Phone(netip.AddrPortFrom(lo, 0)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.phone.Close)
	if c.line, err = mediatest.NewLine(lo, at(c.s), is, seed); err != nil {
		t.Fatal(err)
	}
	mustSet(t, c.s, string(c.phone.SDP("sendrecv")))
	if !relayed {
		local(t, c.s, EndpointConfig{Sound: c.ear.sound})
		return c
	}
	if c.other, err = p.Phone(netip.AddrPortFrom(lo, 0)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.other.Close)
	c.far = session(t, r, Party{With: c.s})
	mustSet(t, c.far, string(c.other.SDP("sendrecv")))
	Bridge(c.s, c.far)
	return c
}

// Calls over bad networks: what is shown of them is what the network did, the relay adds nothing, and our own ear makes
// the best of it.
func TestBadNetworks(t *testing.T) {
	speech := someSpeech(t)
	r := start(t, config())
	p := mediatest.NewPacer()
	defer p.Close()
	const each = 4 // of a kind: two with a tone and two with speech at our ear, and as many passed on
	calls := make([][]*caller, len(networks))
	for i, n := range networks {
		for k := range each + 2 {
			c := callOver(t, r, p, n.is, uint64(100*i+k), k >= each)
			calls[i] = append(calls[i], c)
			if k%2 == 0 {
				c.phone.Say(c.line.Addr(), mediatest.Tone{Hz: 450})
			} else {
				c.phone.Play(c.line.Addr(), speech, mediatest.PCMA)
			}
		}
	}
	<-time.After(8 * time.Second)
	late := p.Late()
	if underRace { // everything comes too late
		for _, l := range calls {
			for _, c := range l {
				c.close()
			}
		}
		return
	}
	for i, n := range networks {
		var did mediatest.Did
		var sum Stats
		var tone, talk, mos float64
		for k, c := range calls[i] {
			c.close()
			settle(c.s)
			st, q, d := c.s.Stats(), c.s.Quality(), c.line.Did()
			did.Came, did.Lost, did.Doubled = did.Came+d.Came, did.Lost+d.Lost, did.Doubled+d.Doubled
			sum.Lost, sum.Late, sum.Doubled, sum.Jitter = sum.Lost+st.Lost, sum.Late+st.Late, sum.Doubled+st.Doubled, sum.Jitter+st.Jitter/time.Duration(len(calls[i]))
			mos += q.MOS / float64(len(calls[i]))
			// What is lost first or last leaves no gap.
			if off := d.Lost - int(st.Lost); off < 0 || off > 3 || int(st.Doubled) != d.Doubled {
				t.Errorf("%s: lost %d and doubled %d are shown as %d and %d", n.name, d.Lost, d.Doubled, st.Lost, st.Doubled)
			}
			switch {
			case k >= each:
				until(t, "all is passed on", func() bool { return c.other.Heard().Packets == int(st.Received.Packets) })
			case k%2 == 0:
				tone += toneSNR(c.ear.all()) / 2
			default:
				talk += speechSNR(t, speech, c.ear.all()) / 2
			}
		}
		t.Logf("%-13s lost %.1f %% (made %.1f), late %d, doubled %d, jitter %.1f ms, MOS %.2f; tone %.1f dB, speech %.1f dB", n.name, 100*float64(sum.Lost)/float64(did.Came),
			100*float64(did.Lost)/float64(did.Came), sum.Late, sum.Doubled, sum.Jitter.Seconds()*1000, mos, tone, talk)
		if late > disturbed {
			t.Logf("%s: this machine was late by %v itself: how it sounds says nothing of the network", n.name, late)
		} else if tone < n.tone || talk < n.speech {
			t.Errorf("%s: tone %.1f dB, must %.0f; speech %.1f dB, must %.0f", n.name, tone, n.tone, talk, n.speech)
		}
		// Evenly spread over 60 ms two packets are 20 ms apart on average.
		if want := 2 * n.is.Jitter / 3; n.is.Reorder == 0 && (sum.Jitter < want*7/10 || sum.Jitter > want*13/10+8*time.Millisecond+p.Late()/4) {
			t.Errorf("%s: jitter %v, the network makes %v", n.name, sum.Jitter, want)
		}
		want := quality.MOS(quality.Line{Codec: "PCMA", Loss: float64(did.Lost+int(sum.Late)) / float64(did.Came), Delay: 2*sum.Jitter + 20*time.Millisecond})
		if math.Abs(mos-want) > 0.2 {
			t.Errorf("%s: MOS %.2f, by what the network did %.2f", n.name, mos, want)
		}
	}
}

func (n *notes) all() []int16 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]int16(nil), n.pcm...)
}

// toneSNR is what the newest seconds hold of the tone against all else, in dB, in pieces of 200 ms, because where
// time was left out or put in the phase jumps.
func toneSNR(pcm []int16) float64 {
	const n = audio.Rate / 5
	signal, rest := 0.0, 0.0
	for at := audio.Rate; at+n <= len(pcm)-audio.Rate/2; at += n {
		v := mediatest.Judge(pcm[at:at+n], audio.Rate, 450)
		signal, rest = signal+v.Share, rest+1-v.Share
	}
	return 10 * math.Log10(signal/max(rest, 1e-6))
}

func speechSNR(t *testing.T, said, heard []int16) float64 {
	t.Helper()
	up, err := audio.NewResampler(8000, audio.Rate)
	if err != nil {
		t.Fatal(err)
	}
	return mediatest.SegmentalSNR(up.Append(nil, said), heard, audio.Rate, audio.Rate/2)
}
