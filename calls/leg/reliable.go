package leg

import (
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/registrar/transaction"
)

// reliable repeats a 2xx of ours until its ACK comes: after T1, 2 T1, 4 T1 ...
// at most every 4 s, on every transport; after 64 T1 it gives up and the
// session ends with BYE (RFC 3261 section 13.3.1.4).
type reliable struct {
	l     *Leg
	tx    *transaction.Server
	res   *sip.Response
	cseq  uint32
	wait  time.Duration
	spent time.Duration
	stop  func()
}

func (l *Leg) newReliable(tx *transaction.Server, res *sip.Response) *reliable {
	r := &reliable{l: l, tx: tx, res: res, cseq: res.CSeq().SeqNo, wait: l.cfg.T1}
	r.stop = l.cfg.Loop.After(r.wait, r.again)
	return r
}

// again sends the 2xx once more.
func (r *reliable) again() {
	r.spent += r.wait
	if r.spent >= 64*r.l.cfg.T1 {
		r.l.log.Info("no ACK came")
		r.l.firm = nil
		r.tx.Terminate()
		_ = r.l.sendBye(Reason(sip.StatusRequestTimeout, "No ACK"))
		r.l.lost("no ACK")
		return
	}
	r.l.respond(r.tx, r.res)
	r.wait = min(2*r.wait, 8*r.l.cfg.T1)
	r.stop = r.l.cfg.Loop.After(r.wait, r.again)
}

// end stops the repeating and ends the transaction at once, not by its own
// timer of 32 s: a late repetition of the INVITE is known by the call.
func (r *reliable) end() {
	r.stop()
	r.tx.Terminate()
	r.l.firm = nil
}

// acknowledged takes an ACK.
func (l *Leg) acknowledged(ack *sip.Request) {
	r := l.firm
	if r == nil || ack.CSeq() == nil || ack.CSeq().SeqNo != r.cseq {
		return // of a 2xx that was acknowledged before
	}
	r.end()
	if l.state == answered {
		l.state = confirmed
	}
	l.cfg.Owner.Acked(l, ack.Body())
	if l.byeLater != "" && l.state == confirmed {
		l.Bye(l.byeLater)
	}
}
