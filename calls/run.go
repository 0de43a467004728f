package calls

import (
	"context"
	"runtime/debug"
	"sync"
	"time"
)

// loop is a call's goroutine: a mailbox of functions and a clock. What the
// functions touch needs no lock, because only the loop runs them.
type loop struct {
	mu    sync.Mutex
	queue []func()
	spare []func() // the other half of a double buffer
	ended bool
	wake  chan struct{}
	clock clock
}

// crowd is how many requests of phones may wait in one mailbox.
const crowd = 64

// Post hands f to the loop. It never blocks; false: the loop has ended.
func (l *loop) Post(f func()) bool { return l.post(f, 1<<20) }

// postRequest is Post for what a phone sent: refused when too much waits.
func (l *loop) postRequest(f func()) bool { return l.post(f, crowd) }

func (l *loop) post(f func(), limit int) bool {
	l.mu.Lock()
	if l.ended || len(l.queue) >= limit {
		l.mu.Unlock()
		return false
	}
	l.queue = append(l.queue, f)
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
	return true
}

// After runs f on the loop after d. It is called on the loop, and so is stop.
func (l *loop) After(d time.Duration, f func()) (stop func()) {
	return l.clock.set(time.Now().Add(d), f)
}

// take empties the mailbox.
func (l *loop) take() []func() {
	l.mu.Lock()
	defer l.mu.Unlock()
	taken := l.queue
	l.queue, l.spare = l.spare[:0], taken
	return taken
}

// end closes the mailbox if nothing waits in it.
func (l *loop) end() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = len(l.queue) == 0
	return l.ended
}

// run is the life of a call: it ends when every leg is over.
func (c *Call) run(start func()) {
	defer c.x.work.Done()
	defer c.bury()
	c.clock.timer = timers.Get().(*time.Timer)
	defer c.clock.release()
	c.step(start)
	for {
		if c.over() && c.end() {
			return
		}
		select {
		case <-c.wake:
		case <-c.clock.timer.C:
		case <-c.x.ctx.Done(): // closing: what waits is done once more, nothing is waited for
			c.step(func() { c.abandon() })
		}
		for _, d := range c.clock.due(time.Now()) {
			if d.f != nil {
				c.step(d.f)
			}
		}
		for _, f := range c.take() {
			c.step(f)
		}
	}
}

// step runs one function under the guard: a fault in it ends this call and no other.
func (c *Call) step(f func()) {
	defer func() {
		if fault := recover(); fault != nil {
			c.log.Error("fault in a call", "fault", fault, "stack", string(debug.Stack()))
			c.broken()
		}
	}()
	f()
}

// Go runs f beside the call; Close waits for it.
func (c *Call) Go(f func(ctx context.Context)) {
	c.x.work.Go(func() {
		defer func() {
			if fault := recover(); fault != nil {
				c.log.Error("fault beside a call", "fault", fault, "stack", string(debug.Stack()))
			}
		}()
		f(c.x.ctx)
	})
}
