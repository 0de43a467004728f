package main

import (
	"context"
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"testing"
	"time"

	"cradle/media/mediatest"
	"cradle/registrar/siptest"
)

// heldCall is a call that stays up; each side says a tone of its own.
type heldCall struct {
	out, in  *siptest.Call
	ears     [2]*mediatest.Phone
	hz       [2]int // what each side says
	packets  int
	lost     int
	judged   int
	inDialog *siptest.Msg // what the called got inside the dialog last: an attacker who knows everything of it
}

// hears counts what both sides heard since the last time, and listens anew.
func (c *heldCall) hears(ctx context.Context) error {
	for i, ear := range c.ears {
		h := ear.Heard()
		ear.Forget()
		if _, err := ear.Await(ctx, c.hz[1-i]); err != nil {
			return fmt.Errorf("side %d does not hear %d Hz: %w", i, c.hz[1-i], err)
		}
		c.packets, c.lost, c.judged = c.packets+h.Packets, c.lost+h.Lost, c.judged+1
	}
	return nil
}

var mediaPort = regexp.MustCompile(`(?m)^m=audio (\d+)`)

// sends is where a side's media goes.
func sends(t *testing.T, sdp []byte) netip.AddrPort {
	t.Helper()
	m := mediaPort.FindSubmatch(sdp)
	if m == nil {
		t.Fatalf("no media in %s", sdp)
	}
	port, _ := strconv.Atoi(string(m[1]))
	return netip.AddrPortFrom(mediatest.Addr4(), uint16(port))
}

// line is a registered phone of the test.
func (a *machine) line(mac, transport, local string, more func(*siptest.Config)) *siptest.Phone {
	a.t.Helper()
	acc := a.Devices()[mac]
	c := siptest.Config{Server: a.SIP, Transport: transport, Local: local, User: acc.SIP.User, Password: acc.SIP.Secret, Domain: acc.SIP.Realm}
	if transport == "tls" {
		c.Server = a.SIPS
	}
	if more != nil {
		more(&c)
	}
	p, err := siptest.New(c)
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(p.Close)
	ctx, cancel := context.WithTimeout(a.t.Context(), 10*time.Second)
	defer cancel()
	if _, err := p.Register(ctx); err != nil {
		a.t.Fatal(err)
	}
	return p
}

// hold sets up a call that stays.
func hold(t *testing.T, pacer *mediatest.Pacer, from *siptest.Phone, number string, in <-chan *siptest.Call, hz [2]int) *heldCall {
	t.Helper()
	c := &heldCall{hz: hz}
	for i := range c.ears {
		ear, err := pacer.Phone(netip.AddrPortFrom(mediatest.Addr4(), 0))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(ear.Close)
		c.ears[i] = ear
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	c.out = from.Call(number, c.ears[0].SDP("sendrecv"))
	select {
	case c.in = <-in:
	case <-ctx.Done():
		t.Fatalf("%s does not ring: %d %s", number, c.out.Status(), c.out.Reason())
	}
	c.in.Answer(c.ears[1].SDP("sendrecv"))
	if err := c.out.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	for i, sdp := range [][]byte{c.out.RemoteSDP(), c.in.RemoteSDP()} {
		c.ears[i].Say(sends(t, sdp), mediatest.Tone{Hz: hz[i]})
	}
	if err := c.hears(ctx); err != nil {
		t.Fatal(err)
	}
	return c
}
