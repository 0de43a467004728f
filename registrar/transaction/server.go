package transaction

import (
	"fmt"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// serverState is how far the answers have come (RFC 3261 figures 7 and 8, RFC
// 6026 section 7.1).
type serverState int

const (
	serverOpen      serverState = iota // no final answer yet
	serverAccepted                     // an INVITE got a 2xx, which its owner repeats
	serverCompleted                    // any other final answer, repeated by us
	serverConfirmed                    // and acknowledged
	serverEnded
)

// Server is a request that came in. Its owner has to end it, by a final answer
// and TerminateGracefully, or by Terminate; an INVITE waits for that without end.
// All methods may be called by many at once; what OnCancel and OnTerminate were
// given must not wait.
type Server struct {
	l      *Layer
	key    serverKey
	flow   Flow
	invite bool

	mu        sync.Mutex
	state     serverState
	cancelled bool
	last      []byte // the newest answer, as it was sent
	tag       string // of To in our answers
	alarm     alarm
	left      time.Duration // until the other end is given up
	onCancel  func()
	onEnd     []func()
}

func newServer(l *Layer, k serverKey, req *sip.Request, f Flow) *Server {
	t := &Server{l: l, key: k, flow: f, invite: req.IsInvite()}
	t.alarm.ring = t.tick
	if !t.invite { // whatever the owner forgets: the other end has given up by then (Timer F)
		t.mu.Lock()
		t.arm(64*l.c.T1, 0)
		t.mu.Unlock()
	}
	return t
}

// Flow is the way the request came, and the answers go.
func (t *Server) Flow() Flow { return t.flow }

// Respond sends an answer. Errors: ErrEnded; ErrCancelled for anything but a
// refusal after a CANCEL; ErrTransport, and the transaction is over.
func (t *Server) Respond(res *sip.Response) error {
	b := text(res)
	t.mu.Lock()
	if err := t.answered(res, b); err != nil {
		t.mu.Unlock()
		return err
	}
	t.mu.Unlock()
	if err := t.send(b); err != nil {
		return fmt.Errorf("%w: %w", ErrTransport, err)
	}
	if !t.invite && !res.IsProvisional() && t.flow.Transport.Stream() { // nothing comes again where nothing is lost
		t.Terminate()
	}
	return nil
}

// answered moves on to where an answer leads. t.mu is held.
func (t *Server) answered(res *sip.Response, b []byte) error {
	final, accepting := !res.IsProvisional(), t.invite && res.IsSuccess()
	switch {
	case t.state == serverOpen && t.cancelled && (!final || accepting):
		return ErrCancelled
	case t.state == serverAccepted && accepting:
	case t.state != serverOpen:
		return ErrEnded
	}
	t.last = b
	if to := res.To(); to != nil {
		t.tag = to.Params.GetOr("tag", "")
	}
	first := t.state == serverOpen
	switch {
	case accepting:
		if t.state = serverAccepted; first {
			t.arm(64*t.l.c.T1, 0) // Timer L
		}
	case final:
		t.complete()
	}
	return nil
}

// complete: any final answer but a 2xx to an INVITE. t.mu is held.
func (t *Server) complete() {
	t.state = serverCompleted
	switch {
	case !t.invite:
		t.arm(timerJ, 0)
	case t.flow.Transport.Stream():
		t.arm(64*t.l.c.T1, 0) // Timer H
	default:
		t.arm(t.l.c.T1, 64*t.l.c.T1) // Timers G and H
	}
}

// arm sets the timer anew. t.mu is held.
func (t *Server) arm(wait, left time.Duration) {
	t.left = left
	t.alarm.set(wait)
}

// tick repeats a refusal until it is acknowledged; all other timers are ends.
func (t *Server) tick() {
	t.mu.Lock()
	if t.alarm.late() {
		t.mu.Unlock()
		return
	}
	if t.left -= t.alarm.wait; t.state != serverCompleted || t.left <= 0 {
		t.mu.Unlock()
		t.Terminate()
		return
	}
	t.arm(min(2*t.alarm.wait, t2), t.left)
	b := t.last
	t.mu.Unlock()
	_ = t.send(b)
}

// repeated: the request came again.
func (t *Server) repeated() {
	t.mu.Lock()
	b := t.last
	if t.state != serverOpen && t.state != serverCompleted { // a 2xx is its owner's to repeat
		b = nil
	}
	t.mu.Unlock()
	if b != nil {
		_ = t.send(b)
	}
}

// send writes an answer; one that cannot be written ends the transaction.
func (t *Server) send(b []byte) error {
	err := t.l.c.Write(t.flow, b)
	if err != nil {
		t.lost(ErrTransport)
	}
	return err
}

// acknowledged takes an ACK; false: it is for the owner, as that of a 2xx is,
// whose branch should be new and with some phones is not.
func (t *Server) acknowledged() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch t.state {
	case serverAccepted, serverEnded:
		return false
	case serverCompleted:
		t.state = serverConfirmed
		wait := t4 // Timer I
		if t.flow.Transport.Stream() {
			wait = 0
		}
		t.arm(wait, 0)
	}
	return true
}

// cancel answers a CANCEL, and tells the owner where it comes in time. The
// refusal of the INVITE is the owner's to send.
func (t *Server) cancel(req *sip.Request) {
	t.mu.Lock()
	var tell func()
	if t.state == serverOpen && !t.cancelled {
		t.cancelled, tell = true, t.onCancel
	}
	tag := t.tag
	t.mu.Unlock()
	if to := req.To(); tag != "" && to != nil && !to.Params.Has("tag") {
		to.Params.Add("tag", tag) // RFC 3261 section 9.2: the same as in the INVITE's answers
	}
	_ = t.send(text(sip.NewResponseFromRequest(req, sip.StatusOK, "OK", nil)))
	if tell != nil {
		tell()
	}
}

// OnCancel sets what is called when the caller gives up. False: it has already.
func (t *Server) OnCancel(f func()) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.onCancel = f
	return !t.cancelled && t.state != serverEnded
}

// OnTerminate adds what is called at the end. False: it is over already.
func (t *Server) OnTerminate(f func()) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.state == serverEnded {
		return false
	}
	t.onEnd = append(t.onEnd, f)
	return true
}

// TerminateGracefully ends the transaction as soon as nothing can be repeated any
// more; without a final answer that is now.
func (t *Server) TerminateGracefully() {
	t.mu.Lock()
	keep := !t.flow.Transport.Stream() && t.state != serverOpen
	t.mu.Unlock()
	if !keep {
		t.Terminate()
	}
}

// Terminate ends the transaction at once, saying nothing to anybody.
func (t *Server) Terminate() {
	t.mu.Lock()
	if t.state == serverEnded {
		t.mu.Unlock()
		return
	}
	t.state = serverEnded
	t.alarm.stop()
	tell := t.onEnd
	t.onEnd, t.onCancel, t.last = nil, nil, nil
	t.mu.Unlock()
	t.l.mu.Lock()
	delete(t.l.servers, t.key)
	t.l.leave(t.flow, t)
	t.l.mu.Unlock()
	for _, f := range tell {
		f()
	}
}

func (t *Server) lost(error) { t.Terminate() }
