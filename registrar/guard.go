package registrar

import (
	"fmt"
	"net/netip"
	"runtime/debug"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/registrar/sipmsg"
	"cradle/registrar/transaction"
)

// enter is where requests that passed the screen come in, on the goroutine that
// reads their socket. What may have to wait for the store gets one of its own.
func (r *Registrar) enter(req *sip.Request, tx *transaction.Server) {
	r.running.Add(1)
	if !tx.OnTerminate(func() { r.running.Add(-1) }) {
		r.running.Add(-1)
	}
	if quick(req.Method) {
		r.guard(req, tx)
		return
	}
	r.work.Go(func() { r.guard(req, tx) })
}

// quick are the methods of calls, whose handlers only post to a mailbox: one
// after the other in the order of the wire. Others may do what has to be stored.
func quick(m sip.RequestMethod) bool {
	switch m {
	case sip.INVITE, sip.ACK, sip.BYE, sip.INFO, sip.UPDATE, sip.PRACK, sip.OPTIONS:
		return true
	}
	return false
}

// guard says who the peer is and hands over; whatever a handler does, the
// process lives and the transaction ends.
func (r *Registrar) guard(req *sip.Request, tx *transaction.Server) {
	defer func() {
		if x := recover(); x != nil {
			r.log.Error("a SIP request could not be handled", "method", req.Method, "panic", fmt.Sprint(x), "stack", string(debug.Stack()))
			respond(req, tx, 500, "Server Internal Error")
		}
	}()
	flow := tx.Flow()
	if !flow.Remote.IsValid() || req.CallID() == nil || req.From() == nil || req.To() == nil {
		tx.Terminate()
		return
	}
	f := from{flow.Remote, flow.Local, flow.Transport}
	switch {
	case req.IsAck():
		r.inside(f, req, tx)
	case req.Method == sip.SUBSCRIBE && hasTag(req.To().Params):
		r.refresh(f, req, tx)
	case hasTag(req.To().Params):
		if !r.inside(f, req, tx) {
			respond(req, tx, 481, "Call/Transaction Does Not Exist")
		}
	default:
		r.outside(f, req, tx)
	}
}

// from is the flow a request came by.
type from struct {
	source, local netip.AddrPort
	transport     sipmsg.Transport
}

func hasTag(p sip.HeaderParams) bool {
	t, _ := p.Get("tag")
	return t != ""
}

// inside serves a request of a live dialog; false: there is no such dialog.
func (r *Registrar) inside(f from, req *sip.Request, tx *transaction.Server) bool {
	local, _ := req.To().Params.Get("tag")
	remote, _ := req.From().Params.Get("tag")
	if r.inDialog == nil || !r.inDialog(req.CallID().Value(), local, remote, f.source) {
		return false
	}
	snap := r.dir.Snapshot()
	acc := snap.Account(r.loc.AccountAt(f.source, f.transport))
	if acc == nil {
		acc = openAccount(snap, f.source, f.transport)
	}
	r.serve(r.peerOf(acc, f), req, tx)
	return true
}

// outside serves a request that begins something: its sender has to be somebody.
func (r *Registrar) outside(f from, req *sip.Request, tx *transaction.Server) {
	pr := r.proofOf(f, req)
	switch pr.verdict {
	case proved:
		r.unmask(req)
		r.edge.Trust(f.source, f.transport)
		r.serve(r.peerOf(pr.account, f), req, tx)
	case notFrom:
		respond(req, tx, 403, "Forbidden")
	default:
		r.challengeTx(r.rules(), f, req, tx, pr, r.now())
	}
}

// proofOf looks at the credentials of a request and counts them.
func (r *Registrar) proofOf(f from, req *sip.Request) (pr proof) {
	p, now := r.rules(), r.now()
	for _, name := range []string{"authorization", "proxy-authorization"} {
		for _, h := range req.GetHeaders(name) {
			if pr.verdict != proved {
				pr = r.check(p, []byte(h.Value()), []byte(req.Method), f.source.Addr(), now)
			}
		}
	}
	if acc := openAccount(p.snap, f.source, f.transport); acc != nil && pr.verdict == unproved {
		return proof{verdict: proved, account: acc}
	}
	if pr.verdict == proved && !r.loc.Count(pr.account.User, pr.nonce, pr.nc) {
		pr.verdict = stale
	}
	return pr
}

// challengeTx is the rare challenge inside a transaction: a nonce count came twice.
func (r *Registrar) challengeTx(p *policy, f from, req *sip.Request, tx *transaction.Server, pr proof, now time.Time) {
	user := req.From().Address.User
	realm := p.realm(r.seed, []byte(user))
	if acc := p.snap.Account(user); acc != nil {
		realm = acc.Realm
	}
	v := fmt.Sprintf(`Digest realm="%s", nonce="%s", algorithm=MD5, qop="auth"`, realm, r.nonces.Append(nil, f.source.Addr(), now))
	if pr.verdict == stale {
		v += ", stale=true"
	}
	respond(req, tx, 401, "Unauthorized", sip.NewHeader("WWW-Authenticate", v))
}

// serve hands a request to whoever serves its method.
func (r *Registrar) serve(p Peer, req *sip.Request, tx *transaction.Server) {
	if h := r.handlers[req.Method]; h != nil {
		h(p, req, tx)
		return
	}
	switch {
	case req.IsAck():
	case req.Method == sip.SUBSCRIBE:
		r.subscribe(p, req, tx)
	default:
		respond(req, tx, 405, "Method Not Allowed", sip.NewHeader("Allow", r.allowed()))
	}
}

// respond answers and lets the transaction end by itself.
func respond(req *sip.Request, tx *transaction.Server, status int, reason string, headers ...sip.Header) {
	if req.IsAck() {
		tx.Terminate()
		return
	}
	res := sip.NewResponseFromRequest(req, status, reason, nil)
	for _, h := range headers {
		res.AppendHeader(h)
	}
	if tx.Respond(res) != nil {
		tx.Terminate()
		return
	}
	if !req.IsInvite() {
		tx.TerminateGracefully()
	}
}
