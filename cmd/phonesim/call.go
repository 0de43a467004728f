package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// callCommand lets one phone call another.
type callCommand struct {
	Control []string      `required:"" help:"Control sockets: the caller's, then the callee's."`
	To      string        `required:"" help:"The number to dial."`
	Talk    time.Duration `default:"1s" help:"How long they talk after both have heard the other."`
	Timeout time.Duration `default:"30s" help:"For everything up to the talk."`
}

// The tones of the two sides; both are whole numbers of periods in a frame's second.
const (
	callerHz = 440
	calleeHz = 660
)

// called is the result of a call.
type called struct {
	OK bool `json:"ok"`
	// Rang and Answered are milliseconds since the dialling.
	Rang     float64 `json:"rang_ms"`
	Answered float64 `json:"answered_ms"`
	Shown    string  `json:"shown"` // what the callee saw
	Name     string  `json:"shown_name"`
	Caller   heard   `json:"caller_heard"`
	Callee   heard   `json:"callee_heard"`
}

// Run dials, answers, listens on both sides and hangs up.
func (c *callCommand) Run(ctx context.Context, out console) error {
	if len(c.Control) != 2 {
		return errors.New("give --control twice: the caller's and the callee's")
	}
	a, err := dialControl(ctx, c.Control[0])
	if err != nil {
		return err
	}
	defer a.conn.Close()
	b, err := dialControl(ctx, c.Control[1])
	if err != nil {
		return err
	}
	defer b.conn.Close()
	whole := ctx
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	res, err := c.call(ctx, a, b)
	if err == nil {
		err = c.talk(whole, a, b, res)
	}
	if err != nil {
		end, cancel := context.WithTimeout(context.WithoutCancel(whole), 5*time.Second)
		defer cancel()
		a.ask(end, ask{Do: "hangup"}) //nolint:errcheck // the first failure is the one to tell
		b.ask(end, ask{Do: "hangup"}) //nolint:errcheck // the same
		return err
	}
	res.OK = true
	out.result(res, "%s rang after %.0f ms showing %q %s, answered after %.0f ms; caller heard %d Hz, callee heard %d Hz",
		c.To, res.Rang, res.Name, res.Shown, res.Answered, res.Caller.Hz, res.Callee.Hz)
	return nil
}

// call goes from the dialling to a tone on both sides.
func (c *callCommand) call(ctx context.Context, a, b *remote) (*called, error) {
	for _, r := range []*remote{a, b} {
		if _, err := r.ask(ctx, ask{Do: "registered"}); err != nil {
			return nil, err
		}
	}
	res := &called{}
	began := time.Now()
	if _, err := a.ask(ctx, ask{Do: "dial", To: c.To, Hz: callerHz}); err != nil {
		return nil, err
	}
	rang, err := c.ring(ctx, a, b)
	if err != nil {
		return nil, err
	}
	res.Rang, res.Shown, res.Name = ms(time.Since(began)), rang.State.Peer, rang.State.PeerName
	if _, err := b.ask(ctx, ask{Do: "answer", Hz: calleeHz}); err != nil {
		return nil, err
	}
	if _, err := a.ask(ctx, ask{Do: "up"}); err != nil {
		return nil, err
	}
	res.Answered = ms(time.Since(began))
	return res, c.listen(ctx, a, b, res)
}

// ring waits for the callee to ring; a refusal that the caller gets ends the wait.
func (c *callCommand) ring(ctx context.Context, a, b *remote) (told, error) {
	for {
		t, err := b.ask(ctx, ask{Do: "ringing", Seconds: 0.2})
		if err == nil {
			return t, nil
		}
		s, e := a.ask(ctx, ask{Do: "state"})
		switch {
		case e != nil:
			return t, e
		case s.State.Call == "":
			return t, fmt.Errorf("the call was refused: %w", &toldError{s.State.Last, leading(s.State.Last)})
		case ctx.Err() != nil:
			return t, err
		}
	}
}

func (c *callCommand) listen(ctx context.Context, a, b *remote, res *called) error {
	at, err := a.ask(ctx, ask{Do: "hear", Hz: calleeHz})
	if err != nil {
		return err
	}
	bt, err := b.ask(ctx, ask{Do: "hear", Hz: callerHz})
	if err != nil {
		return err
	}
	res.Caller, res.Callee = *at.Heard, *bt.Heard
	return nil
}

// talk lets them talk, listens again, and hangs up: the callee must notice.
func (c *callCommand) talk(ctx context.Context, a, b *remote, res *called) error {
	select {
	case <-time.After(c.Talk):
	case <-ctx.Done():
		return ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := c.listen(ctx, a, b, res); err != nil {
		return err
	}
	if _, err := a.ask(ctx, ask{Do: "hangup"}); err != nil {
		return err
	}
	_, err := b.ask(ctx, ask{Do: "idle"})
	return err
}
