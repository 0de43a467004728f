package siptest

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"
)

// Subscription is one SUBSCRIBE dialog of the phone.
type Subscription struct {
	p                   *Phone
	CallID              string
	URI, Event          string
	localTag, remoteTag string
	target              string
	cseq                int
	status              atomic.Int32
	notifies            chan *Msg
}

// Subscribe watches a URI; the answer is given also when it is a refusal.
func (p *Phone) Subscribe(ctx context.Context, uri, event string, expires int, change func(*Msg)) (*Subscription, *Msg, error) {
	s := &Subscription{p: p, CallID: random() + "@" + p.local.Addr().String(), URI: uri, Event: event, localTag: random(), target: uri, notifies: make(chan *Msg, 64)}
	p.mu.Lock()
	if p.subs == nil {
		p.subs = map[string]*Subscription{}
	}
	p.subs[s.CallID] = s
	p.mu.Unlock()
	m, err := s.Again(ctx, expires, change)
	return s, m, err
}

// Again sends the SUBSCRIBE of the dialog anew; expires 0 ends it, below 0 says nothing of it.
func (s *Subscription) Again(ctx context.Context, expires int, change func(*Msg)) (*Msg, error) {
	r, _, err := s.p.authorized(ctx, func() *Msg {
		s.cseq++
		m := &Msg{Method: "SUBSCRIBE", URI: s.target}
		to := "<" + s.URI + ">"
		if s.remoteTag != "" {
			to += ";tag=" + s.remoteTag
		}
		m.Add("From", s.p.self()+";tag="+s.localTag).Add("To", to).Add("Call-ID", s.CallID).Add("CSeq", fmt.Sprintf("%d SUBSCRIBE", s.cseq))
		m.Add("Max-Forwards", "70").Add("Contact", "<"+s.p.Contact()+">").Add("User-Agent", s.p.c.UserAgent).Add("Event", s.Event)
		if expires >= 0 {
			m.Add("Expires", strconv.Itoa(expires))
		}
		if change != nil {
			change(m)
		}
		return m
	}, nil)
	if err == nil && r.Status < 300 {
		s.remoteTag = Param(r.Get("To"), "tag")
		if u := URI(r.Get("Contact")); u != "" {
			s.target = u
		}
	}
	return r, err
}

// Next waits for the next NOTIFY.
func (s *Subscription) Next(ctx context.Context) (*Msg, error) {
	select {
	case m := <-s.notifies:
		return m, nil
	case <-ctx.Done():
		return nil, ErrTimeout
	case <-s.p.done:
		return nil, ErrClosed
	}
}

// Refuse answers the NOTIFYs from now on with that status; 0: 200, below 0: with nothing.
func (s *Subscription) Refuse(status int) { s.status.Store(int32(status)) } //nolint:gosec // a status

// Waiting is how many NOTIFYs have come and were not asked for yet.
func (s *Subscription) Waiting() int { return len(s.notifies) }

// Move lets the subscription go on at another socket of the same phone, as
// after a new address; the old phone hears nothing of it any more.
func (s *Subscription) Move(p *Phone) {
	s.p.mu.Lock()
	delete(s.p.subs, s.CallID)
	s.p.mu.Unlock()
	s.p = p
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.subs == nil {
		p.subs = map[string]*Subscription{}
	}
	p.subs[s.CallID] = s
}

// took answers a NOTIFY of the subscription.
func (s *Subscription) took(m *Msg) {
	select {
	case s.notifies <- m:
	default:
	}
	status := int(s.status.Load())
	if status == 0 {
		status = 200
	}
	if status > 0 {
		s.p.reply(m, m.Answer(status, reasons[status], ""))
	}
}
