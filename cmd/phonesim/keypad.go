package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strings"
	"time"

	"cradle/media/rtp"
	"cradle/media/sdp"
)

// keypad is a phone's RTP socket that sends digits (RFC 4733, 2.5) between
// frames of silence.
type keypad struct {
	conn   *net.UDPConn
	to     netip.AddrPort
	event  uint8 // payload type of telephone-event
	header rtp.Header
}

const (
	frameTime  = 20 * time.Millisecond
	frameTicks = 160 // 20 ms at 8000 Hz
	digits     = "0123456789*#ABCD"
)

// openKeypad opens the socket at a phone's own address.
func openKeypad(own netip.Addr) (*keypad, error) {
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(own, 0)))
	if err != nil {
		return nil, err
	}
	return &keypad{conn: conn, header: rtp.Header{Seq: uint16(rand.Uint32()), Time: rand.Uint32(), SSRC: rand.Uint32()}}, nil
}

// SDP offers PCMU, PCMA and digits.
func (k *keypad) SDP() []byte {
	a := k.conn.LocalAddr().(*net.UDPAddr).AddrPort() //nolint:forcetypeassert // a UDP socket's
	family := "IP4"
	if a.Addr().Is6() {
		family = "IP6"
	}
	return fmt.Appendf(nil, "v=0\r\no=phone 1 1 IN %[1]s %[2]s\r\ns=-\r\nc=IN %[1]s %[2]s\r\nt=0 0\r\nm=audio %[3]d RTP/AVP 0 8 101\r\n"+
		"a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n",
		family, a.Addr(), a.Port())
}

// target reads from an answer where to send, and whether digits are understood.
func (k *keypad) target(answer []byte) error {
	d, err := sdp.Parse(answer)
	if err != nil {
		return err
	}
	i, err := d.Audio(sdp.Unencrypted)
	if err != nil {
		return err
	}
	m := &d.Media[i]
	k.to = netip.AddrPortFrom(m.Addr, uint16(m.Port))
	for _, c := range m.Codecs {
		if c.Event() {
			k.event = c.Type
			return nil
		}
	}
	return fmt.Errorf("the other side takes no digits")
}

// enter presses keys: 100 ms each, 100 ms of silence between them.
func (k *keypad) enter(ctx context.Context, keys string) error {
	tick := time.NewTicker(frameTime)
	defer tick.Stop()
	next := func() error {
		select {
		case <-tick.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := k.silence(10, next); err != nil {
		return err
	}
	for _, key := range strings.ToUpper(keys) {
		code := strings.IndexRune(digits, key)
		if code < 0 {
			return fmt.Errorf("no key %q", key)
		}
		if err := k.press(byte(code), next); err != nil {
			return err
		}
		if err := k.silence(5, next); err != nil {
			return err
		}
	}
	return nil
}

// press sends one key: its duration grows from packet to packet, the end is sent three times.
func (k *keypad) press(code byte, next func() error) error {
	const packets = 5
	for i := 1; i <= packets+2; i++ {
		if err := next(); err != nil {
			return err
		}
		duration, end := uint16(min(i, packets)*frameTicks), byte(0)
		if i >= packets {
			end = 0x80
		}
		k.header.Type, k.header.Marker = k.event, i == 1
		if err := k.send([]byte{code, end | 10, byte(duration >> 8), byte(duration)}); err != nil {
			return err
		}
	}
	k.header.Time += (packets + 2) * frameTicks
	return nil
}

func (k *keypad) silence(frames int, next func() error) error {
	quiet := make([]byte, frameTicks)
	for i := range quiet {
		quiet[i] = 0xff
	}
	for range frames {
		if err := next(); err != nil {
			return err
		}
		k.header.Type, k.header.Marker = 0, false
		if err := k.send(quiet); err != nil {
			return err
		}
		k.header.Time += frameTicks
	}
	return nil
}

func (k *keypad) send(payload []byte) error {
	_, err := k.conn.WriteToUDPAddrPort(rtp.Append(nil, k.header, payload), k.to)
	k.header.Seq++
	return err
}
