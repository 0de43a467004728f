package registrar

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"

	"cradle/registrar/sipmsg"
)

// scanners are the beginnings of User-Agents, in lower case, of programs that
// look for telephone systems to rob. They get no answer from outside the site
// networks.
var scanners = []string{"friendly-scanner", "friendly-request", "sipvicious", "sipsak", "sipcli", "sip-scan", "sipscan", "smap", "sundayddr",
	"iwar", "sipptk", "pplsip", "vaxsipuseragent", "test agent", "siparmyknife", "mr.sip", "gulp", "nmap", "sivus", "owenscan"}

func scanner(agent []byte) bool {
	if len(agent) == 0 {
		return false
	}
	for _, s := range scanners {
		if len(agent) >= len(s) && sipmsg.EqualFold(agent[:len(s)], s) {
			return true
		}
	}
	return false
}

// methods are those of SIP and its extensions that phones use.
var methods = []string{"INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "SUBSCRIBE", "NOTIFY", "PUBLISH", "INFO", "PRACK", "UPDATE", "REFER", "MESSAGE"}

func knownMethod(m []byte) bool { return slices.Contains(methods, sipmsg.String(m)) }

// allowed is the Allow header: what has a handler, and what is always served.
func (r *Registrar) allowed() string {
	out := []string{"REGISTER", "OPTIONS"}
	if len(r.packages) > 0 {
		out = append(out, "SUBSCRIBE")
	}
	if r.handlers[sip.INVITE] != nil {
		out = append(out, "CANCEL") // which transactions take
	}
	for m := range r.handlers {
		if !slices.Contains(out, string(m)) {
			out = append(out, string(m))
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// retryAfter spreads those that are sent away.
func retryAfter() string { return "Retry-After: " + strconv.Itoa(2+rand.IntN(9)) + "\r\n" }
