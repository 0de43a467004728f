package main

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"cradle/media/rtp"
	"cradle/registrar/siptest"
)

// feature is the far end of a seat code: it answers, hears digits, and hangs up after "#".
type feature struct {
	conn  *net.UDPConn
	heard chan string
	says  string // in the Reason of its BYE; empty: nothing
}

func (h *house) feature(user, says string) *feature {
	h.t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		h.t.Fatal(err)
	}
	f := &feature{conn: conn, heard: make(chan string, 1), says: says}
	k := &keypad{conn: conn}
	p, err := siptest.New(siptest.Config{Server: h.addr.String(), Local: "127.0.0.40", User: user, OnInvite: func(c *siptest.Call) {
		c.Answer(k.SDP())
		f.heard <- f.listen()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if f.says == "" {
			c.Bye(ctx)
			return
		}
		c.Bye(ctx, siptest.Header{Name: "Reason", Value: f.says})
	}})
	if err != nil {
		h.t.Fatal(err)
	}
	if _, err := p.Register(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { conn.Close(); p.Close() })
	return f
}

// listen collects digits: one event is one timestamp (RFC 4733, 2.2).
func (f *feature) listen() string {
	var keys strings.Builder
	last := uint32(0)
	buf := make([]byte, 1500)
	for {
		n, _, err := f.conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return keys.String() + " " + err.Error()
		}
		h, ok := rtp.Parse(buf[:n])
		if !ok || h.Type != 101 || h.Time == last {
			continue
		}
		last = h.Time
		key := digits[buf[12]]
		if keys.WriteByte(key); key == '#' {
			return keys.String()
		}
	}
}

func TestSeatEntersDigits(t *testing.T) {
	h := openHouse(t)
	f := h.feature("*30102", `SIP;cause=200;text="Done"`)
	a := h.boot("805ec0000101")
	a.tell(t, ask{Do: "registered"})
	status, text := program(t, "--json", "seat", "--control", a.socket, "*30102", "--code", "135799")
	if status != 0 || !strings.Contains(text, `"ok":true`) {
		t.Fatalf("status %d: %s", status, text)
	}
	if got := <-f.heard; got != "135799#" {
		t.Errorf("heard %q", got)
	}
	a.ends()
}

// A phone that is refused, or told nothing, does not say that it worked.
func TestSeatTellsTheTruth(t *testing.T) {
	h := openHouse(t)
	f := h.feature("*30103", `SIP;cause=403;text="Refused"`)
	a := h.boot("805ec0000102")
	a.tell(t, ask{Do: "registered"})
	status, text := program(t, "--json", "seat", "--control", a.socket, "*30103", "--code", "1")
	if <-f.heard; status != 1 || !strings.Contains(text, "refused") || strings.Contains(text, `"ok":true`) {
		t.Errorf("status %d: %s", status, text)
	}
	a.ends()
	for says, good := range map[string]bool{`SIP;cause=200;text="Done"`: true, "SIP ;text=x;cause=200": true, "SIP;cause=404": false, "": false, "Q.850;cause=200": false, "SIP;text=x": false} {
		if err := outcome(says); (err == nil) != good {
			t.Errorf("%q: %v", says, err)
		}
	}
}

// An end packet comes three times and durations grow, so that one lost packet loses no digit.
func TestKeypadPackets(t *testing.T) {
	ear, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer ear.Close()
	k, err := openKeypad(netip.MustParseAddr("127.0.0.1"))
	if err != nil {
		t.Fatal(err)
	}
	defer k.conn.Close()
	k.to, k.event = ear.LocalAddr().(*net.UDPAddr).AddrPort(), 96
	if err := k.enter(t.Context(), "5"); err != nil {
		t.Fatal(err)
	}
	var ends, marks int
	var durations []int
	buf := make([]byte, 1500)
	for range 22 {
		if err := ear.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
			t.Fatal(err)
		}
		n, err := ear.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		h, ok := rtp.Parse(buf[:n])
		if !ok {
			t.Fatalf("no RTP: %x", buf[:n])
		}
		if h.Type != 96 {
			continue
		}
		if h.Marker {
			marks++
		}
		if buf[13]&0x80 != 0 {
			ends++
		}
		if buf[12] != 5 {
			t.Errorf("event %d", buf[12])
		}
		durations = append(durations, int(buf[14])<<8|int(buf[15]))
	}
	if ends != 3 || marks != 1 || len(durations) != 7 || durations[0] != 160 || durations[6] != 800 {
		t.Errorf("%d ends, %d marks, durations %v", ends, marks, durations)
	}
	if err := k.enter(t.Context(), "x"); err == nil {
		t.Error("a key that is none was pressed")
	}
}
