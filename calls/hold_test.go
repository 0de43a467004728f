package calls_test

import (
	"bytes"
	"testing"

	"github.com/emiago/sipgo/sip"

	"cradle/calls/calltest"
	"cradle/media/audio"
	"cradle/media/music"
	"cradle/media/tone"
)

// hum is a file of one second of a tone.
func hum(hz float64) []byte {
	pcm := make([]int16, audio.Rate)
	tone.Play(tone.Tone{{Hz: [2]float64{hz}}}).Read(pcm)
	return audio.WAV(pcm)
}

// Who is held hears the organization's music, whichever way the phone says hold; the holder hears nothing of it, and
// after it both hear each other again.
func TestMusicOnHold(t *testing.T) {
	l, err := music.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	o := calltest.NewOffice(t, 2)
	if err := l.Replace(string(o.Organization.ID), hum(1400)); err != nil {
		t.Fatal(err)
	}
	b := calltest.Start(t, o, calltest.Settings{Music: l})
	anna, bert := b.Phone(0, calltest.Options{}), b.Phone(1, calltest.Options{})
	out, in, ok := talk(t, anna, bert, "102")
	anna.Say(ok.Body(), 440)
	bert.Say(in.Invite().Body(), 1000)
	change := func(d *calltest.Dialog, p *calltest.Phone, direction string, other *calltest.Dialog, q *calltest.Phone, told, answers, answered string) {
		t.Helper()
		answer := d.Send(calltest.WithBody(d.Build(sip.INVITE), "application/sdp", p.SDP(direction)))
		req := other.Next(sip.INVITE)
		if !bytes.Contains(req.Body(), []byte("a="+told)) {
			t.Errorf("%s: the other phone is not told %q:\n%s", direction, told, req.Body())
		}
		other.ReplyTo(req, 200, q.SDP(answers))
		res := d.Final(answer)
		if res.StatusCode != 200 || !bytes.Contains(res.Body(), []byte("a="+answered)) {
			t.Errorf("%s: got %d, not answered %q:\n%s", direction, res.StatusCode, answered, res.Body())
		}
		d.Ack(res, nil)
	}
	for _, hold := range []string{"sendonly", "inactive"} {
		bert.Hear(440)
		anna.Hear(1000)
		change(out, anna, hold, in, bert, "sendonly", "recvonly", map[string]string{"sendonly": "recvonly", "inactive": "inactive"}[hold])
		anna.Media.Forget()
		bert.Hear(1400)
		if h := anna.Media.Heard(); h.Packets > 2 {
			t.Errorf("the holder hears %d packets", h.Packets)
		}
		change(out, anna, "sendrecv", in, bert, "sendrecv", "sendrecv", "sendrecv")
	}
	bert.Hear(440)
	anna.Hear(1000)
	// The called one holds as well; who holds hears nothing, and when one comes back it is that one who waits.
	change(in, bert, "sendonly", out, anna, "sendonly", "recvonly", "recvonly")
	anna.Hear(1400)
	change(out, anna, "sendonly", in, bert, "sendonly", "inactive", "inactive")
	anna.Media.Forget()
	calltest.Eventually(t, "half a second", func() bool { return anna.Media.Heard().Packets >= 25 })
	if anna.Media.Tone(1400).Heard {
		t.Error("music, though both hold")
	}
	change(out, anna, "sendrecv", in, bert, "sendrecv", "sendonly", "sendonly")
	anna.Hear(1400)
	change(in, bert, "sendrecv", out, anna, "sendrecv", "sendrecv", "sendrecv")
	anna.Hear(1000)
	bert.Hear(440)
	out.Bye()
	in.TakeBye()
}
