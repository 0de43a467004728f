package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cradle/registrar/siptest"
)

// These run the real binary with many phones, once: go test -bench . -benchtime 1x ./cmd/cradle

// manyPhones is an office in which each phone has its extension.
func manyPhones(n int) string {
	var extensions, devices strings.Builder
	for i := range n {
		fmt.Fprintf(&extensions, "  - {number: \"%d\", name: Phone %d, site: London}\n", 10000+i, i)
		fmt.Fprintf(&devices, "  - {mac: \"001565%06x\", model: yealink-t46s, site: London, line: \"%d\"}\n", i, 10000+i)
	}
	head, _, _ := strings.Cut(officeFile, "extensions:\n")
	return strings.Replace(head, `"103"`, `"10000"`, 1) + "extensions:\n" + extensions.String() + "devices:\n" + devices.String()
}

// crowd are many phones, each with an address of its own.
type crowd struct {
	b        *testing.B
	a        *machine
	accounts []exportedDevice
	phones   []*siptest.Phone
}

func gather(b *testing.B, n int) *crowd {
	b.Helper()
	a := startAppliance(b, b.TempDir())
	a.Setup(manyPhones(n))
	c := &crowd{b: b, a: a, phones: make([]*siptest.Phone, n)}
	for _, d := range a.Devices() {
		c.accounts = append(c.accounts, d)
	}
	b.Cleanup(func() {
		for _, p := range c.phones {
			if p != nil {
				p.Close()
			}
		}
	})
	return c
}

// all does something for each phone, so many at once.
func (c *crowd) all(atOnce int, do func(i int) error) {
	c.b.Helper()
	var work sync.WaitGroup
	var failed atomic.Int64
	next := make(chan int)
	for range atOnce {
		work.Go(func() {
			for i := range next {
				if err := do(i); err != nil && failed.Add(1) == 1 {
					c.b.Errorf("phone %d: %v", i, err)
				}
			}
		})
	}
	for i := range c.phones {
		next <- i
	}
	close(next)
	work.Wait()
	if n := failed.Load(); n > 0 {
		c.b.Fatalf("%d phones failed", n)
	}
}

// register brings one phone in, anew where its connection is gone.
func (c *crowd) register(i int, transport string) error {
	ctx, cancel := context.WithTimeout(c.b.Context(), 60*time.Second)
	defer cancel()
	p := c.phones[i]
	if p == nil || transport != "udp" {
		if p != nil {
			p.Close()
		}
		d, server := c.accounts[i], c.a.SIP
		if transport == "tls" {
			server = c.a.SIPS
		}
		var err error
		p, err = siptest.New(siptest.Config{Server: server, Transport: transport, Local: fmt.Sprintf("127.0.%d.%d", 10+i/250, 1+i%250),
			User: d.SIP.User, Password: d.SIP.Secret, Domain: d.SIP.Realm})
		if err != nil {
			return err
		}
		c.phones[i] = p
	}
	_, err := p.Register(ctx)
	return err
}

// resident is what the program keeps in memory, in KiB.
func (c *crowd) resident() (kib int) {
	c.b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.a.cmd.Process.Pid))
	if err != nil {
		c.b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		c.b.Fatal(err)
	}
	return kib
}

// BenchmarkIdleTLSPhones is the memory of a phone that is registered over TLS and
// says nothing, its binding included.
func BenchmarkIdleTLSPhones(b *testing.B) {
	const n = 1000
	c := gather(b, n)
	for b.Loop() {
		before := c.resident()
		c.all(16, func(i int) error { return c.register(i, "tls") })
		b.ReportMetric(float64(c.resident()-before)/n, "KiB/phone")
	}
}

// BenchmarkBackAfterKill kills the program under 2,000 phones, a tenth of them on
// TLS, starts it again, and lets all of them register at once: seconds from the
// kill to the first answer and to the last phone.
func BenchmarkBackAfterKill(b *testing.B) {
	const n = 2000
	c := gather(b, n)
	by := func(i int) string {
		if i%10 == 0 {
			return "tls"
		}
		return "udp"
	}
	c.all(64, func(i int) error { return c.register(i, by(i)) })
	for b.Loop() {
		killed := time.Now()
		c.a.Kill()
		c.a.Restart()
		var first atomic.Int64
		c.all(256, func(i int) error {
			err := c.register(i, by(i))
			first.CompareAndSwap(0, int64(time.Since(killed)))
			return err
		})
		b.ReportMetric(time.Duration(first.Load()).Seconds(), "s-to-first")
		b.ReportMetric(time.Since(killed).Seconds(), "s-to-all")
	}
}
