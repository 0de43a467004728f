package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"cradle/cmd/phonesim/traffic"
	"cradle/media/secure"
)

// trafficCommand loads a relay with sound.
type trafficCommand struct {
	Server   string        `help:"SIP address and port of an appliance."`
	Accounts string        `type:"existingfile" help:"Its accounts, a line each: user, secret, number. The 1st calls the 2nd, the 3rd the 4th."`
	NG       string        `name:"ng" help:"Instead: control address and port of a relay that speaks the ng protocol."`
	PID      int           `name:"pid" help:"Process of the relay, whose time is measured."`
	Near     string        `enum:"plain,sdes,dtls" default:"plain" help:"How callers encrypt: plain, sdes or dtls."`
	Far      string        `enum:"plain,sdes,dtls" default:"plain" help:"How callees encrypt."`
	Suite    string        `default:"AES_CM_128_HMAC_SHA1_80" help:"Of those that encrypt."`
	Calls    []int         `default:"200,800" help:"Steps: calls at once."`
	Warm     time.Duration `default:"1s" help:"Of each step, unmeasured."`
	Time     time.Duration `default:"3s" help:"Of each step, measured."`
	Parallel int           `default:"32" help:"Handshakes under way at once."`
	Timeout  time.Duration `default:"60s" help:"For setting up a step."`
	Log      bool          `help:"Tell of handshakes."`
}

// Run sets calls up and measures what comes through.
func (c *trafficCommand) Run(ctx context.Context, out console) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	o, err := c.opener(ctx)
	if err != nil {
		return err
	}
	res, err := traffic.Run(ctx, cfg, o)
	if res == nil || len(res.Steps) == 0 {
		return err
	}
	res.Via = "sip"
	if c.NG != "" {
		res.Via = "ng"
	}
	out.result(res, "%s %s: %+v", res.Legs, res.Suite, res.Steps)
	for _, s := range res.Steps {
		if err == nil && (s.Spoilt > 0 || s.Wrong > 0 || s.Opened == 0) {
			err = fmt.Errorf("%d calls: %d packets were not what was said, %d of a wrong length, %d opened", s.Calls, s.Spoilt, s.Wrong, s.Opened)
		}
	}
	return err
}

func (c *trafficCommand) config() (traffic.Config, error) {
	near, _ := traffic.KindNamed(c.Near)
	far, _ := traffic.KindNamed(c.Far)
	cfg := traffic.Config{Near: near, Far: far, Calls: c.Calls, Warm: c.Warm, Time: c.Time, Timeout: c.Timeout, Parallel: c.Parallel, PID: c.PID}
	var known bool
	if cfg.Suite, known = secure.SuiteNamed(c.Suite); !known {
		return cfg, fmt.Errorf("--suite %s is not known", c.Suite)
	}
	if c.Log {
		cfg.Log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	return cfg, nil
}

func (c *trafficCommand) opener(ctx context.Context) (traffic.Opener, error) {
	switch {
	case c.NG != "":
		return traffic.DialNG(ctx, c.NG)
	case c.Server == "" || c.Accounts == "":
		return nil, errors.New("give --server and --accounts, or --ng")
	}
	text, err := os.ReadFile(c.Accounts)
	if err != nil {
		return nil, err
	}
	accounts, err := traffic.ParseAccounts(string(text))
	if err != nil {
		return nil, err
	}
	return &traffic.SIP{Server: c.Server, Accounts: accounts}, nil
}
