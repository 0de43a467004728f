//go:build e2e

package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"cradle/media/mediatest"
	"cradle/registrar/siptest"
)

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
	var now, most int
	// The runtime gives memory back some minutes after the last of it was needed.
	waitFor(t, 6*time.Minute, "memory is given back", func() bool { now, most = a.memory(); return now <= resident+48 })
	t.Logf("goroutines %d, at most %d, now %d; descriptors %d, at most %d, now %d; resident %d MiB, at most %d, now %d", before.Goroutines, peak.Goroutines, a.Vitals().Goroutines,
		before.Descriptors, peak.Descriptors, a.Vitals().Descriptors, resident, most, now)
}
