package calls_test

import (
	"testing"

	"cradle/calls/calltest"
	"cradle/calls/event"
	"cradle/directory"
)

// two starts an office with two registered phones, 101 and 102.
func two(t *testing.T) (*calltest.Bench, *calltest.Phone, *calltest.Phone) {
	t.Helper()
	b := calltest.Start(t, calltest.NewOffice(t, 2), calltest.Settings{})
	return b, b.Phone(0, calltest.Options{}), b.Phone(1, calltest.Options{})
}

func TestCallIsHeardBothWays(t *testing.T) {
	for _, tcp := range []bool{false, true} {
		t.Run(map[bool]string{false: "udp", true: "mixed with tcp"}[tcp], func(t *testing.T) {
			b := calltest.Start(t, calltest.NewOffice(t, 2), calltest.Settings{})
			anna, bert := b.Phone(0, calltest.Options{}), b.Phone(1, calltest.Options{TCP: tcp})
			out := anna.Call("102", anna.SDP("sendrecv"))
			in := bert.Incoming()
			in.Reply(180, nil)
			out.Expect(180)
			in.Reply(200, bert.SDP("sendrecv"))
			ok := out.Expect(200)
			out.Ack(ok, nil)
			anna.Say(ok.Body(), 440)
			bert.Say(in.Invite().Body(), 1000)
			bert.Hear(440)
			anna.Hear(1000)
			out.Bye()
			in.TakeBye()
		})
	}
}

// TestOneLiveCall: a call is found by its ID while it is up, and never after.
func TestOneLiveCall(t *testing.T) {
	b, anna, bert := two(t)
	events := b.Exchange.Events().Watch()
	defer events.Close()
	out, in, _ := talk(t, anna, bert, "102")
	up := b.Exchange.Calls()
	if len(up) != 1 {
		t.Fatalf("%d calls are up", len(up))
	}
	if one, found := b.Exchange.Call(up[0].ID); !found || one != up[0] {
		t.Fatalf("got %v, %+v; want %+v", found, one, up[0])
	}
	if _, found := b.Exchange.Call(directory.NewID()); found {
		t.Error("a call that never was is found")
	}
	out.Bye()
	in.TakeBye()
	for e := range events.C() {
		if e.Kind != event.Ended {
			continue
		}
		if _, found := b.Exchange.Call(up[0].ID); found {
			t.Error("a call that ended is found")
		}
		return
	}
}
