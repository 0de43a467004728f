package calls_test

import (
	"testing"

	"cradle/calls/calltest"
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
