package leg

import (
	"errors"

	"github.com/emiago/sipgo/sip"

	"cradle/registrar/transaction"
)

// Offer is a re-INVITE or UPDATE that waits for the owner's answer.
type Offer struct {
	// Body is the new session description; empty: we are to make the offer.
	Body []byte

	l    *Leg
	req  *sip.Request
	tx   *transaction.Server
	done bool
}

// offered sorts out what may be asked now (RFC 3261 section 14.2, RFC 3311
// section 5.2) and passes the rest to the owner.
func (l *Leg) offered(req *sip.Request, tx *transaction.Server) {
	refusal := checkBody(req)
	isUpdate := req.Method == sip.UPDATE
	switch {
	case refusal != nil:
	case isUpdate && len(req.Body()) == 0: // refreshes the session, or shows who is connected
		l.id.retarget(req)
		l.refresh(req, tx)
		return
	case l.state == early || l.offerIn != nil:
		refusal = &Refusal{Status: sip.StatusInternalServerError, Reason: "Offer Pending",
			Headers: []sip.Header{sip.NewHeader("Retry-After", "2")}}
	case l.offering():
		refusal = &Refusal{Status: sip.StatusRequestPending, Reason: "Request Pending"}
	}
	if refusal != nil {
		Refuse(req, tx, *refusal)
		return
	}
	if l.firm != nil { // a new INVITE says that our 2xx arrived, though the ACK did not
		l.firm.end()
		if l.state == answered {
			l.state = confirmed
			l.cfg.Owner.Acked(l, nil)
			if l.state == over {
				Refuse(req, tx, Refusal{Status: sip.StatusCallTransactionDoesNotExists, Reason: "Call Does Not Exist"})
				return
			}
		}
	}
	l.id.retarget(req)
	o := &Offer{Body: req.Body(), l: l, req: req, tx: tx}
	l.offerIn = o
	if !isUpdate {
		l.cfg.Loop.After(soon, o.trying)
		if !tx.OnCancel(func() { l.cfg.Loop.Post(o.cancelled) }) { // the CANCEL was faster than we
			o.cancelled()
			return
		}
	}
	l.cfg.Owner.Offered(l, o)
}

func (l *Leg) refresh(req *sip.Request, tx *transaction.Server) {
	res := sip.NewResponseFromRequest(req, sip.StatusOK, "OK", nil)
	l.describe(res, nil)
	l.watchSession(req, res)
	l.respond(tx, res)
	tx.TerminateGracefully()
}

func (o *Offer) trying() {
	if !o.done {
		o.l.respond(o.tx, sip.NewResponseFromRequest(o.req, sip.StatusTrying, "Trying", nil))
	}
}

// Answer accepts; body is the answer, or our offer where the phone made none.
// False: the phone had taken it back.
func (o *Offer) Answer(body []byte) bool {
	if o.done {
		return false
	}
	o.finish()
	res := sip.NewResponseFromRequest(o.req, sip.StatusOK, "OK", nil)
	o.l.describe(res, body)
	o.l.watchSession(o.req, res)
	if err := o.tx.Respond(res); errors.Is(err, transaction.ErrCancelled) {
		Refuse(o.req, o.tx, Refusal{Status: sip.StatusRequestTerminated, Reason: "Request Terminated"})
		return false
	}
	if o.req.Method == sip.UPDATE {
		o.tx.TerminateGracefully()
		return true
	}
	o.l.firm = o.l.newReliable(o.tx, res)
	return true
}

// Refuse declines; the session stays as it was.
func (o *Offer) Refuse(status int) {
	if o.done {
		return
	}
	o.finish()
	Refuse(o.req, o.tx, Refusal{Status: status, Reason: reasonOf(status)})
}

func (o *Offer) finish() {
	o.done = true
	o.l.offerIn = nil
}

// cancelled: the phone takes it back.
func (o *Offer) cancelled() { o.Refuse(sip.StatusRequestTerminated) }
