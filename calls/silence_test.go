package calls_test

import (
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/calls/calltest"
)

// TestVanishedPhonesEndTheirCall: both phones lose power without a BYE; the
// call ends by itself, and what it held is free again.
func TestVanishedPhonesEndTheirCall(t *testing.T) {
	b := calltest.Start(t, calltest.NewOffice(t, 2), calltest.Settings{T1: 10 * time.Millisecond, Silence: 200 * time.Millisecond})
	for _, tcp := range []bool{false, true} {
		anna, bert := b.Phone(0, calltest.Options{TCP: tcp}), b.Phone(1, calltest.Options{TCP: tcp})
		talk(t, anna, bert, "102")
		anna.Close()
		bert.Close()
		calltest.Eventually(t, "the call of two phones that are gone is over", func() bool {
			return len(b.Exchange.Calls()) == 0 && b.Media.Stats().Sessions == 0 && !b.Exchange.Busy(b.Devices[0].ID)
		})
	}
}

// TestQuietPhonesStay: phones that send nothing but answer are left alone, and
// of two where one knows nothing of the call any more the other gets a BYE.
func TestQuietPhonesStay(t *testing.T) {
	b := calltest.Start(t, calltest.NewOffice(t, 2), calltest.Settings{Silence: 200 * time.Millisecond})
	anna, bert := b.Phone(0, calltest.Options{}), b.Phone(1, calltest.Options{})
	out, in, _ := talk(t, anna, bert, "102")
	for range 2 {
		out.ReplyTo(out.Next(sip.OPTIONS), 200, nil)
		in.ReplyTo(in.Next(sip.OPTIONS), 405, nil)
	}
	if n := len(b.Exchange.Calls()); n != 1 {
		t.Fatalf("%d calls, want the quiet one", n)
	}
	in.ReplyTo(in.Next(sip.OPTIONS), 481, nil)
	out.ReplyTo(out.Next(sip.OPTIONS), 200, nil)
	out.TakeBye()
	in.TakeBye()
	calltest.Eventually(t, "the call is over", func() bool { return len(b.Exchange.Calls()) == 0 })
}
