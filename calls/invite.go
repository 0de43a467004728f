package calls

import (
	"runtime/debug"

	"github.com/emiago/sipgo/sip"

	"cradle/calls/leg"
	"cradle/calls/route"
	"cradle/directory"
	"cradle/registrar"
	"cradle/registrar/transaction"
)

// invite is the journey of an INVITE. The front door has authenticated it;
// p says which phone sent it.
func (x *Exchange) invite(p registrar.Peer, req *sip.Request, tx *transaction.Server) {
	if req.To() != nil && req.To().Params.Has("tag") { // 0. a re-INVITE belongs to a call
		x.inDialog(p, req, tx)
		return
	}
	if refusal := x.check(p, req); refusal != nil { // 1. can it be understood, and is it new
		leg.Refuse(req, tx, *refusal)
		return
	}
	caller := callerKey{req.CallID().Value(), req.From().Params.GetOr("tag", ""), req.CSeq().SeqNo}
	switch x.dialogs.admit(caller, req.Via().Params.GetOr("branch", "")) {
	case repeated:
		tx.Terminate()
		return
	case merged:
		leg.Refuse(req, tx, leg.Refusal{Status: sip.StatusLoopDetected, Reason: "Loop Detected"})
		return
	}
	snapshot := x.cfg.Directory.Snapshot() // 2. where does it go
	plan := route.Decide(snapshot, route.Caller{Device: p.Device, Line: p.Line, Lobby: p.Kind == registrar.Lobby}, req.Recipient.User)
	if plan.Alarm != "" {
		x.log.Error("alarm", "what", plan.Alarm, "device", p.Device.ID)
	}
	c := x.newCall(p, req, tx, snapshot, plan, caller)
	if !plan.Emergency && x.draining.Load() { // 3. is there room for it
		c.turnAway(overload("Shutting Down"))
		return
	}
	if c.release = x.limits.take(snapshot, p.Device, plan.Emergency); c.release == nil {
		c.turnAway(overload("Too Many Calls"))
		return
	}
	if !x.begin(c) { // 4. from here on it is a call with a goroutine of its own
		c.turnAway(overload("Shutting Down"))
	}
}

// check refuses what no call can be made of.
func (x *Exchange) check(p registrar.Peer, req *sip.Request) *leg.Refusal {
	if p.Device == nil {
		return &leg.Refusal{Status: sip.StatusForbidden, Reason: "Forbidden"}
	}
	if refusal := leg.Check(req); refusal != nil {
		return refusal
	}
	// An INVITE of our own that some phone sent back to us.
	if _, ours := x.dialogs.find(req.CallID().Value(), req.From().Params.GetOr("tag", "")); ours {
		return &leg.Refusal{Status: sip.StatusLoopDetected, Reason: "Loop Detected"}
	}
	return nil
}

// newCall gathers what is known of a call before it begins.
func (x *Exchange) newCall(p registrar.Peer, req *sip.Request, tx *transaction.Server, s *directory.Snapshot, plan route.Plan, key callerKey) *Call {
	c := &Call{x: x, id: directory.NewID(), plan: plan, snapshot: s, peer: p, req: req, tx: tx, key: key}
	c.loop.wake = make(chan struct{}, 1)
	c.log = x.log.With("call", c.id, "from", plan.From.Number, "to", plan.To)
	c.record = directory.CallRecord{ID: c.id, Organization: p.Device.Organization, CallID: key.callID,
		From: plan.From.Number, FromName: plan.From.Name, To: plan.To, FromDevice: p.Device.ID, Started: x.cfg.Now()}
	return c
}

// inDialog hands a request to the call it belongs to.
func (x *Exchange) inDialog(p registrar.Peer, req *sip.Request, tx *transaction.Server) {
	d, found := x.lookup(p, req)
	switch {
	case found && d.call.postRequest(func() { d.leg.Request(req, tx) }):
	case req.Method == sip.ACK:
	case found:
		leg.Refuse(req, tx, overload("Busy"))
	case req.Method == sip.BYE && x.dialogs.vouch(callIDOf(req), req.To().Params.GetOr("tag", ""), "", p.Source):
		leg.TakeBye(req, tx) // repeated, or it crossed ours
	case req.To() != nil && !req.To().Params.Has("tag") && req.Method != sip.BYE:
		status := sip.StatusMethodNotAllowed
		if req.Method == sip.OPTIONS {
			status = sip.StatusOK
		}
		leg.Refuse(req, tx, leg.Refusal{Status: status, Reason: leg.Phrase(status)})
	default:
		leg.Refuse(req, tx, leg.Refusal{Status: sip.StatusCallTransactionDoesNotExists, Reason: "Call Does Not Exist"})
	}
}

func callIDOf(req *sip.Request) string {
	if id := req.CallID(); id != nil {
		return id.Value()
	}
	return ""
}

// lookup finds the dialog of a request that comes from where its phone is.
func (x *Exchange) lookup(p registrar.Peer, req *sip.Request) (dialog, bool) {
	if req.To() == nil || req.From() == nil || req.CallID() == nil || req.CSeq() == nil {
		return dialog{}, false
	}
	d, ok := x.dialogs.find(req.CallID().Value(), req.To().Params.GetOr("tag", ""))
	return d, ok && d.source == p.Source.Addr().Unmap()
}

// guard keeps a fault in one handler from reaching anything else.
func (x *Exchange) guard(h registrar.Handler) registrar.Handler {
	return func(p registrar.Peer, req *sip.Request, tx *transaction.Server) {
		defer func() {
			if fault := recover(); fault != nil {
				x.log.Error("fault in a handler", "method", req.Method, "fault", fault, "stack", string(debug.Stack()))
				leg.Refuse(req, tx, leg.Refusal{Status: sip.StatusInternalServerError, Reason: "Server Internal Error"})
			}
		}()
		h(p, req, tx)
	}
}
