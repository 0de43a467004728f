package registrar

import (
	"hash/maphash"
	"net/netip"
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
}

// screen judges one message; true lets it pass to sipgo and then to guard.
func (r *Registrar) screen(pk *edge.Packet) bool {
	m := &pk.Msg
	fault := sipmsg.Parse(pk.Data, m)
	if fault == sipmsg.Junk {
		return false
	}
	v := visit{Packet: pk, p: r.rules(), now: r.now()}
	v.site = v.p.snap.SiteOf(pk.Source.Addr())
	v.known = r.loc.AccountAt(pk.Source, pk.TCP)
	if !m.IsRequest() {
		// Answers come from where we sent requests to.
		return fault == sipmsg.Fine && (v.known != "" || v.site != nil || pk.TCP)
	}
	refund, ok := r.afford(&v)
	if !ok {
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
		refund()
		pk.Trust()
	}
	return pass
}

func nothing() {}

// afford takes the request out of its source's budget, before any work. A
// phone that is bound from there is never banned: it may need help.
func (r *Registrar) afford(v *visit) (refund func(), ok bool) {
	now := v.now.UnixNano()
	if v.site != nil {
		b, rate := r.budget.site(v.site.ID), v.p.siteRate
		if !b.take(now, rate, rate) && v.known == "" {
			return nothing, false
		}
		if v.Msg.Auth == nil {
			return nothing, true
		}
		return func() { b.back(rate) }, true
	}
	s := r.budget.source(v.Source.Addr())
	if v.known != "" {
		return nothing, s.take(now, 10*v.p.rate, 10*v.p.burst)
	}
	if !r.allow(s, v.p, v.Source.Addr(), now) {
		return nothing, false
	}
	rate := v.p.rate
	return func() { s.back(rate) }, true
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
	proved = r.admit(v)
	return proved && r.roomFor(v), proved
}

// dialog lets a request pass that belongs to a live dialog.
func (r *Registrar) dialog(v *visit) bool {
	m := &v.Msg
	if r.inDialog != nil && r.inDialog(string(m.CallID), string(m.ToTag()), string(m.FromTag()), v.Source) {
		return true
	}
	r.refuse(v, 481, "Call/Transaction Does Not Exist", "")
	return false
}

// maxRunning bounds the transactions in progress.
const maxRunning = 20000

func (r *Registrar) roomFor(v *visit) bool {
	if r.running.Load() < maxRunning {
		return true
	}
	r.refuse(v, 503, "Service Unavailable", retryAfter())
	return false
}

// refuse answers without a transaction. The same request again gets the same
// To tag.
func (r *Registrar) refuse(v *visit, status int, reason, headers string) {
	out := sipmsg.AppendAnswer(v.Out, &v.Msg, status, reason, v.Source, r.tag(&v.Msg))
	v.Reply(sipmsg.AppendEnd(append(out, headers...)))
}

func (r *Registrar) refuseFault(v *visit, f sipmsg.Fault) {
	if v.Msg.Answerable() {
		status, reason := f.Status()
		r.refuse(v, status, reason, "")
	}
}

// tag is made of what a retransmission and the ACK of a refusal repeat.
func (r *Registrar) tag(m *sipmsg.Message) []byte {
	var h maphash.Hash
	h.SetSeed(r.seed)
	_, _ = h.Write(m.CallID)
	_ = h.WriteByte(0)
	_, _ = h.Write(m.FromTag())
	var b [20]byte
	b[0], b[1], b[2], b[3] = byte(m.CSeq>>24), byte(m.CSeq>>16), byte(m.CSeq>>8), byte(m.CSeq)
	_, _ = h.Write(b[:4])
	out := append(b[:0], "cr"...)
	for n := h.Sum64(); len(out) < 16; n >>= 5 {
		out = append(out, "abcdefghijklmnopqrstuvwxyz234567"[n&31])
	}
	return out
}

// ackOfRefusal is true for an ACK that ends an answer given without a transaction.
func (r *Registrar) ackOfRefusal(m *sipmsg.Message) bool {
	return string(m.ToTag()) == string(r.tag(m))
}

func (r *Registrar) isInside(a netip.Addr) bool { return r.rules().snap.SiteOf(a) != nil }
