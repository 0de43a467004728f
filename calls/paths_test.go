package calls_test

import (
	"bytes"
	"net/netip"
	"testing"

	"github.com/emiago/sipgo/sip"

	"cradle/calls/calltest"
	"cradle/media/mediatest"
)

// Two phones ring and both speak before they answer: the caller hears the first, and then the one that answers, which
// may be the other, and nobody else; that one hears the caller.
func TestTwoPhonesSpeakBeforeTheyAnswer(t *testing.T) {
	_, anna, desk, kitchen := twoPhones(t)
	out := anna.Call("102", anna.SDP("sendrecv"))
	first, second := desk.Incoming(), kitchen.Incoming()
	first.Reply(183, desk.SDP("sendrecv"))
	early := out.Expect(183)
	second.Reply(183, kitchen.SDP("sendrecv"))
	desk.Say(first.Invite().Body(), 425)
	kitchen.Say(second.Invite().Body(), 700)
	anna.Hear(425)
	anna.Say(early.Body(), 600)
	desk.Hear(600)
	if v := anna.Media.Tone(700); v.Heard {
		t.Errorf("both are heard: %+v", v)
	}
	second.Reply(200, kitchen.SDP("sendrecv"))
	ok := out.Expect(200)
	out.Ack(ok, nil)
	anna.Hear(700)
	anna.Say(ok.Body(), 600)
	kitchen.Hear(600)
	first.TakeCancel()
	first.Reply(487, nil)
	desk.Media.Forget()
	anna.Media.Forget()
	anna.Hear(700)
	if h := desk.Media.Heard(); h.Packets != 0 {
		t.Errorf("the phone that lost still hears: %+v", h)
	}
	if v := anna.Media.Tone(425); v.Heard {
		t.Errorf("the phone that lost is still heard: %+v", v)
	}
	out.Bye()
	second.TakeBye()
}

// A phone moves its media to another address and another codec within the call: both go on to hear each other there, and
// nothing goes to where it was.
func TestAddressAndCodecChangeInTheCall(t *testing.T) {
	b, anna, bert := two(t)
	out, in, ok := talk(t, anna, bert, "102")
	anna.Say(ok.Body(), 440)
	bert.Say(in.Invite().Body(), 700)
	bert.Hear(440)
	anna.Hear(700)
	moved, err := b.Pacer.Phone(netip.MustParseAddrPort("127.0.0.9:0"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(moved.Close)
	only := func(sdp []byte) []byte {
		return bytes.Replace(sdp, []byte("RTP/AVP 0 8 101"), []byte("RTP/AVP 8 101"), 1)
	}
	answer := out.Send(calltest.WithBody(out.Build(sip.INVITE), "application/sdp", only(moved.SDP("sendrecv"))))
	req := in.Next(sip.INVITE)
	if !bytes.Contains(req.Body(), []byte("RTP/AVP 8 101")) {
		t.Errorf("the other phone is not told of the codec:\n%s", req.Body())
	}
	in.ReplyTo(req, 200, only(bert.SDP("sendrecv")))
	res := out.Final(answer)
	out.Ack(res, nil)
	anna.Media.Hush()
	moved.Say(calltest.MediaAddr(t, res.Body()), mediatest.Tone{Hz: 550, Type: mediatest.PCMA})
	bert.Media.Say(calltest.MediaAddr(t, req.Body()), mediatest.Tone{Hz: 800, Type: mediatest.PCMA})
	bert.Hear(550)
	if v, err := moved.Await(t.Context(), 800); err != nil || moved.Heard().Type != mediatest.PCMA {
		t.Errorf("%+v, %v", v, err)
	}
	anna.Media.Forget()
	moved.Forget()
	if _, err := moved.Await(t.Context(), 800); err != nil {
		t.Error(err)
	}
	if h := anna.Media.Heard(); h.Packets != 0 {
		t.Errorf("the old address still hears: %+v", h)
	}
	out.Bye()
	in.TakeBye()
	calltest.Eventually(t, "the record has the codec of the end", func() bool {
		records, _, _ := b.Exchange.Records(t.Context(), b.Organization.ID, "", 1)
		return len(records) == 1 && len(records[0].Legs) == 2 && records[0].Legs[0].Codec == "PCMA"
	})
}
