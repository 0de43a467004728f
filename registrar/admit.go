package registrar

import (
	"net/netip"
	"strings"
	"time"

	"cradle/directory"
	"cradle/registrar/auth"
	"cradle/registrar/sipmsg"
)

// verdict is what credentials are worth.
type verdict int

const (
	unproved verdict = iota // none, wrong ones, or of nobody
	stale                   // right, but for a nonce that is over
	notFrom                 // right, but not from that address
	notPlain                // right, but in clear, of a phone that has to encrypt
	proved
)

// proof is the outcome of looking at credentials.
type proof struct {
	verdict verdict
	account *directory.LineAccount // nil unless proved
	nonce   uint64
	nc      uint32
	sha256  bool
}

// check looks at the credentials of a request. An account that does not exist,
// is disabled, or whose phone was never given its secret, costs the same time
// as a wrong password and gets the same answer.
func (r *Registrar) check(p *policy, credentials, method []byte, from netip.Addr, now time.Time) proof {
	c, ok := auth.Parse(credentials)
	if !ok || credentials == nil {
		return proof{}
	}
	acc := p.snap.Account(sipmsg.String(c.User))
	usable := acc != nil && !acc.Device.Disabled && acc.Device.Step != directory.StepSeen
	secrets := r.dummy
	if usable {
		secrets = auth.Secrets{MD5: &acc.HA1MD5, SHA256: &acc.HA1SHA256}
	}
	age, id := r.nonces.Check(c.Nonce, from, now, p.nonceLife)
	if right := c.Matches(secrets, method); !right || !usable {
		return proof{}
	}
	out := proof{verdict: proved, account: acc, nonce: id, nc: c.NC, sha256: c.Algorithm == auth.SHA256}
	switch {
	case age != auth.Fresh:
		return proof{verdict: stale, sha256: out.sha256}
	case len(acc.Device.SIP.AllowFrom) > 0 && !allowedFrom(acc.Device.SIP.AllowFrom, from):
		out.verdict = notFrom
	}
	return out
}

// examine is check for a message on its way through the screen: it also looks
// at how the message came.
func (r *Registrar) examine(v *visit) proof {
	pr := r.check(v.p, v.Msg.Auth, v.Msg.Method, v.Source.Addr(), v.now)
	if pr.verdict == notFrom {
		r.refused(Refusal{At: v.now, Kind: RefusedSource, Source: v.Source.Addr(), Device: pr.account.Device})
	}
	if pr.verdict != proved {
		return pr
	}
	d := pr.account.Device
	switch {
	case v.Anonymous && (r.softphone == nil || !r.softphone(d)):
		pr.verdict = notFrom
	case d.SIP.Transport == "tls" && !v.Transport.Secure():
		pr.verdict = notPlain
		r.refused(Refusal{At: v.now, Kind: RefusedPlain, Source: v.Source.Addr(), Device: d})
	}
	return pr
}

// allowedFrom looks an address up in a phone's list of addresses and networks.
func allowedFrom(list []string, a netip.Addr) bool {
	for _, s := range list {
		if p, err := netip.ParsePrefix(strings.TrimSpace(s)); err == nil && p.Masked().Contains(a) {
			return true
		}
		if one, err := netip.ParseAddr(strings.TrimSpace(s)); err == nil && one.Unmap() == a {
			return true
		}
	}
	return false
}

// admit asks for credentials and is true when they are right; otherwise the
// request has been answered, without a transaction.
func (r *Registrar) admit(v *visit) bool {
	m := &v.Msg
	if m.Auth == nil {
		if v.account = openAccount(v.p.snap, v.Source, v.Transport); v.account != nil {
			return true
		}
	}
	pr := r.examine(v)
	v.account = pr.account
	switch pr.verdict {
	case proved:
		if c, _ := auth.Parse(m.Auth); !sameUser(c.URI, m.URI) {
			r.refuse(v, 400, "Credentials For Another URI", "")
			return false
		}
		return true
	case notFrom:
		r.refuse(v, 403, "Forbidden", "")
	case notPlain:
		r.refuse(v, 403, "TLS Required", "")
	default:
		r.challenge(v, sipmsg.User(m.FromAddr.URI), pr)
	}
	return false
}

// sameUser: credentials made for one number must not serve for another. The
// host is ignored, as everywhere; so are credentials that name the host alone,
// as some user agents make them for every request: their count serves once.
func sameUser(credentials, request []byte) bool {
	named := sipmsg.User(credentials)
	return len(named) == 0 || string(named) == string(sipmsg.User(request))
}

// challenge answers 401 (RFC 7616, RFC 8760). The same account gets the same
// realm whether it exists or not.
//
// MD5 is offered alone by default. SHA-256 is offered beside it, after it, when
// the appliance's setting says so, when the request used it, or when this
// account used it before from this address: two headers upset some phones, and
// whoever answers with SHA-256 unasked is welcome.
func (r *Registrar) challenge(v *visit, user []byte, pr proof) {
	m := &v.Msg
	realm, acc := v.p.realm(r.seed, user), v.p.snap.Account(sipmsg.String(user))
	both := v.p.sha256 || pr.sha256
	if acc != nil {
		realm = acc.Realm
		both = both || r.loc.KnowsSHA256(acc.User, v.Source.Addr())
	}
	if m.Auth != nil {
		c, ok := auth.Parse(m.Auth)
		both = both || ok && c.Algorithm == auth.SHA256
	}
	t := r.tag(m)
	out := sipmsg.AppendAnswer(v.Out, m, 401, "Unauthorized", v.Source, t[:])
	out = r.appendChallenge(out, realm, auth.MD5, pr.verdict == stale, v.Source.Addr(), v.now)
	if both {
		out = r.appendChallenge(out, realm, auth.SHA256, pr.verdict == stale, v.Source.Addr(), v.now)
	}
	v.Reply(sipmsg.AppendEnd(out))
}

func (r *Registrar) appendChallenge(out []byte, realm string, a auth.Algorithm, isStale bool, from netip.Addr, now time.Time) []byte {
	out = append(append(out, "WWW-Authenticate: Digest realm=\""...), realm...)
	out = append(out, "\", nonce=\""...)
	out = r.nonces.Append(out, from, now)
	out = append(append(append(out, "\", algorithm="...), a.String()...), ", qop=\"auth\""...)
	if isStale {
		out = append(out, ", stale=true"...)
	}
	return append(out, "\r\n"...)
}
