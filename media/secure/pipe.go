package secure

import (
	"net"
	"os"
	"sync"
	"time"
)

const (
	waiting   = 64       // datagrams of one handshake that may wait; more are dropped
	mostBytes = 64 << 10 // that one handshake may be fed
)

// pipe is the conn a handshake reads from: datagrams are fed by the thread that owns the socket, and written by a
// function. Closing it, which the library does when a try has failed, closes nothing: end does.
type pipe struct {
	write func([]byte)

	mu       sync.Mutex
	queue    [][]byte
	fed      int
	withheld [2]byte // the last alert that was not passed on
	deadline time.Time
	timer    *time.Timer
	wake     chan struct{} // closed and made anew when something changes
	mute     bool
	ended    bool
}

func newPipe(write func([]byte)) *pipe { return &pipe{write: write, wake: make(chan struct{})} }

// feed takes a datagram, without waiting.
func (p *pipe) feed(b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended || len(p.queue) >= waiting || p.fed+len(b) > mostBytes {
		return
	}
	kept, withheld := sift(nil, b)
	if withheld != [2]byte{} {
		p.withheld = withheld
	}
	if len(kept) == 0 {
		return
	}
	p.fed += len(kept)
	p.queue = append(p.queue, kept)
	p.changed()
}

func (p *pipe) changed() {
	close(p.wake)
	p.wake = make(chan struct{})
}

// end wakes every reader for good, and nothing is written any more.
func (p *pipe) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ended {
		p.ended, p.mute = true, true
		p.queue = nil
		p.changed()
	}
}

// hush lets nothing be written any more: the library says goodbye when it closes, and a peer may take that for the call's.
func (p *pipe) hush() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mute = true
}

func (p *pipe) over() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended
}

func (p *pipe) alert() [2]byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.withheld
}

// Read gives the next datagram.
func (p *pipe) Read(b []byte) (int, error) {
	for {
		p.mu.Lock()
		late := !p.deadline.IsZero() && !time.Now().Before(p.deadline)
		wake := p.wake
		switch {
		case p.ended:
			p.mu.Unlock()
			return 0, net.ErrClosed
		case late:
			p.mu.Unlock()
			return 0, os.ErrDeadlineExceeded
		case len(p.queue) > 0:
			n := copy(b, p.queue[0])
			p.queue = p.queue[1:]
			p.mu.Unlock()
			return n, nil
		}
		p.mu.Unlock()
		<-wake
	}
}

// Write sends one datagram.
func (p *pipe) Write(b []byte) (int, error) {
	p.mu.Lock()
	mute := p.mute
	p.mu.Unlock()
	if !mute {
		p.write(append([]byte(nil), b...))
	}
	return len(b), nil
}

// SetReadDeadline wakes a reader that waits: the library cancels by it.
func (p *pipe) SetReadDeadline(t time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.deadline = t
	if p.timer != nil {
		p.timer.Stop()
		p.timer = nil
	}
	if d := time.Until(t); !t.IsZero() && d > 0 {
		p.timer = time.AfterFunc(d, func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.changed()
		})
	}
	p.changed()
	return nil
}

// SetWriteDeadline does nothing: writing does not wait.
func (p *pipe) SetWriteDeadline(time.Time) error { return nil }

// SetDeadline is that of reading.
func (p *pipe) SetDeadline(t time.Time) error { return p.SetReadDeadline(t) }

// Close does nothing.
func (p *pipe) Close() error { return nil }

// LocalAddr is nowhere in particular.
func (p *pipe) LocalAddr() net.Addr { return &net.UDPAddr{} }

// RemoteAddr is nowhere in particular.
func (p *pipe) RemoteAddr() net.Addr { return &net.UDPAddr{} }
