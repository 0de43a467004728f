//go:build e2e

package main

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"regexp"
	"strconv"
	"strings"
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

// memory is what the program keeps resident, and the most it ever did, in MiB.
func (a *machine) memory() (now, most int) {
	a.t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", a.cmd.Process.Pid))
	if err != nil {
		a.t.Fatal(err)
	}
	for _, line := range strings.Split(string(b), "\n") {
		var kib int
		if n, _ := fmt.Sscanf(line, "VmRSS: %d kB", &kib); n == 1 {
			now = kib >> 10
		}
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kib); n == 1 {
			most = kib >> 10
		}
	}
	return now, most
}

// TestE2EHostileMinutes: two calls are up and a phone refreshes while everything
// hostile that we know comes in through every door, for the time that
// CRADLE_HOSTILE says (default 8 s). No call is lost or loses its sound, the
// phone is always answered, and afterwards nothing of it is left.
func TestE2EHostileMinutes(t *testing.T) {
	length := 8 * time.Second
	if said := os.Getenv("CRADLE_HOSTILE"); said != "" {
		var err error
		if length, err = time.ParseDuration(said); err != nil {
			t.Fatal(err)
		}
	}
	secure := freePort(t)
	a := startAppliance(t, t.TempDir(), "--https", secure)
	a.Setup(strings.NewReplacer("127.0.0.0/8", "127.0.0.0/16", `  - {number: "103"`, "  - {number: \"104\", name: Alan Turing, site: London}\n  - {number: \"103\"",
		"Hot desk 1}", `Hot desk 1, line: "104"}`).Replace(officeFile)) // 127.1.0.0/16 is the outside
	before := a.Vitals()
	resident, _ := a.memory()

	pacer := mediatest.NewPacer()
	defer pacer.Close()
	rings, knows := make(chan *siptest.Call, 1), make(chan *siptest.Msg, 64)
	answers := func(c *siptest.Config) {
		c.OnInvite = func(c *siptest.Call) { rings <- c }
		c.OnRequest = func(m *siptest.Msg) bool {
			if m.Method == "ACK" {
				knows <- m
			}
			return false
		}
	}
	ada := a.line("80:5e:c0:12:34:56", "udp", "127.0.0.51", nil)
	grace := a.line("00:04:13:aa:bb:01", "tls", "127.0.0.52", answers)
	front := a.line("c0:74:ad:00:11:22", "tcp", "127.0.0.53", nil)
	desk := a.line("64:16:7f:00:00:01", "udp", "127.0.0.54", answers)
	one := hold(t, pacer, ada, "102", rings, [2]int{440, 1000})
	one.inDialog = <-knows
	two := hold(t, pacer, front, "104", rings, [2]int{550, 1300})
	two.inDialog = <-knows
	calls := []*heldCall{one, two}

	storm := raise(t, a, secure, length, calls)
	refreshed, peak := 0, vitals{}
	for storm.ctx.Err() == nil {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		for i, c := range calls {
			if err := c.hears(ctx); err != nil {
				t.Errorf("call %d: %v", i, err)
			}
		}
		if _, err := ada.Refresh(ctx); err != nil {
			t.Errorf("a phone is not answered: %v", err)
		}
		cancel()
		refreshed++
		v := a.Vitals()
		peak.Goroutines, peak.Descriptors = max(peak.Goroutines, v.Goroutines), max(peak.Descriptors, v.Descriptors)
		if t.Failed() {
			break
		}
		storm.breathe(time.Second)
	}
	storm.end()
	for i, c := range calls {
		for _, side := range []*siptest.Call{c.out, c.in} {
			select {
			case <-side.Ended():
				t.Errorf("call %d was lost: %s", i, side.Reason())
			default:
			}
		}
		if c.lost*50 > c.packets {
			t.Errorf("call %d: %d of %d packets were lost", i, c.lost, c.packets)
		}
	}
	late := hold(t, pacer, front, "104", rings, [2]int{600, 1500}) // a new call comes through at once
	for _, c := range append(calls, late) {
		if err := c.out.Bye(t.Context()); err != nil {
			t.Errorf("a call does not end: %v", err)
		}
	}
	storm.report(t)
	t.Logf("calls judged %d and %d times, %d and %d of %d and %d packets lost, %d refreshes", one.judged, two.judged, one.lost, two.lost, one.packets, two.packets, refreshed)
	for _, p := range []*siptest.Phone{ada, grace, front, desk} {
		p.Close()
	}
	backAtBaseline(t, a, before)
	now, most := a.memory()
	t.Logf("goroutines %d, at most %d, now %d; descriptors %d, at most %d, now %d; resident %d MiB, at most %d, now %d", before.Goroutines, peak.Goroutines, a.Vitals().Goroutines,
		before.Descriptors, peak.Descriptors, a.Vitals().Descriptors, resident, most, now)
	if now > resident+96 {
		t.Errorf("%d MiB are resident, %d were", now, resident)
	}
}
