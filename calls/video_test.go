package calls_test

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"cradle/calls/calltest"
	"cradle/media/mediatest"
)

// Two phones with cameras: each gets the other's pictures at its own place, beside the sound. A picture is played here by
// a tone, since nobody looks into it.
func TestVideoCall(t *testing.T) {
	b, anna, bert := two(t)
	cameras := [2]*mediatest.Phone{}
	for i := range cameras {
		c, err := b.Pacer.Phone(netip.AddrPortFrom(mediatest.Addr4(), 0))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		cameras[i] = c
	}
	with := func(p *calltest.Phone, camera *mediatest.Phone) []byte {
		return fmt.Appendf(p.SDP("sendrecv"), "m=video %d RTP/AVP 8 97\r\na=rtpmap:8 H264/90000\r\na=rtpmap:97 H265/90000\r\n", camera.Addr().Port())
	}
	lens := func(sdp []byte) netip.AddrPort {
		t.Helper()
		sound, pictures, found := bytes.Cut(sdp, []byte("m=video"))
		if !found || strings.HasPrefix(string(pictures), " 0 ") {
			t.Fatalf("no pictures in\n%s", sdp)
		}
		head, _, _ := bytes.Cut(sound, []byte("m=audio"))
		return calltest.MediaAddr(t, append(append(head, "m=audio"...), pictures...))
	}
	out := anna.Call("102", with(anna, cameras[0]))
	in := bert.Incoming()
	in.Reply(200, with(bert, cameras[1]))
	ok := out.Expect(200)
	out.Ack(ok, nil)
	anna.Say(ok.Body(), 440)
	cameras[0].Say(lens(ok.Body()), mediatest.Tone{Hz: 1000, Type: mediatest.PCMA})
	cameras[1].Say(lens(in.Invite().Body()), mediatest.Tone{Hz: 1300, Type: mediatest.PCMA})
	bert.Hear(440)
	see := func(i, hz int) {
		t.Helper()
		calltest.Eventually(t, "the picture is seen", func() bool { return cameras[i].Tone(hz).Heard })
	}
	see(1, 1000)
	see(0, 1300)
	out.Bye()
	in.TakeBye()
	calltest.Eventually(t, "all ports are back", func() bool { return b.Media.Stats().Sessions == 0 })
	cameras[1].Forget()
	time.Sleep(100 * time.Millisecond)
	if cameras[1].Heard().Packets > 0 {
		t.Error("pictures after the end")
	}
}
