package siptest

import (
	"context"
	"fmt"
	"sync"
)

// Call is one call of the phone, in either direction.
type Call struct {
	p        *Phone
	ID       string // Call-ID
	Incoming bool
	// Invite is the INVITE that began it.
	Invite *Msg

	mu                  sync.Mutex
	localTag, remoteTag string
	local, remote       string // From and To addresses of ours and theirs, without tag
	target              string // where requests inside the dialog go
	routes              []string
	cseq                uint32
	localSDP, remoteSDP []byte
	acks                map[uint32]*Msg // ACKs sent, by CSeq, to be sent again
	status              int
	final               *Msg
	up                  bool
	answered, ended     chan struct{}
	onceUp, onceEnd     sync.Once
	ackSeen             chan struct{}
	onceAck             sync.Once
	early               chan *Msg
	reason              string
	said                string // the Reason header of the BYE that ended it
}

func (p *Phone) newCall(id string) *Call {
	c := &Call{p: p, ID: id, acks: map[uint32]*Msg{}, answered: make(chan struct{}), ended: make(chan struct{}), ackSeen: make(chan struct{}),
		early: make(chan *Msg, 16)}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.calls) >= 64 { // those that are over were kept for repetitions only
		for k, old := range p.calls {
			select {
			case <-old.ended:
				delete(p.calls, k)
			default:
			}
		}
	}
	p.calls[id] = c
	return c
}

// Call dials: to is a number or a whole URI. It returns at once; Wait tells
// how it went. headers are added to the INVITE.
func (p *Phone) Call(to string, sdp []byte, headers ...Header) *Call {
	if len(to) < 4 || to[:4] != "sip:" {
		to = "sip:" + to + "@" + p.c.Domain
	}
	c := p.newCall(random() + "@" + p.local.Addr().String())
	c.localTag, c.local, c.remote, c.target, c.localSDP = random(), p.self(), "<"+to+">", to, sdp
	p.goDo(func() { c.dial(headers) })
	return c
}

func (c *Call) dial(headers []Header) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r, _, err := c.p.authorized(ctx, func() *Msg {
		m := c.request("INVITE")
		m.Headers = append(m.Headers, headers...)
		c.setBody(m)
		c.mu.Lock()
		c.Invite = m
		c.mu.Unlock()
		return m
	}, c.gotEarly)
	if err != nil {
		c.end(err.Error())
		return
	}
	c.mu.Lock()
	c.status, c.final = r.Status, r
	c.mu.Unlock()
	if r.Status < 300 {
		c.gotAnswer(r)
		return
	}
	c.end(fmt.Sprintf("%d %s", r.Status, r.Reason))
}

func (c *Call) setBody(m *Msg) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.localSDP) > 0 {
		m.Body = c.localSDP
		m.Add("Content-Type", "application/sdp")
	}
}

func (c *Call) gotEarly(r *Msg) {
	c.mu.Lock()
	c.status = r.Status
	if len(r.Body) > 0 {
		c.remoteSDP = r.Body
	}
	c.mu.Unlock()
	select {
	case c.early <- r:
	default:
	}
}

func (c *Call) gotAnswer(r *Msg) {
	c.mu.Lock()
	c.remoteTag = Param(r.Get("To"), "tag")
	if u := URI(r.Get("Contact")); u != "" {
		c.target = u
	}
	rr := r.All("Record-Route")
	for i := len(rr) - 1; i >= 0; i-- {
		c.routes = append(c.routes, rr[i])
	}
	if len(r.Body) > 0 {
		c.remoteSDP = r.Body
	}
	c.up = true
	c.mu.Unlock()
	c.acknowledge(r)
	c.onceUp.Do(func() { close(c.answered) })
}

// request builds a request of this dialog with the next CSeq.
func (c *Call) request(method string) *Msg {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cseq++
	return c.build(method, c.cseq)
}

func (c *Call) build(method string, cseq uint32) *Msg {
	m := &Msg{Method: method, URI: c.target}
	for _, r := range c.routes {
		m.Add("Route", r)
	}
	to := c.remote
	if c.remoteTag != "" {
		to += ";tag=" + c.remoteTag
	}
	m.Add("From", c.local+";tag="+c.localTag).Add("To", to).Add("Call-ID", c.ID).Add("CSeq", fmt.Sprintf("%d %s", cseq, method))
	return m.Add("Max-Forwards", "70").Add("Contact", "<"+c.p.Contact()+">").Add("User-Agent", c.p.c.UserAgent).Add("Allow", allow)
}

// acknowledge answers a final response to an INVITE of ours: a 2xx with an ACK
// of its own, again for each repetition; others with the ACK of the transaction.
func (c *Call) acknowledge(r *Msg) {
	n, _ := r.CSeq()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Incoming && c.cseq < n {
		return
	}
	if r.Status >= 300 {
		ack := c.build("ACK", n)
		ack.URI = c.inviteURI()
		ack.Headers = append([]Header{{"Via", r.Get("Via")}}, ack.Headers...)
		for i, h := range ack.Headers {
			switch h.Name {
			case "Via":
				ack.Headers[i].Value = c.p.via(Param(h.Value, "branch"))
			case "To":
				ack.Headers[i].Value = r.Get("To")
			}
		}
		_ = c.p.Say(ack.Bytes())
		return
	}
	if c.remoteTag == "" {
		return // gotAnswer is about to call again
	}
	ack := c.acks[n]
	if ack == nil {
		ack = c.build("ACK", n)
		ack.Headers = append([]Header{{"Via", c.p.via("z9hG4bK" + random())}}, ack.Headers...)
		c.acks[n] = ack
	}
	_ = c.p.Say(ack.Bytes())
}

func (c *Call) inviteURI() string {
	if c.Invite != nil && !c.Incoming {
		return c.Invite.URI
	}
	return c.target
}

// Wait waits until the call is answered; a refusal is a StatusError.
func (c *Call) Wait(ctx context.Context) error {
	select {
	case <-c.answered:
		return nil
	case <-c.ended:
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.final != nil {
			return &StatusError{c.final}
		}
		return fmt.Errorf("siptest: call ended: %s", c.reason)
	case <-ctx.Done():
		return ErrTimeout
	}
}

// WaitRinging waits for a provisional answer of that status, such as 180.
func (c *Call) WaitRinging(ctx context.Context, status int) error {
	for {
		select {
		case r := <-c.early:
			if r.Status == status {
				return nil
			}
		case <-c.ended:
			return fmt.Errorf("siptest: call ended: %s", c.Reason())
		case <-ctx.Done():
			return ErrTimeout
		}
	}
}

// Ended is closed when the call is over, whoever ended it.
func (c *Call) Ended() <-chan struct{} { return c.ended }

// Acked is closed when the ACK of an incoming call that we answered is there.
func (c *Call) Acked() <-chan struct{} { return c.ackSeen }

// Reason says how the call ended: "BYE", "CANCEL", or a status line.
func (c *Call) Reason() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reason
}

// Said is the Reason header (RFC 3326) of the BYE by which the other side ended
// the call; empty: there was none.
func (c *Call) Said() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.said
}

// Status is the last status of an outgoing INVITE.
func (c *Call) Status() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.status
}

// RemoteSDP is the last session description of the other side.
func (c *Call) RemoteSDP() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.remoteSDP
}

func (c *Call) end(reason string) {
	c.onceEnd.Do(func() {
		c.mu.Lock()
		c.reason = reason
		c.mu.Unlock()
		close(c.ended)
	})
}
