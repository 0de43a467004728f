package ice

import (
	"crypto/rand"
	"encoding/binary"
	"net/netip"
	"strings"
)

// Credentials are what a party of the other side signs its checks with.
type Credentials struct {
	User     string // ice-ufrag, RFC 8839 section 5.4
	Password string // ice-pwd
}

// NewCredentials are random.
func NewCredentials() Credentials {
	t := rand.Text() // 26 characters of 5 bits
	return Credentials{User: t[:8], Password: rand.Text()}
}

// String hides the password.
func (c Credentials) String() string { return c.User + " ***" }

// GoString hides the password.
func (c Credentials) GoString() string { return c.String() }

// Agent answers checks. After a restart (RFC 8445 section 9) those of the credentials before are good until the first
// check bears the new ones. It belongs to one goroutine.
type Agent struct {
	now, before Credentials
	out         []byte
}

// NewAgent answers checks that bear these credentials.
func NewAgent(c Credentials) *Agent { return &Agent{now: c} }

// Restart takes new credentials; the same again change nothing.
func (a *Agent) Restart(c Credentials) {
	if c != a.now {
		a.now, a.before = c, a.now
	}
}

// Verdict is what a check came to.
type Verdict uint8

// The verdicts.
const (
	Ignored   Verdict = iota // no check, or not with our credentials
	Answered                 // a check that was refused in words
	Valid                    // its source may be listened to
	Nominated                // and is where the other side wants media to go
)

// Check judges a message that came from an address. The answer, if there is one, is to be sent back there; it is good
// until the next call.
func (a *Agent) Check(b []byte, from netip.AddrPort) (answer []byte, v Verdict) {
	r, ok := parse(b)
	if !ok || !r.printed {
		return nil, Ignored
	}
	user, _, _ := strings.Cut(r.username, ":")
	with := a.now
	switch {
	case user == a.now.User && r.authentic(b, a.now.Password):
		a.before = Credentials{}
	case a.before.User != "" && user == a.before.User && r.authentic(b, a.before.Password):
		with = a.before
	default:
		return nil, Ignored
	}
	switch {
	case len(r.unknown) > 0:
		return a.refuse(&r, 420, "Unknown Attribute", with), Answered
	case r.controlled: // both would be controlled, and we cannot be anything else
		return a.refuse(&r, 487, "Role Conflict", with), Answered
	}
	a.out = finish(mapped(begin(a.out, bindingSuccess, r.id), r.id, from), with.Password)
	if r.nominates {
		return a.out, Nominated
	}
	return a.out, Valid
}

// refuse makes an error answer (RFC 8489 section 14.8).
func (a *Agent) refuse(r *request, code int, reason string, with Credentials) []byte {
	a.out = begin(a.out, bindingError, r.id)
	a.out = attribute(a.out, attrErrorCode, append([]byte{0, 0, byte(code / 100), byte(code % 100)}, reason...))
	if len(r.unknown) > 0 {
		var list []byte
		for _, kind := range r.unknown {
			list = binary.BigEndian.AppendUint16(list, kind)
		}
		a.out = attribute(a.out, attrUnknown, list)
	}
	a.out = finish(a.out, with.Password)
	return a.out
}
