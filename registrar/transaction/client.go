package transaction

import (
	"fmt"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// clientState is how far the answers have come (RFC 3261 figures 5 and 6, RFC
// 6026 section 7.2).
type clientState int

const (
	clientCalling    clientState = iota // nothing was heard yet
	clientProceeding                    // a provisional answer was
	clientAccepted                      // an INVITE got a 2xx; more may come
	clientCompleted                     // an INVITE got a refusal, which may come again
	clientEnded
)

// Heard is told each answer up to the final one, or, without an answer, why none
// will come: ErrTimeout, ErrTransport or ErrEnded. It must not wait.
type Heard func(res *sip.Response, err error)

// Client is a request of ours. All methods may be called by many at once.
type Client struct {
	l      *Layer
	key    clientKey
	flow   Flow
	invite bool

	mu       sync.Mutex
	state    clientState
	req      *sip.Request // an INVITE, until it is known whether an ACK is ours to send
	text     []byte       // what is sent again; after a refusal, its ACK
	alarm    alarm
	left     time.Duration // until nobody answers any more
	heard    Heard
	repeated func(res *sip.Response)
}

// Request sends a request by a flow. Its Via must be there, with a branch of its
// own. An ACK has no transaction. Errors: ErrMalformed, ErrKnown, ErrEnded,
// ErrTransport; then heard is not called.
func (l *Layer) Request(req *sip.Request, f Flow, heard Heard) (*Client, error) {
	key, ok := clientKeyOf(req)
	if !ok || req.IsAck() {
		return nil, fmt.Errorf("%w: %s without a branch", ErrMalformed, req.Method)
	}
	b, err := Text(req)
	if err != nil {
		return nil, err
	}
	t := &Client{l: l, key: key, flow: f, invite: req.IsInvite(), text: b, heard: heard, left: 64 * l.c.T1}
	if t.invite {
		t.req = req
	}
	wait := l.c.T1
	if f.Transport.Stream() { // nothing is repeated where nothing is lost
		wait = t.left
	}
	if err := t.begin(wait); err != nil {
		return nil, err
	}
	if err := l.c.Write(f, b); err != nil && t.end(nil, nil) {
		return nil, fmt.Errorf("%w: %w", ErrTransport, err)
	}
	return t, nil // what failed because its connection is gone was told so
}

func (t *Client) begin(wait time.Duration) error {
	t.l.mu.Lock()
	defer t.l.mu.Unlock()
	switch {
	case t.l.closed:
		return ErrEnded
	case t.l.clients[t.key] != nil:
		return ErrKnown
	}
	t.l.clients[t.key] = t
	t.l.join(t.flow, t)
	t.mu.Lock()
	t.alarm.ring = t.tick
	t.alarm.set(wait)
	t.mu.Unlock()
	return nil
}

// OnRetransmission sets what hears of further 2xx to an INVITE; it must not wait.
func (t *Client) OnRetransmission(f func(res *sip.Response)) {
	t.mu.Lock()
	t.repeated = f
	t.mu.Unlock()
}

// tick repeats what was not answered; all other timers are ends.
func (t *Client) tick() {
	t.mu.Lock()
	if t.alarm.late() || t.invite && t.state == clientProceeding {
		t.mu.Unlock()
		return
	}
	waiting := t.state == clientCalling || t.state == clientProceeding
	if t.left -= t.alarm.wait; !waiting || t.left <= 0 {
		t.mu.Unlock()
		t.lost(ErrTimeout)
		return
	}
	wait := 2 * t.alarm.wait // Timer A
	switch {
	case t.state == clientProceeding: // Timer E
		wait = t2
	case !t.invite:
		wait = min(wait, t2)
	}
	t.alarm.set(min(wait, t.left))
	b := t.text
	t.mu.Unlock()
	if t.l.c.Write(t.flow, b) != nil {
		t.lost(ErrTransport)
	}
}

// receive takes an answer.
func (t *Client) receive(res *sip.Response) {
	t.mu.Lock()
	open := t.state == clientCalling || t.state == clientProceeding
	switch {
	case t.state == clientEnded, t.state == clientCompleted && res.IsSuccess():
	case res.IsProvisional() && open:
		t.proceed(res)
		return
	case res.IsProvisional():
	case t.invite && res.IsSuccess():
		t.accept(res)
		return
	case t.invite && t.state != clientAccepted:
		t.refuse(res)
		return
	case open:
		t.mu.Unlock()
		t.end(res, nil)
		return
	}
	t.mu.Unlock()
}

// proceed: a provisional answer. t.mu is held, and let go.
func (t *Client) proceed(res *sip.Response) {
	if t.state = clientProceeding; t.invite {
		t.alarm.stop() // how long it rings is the owner's to say
		t.text = nil
	}
	heard := t.heard
	t.mu.Unlock()
	heard(res, nil)
}

// accept: a 2xx to an INVITE, the first or a further one. t.mu is held, and let go.
func (t *Client) accept(res *sip.Response) {
	first, again := t.heard, t.repeated
	if first != nil {
		t.state, t.heard, t.req, t.text = clientAccepted, nil, nil, nil
		t.alarm.set(64 * t.l.c.T1) // Timer M
	}
	t.mu.Unlock()
	switch {
	case first != nil:
		first(res, nil)
	case again != nil:
		again(res)
	}
}

// refuse: a final answer to an INVITE that is no 2xx is acknowledged here, and so
// are its repetitions. t.mu is held, and let go.
func (t *Client) refuse(res *sip.Response) {
	heard := t.heard
	if t.state != clientCompleted {
		t.text = ackOf(t.req, res)
		t.state, t.heard, t.req = clientCompleted, nil, nil
		t.alarm.set(timerD)
	}
	b := t.text
	t.mu.Unlock()
	failed := t.l.c.Write(t.flow, b) != nil // then its connection is gone, and the answer counts all the same
	if failed || t.flow.Transport.Stream() {
		t.Terminate()
	}
	if heard != nil {
		heard(res, nil)
	}
}

// Terminate ends the transaction at once; nobody is told.
func (t *Client) Terminate() { t.end(nil, nil) }

func (t *Client) lost(err error) { t.end(nil, err) }

// end is the end, once; who still waits hears the last word, where there is one.
// False: it was over already.
func (t *Client) end(res *sip.Response, err error) bool {
	t.mu.Lock()
	if t.state == clientEnded {
		t.mu.Unlock()
		return false
	}
	heard := t.heard
	t.state, t.heard, t.repeated, t.req, t.text = clientEnded, nil, nil, nil, nil
	t.alarm.stop()
	t.mu.Unlock()
	t.l.mu.Lock()
	delete(t.l.clients, t.key)
	t.l.leave(t.flow, t)
	t.l.mu.Unlock()
	if heard != nil && (res != nil || err != nil) {
		heard(res, err)
	}
	return true
}
