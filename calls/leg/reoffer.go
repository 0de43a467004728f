package leg

import (
	"errors"

	"github.com/emiago/sipgo/sip"

	"cradle/registrar/transaction"
)

// Result is the phone's final answer to a request of ours inside the dialog.
type Result struct {
	Status int
	Body   []byte
}

// offering tells whether a re-INVITE of ours is under way or unacknowledged.
func (l *Leg) offering() bool {
	return l.out != nil && l.out.ack.Load() == nil && (l.out.done != nil || !l.out.settled)
}

// Reoffer sends a re-INVITE; an empty body asks the phone for its offer. done
// hears the result once; after a 2xx the owner must Ack. A phone that is
// gone (408, 481) ends the leg after done.
func (l *Leg) Reoffer(body []byte, done func(Result)) {
	if l.state != confirmed || l.offerIn != nil || l.offering() || l.firm != nil {
		done(Result{Status: sip.StatusRequestPending})
		return
	}
	req := l.id.next(sip.INVITE)
	l.describe(req, body)
	inv := &invitation{req: req, seq: l.id.cseq, done: done}
	l.out = inv
	if err := l.invite(inv, l.reoffered); err != nil {
		l.settle(inv, Result{Status: sip.StatusRequestTimeout})
	}
}

// reoffered hears the answers to a re-INVITE.
func (l *Leg) reoffered(inv *invitation, res *sip.Response, err error) {
	switch {
	case inv.settled || l.state == over:
		if res != nil && res.IsSuccess() && inv.ack.Load() == nil { // the call ended meanwhile; the phone still waits
			l.ack(inv, l.id.request(sip.ACK, inv.seq), nil)
		}
	case res == nil:
		l.settle(inv, Result{Status: statusOf(err)})
	case res.IsProvisional():
	case res.IsSuccess():
		inv.settled = true
		l.id.retarget(res)
		inv.done(Result{Status: res.StatusCode, Body: res.Body()})
	default:
		l.settle(inv, Result{Status: res.StatusCode})
	}
}

// settle tells of a re-INVITE that failed.
func (l *Leg) settle(inv *invitation, r Result) {
	inv.settled = true
	done := inv.done
	inv.done = nil
	done(r)
	l.dead(r.Status)
}

// dead ends the leg where the answer says the phone knows no such call
// (RFC 3261 section 12.2.1.2).
func (l *Leg) dead(status int) {
	if status == sip.StatusCallTransactionDoesNotExists || status == sip.StatusRequestTimeout {
		l.lost("phone lost")
	}
}

// Info sends an INFO; done hears the result.
func (l *Leg) Info(i *Info, done func(Result)) {
	if l.state != confirmed {
		done(Result{Status: sip.StatusInternalServerError})
		return
	}
	req := l.id.next(sip.INFO)
	if i.Package != "" {
		req.AppendHeader(sip.NewHeader("Info-Package", i.Package))
	}
	setBody(req, i.Type, i.Body)
	_, err := l.send(req, func(res *sip.Response, err error) {
		switch {
		case res == nil:
			done(Result{Status: statusOf(err)})
			l.dead(statusOf(err))
		case !res.IsProvisional():
			done(Result{Status: res.StatusCode, Body: res.Body()})
		}
	})
	if err != nil {
		done(Result{Status: sip.StatusRequestTimeout})
	}
}

// statusOf is the status a transaction that ended without an answer stands
// for (RFC 3261 section 8.1.3.1).
func statusOf(err error) int {
	if errors.Is(err, transaction.ErrTransport) {
		return sip.StatusServiceUnavailable
	}
	return sip.StatusRequestTimeout
}
