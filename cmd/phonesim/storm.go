package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"time"

	"cradle/provisioning/provtest"
)

// stormGC is how far the heap of a storm may grow before it is swept, in percent.
const stormGC = 400

// stormCommand switches on many phones at once, as after a power cut.
type stormCommand struct {
	box
	Count    int           `required:"" help:"How many phones."`
	MACBase  string        `name:"mac-base" required:"" help:"Hardware address of the first; the others count up."`
	Register bool          `help:"They register with what they are given; one without an account has failed."`
	Parallel int           `default:"256" help:"How many boot at the same instant at most."`
	Again    bool          `help:"Then the power fails: all boot once more from what they were told, and that is what counts."`
	Timeout  time.Duration `default:"120s" help:"For the whole storm."`
}

// storm is the result of a storm.
type storm struct {
	OK     bool `json:"ok"`
	Count  int  `json:"count"`
	Booted int  `json:"booted"`
	// Registered counts those that registered, where they were to.
	Registered int `json:"registered"`
	Failed     int `json:"failed"`
	// Took is from the first to the last, in milliseconds.
	Took     float64     `json:"took_ms"`
	Boot     percentiles `json:"boot_ms"`
	Register percentiles `json:"register_ms"`
	// Before is how it went before the power failed, where it did.
	Before *storm `json:"before,omitempty"`
	// Errors counts each kind of failure, at most ten kinds.
	Errors map[string]int `json:"errors,omitempty"`
}

type percentiles struct {
	P50 float64 `json:"p50"`
	P90 float64 `json:"p90"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

// one is what became of one phone.
type one struct {
	p              *phone
	boot, register time.Duration
	booted         bool
	err            error
}

// Run boots them all and judges them together.
func (c *stormCommand) Run(ctx context.Context, out console) error {
	if c.Count < 1 || c.Count > 100_000 || c.Parallel < 1 {
		return fmt.Errorf("--count is 1 to 100000, --parallel at least 1")
	}
	first, err := c.unbox(c.MACBase, netip.Addr{})
	if err != nil {
		return err
	}
	base, err := strconv.ParseUint(first.MAC(), 16, 64)
	if err != nil || base+uint64(c.Count) > 1<<48 {
		return fmt.Errorf("--mac-base: %d phones do not fit behind %s", c.Count, first.MAC())
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	defer debug.SetGCPercent(debug.SetGCPercent(stormGC)) // what the phones spend the server lacks, where both share a machine
	all := make([]one, c.Count)
	for i := range all {
		box, err := first.Twin(fmt.Sprintf("%012x", base+uint64(i)))
		if err != nil {
			return err
		}
		all[i].p = newPhone(box, c.URL, nil, func(string, ...any) {})
	}
	res := c.burst(ctx, all)
	if c.Again {
		before := res
		cut(all)
		fmt.Fprintf(out.err, "%d booted in %.0f ms; the power fails\n", before.Booted, before.Took)
		res = c.burst(ctx, all)
		res.Before = before
		res.Failed += before.Failed
	}
	c.calm(all)
	res.OK = res.Failed == 0
	if !res.OK {
		out.result(res, "%d of %d failed: %v", res.Failed, res.Count, res.Errors)
		return &stormError{res.Failed, res.Count}
	}
	out.result(res, "%d phones booted, %d registered in %.0f ms; boot p50 %.0f p99 %.0f max %.0f ms, registration p50 %.0f p99 %.0f max %.0f ms",
		res.Booted, res.Registered, res.Took, res.Boot.P50, res.Boot.P99, res.Boot.Max, res.Register.P50, res.Register.P99, res.Register.Max)
	return nil
}

// stormError tells how many phones failed.
type stormError struct{ failed, count int }

// Error is the text.
func (e *stormError) Error() string { return fmt.Sprintf("%d of %d phones failed", e.failed, e.count) }

// burst boots all phones, a bounded number at the same instant.
func (c *stormCommand) burst(ctx context.Context, all []one) *storm {
	room := make(chan struct{}, c.Parallel)
	var wg sync.WaitGroup
	began := time.Now()
	for i := range all {
		room <- struct{}{}
		wg.Go(func() {
			defer func() { <-room }()
			c.boot(ctx, &all[i])
		})
	}
	wg.Wait()
	res := judge(all, c.Register)
	res.Took = ms(time.Since(began))
	return res
}

func (c *stormCommand) boot(ctx context.Context, o *one) {
	began := time.Now()
	res, err := o.p.box.Boot(ctx, c.URL)
	o.boot, o.err, o.booted = time.Since(began), err, err == nil
	if err != nil || !c.Register {
		return
	}
	began = time.Now()
	o.err = o.p.register(ctx, res.Settings.Accounts)
	o.register = time.Since(began)
}

// cut takes the current from all phones: no server hears of it.
func cut(all []one) {
	for i := range all {
		all[i].p.cut()
	}
}

// calm switches all phones off again.
func (c *stormCommand) calm(all []one) {
	room := make(chan struct{}, c.Parallel)
	var wg sync.WaitGroup
	for i := range all {
		room <- struct{}{}
		wg.Go(func() {
			defer func() { <-room }()
			all[i].p.off()
		})
	}
	wg.Wait()
}

// judge counts and sorts.
func judge(all []one, registers bool) *storm {
	res := &storm{Count: len(all), Errors: map[string]int{}}
	var boots, registrations []float64
	for _, o := range all {
		if o.booted {
			res.Booted++
			boots = append(boots, ms(o.boot))
		}
		if o.err != nil {
			res.Failed++
			if kind := kindOf(o.err); len(res.Errors) < 10 || res.Errors[kind] > 0 {
				res.Errors[kind]++
			}
		} else if registers {
			res.Registered++
			registrations = append(registrations, ms(o.register))
		}
	}
	res.Boot, res.Register = rank(boots), rank(registrations)
	return res
}

// kindOf gives a failure without what differs from phone to phone.
func kindOf(err error) string {
	f := failureOf(err)
	switch {
	case f.Status != 0:
		return fmt.Sprintf("SIP status %d", f.Status)
	case errors.Is(err, provtest.ErrRefused):
		return provtest.ErrRefused.Error()
	case errors.Is(err, errNoAccount):
		return errNoAccount.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return "not in time"
	}
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err.Error()
}

// rank gives the percentiles, nearest rank.
func rank(v []float64) percentiles {
	if len(v) == 0 {
		return percentiles{}
	}
	slices.Sort(v)
	at := func(q float64) float64 { return v[max(0, int(math.Ceil(q*float64(len(v))))-1)] }
	return percentiles{P50: at(0.5), P90: at(0.9), P99: at(0.99), Max: v[len(v)-1]}
}
