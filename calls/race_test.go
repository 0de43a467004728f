package calls_test

import (
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/calls/calltest"
	"cradle/directory"
)

// twoPhones starts an office where 102 is at home at two phones, one on TCP.
func twoPhones(t *testing.T) (b *calltest.Bench, anna, desk, kitchen *calltest.Phone) {
	t.Helper()
	b = calltest.Start(t, calltest.NewOffice(t, 2), calltest.Settings{})
	b.AddDevice(t, b.Extensions[1].ID)
	return b, b.Phone(0, calltest.Options{}), b.Phone(1, calltest.Options{}), b.Phone(2, calltest.Options{TCP: true})
}

func TestTwoPhonesRingOneAnswers(t *testing.T) {
	b, anna, desk, kitchen := twoPhones(t)
	out := anna.Call("102", anna.SDP("sendrecv"))
	first, second := desk.Incoming(), kitchen.Incoming()
	first.Reply(180, nil)
	second.Reply(180, nil)
	out.Expect(180)
	second.Reply(200, kitchen.SDP("sendrecv"))
	cancel := first.TakeCancel()
	if h := cancel.GetHeader("reason"); h == nil || h.Value() != `SIP;cause=200;text="Call completed elsewhere"` {
		t.Errorf("the loser is told %v", h)
	}
	ok := out.Expect(200)
	out.Ack(ok, nil)
	anna.Say(ok.Body(), 440)
	kitchen.Hear(440)
	if !b.Exchange.Busy(b.Devices[2].ID) || !b.Exchange.Busy(b.Devices[0].ID) {
		t.Error("phones that talk are not busy")
	}
	calltest.Eventually(t, "the phone that lost is free", func() bool { return !b.Exchange.Busy(b.Devices[1].ID) })
	out.Bye()
	second.TakeBye()
	calltest.Eventually(t, "all are free", func() bool { return !b.Exchange.Busy(b.Devices[2].ID) && !b.Exchange.Busy(b.Devices[0].ID) })
}

func TestOneRefusalIsHeldUntilAllHaveEnded(t *testing.T) {
	_, anna, desk, kitchen := twoPhones(t)
	out := anna.Call("102", anna.SDP("sendrecv"))
	first, second := desk.Incoming(), kitchen.Incoming()
	first.Reply(603, nil)
	second.Reply(180, nil) // still rings
	out.Expect(180)
	second.Reply(200, kitchen.SDP("sendrecv"))
	out.Ack(out.Expect(200), nil)
	out.Bye()
	second.TakeBye()

	out = anna.Call("102", anna.SDP("sendrecv"))
	first, second = desk.Incoming(), kitchen.Incoming()
	first.Reply(486, nil)
	second.Reply(480, nil)
	out.Expect(486)
}

func TestBothAnswerAtOnce(t *testing.T) {
	_, anna, desk, kitchen := twoPhones(t)
	out := anna.Call("102", anna.SDP("sendrecv"))
	first, second := desk.Incoming(), kitchen.Incoming()
	done := make(chan *sip.Request, 2)
	go func() { done <- first.Reply(200, desk.SDP("sendrecv")) }()
	go func() { done <- second.Reply(200, kitchen.SDP("sendrecv")) }()
	out.Ack(out.Expect(200), nil)
	for range 2 {
		if <-done == nil {
			t.Fatal("a phone that answered was not acknowledged")
		}
	}
	var won, lost *calltest.Dialog
	calltest.Eventually(t, "one of the two is hung up", func() bool {
		switch {
		case first.Pending(sip.BYE):
			won, lost = second, first
		case second.Pending(sip.BYE):
			won, lost = first, second
		}
		return lost != nil
	})
	lost.TakeBye()
	out.Bye()
	won.TakeBye()
}

func TestCallerGivesUp(t *testing.T) {
	b, anna, desk, kitchen := twoPhones(t)
	out := anna.Call("102", anna.SDP("sendrecv"))
	first, second := desk.Incoming(), kitchen.Incoming()
	first.Reply(180, nil)
	second.Reply(180, nil)
	tag := out.Expect(180).To().Params.GetOr("tag", "")
	if res := out.Cancel(); res == nil || res.StatusCode != 200 {
		t.Errorf("CANCEL answered %v", res)
	}
	if got := out.Expect(487).To().Params.GetOr("tag", ""); got != tag {
		t.Errorf("487 has tag %q, 180 had %q", got, tag)
	}
	for _, d := range []*calltest.Dialog{first, second} {
		if h := d.TakeCancel().GetHeader("reason"); h != nil && strings.Contains(h.Value(), "cause=200") {
			t.Errorf("the phone would show no missed call: %s", h)
		}
	}
	calltest.Eventually(t, "the call is over", func() bool { return len(b.Exchange.Calls()) == 0 })
}

// TestAnswerCrossesCancel: the phone answers before it sees the CANCEL. It
// must get its ACK, and then BYE.
func TestAnswerCrossesCancel(t *testing.T) {
	for _, tcp := range []bool{false, true} {
		b := calltest.Start(t, calltest.NewOffice(t, 2), calltest.Settings{})
		anna, bert := b.Phone(0, calltest.Options{}), b.Phone(1, calltest.Options{TCP: tcp})
		out := anna.Call("102", anna.SDP("sendrecv"))
		in := bert.Incoming()
		in.Reply(180, nil)
		out.Expect(180)
		out.Cancel()
		in.Next(sip.CANCEL) // seen and ignored: the answer was on its way
		if ack := in.Reply(200, bert.SDP("sendrecv")); ack == nil {
			t.Fatal("no ACK")
		}
		in.TakeBye()
		out.Expect(487)
	}
}

// TestCancelBeforeRinging: the caller gives up before the phone said a word.
func TestCancelBeforeRinging(t *testing.T) {
	_, anna, bert := two(t)
	out := anna.Call("102", anna.SDP("sendrecv"))
	in := bert.Incoming()
	out.Expect(100)
	out.Cancel()
	out.Expect(487)
	time.Sleep(50 * time.Millisecond) // no CANCEL may go before a provisional answer (RFC 3261 section 9.1)
	if in.Pending(sip.CANCEL) {
		t.Fatal("CANCEL came before the phone had answered anything")
	}
	in.Reply(180, nil)
	in.TakeCancel()
}

func TestOwnNumberRingsTheOtherPhone(t *testing.T) {
	_, _, desk, kitchen := twoPhones(t)
	out := desk.Call("102", desk.SDP("sendrecv"))
	in := kitchen.Incoming()
	in.Reply(486, nil)
	out.Expect(486)
	desk.Silent(20 * time.Millisecond)
}

// TestGuestRingsWhereHeSits: the seat decides, not the registration.
func TestGuestRingsWhereHeSits(t *testing.T) {
	b := calltest.Start(t, calltest.NewOffice(t, 3), calltest.Settings{})
	anna, home, host := b.Phone(0, calltest.Options{}), b.Phone(1, calltest.Options{}), b.Phone(2, calltest.Options{})
	b.Update(t, func(tx *directory.Tx) error {
		_, err := tx.Sit(directory.SitRequest{Extension: b.Extensions[1].ID, At: b.Devices[2].At(1), How: directory.HowPortal, Force: true})
		return err
	})
	out := anna.Call("102", anna.SDP("sendrecv"))
	host.Incoming().Reply(486, nil)
	out.Expect(486)
	home.Silent(20 * time.Millisecond)
	// and what he dials there is his own
	out = host.Call("101", host.SDP("sendrecv"))
	in := anna.Incoming()
	if from := in.Invite().From(); from.Address.User != "102" {
		t.Errorf("a guest calls as %s", from.Value())
	}
	in.Reply(486, nil)
	out.Expect(486)
}

// TestAckIsRepeated: the phone did not hear the ACK and repeats its 200.
func TestAckIsRepeated(t *testing.T) {
	_, anna, bert := two(t)
	out := anna.Call("102", anna.SDP("sendrecv"))
	in := bert.Incoming()
	if in.Reply(200, bert.SDP("sendrecv")) == nil {
		t.Fatal("no ACK")
	}
	out.Ack(out.Expect(200), nil)
	out.Bye()
	in.TakeBye()
	// the call is over, and still a repeated 200 is acknowledged
	if in.Reply(200, bert.SDP("sendrecv")) == nil {
		t.Fatal("no ACK for a repeated 200")
	}
}

// TestNoAckComes: a caller that never acknowledges is hung up, and so is the other side.
func TestNoAckComes(t *testing.T) {
	b := calltest.Start(t, calltest.NewOffice(t, 2), calltest.Settings{T1: 20 * time.Millisecond})
	anna, bert := b.Phone(0, calltest.Options{}), b.Phone(1, calltest.Options{})
	out := anna.Call("102", anna.SDP("sendrecv"))
	in := bert.Incoming()
	in.Reply(200, bert.SDP("sendrecv"))
	first := out.Expect(200)
	in.TakeBye()
	finals := out.Finals()
	if len(finals) < 5 {
		t.Errorf("the 200 came %d times", len(finals))
	}
	for _, again := range finals {
		if again.StatusCode == 200 && again.String() != first.String() {
			t.Errorf("a repeated 200 differs:\n%s\n%s", first, again)
		}
	}
	out.TakeBye()
}

// TestTwoPhonesBehindOneContact: both answer the one INVITE we sent. The
// second is acknowledged and hung up, the first talks on.
func TestTwoPhonesBehindOneContact(t *testing.T) {
	_, anna, bert := two(t)
	out := anna.Call("102", anna.SDP("sendrecv"))
	in := bert.Incoming()
	twin := in.Fork()
	in.Reply(200, bert.SDP("sendrecv"))
	out.Ack(out.Expect(200), nil)
	if twin.Reply(200, bert.SDP("sendrecv")) == nil {
		t.Fatal("the second answer got no ACK")
	}
	twin.TakeBye()
	if res := in.Request(sip.OPTIONS, "", nil); res.StatusCode != 200 {
		t.Errorf("the first is hurt: %d", res.StatusCode)
	}
	out.Bye()
	in.TakeBye()
}
