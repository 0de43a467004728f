// Package leg holds one SIP dialog of a call: the same state machine whether
// the phone called us or we called the phone (RFC 3261 sections 12 to 15).
//
// A leg belongs to one call and lives on that call's goroutine: every method
// is called there, and everything the wire brings is posted there first. It
// knows SIP and nothing else; bodies are passed on unread.
//
//	Receive  an INVITE that came in: Ring, Answer, Refuse   accept.go
//	Dial     an INVITE we send out: Invite, Cancel, Ack     dial.go
//	Request  what the phone sends inside the dialog         indialog.go
//	Reoffer  a re-INVITE of ours, Info, Bye                 reoffer.go bye.go
package leg

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/registrar/transaction"
)

// Flow is the way to one phone: the socket and address its signalling uses.
// Both methods fill in a missing Via and may block for as long as a write does.
type Flow interface {
	Request(ctx context.Context, req *sip.Request, heard transaction.Heard) (*transaction.Client, error)
	// WriteACK sends the ACK of a 2xx, which has no transaction; again sends it once
	// more, from any goroutine.
	WriteACK(req *sip.Request) (again func() error, err error)
}

// Loop is the goroutine a leg lives on.
type Loop interface {
	// Post runs f on the loop. It never blocks; false means the loop has ended.
	Post(f func()) bool
	// After runs f on the loop after d, unless stop is called on the loop before.
	After(d time.Duration, f func()) (stop func())
}

// Owner hears what happens at a leg, always on its loop.
type Owner interface {
	// Rang: a provisional answer above 100 to our INVITE; body may hold early media.
	Rang(l *Leg, status int, body []byte)
	// Answered: the first 2xx to our INVITE. The owner must Ack, or Bye.
	Answered(l *Leg, body []byte)
	// Refused: our INVITE failed with this status (408 when nobody answered).
	Refused(l *Leg, status int, reason string)
	// Acked: our 2xx was acknowledged; body is the answer to a late offer.
	Acked(l *Leg, body []byte)
	// Cancelled: the caller gave up before we answered.
	Cancelled(l *Leg)
	// Offered: a re-INVITE or UPDATE with an offer, or a re-INVITE that asks for one.
	Offered(l *Leg, o *Offer)
	// Told: an INFO that wants passing on.
	Told(l *Leg, i *Info)
	// Ended: the phone hung up or was lost. The leg is over.
	Ended(l *Leg, reason string)
}

// Config is what a leg is born with.
type Config struct {
	Loop  Loop
	Owner Owner
	Flow  Flow
	Log   *slog.Logger
	// Contact is our address towards this phone.
	Contact sip.Uri
	// T1 is the round-trip estimate of RFC 3261 section 17.1.1.1; 0 means 500 ms.
	T1 time.Duration
}

// state is how far the dialog has come.
type state int

const (
	early     state = iota // no final answer yet
	answered               // we answered, the ACK is missing
	confirmed              // established both ways
	closing                // cancelled by us, the final answer is missing
	over
)

// Leg is one dialog.
type Leg struct {
	cfg   Config
	log   *slog.Logger
	state state
	id    dialog

	in   *sip.Request        // the INVITE the phone sent (Receive)
	inTx *transaction.Server // and its transaction
	rang bool                // a provisional answer went out
	out  *invitation         // the newest INVITE we sent
	firm *reliable           // our newest 2xx, until it is acknowledged

	offerIn   *Offer               // a re-INVITE of the phone's waits for our owner
	byeLater  string               // hang up as soon as the ACK is there; holds the reason
	name      string               // display name the phone's INVITE bore
	refreshed func()               // stops the session timer
	self      *atomic.Pointer[Leg] // what may outlive the leg finds it here, until Forget
}

func newLeg(c Config) *Leg {
	if c.T1 == 0 {
		c.T1 = 500 * time.Millisecond
	}
	l := &Leg{cfg: c, log: c.Log, self: new(atomic.Pointer[Leg])}
	l.self.Store(l)
	return l
}

// Forget lets go of the leg, and of the call with it, where transactions that
// live longer would hold it. It is the last thing on the loop.
func (l *Leg) Forget() { l.self.Store(nil) }

// post runs f on the loop of a leg that may be forgotten already.
func post(self *atomic.Pointer[Leg], f func(*Leg)) {
	if l := self.Load(); l != nil {
		l.cfg.Loop.Post(func() { f(l) })
	}
}

// Over tells whether nothing more will happen at this leg.
func (l *Leg) Over() bool { return l.state == over }

// Confirmed tells whether the dialog stands and no ACK is missing.
func (l *Leg) Confirmed() bool { return l.state == confirmed }

// CallID and the two tags name the dialog (RFC 3261 section 12).
func (l *Leg) CallID() string { return l.id.callID }

// LocalTag is ours.
func (l *Leg) LocalTag() string { return l.id.local.tag }

// RemoteTag is the phone's; empty until it has one.
func (l *Leg) RemoteTag() string { return l.id.remote.tag }

// finish ends the leg, whatever its state; it tells nobody.
func (l *Leg) finish() {
	l.state = over
	if inv := l.out; inv != nil && inv.tx != nil && !inv.settled { // a phone that rang, or said 100, may never say more
		time.AfterFunc(64*l.cfg.T1, inv.tx.Terminate)
	}
	if l.firm != nil {
		l.firm.end()
	}
	if l.refreshed != nil {
		l.refreshed()
		l.refreshed = nil
	}
	if o := l.offerIn; o != nil {
		o.Refuse(sip.StatusRequestTerminated)
	}
}

// Abandon ends the leg without a word to phone or owner.
func (l *Leg) Abandon() {
	if l.state == over {
		return
	}
	if l.inTx != nil && l.state == early {
		l.inTx.Terminate()
	}
	if l.out != nil && l.out.tx != nil && !l.out.settled {
		l.out.tx.Terminate()
	}
	l.finish()
}

// lost ends the leg and tells the owner.
func (l *Leg) lost(reason string) {
	if l.state == over {
		return
	}
	l.finish()
	l.cfg.Owner.Ended(l, reason)
}
