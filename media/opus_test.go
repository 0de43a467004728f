package media

import (
	"strings"
	"testing"

	"cradle/media/rtp"
)

// Two phones that both have Opus are told each other's line as it was said, and its packets pass as they are, whatever
// lies beside it.
func TestOpusIsRelayedUntouched(t *testing.T) {
	r := start(t, config())
	wa, wb := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	const params = "a=rtpmap:107 opus/48000/2\r\na=fmtp:107 minptime=10;useinbandfec=1;stereo=0\r\n"
	offer := func(w *wire) string { return strings.Replace(say(w.addr, params), "0 8 101", "107 9 8 101", 1) }
	a := session(t, r, Party{Digits: Events})
	b := session(t, r, Party{Digits: Events, With: a})
	mustSet(t, a, offer(wa))
	told, err := b.Describe(a)
	if err != nil || !strings.Contains(string(told), "RTP/AVP 107 9 8 101\r\n"+params) {
		t.Fatalf("%v, told\n%s", err, told)
	}
	if err := b.SetAnswer([]byte(offer(wb))); err != nil {
		t.Fatal(err)
	}
	if told, err = a.Describe(b); err != nil || !strings.Contains(string(told), "RTP/AVP 107 9 8 101\r\n"+params) {
		t.Fatalf("%v, told\n%s", err, told)
	}
	Bridge(a, b)
	settle(a)
	for i := range uint16(20) { // frames of any length
		p := rtp.Append(nil, rtp.Header{Type: 107, Seq: i, Time: uint32(i) * 960, SSRC: 5}, make([]byte, 3+7*int(i)))
		wa.send(at(a), p)
		wb.expect(t, p)
		wb.send(at(b), p)
		wa.expect(t, p)
	}
	if st := a.Stats(); st.Codec != "opus" || a.translated {
		t.Errorf("%+v", st)
	}
}
