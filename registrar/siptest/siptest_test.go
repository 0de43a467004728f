package siptest

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// pair is two phones that talk to each other without a server.
func pair(t *testing.T, answer func(c *Call), offer func(c *Call, sdp []byte) []byte) (a, b *Phone) {
	t.Helper()
	l, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.LocalAddr().String()
	_ = l.Close()
	a, err = New(Config{Server: at, Local: "127.0.0.1", User: "a", Display: "Ada"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	b, err = New(Config{Server: a.Addr().String(), Local: at, User: "b", OnInvite: answer, OnOffer: offer})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return a, b
}

func TestCall(t *testing.T) {
	incoming := make(chan *Call, 1)
	a, _ := pair(t, func(c *Call) { c.Ring(); c.Answer([]byte("sdp-b")); incoming <- c },
		func(_ *Call, sdp []byte) []byte { return append([]byte("re:"), sdp...) })
	c := a.Call("b", []byte("sdp-a"))
	if err := c.Wait(soon(t)); err != nil {
		t.Fatal(err)
	}
	in := <-incoming
	if string(c.RemoteSDP()) != "sdp-b" || string(in.RemoteSDP()) != "sdp-a" || in.CallerName() != "Ada" || in.CallerNumber() != "a" {
		t.Errorf("%q %q %q %q", c.RemoteSDP(), in.RemoteSDP(), in.CallerName(), in.CallerNumber())
	}
	select {
	case <-in.Acked():
	case <-soon(t).Done():
		t.Fatal("no ACK")
	}
	if _, err := c.Reinvite(soon(t), []byte("hold")); err != nil || string(c.RemoteSDP()) != "re:hold" {
		t.Error(err, string(c.RemoteSDP()))
	}
	if err := c.Info(soon(t), "application/dtmf-relay", []byte("Signal=1")); err != nil {
		t.Error(err)
	}
	if err := in.Bye(soon(t)); err != nil {
		t.Error(err)
	}
	select {
	case <-c.Ended():
	case <-soon(t).Done():
		t.Fatal("BYE was not heard")
	}
	if err := c.Bye(soon(t)); err != nil { // the other side still answers
		var s *StatusError
		if !errors.As(err, &s) {
			t.Error(err)
		}
	}
}

func TestCancelAndReject(t *testing.T) {
	ended := make(chan string, 1)
	a, _ := pair(t, func(c *Call) {
		c.Ring()
		if strings.Contains(c.Invite.URI, "busy") {
			c.Reject(486)
			return
		}
		<-c.Ended()
		ended <- c.Reason()
	}, nil)
	c := a.Call("ring", nil)
	if err := c.WaitRinging(soon(t), 180); err != nil {
		t.Fatal(err)
	}
	if err := c.Cancel(soon(t)); err != nil {
		t.Fatal(err)
	}
	var s *StatusError
	if err := c.Wait(soon(t)); !errors.As(err, &s) || s.Msg.Status != 487 {
		t.Error(err)
	}
	if r := <-ended; r != "CANCEL" {
		t.Error(r)
	}
	if err := a.Call("busy", nil).Wait(soon(t)); !errors.As(err, &s) || s.Msg.Status != 486 {
		t.Error(err)
	}
}

func TestCloseLeavesNothing(t *testing.T) {
	a, b := pair(t, func(c *Call) { c.Answer(nil) }, nil)
	c := a.Call("b", nil)
	_ = c.Wait(soon(t))
	b.Close()
	a.Close()
	if _, err := a.Exchange(soon(t), (&Msg{Method: "OPTIONS", URI: "sip:x"}).Add("CSeq", "1 OPTIONS"), nil); err == nil {
		t.Error("a closed phone talks")
	}
}

func FuzzParseMsg(f *testing.F) {
	f.Add([]byte("NOTIFY sip:a SIP/2.0\r\nv: x;branch=1\r\n folded\r\nContent-Length: 0\r\n\r\n"))
	f.Add([]byte("SIP/2.0 200\r\n: \r\n\r\n"))
	f.Fuzz(func(_ *testing.T, b []byte) {
		if m, ok := ParseMsg(b); ok {
			m.Answer(200, "OK", "t").Bytes()
			m.key()
			Param(m.Get("To"), "tag")
		}
	})
}
