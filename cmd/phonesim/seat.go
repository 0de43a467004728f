package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// seatCommand dials a seat code on a booted phone.
type seatCommand struct {
	Control string        `required:"" type:"path" help:"Control socket of the phone."`
	Dial    string        `arg:"" help:"What is dialled, such as *30102."`
	Code    string        `help:"The secret to enter; # is added. Empty: none is entered."`
	Timeout time.Duration `default:"30s" help:"For all of it."`
}

// seated is the result.
type seated struct {
	OK     bool    `json:"ok"`
	Before string  `json:"screen_before"`
	After  string  `json:"screen_after"`
	Took   float64 `json:"took_ms"`
}

// Run dials and enters; it is done when the appliance has hung up by itself.
func (c *seatCommand) Run(ctx context.Context, out console) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	r, err := dialControl(ctx, c.Control)
	if err != nil {
		return err
	}
	defer r.conn.Close()
	before, err := r.ask(ctx, ask{Do: "registered"})
	if err != nil {
		return err
	}
	began := time.Now()
	after, err := r.ask(ctx, ask{Do: "seat", To: c.Dial, Code: c.Code})
	if err != nil {
		return err
	}
	res := seated{OK: true, Before: before.State.Screen, After: after.State.Screen, Took: ms(time.Since(began))}
	out.result(res, "%s done in %.0f ms, screen %q", c.Dial, res.Took, res.After)
	return nil
}

// outcome is what the appliance said at the end, as it would be heard: a Reason
// header (RFC 3326) with a SIP status.
func outcome(reason string) error {
	protocol, rest, _ := strings.Cut(reason, ";")
	_, cause, _ := strings.Cut(rest, "cause=")
	cause, _, _ = strings.Cut(cause, ";")
	switch status, err := strconv.Atoi(strings.TrimSpace(cause)); {
	case !strings.EqualFold(strings.TrimSpace(protocol), "SIP") || err != nil:
		return fmt.Errorf("the appliance hung up without saying what came of it: %q", reason)
	case status/100 != 2:
		return &toldError{"refused: " + reason, status}
	}
	return nil
}

// seat dials a code, enters a secret by RTP digits and waits for the other side to hang up.
func (p *phone) seat(ctx context.Context, dial, code string) error {
	p.mu.Lock()
	if len(p.lines) == 0 || p.talk != nil {
		defer p.mu.Unlock()
		if p.talk != nil {
			return errBusy
		}
		return errNoLine
	}
	line := p.lines[0]
	p.mu.Unlock()
	k, err := openKeypad(line.Addr().Addr())
	if err != nil {
		return err
	}
	defer k.conn.Close()
	call := line.Call(dial, k.SDP())
	if err := call.Wait(ctx); err != nil {
		if ctx.Err() != nil {
			end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			err = errors.Join(err, (&talk{call: call}).cancel(end))
		}
		return err
	}
	if code != "" {
		if err = k.target(call.RemoteSDP()); err == nil {
			err = k.enter(ctx, code+"#")
		}
	}
	if err == nil {
		select {
		case <-call.Ended():
			return outcome(call.Said())
		case <-ctx.Done():
			err = errors.New("the appliance does not end the call")
		}
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if e := call.Bye(end); e != nil {
		err = fmt.Errorf("%w; hang up: %w", err, e)
	}
	return err
}
