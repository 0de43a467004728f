package leg

import (
	"strings"

	"github.com/emiago/sipgo/sip"

	"cradle/registrar/transaction"
)

// Request takes a request the phone sent inside the dialog. This switch is
// the table of what a phone may say during a call.
func (l *Leg) Request(req *sip.Request, tx *transaction.Server) {
	if req.Method == sip.ACK {
		l.acknowledged(req)
		return
	}
	if l.state == over || l.state == closing {
		if req.Method == sip.BYE {
			TakeBye(req, tx)
			return
		}
		Refuse(req, tx, Refusal{Status: sip.StatusCallTransactionDoesNotExists, Reason: "Call Does Not Exist"})
		return
	}
	if !l.inOrder(req, tx) {
		return
	}
	switch req.Method {
	case sip.BYE:
		l.hungUp(req, tx)
	case sip.INVITE, sip.UPDATE:
		l.offered(req, tx)
	case sip.INFO:
		l.told(req, tx)
	case sip.OPTIONS:
		Refuse(req, tx, Refusal{Status: sip.StatusOK, Reason: "OK"})
	case sip.PRACK: // we never sent anything that could be acknowledged so
		Refuse(req, tx, Refusal{Status: sip.StatusCallTransactionDoesNotExists, Reason: "No Reliable Provisional Response"})
	default:
		Refuse(req, tx, Refusal{Status: sip.StatusMethodNotAllowed, Reason: "Method Not Allowed"})
	}
}

// inOrder refuses what is older than what we have (RFC 3261 section 12.2.2).
// A BYE is always taken: there is nothing left to mix up.
func (l *Leg) inOrder(req *sip.Request, tx *transaction.Server) bool {
	n := req.CSeq().SeqNo
	if n <= l.id.heard && req.Method != sip.BYE {
		Refuse(req, tx, Refusal{Status: sip.StatusInternalServerError, Reason: "CSeq Out Of Order"})
		return false
	}
	l.id.heard = max(n, l.id.heard)
	if missing := unknownRequired(req); len(missing) > 0 {
		Refuse(req, tx, Refusal{Status: sip.StatusBadExtension, Reason: "Bad Extension",
			Headers: []sip.Header{sip.NewHeader("Unsupported", strings.Join(missing, ", "))}})
		return false
	}
	return true
}

// hungUp: BYE. One that overtakes the answer to an INVITE ends that as well.
func (l *Leg) hungUp(req *sip.Request, tx *transaction.Server) {
	TakeBye(req, tx)
	if l.state == early && l.in != nil {
		Refuse(l.in, l.inTx, Refusal{Status: sip.StatusRequestTerminated, Reason: "Request Terminated"})
	}
	l.lost("hung up")
}

// TakeBye says 200 to a BYE, also to one that is repeated or crosses ours. So
// its transaction need not be kept.
func TakeBye(req *sip.Request, tx *transaction.Server) {
	_ = tx.Respond(sip.NewResponseFromRequest(req, sip.StatusOK, "OK", nil)) // a phone that is gone has gone
	tx.Terminate()
}

// Info is an INFO to be passed on, such as a digit.
type Info struct {
	Type string // Content-Type
	Body []byte
	// Package is the Info-Package header (RFC 6086), mostly empty.
	Package string

	req *sip.Request
	tx  *transaction.Server
}

// Reply answers the INFO.
func (i *Info) Reply(status int) {
	Refuse(i.req, i.tx, Refusal{Status: status, Reason: reasonOf(status)})
}

func (l *Leg) told(req *sip.Request, tx *transaction.Server) {
	i := &Info{Body: req.Body(), req: req, tx: tx}
	if t := req.ContentType(); t != nil {
		i.Type = t.Value()
	}
	if p := values(req, "info-package"); len(p) > 0 {
		i.Package = p[0]
	}
	l.cfg.Owner.Told(l, i)
}
