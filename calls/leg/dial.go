package leg

import (
	"context"
	"crypto/rand"
	"errors"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/registrar/transaction"
)

// Invitation is an INVITE to be sent.
type Invitation struct {
	// Target is the phone's Contact, the Request-URI.
	Target sip.Uri
	// FromName and From are what the phone shows as caller; To is who is called.
	FromName string
	From, To sip.Uri
	// Hops is the Max-Forwards to send, 0 to 70.
	Hops int
	// Body is the offer; empty: the phone makes it.
	Body    []byte
	Headers []sip.Header
}

// invitation is one INVITE of ours under way: the first or a re-INVITE.
type invitation struct {
	req   *sip.Request // until it is acknowledged: its transaction stays for seconds
	seq   uint32       // its number
	tx    *transaction.Client
	heard bool // a provisional answer came: CANCEL may go
	// cancel is the Reason of a CANCEL still to be sent, cancelled of one that was.
	cancel, cancelled string
	settled           bool // the final answer came
	// ack is sent again for each repeated 2xx, from the transaction's goroutine.
	ack   atomic.Pointer[acknowledgement]
	again atomic.Bool // a repeated 2xx came
	// done gets the final answer of a re-INVITE, until that is acknowledged.
	done func(Result)
}

// acknowledgement is the ACK of a 2xx: from whom that came, and how to send it again.
type acknowledgement struct {
	to   string // tag
	send func() error
}

// Dial makes the leg of an INVITE. Invite sends it, when the owner has made
// known whose dialog it is: a phone may answer faster than one thinks.
func Dial(c Config, inv Invitation) *Leg {
	l := newLeg(c)
	l.id.callID = rand.Text()
	l.id.local = party{name: inv.FromName, uri: inv.From, tag: newTag()}
	l.id.remote = party{uri: inv.To}
	l.id.target = inv.Target
	req := l.id.next(sip.INVITE)
	hops := sip.MaxForwardsHeader(inv.Hops)
	req.ReplaceHeader(&hops)
	appendAll(req, inv.Headers)
	l.describe(req, inv.Body)
	l.out = &invitation{req: req, seq: l.id.cseq}
	return l
}

// Invite sends what Dial has made. Failing to send is told as Refused, later,
// like any refusal.
func (l *Leg) Invite() {
	if err := l.invite(l.out, l.progress); err != nil {
		l.log.Info("phone not reached", "error", err)
		l.cfg.Loop.Post(func() { l.refused(sip.StatusTemporarilyUnavailable, "Not Reachable") })
	}
}

// invite sends an INVITE of ours and hears its answers until the final one.
// Repeated 2xx are acknowledged at once, wherever the call is by then.
func (l *Leg) invite(inv *invitation, heard func(*invitation, *sip.Response, error)) error {
	self := l.self
	tx, err := l.send(inv.req, func(res *sip.Response, err error) { heard(inv, res, err) })
	if err != nil {
		return err
	}
	inv.tx = tx
	tx.OnRetransmission(func(res *sip.Response) { inv.repeated(self, res) })
	return nil
}

// send starts a transaction; its answers, up to the final one, are posted to
// the loop. A transaction that ends without one is heard as an error.
func (l *Leg) send(req *sip.Request, heard func(*sip.Response, error)) (*transaction.Client, error) {
	return l.cfg.Flow.Request(context.Background(), req, func(res *sip.Response, err error) {
		l.cfg.Loop.Post(func() { heard(res, err) })
	})
}

// progress hears the answers to the first INVITE.
func (l *Leg) progress(inv *invitation, res *sip.Response, err error) {
	if l.state == over || inv.settled {
		return
	}
	switch {
	case res == nil:
		inv.settled = true
		status, reason := sip.StatusRequestTimeout, "Request Timeout"
		if errors.Is(err, transaction.ErrTransport) {
			status, reason = sip.StatusTemporarilyUnavailable, "Connection Lost"
		}
		l.refused(status, reason)
	case res.IsProvisional():
		l.provisional(inv, res)
	case res.IsSuccess():
		inv.settled = true
		l.id.asClient(res)
		if l.state == closing { // CANCEL and 200 crossed: take it and hang up
			l.acceptAndBye()
			return
		}
		l.state = answered
		l.cfg.Owner.Answered(l, res.Body())
	default:
		inv.settled = true
		l.refused(res.StatusCode, res.Reason)
	}
}

func (l *Leg) provisional(inv *invitation, res *sip.Response) {
	inv.heard = true
	if l.state == closing {
		l.sendCancel()
		return
	}
	if res.StatusCode == sip.StatusTrying {
		return
	}
	if l.id.remote.tag == "" { // the first early dialog; the 2xx settles which one it is
		l.id.asClient(res)
	}
	l.cfg.Owner.Rang(l, res.StatusCode, res.Body())
}

func (l *Leg) refused(status int, reason string) {
	if l.state == over {
		return
	}
	wasClosing := l.state == closing
	l.finish()
	if !wasClosing {
		l.cfg.Owner.Refused(l, status, reason)
	}
}

// Cancel gives the call up at this phone; reason is the value of a Reason
// header (RFC 3326). The leg is over when the phone has said its last word.
func (l *Leg) Cancel(reason string) {
	if l.state != early || l.out == nil {
		return
	}
	l.state = closing
	l.out.cancel = reason
	if l.out.heard { // before that no CANCEL may be sent, RFC 3261 section 9.1
		l.sendCancel()
	}
	l.cfg.Loop.After(64*l.cfg.T1, func() {
		if l.state == closing {
			l.finish()
			if l.out.tx != nil {
				l.out.tx.Terminate()
			}
		}
	})
}

// sendCancel sends the CANCEL once: the INVITE's own Via, target and CSeq number.
func (l *Leg) sendCancel() {
	inv := l.out
	if inv.cancel == "" || inv.settled {
		return
	}
	req := sip.NewRequest(sip.CANCEL, inv.req.Recipient)
	req.AppendHeader(inv.req.Via().Clone())
	for _, h := range inv.req.GetHeaders("route") {
		req.AppendHeader(sip.HeaderClone(h))
	}
	hops := sip.MaxForwardsHeader(70)
	req.AppendHeader(&hops)
	req.AppendHeader(sip.HeaderClone(inv.req.From()))
	req.AppendHeader(sip.HeaderClone(inv.req.To()))
	req.AppendHeader(sip.HeaderClone(inv.req.CallID()))
	req.AppendHeader(&sip.CSeqHeader{SeqNo: inv.req.CSeq().SeqNo, MethodName: sip.CANCEL})
	req.AppendHeader(sip.NewHeader("Reason", inv.cancel))
	req.SetBody(nil)
	inv.cancel, inv.cancelled = "", inv.cancel
	if _, err := l.send(req, func(*sip.Response, error) {}); err != nil {
		l.log.Debug("CANCEL not sent", "error", err)
	}
}

// Ack acknowledges the newest 2xx; body answers a late offer.
func (l *Leg) Ack(body []byte) {
	if l.state == over || l.out == nil || l.out.ack.Load() != nil {
		return
	}
	l.ack(l.out, l.id.request(sip.ACK, l.out.seq), body)
	if l.state == answered {
		l.state = confirmed
		if l.byeLater != "" {
			l.Bye(l.byeLater)
		}
	}
}

func (l *Leg) ack(inv *invitation, req *sip.Request, body []byte) {
	setBody(req, sdpType, body)
	again, err := l.cfg.Flow.WriteACK(req)
	if err != nil {
		l.log.Debug("ACK not sent", "error", err)
	}
	inv.ack.Store(&acknowledgement{req.To().Params.GetOr("tag", ""), again})
	inv.req, inv.done = nil, nil
	// The transaction, kept for 32 s otherwise, catches repeated 2xx. A phone
	// that has not repeated its own for 16 T1 has heard us.
	if tx := inv.tx; tx != nil {
		time.AfterFunc(16*l.cfg.T1, func() {
			if !inv.again.Load() {
				tx.Terminate()
			}
		})
	}
}

func (l *Leg) acceptAndBye() {
	l.state = answered
	l.Ack(nil)
	_ = l.sendBye(l.out.cancelled)
	l.finish()
}

// repeated runs on a goroutine of the transaction, which may outlive the leg.
func (inv *invitation) repeated(self *atomic.Pointer[Leg], res *sip.Response) {
	inv.again.Store(true)
	ack := inv.ack.Load()
	if ack == nil || ack.send == nil || res.To() == nil {
		return
	}
	if res.To().Params.GetOr("tag", "") == ack.to {
		_ = ack.send() // if it is lost the 2xx comes again
		return
	}
	post(self, func(l *Leg) { l.otherFork(inv, res) })
}

// otherFork: behind one Contact a second phone answered too. It is
// acknowledged and told to hang up (RFC 3261 section 13.2.2.4).
func (l *Leg) otherFork(inv *invitation, res *sip.Response) {
	other := l.id
	other.asClient(res)
	ack := other.request(sip.ACK, inv.seq)
	setBody(ack, sdpType, nil)
	if _, err := l.cfg.Flow.WriteACK(ack); err != nil {
		return
	}
	bye := other.next(sip.BYE)
	bye.SetBody(nil)
	_, _ = l.send(bye, func(*sip.Response, error) {})
}
