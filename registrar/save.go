package registrar

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strconv"

	"cradle/registrar/location"
	"cradle/registrar/sipmsg"
)

// maxContacts bounds the Contacts of one REGISTER.
const maxContacts = 32

// register answers a REGISTER (RFC 3261 section 10.3); it is true when the
// sender proved to be the account.
func (r *Registrar) register(v *visit) bool {
	m := &v.Msg
	if bad := unsupported(m.Require); len(bad) > 0 {
		r.refuse(v, 420, "Bad Extension", "Unsupported: "+string(bad)+"\r\n")
		return false
	}
	if !isSIP(m.ToAddr.URI) { // RFC 4475 section 3.3.4
		r.refuse(v, 400, "Bad Address Of Record", "")
		return false
	}
	user := sipmsg.User(m.ToAddr.URI)
	if v.Busy && m.Auth == nil {
		// Those that are registered already go first.
		r.refuse(v, 503, "Service Unavailable", retryAfter())
		return false
	}
	pr := r.examine(v)
	switch {
	case pr.verdict == notPlain:
		r.refuse(v, 403, "TLS Required", "")
		return false
	case pr.verdict == notFrom, pr.verdict == proved && pr.account.User != string(user):
		r.refuse(v, 403, "Forbidden", "") // nobody registers somebody else
		return false
	case pr.verdict != proved && !contactsFine(m):
		r.refuse(v, 400, "Bad Contact", "")
		return false
	case pr.verdict != proved:
		r.challenge(v, user, pr)
		return false
	}
	r.registerProved(v, pr)
	return true
}

func (r *Registrar) registerProved(v *visit, pr proof) {
	m := &v.Msg
	reg := r.regs.Get().(*location.Registration)
	defer r.regs.Put(reg)
	*reg = location.Registration{Account: pr.account.User, CallID: m.CallID, CSeq: m.CSeq, Source: v.Source, Local: v.Local, Transport: v.Transport,
		UserAgent: m.UserAgent[:min(len(m.UserAgent), 256)], Contacts: reg.Contacts[:0], MaxContacts: v.p.contacts, Nonce: pr.nonce, NC: pr.nc, SHA256: pr.sha256,
		Path: pathOf(m), Decorate: r.decorate(m, pr.account)}
	switch r.readContacts(v, reg) {
	case 400:
		r.refuse(v, 400, "Bad Contact", "")
		return
	case 423:
		r.refuse(v, 423, "Interval Too Brief", "Min-Expires: "+strconv.FormatInt(v.p.minExpires, 10)+"\r\n")
		return
	}
	if !pathFine(reg.Path) {
		r.refuse(v, 400, "Bad Path", "")
		return
	}
	t := r.tag(m)
	out := sipmsg.AppendAnswer(v.Out, m, 200, "OK", v.Source, t[:])
	out, err := r.loc.Save(reg, v.now, out)
	switch {
	case err == nil:
		if len(reg.Path) > 0 && m.Supports("path") { // RFC 3327 section 5.3
			out = sipmsg.AppendHeader(out, "Path", reg.Path)
		}
		v.Reply(sipmsg.AppendEnd(appendOutbound(out, v, reg)))
	case errors.Is(err, location.ErrReplayed):
		r.challenge(v, []byte(pr.account.User), proof{verdict: stale, sha256: pr.sha256})
	case errors.Is(err, location.ErrOutOfOrder):
		r.refuse(v, 500, "CSeq Out Of Order", "")
	case errors.Is(err, location.ErrTooMany):
		r.refuse(v, 503, "Too Many Contacts", retryAfter())
	default:
		r.refuse(v, 400, "Contact Too Long", "")
	}
}

// readContacts reads all Contact values into reg; the result is 0, or the
// status of a refusal.
func (r *Registrar) readContacts(v *visit, reg *location.Registration) (status int) {
	m := &v.Msg
	n := 0
	m.EachContact(func(value []byte) bool {
		if n++; n > maxContacts {
			status = 400
			return false
		}
		if len(value) == 1 && value[0] == '*' {
			reg.Star = true
			return true
		}
		c, bad := r.readContact(v, value)
		if bad != 0 {
			status = bad
			return false
		}
		reg.Contacts = append(reg.Contacts, c)
		return true
	})
	if reg.Star && (n != 1 || m.Expires != 0) { // section 10.2.2
		return 400
	}
	return status
}

// contactsFine looks whether the Contacts can be read at all: nobody is asked for
// credentials to a message that is refused with them.
func contactsFine(m *sipmsg.Message) (fine bool) {
	fine = true
	m.EachContact(func(value []byte) bool {
		if len(value) != 1 || value[0] != '*' {
			_, fine = sipmsg.ParseAddress(value)
		}
		return fine
	})
	return fine
}

func (r *Registrar) readContact(v *visit, value []byte) (c location.Contact, status int) {
	a, ok := sipmsg.ParseAddress(value)
	if !ok || !isSIP(a.URI) {
		return c, 400
	}
	c.URI, c.Params, c.Q = a.URI, a.Params, 1000
	wish := v.Msg.Expires
	if wish < 0 {
		wish = v.p.maxExpires
	}
	if e, ok := sipmsg.Param(a.Params, "expires"); ok {
		if n, ok := sipmsg.Number(e, 1<<32-1); ok {
			wish = n
		} else {
			wish = v.p.maxExpires // malformed: as if it were 3600 (section 10.2.1.1)
		}
		c.Params = withoutExpires(a.Params)
	}
	c.Params = sipmsg.Unfold(c.Params)
	if q, ok := sipmsg.Param(a.Params, "q"); ok {
		c.Q = quality(q)
	}
	c.Instance, _ = sipmsg.Param(a.Params, "+sip.instance")
	if id, ok := sipmsg.Param(a.Params, "reg-id"); ok && len(c.Instance) > 0 {
		n, _ := sipmsg.Number(id, 1<<31-1)
		c.RegID = uint32(n)
	}
	switch {
	case wish > 0 && wish < v.p.minExpires:
		return c, 423
	case wish > 0:
		c.Granted = spread(min(wish, v.p.maxExpires), v.p.minExpires)
	}
	return c, 0
}

// spread grants between three quarters and all of what was asked for, so that
// an office that booted together does not come back together.
func spread(wish, least int64) uint32 {
	low := max(wish*3/4, least)
	return uint32(low + rand.Int64N(max(wish-low, 0)+1))
}

func isSIP(uri []byte) bool {
	return len(uri) > 4 && (sipmsg.EqualFold(uri[:4], "sip:") || len(uri) > 5 && sipmsg.EqualFold(uri[:5], "sips:"))
}

// withoutExpires copies parameters as they are, but for expires.
func withoutExpires(p []byte) []byte {
	out := make([]byte, 0, len(p))
	for len(p) > 0 {
		var one []byte
		one, p = sipmsg.NextParam(p)
		if name, _, _ := bytes.Cut(one, []byte("=")); len(one) > 0 && !sipmsg.EqualFold(sipmsg.Trim(name), "expires") {
			out = append(append(out, ';'), one...)
		}
	}
	return out
}

// quality reads q, 0 to 1 with three digits, as thousandths.
func quality(q []byte) uint16 {
	f, err := strconv.ParseFloat(string(q), 32)
	if err != nil || f < 0 || f > 1 {
		return 1000
	}
	return uint16(f*1000 + 0.5)
}

// options answers a keep-alive OPTIONS outside a dialog (section 11), to
// anybody: it says nothing that is not the same for all.
func (r *Registrar) options(v *visit) {
	if len(v.Msg.Require) > 0 {
		r.refuse(v, 420, "Bad Extension", "Unsupported: "+string(v.Msg.Require)+"\r\n")
		return
	}
	r.refuse(v, 200, "OK", "Allow: "+r.allowed()+"\r\nAccept: application/sdp\r\nSupported: path, outbound, gruu\r\n")
}
