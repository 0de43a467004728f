package calls

import (
	"strings"

	"github.com/emiago/sipgo/sip"

	"cradle/calls/leg"
	"cradle/registrar"
)

// invitation is the INVITE for one phone. Nothing of the caller's own From,
// P-Asserted-Identity or Remote-Party-ID gets into it: who calls is known from
// the phone and the seat.
func (c *Call) invitation(b registrar.Binding, host string) leg.Invitation {
	domain := c.plan.Domain
	if domain == "" {
		domain = host
	}
	name := c.plan.From.Name
	inv := leg.Invitation{
		Target: registrar.ContactURI(b),
		From:   sip.Uri{Scheme: "sip", User: c.plan.From.Number, Host: domain},
		To:     sip.Uri{Scheme: "sip", User: c.plan.Callee.Number, Host: domain},
		Hops:   hops(c.req),
	}
	if c.plan.Emergency {
		name = strings.Join([]string{"EMERGENCY", c.plan.From.Number, name, c.plan.Location}, " ")
		inv.Headers = append(inv.Headers, sip.NewHeader("Priority", "emergency"),
			sip.NewHeader("Subject", "Emergency call from "+clean(c.plan.Location)))
	}
	inv.FromName = clean(name)
	inv.Headers = append(inv.Headers, asserted(inv.FromName, c.plan.From.Number, domain))
	return inv
}

// identify says to the caller who is called (RFC 3325).
func (c *Call) identify(p *party) sip.Header {
	domain := c.plan.Domain
	if domain == "" {
		domain = c.peer.Host
	}
	return asserted(clean(c.plan.Callee.Name), c.plan.Callee.Number, domain)
}

func asserted(name, number, domain string) sip.Header {
	uri := sip.Uri{Scheme: "sip", User: number, Host: domain}
	value := "<" + uri.String() + ">"
	if name != "" {
		value = `"` + name + `" ` + value
	}
	return sip.NewHeader("P-Asserted-Identity", value)
}

// clean makes text fit for a quoted string: no control characters, and what
// would end the quotes is escaped (RFC 3261 section 25.1).
func clean(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r < ' ' || r == 0x7f:
			b.WriteByte(' ')
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(b.String())
}

// hops is the Max-Forwards to go on with: one less, as a proxy would, so that
// a loop through us ends (RFC 7332).
func hops(req *sip.Request) int {
	if h := req.MaxForwards(); h != nil {
		return max(int(min(h.Val(), 70))-1, 0)
	}
	return 70
}
