package traffic

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"cradle/media/secure"
)

// grow sets calls up until there are n, and agrees on their keys.
func (g *generator) grow(ctx context.Context, o Opener, n int) error {
	ctx, cancel := context.WithTimeout(ctx, g.Timeout)
	defer cancel()
	first := len(g.calls)
	for i := first; i < n; i++ {
		g.calls = append(g.calls, call{[2]*stream{
			{party: newParty(g.Near, g.Suite, g.wires[0][i%shared], g.hands.Print())},
			{party: newParty(g.Far, g.Suite, g.wires[1][i%shared], g.hands.Print())}}})
	}
	if err := g.connect(ctx, o, first); err != nil {
		return err
	}
	for _, c := range g.calls[first:] {
		for _, s := range c.sides {
			g.streams[s.party.to.port()] = s
		}
	}
	return g.shake(ctx, g.calls[first:])
}

// connect sets up the calls from one on, a few at once.
func (g *generator) connect(ctx context.Context, o Opener, first int) error {
	room := make(chan struct{}, o.Parallel())
	errs := make([]error, len(g.calls)-first)
	var wait sync.WaitGroup
	for i, c := range g.calls[first:] {
		room <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		wait.Go(func() {
			defer func() { <-room }()
			if err := o.Open(ctx, first+i, c.sides[0].party, c.sides[1].party); err != nil {
				errs[i] = fmt.Errorf("call %d: %w", first+i, err)
			}
		})
	}
	wait.Wait()
	for _, err := range append(errs, ctx.Err()) {
		if err != nil {
			return err
		}
	}
	return nil
}

// shake agrees on keys. Handshakes' own bound says how many are under way.
func (g *generator) shake(ctx context.Context, calls []call) error {
	var left []*Party
	for _, c := range calls {
		for _, s := range c.sides {
			if s.party.kind == DTLS {
				left = append(left, s.party)
			}
		}
	}
	for len(left) > 0 {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("%w: %d of %d handshakes: %w", ErrShake, len(left), len(calls), err)
		}
		begin := true
		waiting := left[:0]
		for _, p := range left {
			if p.shake == nil && begin {
				begin = g.begin(p)
			}
			switch done, err := p.settled(); {
			case err != nil:
				return err
			case !done:
				waiting = append(waiting, p)
			}
		}
		left = waiting
		if g.drain(nil) == 0 {
			rest(time.Millisecond)
		}
	}
	return nil
}

// begin starts a party's handshake; false: there is no room.
func (g *generator) begin(p *Party) (ok bool) {
	p.shake, ok = g.hands.Start(secure.Peer{Client: p.client, Prints: p.prints, Suites: []secure.Suite{p.suite}, Log: g.Log,
		Write: func(b []byte) { p.wire.send(b, &p.to) }, Done: func(a secure.Agreed) { p.agreed.Store(&a) }})
	return ok
}

// settled says whether there are keys, and puts them into force.
func (p *Party) settled() (bool, error) {
	if a := p.agreed.Load(); a != nil {
		if a.Ours.Suite() != p.suite {
			return false, fmt.Errorf("%w: the relay chose %s", ErrShake, a.Ours.Suite())
		}
		return true, p.use(a.Theirs, a.Ours)
	}
	if p.shake != nil && p.shake.Over() {
		return false, errors.Join(ErrShake, fmt.Errorf("relay's port %d", p.to.port()))
	}
	return false, nil
}

// shakes takes a datagram of a handshake. Some relays say hello before they know that it is for us to do.
func (p *Party) shakes(b []byte) {
	if p.shake != nil && !(p.client && secure.ClientHello(b)) {
		p.shake.Feed(b)
	}
}
