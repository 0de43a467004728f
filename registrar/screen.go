package registrar

import (
	"hash/maphash"
	"net/netip"
	"slices"
	"time"

	"cradle/directory"
	"cradle/registrar/edge"
	"cradle/registrar/sipmsg"
)

// visit is one message on its way through the screen.
type visit struct {
	*edge.Packet
	p     *policy
	now   time.Time
	site  *directory.Site // nil: from outside every site network
	known string          // an account bound behind this source; empty: none
	paid  *bucket         // what the request was taken out of, to be given back when it is proved
	rate  int64           // of paid
	// account is whose request it is, once that is proved.
	account *directory.LineAccount
}

// screen judges one message; true lets it pass to the transactions and then to guard.
func (r *Registrar) screen(pk *edge.Packet) bool {
	m := &pk.Msg
	fault := sipmsg.Parse(pk.Data, m)
	if fault == sipmsg.Junk {
		r.keepAlive(pk)
		return false
	}
	v := visit{Packet: pk, p: r.rules(), now: r.now()}
	v.site = v.p.snap.SiteOf(pk.Source.Addr())
	if v.known = r.loc.AccountAt(pk.Source, pk.Transport); v.known == "" {
		if acc := openAccount(v.p.snap, pk.Source, pk.Transport); acc != nil {
			v.known = acc.User
		}
	}
	if !m.IsRequest() {
		// Answers come from where we sent requests to, but for a phone whose
		// address was changed on the way.
		return fault == sipmsg.Fine && (v.known != "" || r.afford(&v))
	}
	if !r.afford(&v) {
		return false
	}
	if v.site == nil && v.known == "" && (scanner(m.UserAgent) || !knownMethod(m.Method)) {
		return false
	}
	if fault != sipmsg.Fine {
		r.refuseFault(&v, fault)
		return false
	}
	pass, proved := r.sort(&v)
	if proved {
		if v.paid != nil {
			v.paid.back(v.rate)
		}
		pk.Trust()
	}
	return pass
}

// keepAlive answers STUN, which is no SIP.
func (r *Registrar) keepAlive(pk *edge.Packet) {
	if pk.Transport != sipmsg.UDP || !sipmsg.IsSTUN(pk.Data) {
		return
	}
	v := visit{Packet: pk, p: r.rules(), now: r.now()}
	v.site, v.known = v.p.snap.SiteOf(pk.Source.Addr()), r.loc.AccountAt(pk.Source, pk.Transport)
	if r.afford(&v) {
		v.Reply(sipmsg.AppendSTUN(v.Out, pk.Data, pk.Source))
	}
}

// afford takes the request out of its source's budget, before any work. A
// phone that is bound from there is never banned: it may need help.
func (r *Registrar) afford(v *visit) bool {
	now := v.now.UnixNano()
	if v.site != nil {
		v.paid, v.rate = r.budget.site(v.site.ID), v.p.siteRate
		return v.paid.take(now, v.rate, v.rate) || v.known != ""
	}
	s := r.budget.source(v.Source.Addr())
	if v.known != "" {
		return s.take(now, 10*v.p.rate, 10*v.p.burst) || r.emergency(v, v.p.snap.Account(v.known))
	}
	v.paid, v.rate = &s.bucket, v.p.rate
	return r.allow(s, v.p, v.Source.Addr(), now)
}

// sort is the table of contents of the front door. proved says that the
// sender gave right credentials.
func (r *Registrar) sort(v *visit) (pass, proved bool) {
	m := &v.Msg
	switch {
	case sipmsg.EqualFold(m.Method, "register"):
		return false, r.register(v)
	case sipmsg.EqualFold(m.Method, "ack"):
		return !r.ackOfRefusal(m), false
	case sipmsg.EqualFold(m.Method, "cancel"):
		return true, false
	case len(m.ToTag()) > 0:
		return r.dialog(v), false
	case sipmsg.EqualFold(m.Method, "options"):
		r.options(v)
		return false, false
	case !knownMethod(m.Method):
		r.refuse(v, 405, "Method Not Allowed", "Allow: "+r.allowed()+"\r\n")
		return false, false
	case m.MaxForwards == 0:
		r.refuse(v, 483, "Too Many Hops", "")
		return false, false
	}
	if v.Busy && m.Auth == nil && !sipmsg.EqualFold(m.Method, "invite") {
		r.refuse(v, 503, "Service Unavailable", retryAfter()) // calls go first
		return false, false
	}
	proved = r.admit(v)
	return proved && r.roomFor(v), proved
}

// dialog lets a request pass that belongs to a live dialog.
func (r *Registrar) dialog(v *visit) bool {
	m := &v.Msg
	if sipmsg.EqualFold(m.Method, "subscribe") {
		return r.resubscribe(v)
	}
	if r.inDialog != nil && r.inDialog(string(m.CallID), string(m.ToTag()), string(m.FromTag()), v.Source) {
		return true
	}
	if m.Auth == nil && sipmsg.EqualFold(m.Method, "invite") {
		r.challenge(v, sipmsg.User(m.FromAddr.URI), proof{}) // as every INVITE is (section 8.2.1)
		return false
	}
	r.refuse(v, 481, "Call/Transaction Does Not Exist", "")
	return false
}

// maxRunning bounds the transactions in progress. The last quarter is for calls,
// and what is over it for emergency calls, which have a bound of their own
// (emergency_per_device).
const (
	maxRunning = 20000
	maxOthers  = maxRunning / 4 * 3
)

func (r *Registrar) roomFor(v *visit) bool {
	most := int64(maxOthers)
	if sipmsg.EqualFold(v.Msg.Method, "invite") {
		most = maxRunning
		if r.emergency(v, v.account) {
			return true
		}
	}
	if r.running.Load() < most {
		return true
	}
	r.refuse(v, 503, "Service Unavailable", retryAfter())
	return false
}

// emergency says whether a request calls an emergency number of the site that
// the account's phone belongs to.
func (r *Registrar) emergency(v *visit, acc *directory.LineAccount) bool {
	if acc == nil || !sipmsg.EqualFold(v.Msg.Method, "invite") {
		return false
	}
	site := v.p.snap.Site(acc.Device.Site)
	return site != nil && slices.Contains(site.Emergency, string(sipmsg.User(v.Msg.URI)))
}

// refuse answers without a transaction. The same request again gets the same
// To tag.
func (r *Registrar) refuse(v *visit, status int, reason, headers string) {
	t := r.tag(&v.Msg)
	out := sipmsg.AppendAnswer(v.Out, &v.Msg, status, reason, v.Source, t[:])
	v.Reply(sipmsg.AppendEnd(append(out, headers...)))
}

func (r *Registrar) refuseFault(v *visit, f sipmsg.Fault) {
	if v.Msg.Answerable() {
		status, reason := f.Status()
		r.refuse(v, status, reason, "")
	}
}

// tag is made of what a retransmission and the ACK of a refusal repeat.
func (r *Registrar) tag(m *sipmsg.Message) (t [15]byte) {
	var h maphash.Hash
	h.SetSeed(r.seed)
	_, _ = h.Write(m.CallID)
	_ = h.WriteByte(0)
	_, _ = h.Write(m.FromTag())
	n := h.Sum64() ^ uint64(m.CSeq)*0x9e3779b97f4a7c15
	t[0], t[1] = 'c', 'r'
	for i := 2; i < len(t); i, n = i+1, n>>5 {
		t[i] = "abcdefghijklmnopqrstuvwxyz234567"[n&31]
	}
	return t
}

// ackOfRefusal is true for an ACK that ends an answer given without a transaction.
func (r *Registrar) ackOfRefusal(m *sipmsg.Message) bool {
	t := r.tag(m)
	return string(m.ToTag()) == string(t[:])
}

func (r *Registrar) isInside(a netip.Addr) bool { return r.rules().snap.SiteOf(a) != nil }
