package media

import (
	"strconv"
	"testing"
	"time"

	"cradle/media/audio"
	"cradle/media/codec"
	"cradle/media/rtp"
	"cradle/media/tone"
)

// A machine under load stalls in the middle of a key and sends the rest of it late: that is one key.
func TestStalledKeyIsHeardOnce(t *testing.T) {
	r := start(t, config())
	for _, c := range []struct {
		name string
		kind codec.Kind
		pt   uint8
		hole time.Duration
	}{{"PCMU", codec.PCMU, 0, 70 * time.Millisecond}, {"G722", codec.G722, 9, 70 * time.Millisecond}, {"G722, long", codec.G722, 9, 200 * time.Millisecond}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w, n := wireAt(t, "127.0.0.1"), &notes{}
			s := session(t, r, Party{})
			mustSet(t, s, say(w.addr))
			if c.kind == codec.G722 {
				mustSet(t, s, "v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio "+strconv.Itoa(int(w.addr.Port()))+" RTP/AVP 9\r\n")
			}
			local(t, s, EndpointConfig{Digits: InSound, Pressed: n.pressed})
			settle(s)
			p := tone.Play(append(tone.Key('5', 400), tone.Beat{MS: 200}))
			var enc codec.Encoder
			enc.Reset(c.kind)
			down, _ := audio.NewResampler(audio.Rate, codec.Clock)
			h, pcm := rtp.Header{Type: c.pt, SSRC: 9}, make([]int16, audio.Frame)
			for i := range 50 {
				if i == 10 || i == 40 { // the second time in the second key
					time.Sleep(c.hole)
				}
				p.Read(pcm)
				out := pcm
				if c.kind != codec.G722 {
					out = down.Append(nil, pcm)
				}
				w.send(at(s), rtp.Append(nil, h, enc.Append(nil, out)))
				h.Seq++
				h.Time += 160
				time.Sleep(20 * time.Millisecond)
			}
			until(t, "both keys", func() bool { return len(n.dialled()) >= 2 })
			if got := n.dialled(); got != "55" {
				t.Errorf("heard %q", got)
			}
		})
	}
}
