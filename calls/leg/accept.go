package leg

import (
	"errors"
	"strconv"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/registrar/transaction"
)

// soon is by when an INVITE is answered 100 that has got no other answer (RFC 3261
// section 17.2.1): most phones ring before.
const soon = 200 * time.Millisecond

// Receive makes a leg of an INVITE that Check has passed. The tag is written into
// the request itself, so that every answer has it.
func Receive(c Config, req *sip.Request, tx *transaction.Server) *Leg {
	l := newLeg(c)
	req.To().Params.Add("tag", newTag())
	l.in, l.inTx = req, tx
	l.id.asServer(req)
	l.name = req.From().DisplayName
	c.Loop.After(soon, l.Trying)
	self := l.self
	onEnd := func() { post(self, (*Leg).inviteGone) }
	onCancel := func() { post(self, (*Leg).cancelled) }
	if !tx.OnTerminate(onEnd) || !tx.OnCancel(onCancel) {
		l.cfg.Loop.Post(l.cancelled)
	}
	return l
}

// Trying keeps the caller from asking again, where nothing else was said yet. It
// comes by itself; who is about to wait for something calls it before.
func (l *Leg) Trying() {
	if l.state == early && !l.rang {
		l.rang = true
		l.respond(l.inTx, sip.NewResponseFromRequest(l.in, sip.StatusTrying, "Trying", nil))
	}
}

// cancelled: the transaction has answered the CANCEL itself (RFC 3261 section 9.2).
func (l *Leg) cancelled() {
	if l.state != early {
		return
	}
	l.finish()
	Refuse(l.in, l.inTx, Refusal{Status: sip.StatusRequestTerminated, Reason: "Request Terminated"})
	l.cfg.Owner.Cancelled(l)
}

// inviteGone: the transaction ended. Before a final answer that means the
// connection broke and nobody is there to be answered.
func (l *Leg) inviteGone() {
	if l.state == early {
		l.lost("connection lost")
	}
}

// Ring sends a provisional answer (180, or 183 with early media).
func (l *Leg) Ring(status int, body []byte, headers ...sip.Header) {
	if l.state != early {
		return
	}
	res := sip.NewResponseFromRequest(l.in, status, reasonOf(status), nil)
	l.describe(res, body)
	appendAll(res, headers)
	l.rang = true
	l.respond(l.inTx, res)
}

// Answer sends the 200 and keeps sending it until the ACK comes. False: the
// caller had cancelled in this very moment, Cancelled was told.
func (l *Leg) Answer(body []byte, headers ...sip.Header) bool {
	if l.state != early {
		return false
	}
	res := sip.NewResponseFromRequest(l.in, sip.StatusOK, "OK", nil)
	l.describe(res, body)
	appendAll(res, headers)
	l.watchSession(l.in, res)
	if err := l.inTx.Respond(res); errors.Is(err, transaction.ErrCancelled) {
		l.cancelled()
		return false
	}
	l.state = answered
	l.firm = l.newReliable(l.inTx, res)
	return true
}

// Refuse sends a final answer that is not 2xx; the leg is over.
func (l *Leg) Refuse(r Refusal) {
	if l.state != early {
		return
	}
	l.state = over
	Refuse(l.in, l.inTx, r)
}

// respond sends an answer; a dead transport shows itself when the transaction ends.
func (l *Leg) respond(tx *transaction.Server, res *sip.Response) {
	if err := tx.Respond(res); err != nil {
		l.log.Debug("answer not sent", "status", res.StatusCode, "error", err)
	}
}

// watchSession grants a session timer and hangs up when the phone stops
// refreshing it (RFC 4028 section 10: a third of the interval, at most 32 s, before).
func (l *Leg) watchSession(req *sip.Request, res *sip.Response) {
	if l.refreshed != nil {
		l.refreshed()
		l.refreshed = nil
	}
	seconds := sessionTimer(req)
	if seconds == 0 {
		return
	}
	res.AppendHeader(sip.NewHeader("Require", "timer"))
	res.AppendHeader(sip.NewHeader("Session-Expires", strconv.Itoa(seconds)+";refresher=uac"))
	interval := time.Duration(seconds) * time.Second
	l.refreshed = l.cfg.Loop.After(interval-min(interval/3, 32*time.Second), func() {
		l.refreshed = nil
		_ = l.sendBye(Reason(sip.StatusRequestTimeout, "Session timer ran out"))
		l.lost("session timer ran out")
	})
}

func appendAll(m sip.Message, headers []sip.Header) {
	for _, h := range headers {
		m.AppendHeader(h)
	}
}
