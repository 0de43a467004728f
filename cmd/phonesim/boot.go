package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"cradle/media/mediatest"
	"cradle/provisioning/catalog"
	"cradle/provisioning/provtest"
	"cradle/templates"
)

// box is which phone is taken out of which box.
type box struct {
	Model string `required:"" help:"Model, by its name in the catalogue (vendor-model)."`
	URL   string `name:"url" required:"" help:"Where it is pointed: an http, https or tftp URL, or pnp:[interface]."`
}

// bootCommand switches one phone on.
type bootCommand struct {
	box
	MAC      string        `name:"mac" required:"" help:"Its hardware address."`
	Control  string        `type:"path" help:"Unix socket on which it is told what to do, in lines of JSON."`
	Address  string        `help:"Its own address; by default one in 127/8 made of its MAC, where the appliance is on this machine."`
	Patience time.Duration `default:"60s" help:"How long it tries to be given settings before it gives up."`
	Retry    time.Duration `default:"2s" help:"Between two attempts."`
	Once     bool          `help:"Boot, register, unregister and leave."`
}

// booted is the result of a boot.
type booted struct {
	OK    bool            `json:"ok"`
	State state           `json:"state"`
	Steps []provtest.Step `json:"steps"`
	// Boot and Register are in milliseconds.
	Boot     float64 `json:"boot_ms"`
	Register float64 `json:"register_ms"`
	Source   string  `json:"source"`
}

// unbox makes the phone.
func (b *box) unbox(mac string, own netip.Addr) (*provtest.Phone, error) {
	shelf, err := catalog.Load(templates.FS())
	if err != nil {
		return nil, err
	}
	return provtest.New(provtest.Config{Catalog: shelf, Data: templates.FS(), Model: b.Model, MAC: mac, Address: own})
}

// Run boots the phone and keeps it on until ctx ends.
func (c *bootCommand) Run(ctx context.Context, out console) error {
	var own netip.Addr
	if c.Address != "" {
		var err error
		if own, err = netip.ParseAddr(c.Address); err != nil {
			return fmt.Errorf("--address: %w", err)
		}
	}
	b, err := c.unbox(c.MAC, own)
	if err != nil {
		return err
	}
	pacer := mediatest.NewPacer()
	defer pacer.Close()
	p := newPhone(b, c.URL, pacer, func(format string, a ...any) { fmt.Fprintf(out.err, format+"\n", a...) })
	p.retry = c.Retry
	defer p.off()
	ctx, off := context.WithCancel(ctx)
	defer off()
	if c.Control != "" {
		s, err := serveControl(ctx, c.Control, p, off)
		if err != nil {
			return err
		}
		defer s.close()
	}
	res, took, err := c.first(ctx, p)
	waits := errors.Is(err, errNoAccount) && !c.Once
	if err != nil && !waits {
		return err
	}
	s := p.show()
	done := booted{OK: true, State: s, Steps: res.Steps, Boot: ms(res.Took), Register: ms(took - res.Took), Source: res.Source}
	if waits {
		out.result(done, "%s %s shows %q and waits for an account", s.Model, s.MAC, s.Screen)
	} else {
		out.result(done, "%s %s booted in %v and registered %s at %s from %s, screen %q", s.Model, s.MAC, res.Took.Round(time.Millisecond),
			s.Account.User, hostPort(s.Account.Server, s.Account.Port), s.Address, s.Screen)
	}
	if c.Once {
		return nil
	}
	p.live(ctx)
	if !p.show().Registered {
		return errNoAccount
	}
	return nil
}

// first boots until the phone is given settings and has registered.
func (c *bootCommand) first(ctx context.Context, p *phone) (*provtest.Result, time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, c.Patience)
	defer cancel()
	for {
		began := time.Now()
		res, err := p.boot(ctx, false)
		took := time.Since(began)
		if err == nil || errors.Is(err, errNoAccount) {
			return res, took, err
		}
		p.tell("%s: %v", p.box.MAC(), err)
		select {
		case <-time.After(c.Retry):
		case <-ctx.Done():
			return res, took, err
		}
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
