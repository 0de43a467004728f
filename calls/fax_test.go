package calls_test

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/calls/calltest"
)

// A call of two machines changes to T.38 and back: pages pass untouched, and the one that does not know T.38 is asked
// and refuses, while the call goes on.
func TestCallBecomesAFax(t *testing.T) {
	_, anna, bert := two(t)
	out, in, ok := talk(t, anna, bert, "102")
	machines := [2]*net.UDPConn{}
	for i := range machines {
		c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		machines[i] = c
	}
	fax := func(i int) []byte {
		return fmt.Appendf(nil, "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=image %d udptl t38\r\na=T38FaxVersion:0\r\na=T38FaxMaxDatagram:400\r\n",
			machines[i].LocalAddr().(*net.UDPAddr).Port)
	}
	change := func(said []byte, status int, answered []byte) (told, answer []byte) {
		t.Helper()
		final := in.Send(calltest.WithBody(in.Build(sip.INVITE), "application/sdp", said)) // the called machine hears the tones
		req := out.Next(sip.INVITE)
		out.ReplyTo(req, status, answered)
		res := in.Final(final)
		if res.StatusCode != status {
			t.Fatalf("got %d, want %d", res.StatusCode, status)
		}
		if status == 200 {
			in.Ack(res, nil)
		}
		return req.Body(), res.Body()
	}
	change(fax(1), 488, nil)
	anna.Say(ok.Body(), 440)
	bert.Hear(440)
	anna.Media.Hush() // a machine's sound comes from the port of its fax
	told, answer := change(fax(1), 200, fax(0))
	for _, b := range [][]byte{told, answer} {
		if !bytes.Contains(b, []byte(" udptl t38\r\n")) || !bytes.Contains(b, []byte("a=T38FaxMaxDatagram:400\r\n")) {
			t.Errorf("said\n%s", b)
		}
	}
	to := [2]netip.AddrPort{imageAddr(t, told), imageAddr(t, answer)}
	for i := range machines {
		page := []byte{0, byte(i), 3, 'f', 'a', 'x'}
		got := make([]byte, 100)
		for range 50 { // the packets of the call before may still be on their way
			machines[i].WriteToUDPAddrPort(page, to[i])                          //nolint:errcheck // judged by what arrives
			machines[1-i].SetReadDeadline(time.Now().Add(20 * time.Millisecond)) //nolint:errcheck // a socket that is open
			if n, err := machines[1-i].Read(got); err == nil && bytes.Equal(got[:n], page) {
				got = nil
				break
			}
		}
		if got != nil {
			t.Errorf("machine %d gets no page", 1-i)
		}
	}
	told, answer = change(bert.SDP("sendrecv"), 200, anna.SDP("sendrecv"))
	anna.Say(told, 700)
	bert.Say(answer, 1000)
	bert.Hear(700)
	anna.Hear(1000)
	out.Bye()
	in.TakeBye()
}

// imageAddr is where pages go.
func imageAddr(t *testing.T, sdp []byte) netip.AddrPort {
	t.Helper()
	return calltest.MediaAddr(t, bytes.Replace(sdp, []byte("m=image"), []byte("m=audio"), 1))
}
