package calls_test

import (
	"testing"

	"cradle/calls/calltest"
)

// BenchmarkCall is a call from INVITE to the end of BYE over real sockets,
// digest and media ports included. The two phones' own work counts in.
func BenchmarkCall(b *testing.B) {
	bench := calltest.Start(b, calltest.NewOffice(b, 2), calltest.Settings{})
	anna, bert := bench.Connect(0, calltest.Options{}), bench.Connect(1, calltest.Options{})
	anna.Register()
	bert.Register()
	b.ReportAllocs()
	for b.Loop() {
		out := anna.Call("102", anna.SDP("sendrecv"))
		in := bert.Incoming()
		in.Reply(180, nil)
		in.Reply(200, bert.SDP("sendrecv"))
		out.Ack(out.Expect(200), nil)
		out.Bye()
		in.TakeBye()
	}
}
