package registrar

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/directory"
	"cradle/registrar/desk"
	"cradle/registrar/location"
	"cradle/registrar/sipmsg"
)

// newDesk joins the desk of subscriptions to the door.
func (r *Registrar) newDesk() *desk.Desk {
	return desk.New(desk.Config{State: r.eventState, Send: r.notifySubscriber, Store: deskStore{r.dir.Shelf("subscriptions")}, Log: r.log, Now: r.now,
		Parallel: func() int { return int(r.dir.Snapshot().Limit("notifies_at_once")) }})
}

// deskStore lets the desk keep its records in the directory's store.
type deskStore struct{ s *directory.Shelf }

// Put writes a batch in one transaction.
func (s deskStore) Put(ctx context.Context, batch []desk.Record) error {
	items := make([]directory.Item, len(batch))
	for i, b := range batch {
		items[i] = directory.Item{Key: b.Key, Value: b.Value}
	}
	return s.s.Put(ctx, items)
}

// All reads everything back.
func (s deskStore) All(f func(string, []byte) bool) error { return s.s.All(f) }

// notifySubscriber sends a NOTIFY inside the dialog of its subscription and
// waits for the answer.
func (r *Registrar) notifySubscriber(ctx context.Context, n desk.Notice) error {
	b := r.flowTo(n.Subscription)
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	began := r.now()
	_, err := r.ask(ctx, b, r.inDialogNotify(b, n))
	var refusal *Status
	if err == nil || errors.As(err, &refusal) {
		r.history.answered(n.Account, r.now().Sub(began))
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrMalformed):
		return fmt.Errorf("%w: %w", desk.ErrGone, err)
	case errors.As(err, &refusal) && over(refusal.Code):
		return fmt.Errorf("%w: %w", desk.ErrGone, err)
	case errors.As(err, &refusal):
		return err
	case !errors.Is(err, ErrNoAnswer): // it could not be sent
		return fmt.Errorf("%w: %w", desk.ErrAway, err)
	}
	r.log.Debug("a subscriber does not answer", "event", n.Package, "account", n.Account, "error", err)
	return fmt.Errorf("%w: %w", desk.ErrSilent, err)
}

// over lists the answers that end a subscription (RFC 6665 section 4.2.2, RFC
// 5057 section 5.1).
func over(status int) bool {
	switch status {
	case 404, 405, 408, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604:
		return true
	}
	return false
}

// flowTo is the way to a subscriber: the flow of its SUBSCRIBE, or, when its
// account was bound there and is no longer, the newest of its account.
func (r *Registrar) flowTo(s desk.Subscription) Binding {
	own := Binding{Account: s.Account, Contact: s.Contact, Source: s.Source, Local: s.Local, Transport: s.Transport}
	if !s.Bound || r.loc.AccountAt(s.Source, sipmsg.TransportOf(s.Transport)) == s.Account {
		return own
	}
	for _, b := range r.Lookup(s.Account) {
		if !b.FlowLost {
			own.Source, own.Local, own.Transport = b.Source, b.Local, b.Transport
			return own
		}
	}
	return own
}

func (r *Registrar) inDialogNotify(b Binding, n desk.Notice) *sip.Request {
	state := "terminated;reason=" + n.Reason
	if n.Reason == "" {
		state = fmt.Sprintf("active;expires=%d", max(int64(n.Expires.Sub(r.now())/time.Second), 0))
	}
	req := r.newNotify(ContactURI(b), n.Event, state, n.ContentType, n.Body)
	for _, route := range n.Routes {
		req.AppendHeader(sip.NewHeader("Route", route))
	}
	req.AppendHeader(sip.NewHeader("From", n.To+";tag="+n.LocalTag))
	req.AppendHeader(sip.NewHeader("To", n.From+";tag="+n.RemoteTag))
	call := sip.CallIDHeader(n.CallID)
	req.AppendHeader(&call)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: n.Number, MethodName: sip.NOTIFY})
	req.AppendHeader(r.contact(flowOf(b)))
	if n.List {
		req.AppendHeader(sip.NewHeader("Require", "eventlist"))
	}
	return req
}

// followBindings tells the desk which phones are back.
func (r *Registrar) followBindings(w *location.Watch) {
	for {
		select {
		case <-r.stop:
			return
		case changes, ok := <-w.C():
			if !ok {
				return
			}
			for _, c := range changes {
				if !c.Overflow {
					r.history.note(c, r.now())
				}
				switch {
				case c.Overflow:
					r.Bindings(func(b Binding) bool { r.subs.Back(b.Account); return true })
				case !c.Gone && !c.Binding.FlowLost && !c.Binding.Unreachable:
					r.subs.Back(c.Account)
				}
			}
		}
	}
}

// deskUpkeep is the desk's part of what is done once a second.
func (r *Registrar) deskUpkeep(ctx context.Context) {
	r.subs.Sweep()
	r.traceUpkeep()
	if err := errors.Join(r.subs.Flush(ctx), r.history.flush(ctx, r.dir.Snapshot(), false)); err != nil {
		r.log.Warn("subscriptions and histories are not being written", "error", err)
	}
}
