// Package traffic sends the sound of many calls through a relay and measures what that costs the relay: processor time
// for a packet, loss and delay. The parties are plain, have keys in their descriptions (SDES), or agree on keys by DTLS.
//
// The story: an Opener sets calls up between a near and a far Party, at the appliance by SIP or at a peer that it is
// compared with; Run shakes hands where keys are agreed on so, and measures steps of more and more calls. One thread
// sends the packets of all, each in its own millisecond of every 20; what arrives is counted, and a part of it is opened
// and compared with what was said. Everything has a deadline: a packet that is lost is counted, never waited for.
package traffic

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"runtime/debug"
	"time"

	"cradle/media/secure"
)

// Errors.
var (
	ErrConfig = errors.New("traffic: not possible")
	ErrCall   = errors.New("traffic: call not set up")
	ErrShake  = errors.New("traffic: no keys agreed on")
)

// Opener sets calls up at a relay.
type Opener interface {
	// Open connects two parties: the near one calls. n tells calls apart, from 0 on.
	Open(ctx context.Context, n int, near, far *Party) error
	// Close ends all calls.
	Close(ctx context.Context)
	// Parallel is how many calls may be set up at once, at least 1.
	Parallel() int
}

// Config says what is measured.
type Config struct {
	Near, Far Kind
	Suite     secure.Suite // of every party that encrypts
	Calls     []int        // steps, rising
	Warm      time.Duration
	Time      time.Duration // measured of each step
	Timeout   time.Duration // for setting up a step, handshakes included
	Parallel  int           // handshakes under way at once
	PID       int           // of the relay's process; 0: its cost is not measured
	Log       *slog.Logger
}

// shared is how many sockets each side has: phones share them, and are told apart by the relay's ports.
const shared = 4

// generator is everything of one run.
type generator struct {
	Config
	hands   *secure.Handshakes
	wires   [2][]*wire // of the near side and of the far
	calls   []call
	streams [1 << 16]*stream // by the relay's port that a stream comes from
	packets packets
	buf     []byte
}

// call is one call; each party's stream is what it hears.
type call struct{ sides [2]*stream }

// Run measures all steps. What was measured so far is given with an error too.
func Run(ctx context.Context, c Config, o Opener) (*Result, error) {
	if len(c.Calls) == 0 || c.Time < frame || c.Parallel < 1 {
		return nil, fmt.Errorf("%w: %d steps of %v", ErrConfig, len(c.Calls), c.Time)
	}
	runtime.LockOSThread() // the pace is the thread's
	defer runtime.UnlockOSThread()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)) // it keeps a processor of the scheduler
	defer debug.SetGCPercent(debug.SetGCPercent(collect))
	if c.Log == nil {
		c.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	g := &generator{Config: c, buf: make([]byte, 2048)}
	defer g.close()
	if err := g.open(); err != nil {
		return nil, err
	}
	defer func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		o.Close(end)
	}()
	res := &Result{Kind: "rtp", Legs: c.Near.String() + "-" + c.Far.String(), Suite: c.Suite.String()}
	for _, n := range c.Calls {
		if err := g.grow(ctx, o, n); err != nil {
			return res, err
		}
		s, err := g.measure(ctx, n)
		if err != nil {
			return res, err
		}
		res.Steps = append(res.Steps, s)
	}
	return res, nil
}

// collect is how far the heap may grow before it is swept, in percent: sweeping makes packets late.
const collect = 400

func (g *generator) open() (err error) {
	if g.hands, err = secure.NewHandshakes(g.Parallel, false); err != nil {
		return err
	}
	for side := range g.wires {
		for range shared {
			w, err := newWire()
			if err != nil {
				return err
			}
			g.wires[side] = append(g.wires[side], w)
		}
	}
	return nil
}

func (g *generator) close() {
	for _, c := range g.calls {
		for _, s := range c.sides {
			if s.party.shake != nil {
				s.party.shake.End()
			}
		}
	}
	if g.hands != nil {
		g.hands.Close()
	}
	for _, side := range g.wires {
		for _, w := range side {
			w.close()
		}
	}
}
