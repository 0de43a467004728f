package media

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// rest is how long a pair stays unused after a call, so that late packets of that call do not meet a new one.
const rest = 3 * time.Second

// ports is the pool of port pairs. A pair is named by its even port.
type ports struct {
	mu      sync.Mutex
	free    []int
	resting []resting // oldest first
	total   int
	first   uint16 // the lowest even one
	span    int    // pairs from there to the last
}

type resting struct {
	port  int
	until time.Time
}

func newPorts(first, last int) (*ports, error) {
	if first < 1024 || last > 65535 || last < first+1 {
		return nil, fmt.Errorf("%w: media ports %d-%d", ErrConfig, first, last)
	}
	p := &ports{}
	for port := first + first&1; port+1 <= last; port += 2 {
		p.free = append(p.free, port)
	}
	p.first, p.span = uint16(first+first&1), len(p.free)
	if p.total = len(p.free); p.total == 0 {
		return nil, fmt.Errorf("%w: no even port in %d-%d", ErrConfig, first, last)
	}
	return p, nil
}

// take gives a random free pair (ports that can be guessed invite sprays), or the one that rested longest when no
// other is left: a call that is carried beats one that is refused.
func (p *ports) take(now time.Time) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.resting) > 0 && (len(p.free) == 0 || !now.Before(p.resting[0].until)) {
		p.free = append(p.free, p.resting[0].port)
		p.resting = p.resting[1:]
	}
	if len(p.free) == 0 {
		return 0, fmt.Errorf("%w: all %d pairs in use", ErrNoPorts, p.total)
	}
	i, last := rand.IntN(len(p.free)), len(p.free)-1
	port := p.free[i]
	p.free[i] = p.free[last]
	p.free = p.free[:last]
	return port, nil
}

// release takes a pair back after its sockets are closed.
func (p *ports) release(port int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.resting = append(p.resting, resting{port, time.Now().Add(rest)})
}

// left counts the pairs not in use.
func (p *ports) left() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.free) + len(p.resting)
}

// open takes a pair and binds it. Pairs that another program holds are passed over.
func (p *ports) open(local netip.Addr) (port int, pair sockets, err error) {
	for range p.total {
		if port, err = p.take(time.Now()); err != nil {
			return 0, pair, err
		}
		if pair, err = openPair(local, port); err == nil {
			return port, pair, nil
		}
		p.release(port)
		if !errors.Is(err, unix.EADDRINUSE) {
			return 0, pair, fmt.Errorf("media port %s: %w", netip.AddrPortFrom(local, uint16(port)), err)
		}
	}
	return 0, pair, fmt.Errorf("%w: other programs hold all that are left of %d", ErrNoPorts, p.total)
}
