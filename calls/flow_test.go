package calls_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/calls"
	"cradle/calls/calltest"
	"cradle/calls/event"
)

// talk makes a call from a to b that is up.
func talk(t *testing.T, a, b *calltest.Phone, to string) (out, in *calltest.Dialog, answer *sip.Response) {
	t.Helper()
	out = a.Call(to, a.SDP("sendrecv"))
	in = b.Incoming()
	in.Reply(180, nil)
	out.Expect(180)
	in.Reply(200, b.SDP("sendrecv"))
	answer = out.Expect(200)
	out.Ack(answer, nil)
	out.Request(sip.OPTIONS, "", nil) // when this is answered the ACK has been read as well
	return out, in, answer
}

func TestHangUpFromEachSide(t *testing.T) {
	b, anna, bert := two(t)
	out, in, _ := talk(t, anna, bert, "102")
	out.Bye()
	in.TakeBye()
	out, in, _ = talk(t, anna, bert, "102")
	in.Bye()
	out.TakeBye()
	calltest.Eventually(t, "both calls are over", func() bool { return len(b.Exchange.Calls()) == 0 })
	// a dialog that is over is unknown
	if res := out.Request(sip.INFO, "", nil); res.StatusCode != 481 && res.StatusCode != 401 {
		t.Errorf("INFO after the end got %d", res.StatusCode)
	}
}

func TestWhoIsShown(t *testing.T) {
	_, anna, bert := two(t)
	out := anna.Call("102", anna.SDP("sendrecv"), sip.NewHeader("P-Asserted-Identity", `"The King" <sip:1@palace>`))
	in := bert.Incoming()
	from := in.Invite().From()
	if from.DisplayName != "Person 101" || from.Address.User != "101" || from.Address.Host != "acme.example" {
		t.Errorf("the called phone shows %s", from.Value())
	}
	if h := in.Invite().GetHeaders("p-asserted-identity"); len(h) != 1 || h[0].Value() != `"Person 101" <sip:101@acme.example>` {
		t.Errorf("asserted: %v", h)
	}
	in.Reply(180, nil)
	ringing := out.Expect(180)
	in.Reply(200, bert.SDP("sendrecv"))
	ok := out.Expect(200)
	for _, res := range []*sip.Response{ringing, ok} {
		if h := res.GetHeader("p-asserted-identity"); h == nil || h.Value() != `"Person 102" <sip:102@acme.example>` {
			t.Errorf("%d shows the caller %v", res.StatusCode, h)
		}
	}
	if a, b := ringing.To().Params.GetOr("tag", ""), ok.To().Params.GetOr("tag", "none"); a != b {
		t.Errorf("tags differ: 180 has %q, 200 has %q", a, b)
	}
	out.Ack(ok, nil)
	out.Bye()
	in.TakeBye()
}

func TestHoldAndResume(t *testing.T) {
	b, anna, bert := two(t)
	w := b.Exchange.Events().Watch()
	defer w.Close()
	out, in, ok := talk(t, anna, bert, "102")
	anna.Say(ok.Body(), 440)
	bert.Hear(440)
	reinvite := func(direction, answers string) {
		t.Helper()
		answer := out.Send(calltest.WithBody(out.Build(sip.INVITE), "application/sdp", anna.SDP(direction)))
		req := in.Next(sip.INVITE)
		if !bytes.Contains(req.Body(), []byte("a="+direction)) {
			t.Errorf("the other phone is not told %q:\n%s", direction, req.Body())
		}
		in.ReplyTo(req, 200, bert.SDP(answers))
		res := out.Final(answer)
		if res.StatusCode != 200 || !bytes.Contains(res.Body(), []byte("a="+answers)) {
			t.Errorf("got %d, not answered %q:\n%s", res.StatusCode, answers, res.Body())
		}
		out.Ack(res, nil)
	}
	reinvite("sendonly", "recvonly")
	calltest.Eventually(t, "the call is held", func() bool { return b.Exchange.Calls()[0].State == calls.Held })
	reinvite("sendrecv", "sendrecv")
	calltest.Eventually(t, "the call is resumed", func() bool { return b.Exchange.Calls()[0].State == calls.Talking })
	anna.Say(ok.Body(), 700)
	bert.Hear(700)
	in.Bye()
	out.TakeBye()
	want := []event.Kind{event.Began, event.Ringing, event.Answered, event.Held, event.Resumed, event.Ended}
	for _, k := range want {
		select {
		case e := <-w.C():
			if e.Kind != k {
				t.Fatalf("event %v, want %v", e.Kind, k)
			}
		case <-time.After(calltest.Timeout):
			t.Fatalf("no event %v", k)
		}
	}
}

func TestReofferWithoutOfferAndRefused(t *testing.T) {
	_, anna, bert := two(t)
	out, in, ok := talk(t, anna, bert, "102")
	// a re-INVITE without a description: the other phone offers, the ACK answers
	answer := in.Send(in.Build(sip.INVITE))
	req := out.Next(sip.INVITE)
	if len(req.Body()) != 0 {
		t.Errorf("an offer was made up: %s", req.Body())
	}
	acked := make(chan *sip.Request, 1)
	go func() { acked <- out.ReplyTo(req, 200, anna.SDP("sendrecv")) }()
	res := in.Final(answer)
	if len(res.Body()) == 0 {
		t.Fatal("200 without the offer")
	}
	in.Ack(res, bert.SDP("sendrecv"))
	if ack := <-acked; ack == nil || len(ack.Body()) == 0 {
		t.Error("the answer did not come with the ACK")
	}
	anna.Say(ok.Body(), 440)
	bert.Hear(440)
	// refused: the session stays as it was
	answer = out.Send(calltest.WithBody(out.Build(sip.INVITE), "application/sdp", anna.SDP("inactive")))
	in.ReplyTo(in.Next(sip.INVITE), 488, nil)
	if res := out.Final(answer); res.StatusCode != 488 {
		t.Errorf("refusal became %d", res.StatusCode)
	}
	anna.Say(ok.Body(), 900)
	bert.Hear(900)
	out.Bye()
	in.TakeBye()
}

func TestGlare(t *testing.T) {
	_, anna, bert := two(t)
	out, in, _ := talk(t, anna, bert, "102")
	first := out.Send(calltest.WithBody(out.Build(sip.INVITE), "application/sdp", anna.SDP("sendrecv")))
	req := in.Next(sip.INVITE)
	if res := in.Request(sip.INVITE, "application/sdp", bert.SDP("sendrecv")); res.StatusCode != 491 {
		t.Errorf("crossing re-INVITE got %d, want 491", res.StatusCode)
	}
	if res := out.Request(sip.INVITE, "application/sdp", anna.SDP("sendrecv")); res.StatusCode != 500 {
		t.Errorf("second re-INVITE of the same phone got %d, want 500", res.StatusCode)
	}
	in.ReplyTo(req, 200, bert.SDP("sendrecv"))
	res := out.Final(first)
	out.Ack(res, nil)
	out.Bye()
	in.TakeBye()
}

func TestDuringTheCall(t *testing.T) {
	_, anna, bert := two(t)
	out, in, _ := talk(t, anna, bert, "102")
	digit := []byte("Signal=5\r\nDuration=160\r\n")
	answer := out.Send(calltest.WithBody(out.Build(sip.INFO), "application/dtmf-relay", digit))
	info := in.Next(sip.INFO)
	if !bytes.Equal(info.Body(), digit) || info.ContentType().Value() != "application/dtmf-relay" {
		t.Errorf("INFO arrived as %s", info)
	}
	in.ReplyTo(info, 200, nil)
	if res := out.Final(answer); res.StatusCode != 200 {
		t.Errorf("INFO answered %d", res.StatusCode)
	}
	if res := in.Request(sip.UPDATE, "", nil); res.StatusCode != 200 {
		t.Errorf("UPDATE answered %d", res.StatusCode)
	}
	answer = in.Send(calltest.WithBody(in.Build(sip.UPDATE), "application/sdp", bert.SDP("sendonly")))
	asked := out.Next(sip.INVITE)
	out.ReplyTo(asked, 200, anna.SDP("recvonly"))
	if res := in.Final(answer); res.StatusCode != 200 || !bytes.Contains(res.Body(), []byte("a=recvonly")) {
		t.Errorf("UPDATE with an offer answered %v", res)
	}
	if res := in.Request(sip.OPTIONS, "", nil); res.StatusCode != 200 || !strings.Contains(res.GetHeader("allow").Value(), "UPDATE") {
		t.Errorf("OPTIONS answered %v", res)
	}
	if res := in.Request(sip.MESSAGE, "text/plain", []byte("hi")); res.StatusCode != 405 {
		t.Errorf("MESSAGE answered %d", res.StatusCode)
	}
	old := out.Build(sip.INFO)
	old.CSeq().SeqNo = 1
	if res := out.Final(out.Send(old)); res.StatusCode != 500 {
		t.Errorf("an old CSeq got %d", res.StatusCode)
	}
	out.Bye()
	in.TakeBye()
}

func TestEarlyMediaIsHeard(t *testing.T) {
	_, anna, bert := two(t)
	out := anna.Call("102", anna.SDP("sendrecv"))
	in := bert.Incoming()
	in.Reply(183, bert.SDP("sendrecv"))
	early := out.Expect(183)
	if len(early.Body()) == 0 {
		t.Fatal("183 without a description")
	}
	bert.Say(in.Invite().Body(), 425)
	anna.Hear(425)
	in.Reply(200, bert.SDP("sendrecv"))
	ok := out.Expect(200)
	out.Ack(ok, nil)
	anna.Say(ok.Body(), 600)
	bert.Hear(600)
	out.Bye()
	in.TakeBye()
}

func TestLateOffer(t *testing.T) {
	_, anna, bert := two(t)
	out := anna.Call("102", nil)
	in := bert.Incoming()
	if len(in.Invite().Body()) != 0 {
		t.Errorf("an offer was made up: %s", in.Invite().Body())
	}
	acked := make(chan *sip.Request, 1)
	go func() { acked <- in.Reply(200, bert.SDP("sendrecv")) }()
	ok := out.Expect(200)
	if len(ok.Body()) == 0 {
		t.Fatal("200 without the offer")
	}
	out.Ack(ok, anna.SDP("sendrecv"))
	ack := <-acked
	if ack == nil || len(ack.Body()) == 0 {
		t.Fatal("the answer did not come with the ACK")
	}
	anna.Say(ok.Body(), 440)
	bert.Hear(440)
	bert.Say(ack.Body(), 800)
	anna.Hear(800)
	out.Bye()
	in.TakeBye()
}

func TestSessionTimerIsGranted(t *testing.T) {
	_, anna, bert := two(t)
	out := anna.Call("102", anna.SDP("sendrecv"), sip.NewHeader("Session-Expires", "1800"), sip.NewHeader("Supported", "timer"))
	in := bert.Incoming()
	in.Reply(200, bert.SDP("sendrecv"))
	ok := out.Expect(200)
	if h := ok.GetHeader("session-expires"); h == nil || h.Value() != "1800;refresher=uac" {
		t.Errorf("Session-Expires: %v", h)
	}
	out.Ack(ok, nil)
	out.Bye()
	in.TakeBye()
}

func TestPhoneThatStopsRefreshing(t *testing.T) {
	_, anna, bert := two(t)
	out := anna.Call("102", anna.SDP("sendrecv"), sip.NewHeader("Session-Expires", "1"), sip.NewHeader("Supported", "timer"))
	in := bert.Incoming()
	in.Reply(200, bert.SDP("sendrecv"))
	out.Ack(out.Expect(200), nil)
	in.TakeBye()
	out.TakeBye()
}
