package leg

import (
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// What we say of ourselves in every INVITE and its answers. 100rel is not
// offered: nothing here needs provisional answers to be reliable.
const (
	allowed   = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE"
	supported = "timer"
)

// known are the extensions a Require header may name.
var known = map[string]bool{"timer": true}

// sdpType is the only body an offer or answer may have.
const sdpType = "application/sdp"

// describe adds who we are and the session description, if there is one.
func (l *Leg) describe(m sip.Message, body []byte) {
	m.AppendHeader(&sip.ContactHeader{Address: l.cfg.Contact})
	m.AppendHeader(sip.NewHeader("Allow", allowed))
	m.AppendHeader(sip.NewHeader("Supported", supported))
	setBody(m, sdpType, body)
}

func setBody(m sip.Message, contentType string, body []byte) {
	if len(body) == 0 {
		m.SetBody(nil)
		return
	}
	t := sip.ContentTypeHeader(contentType)
	m.AppendHeader(&t)
	m.SetBody(body)
}

// values yields the comma-separated values of every header with one of these
// names: the parser leaves some compact forms as they came.
func values(m interface{ GetHeaders(string) []sip.Header }, names ...string) []string {
	var all []string
	for _, name := range names {
		for _, h := range m.GetHeaders(name) {
			for v := range strings.SplitSeq(h.Value(), ",") {
				if v = strings.TrimSpace(v); v != "" {
					all = append(all, v)
				}
			}
		}
	}
	return all
}

// unknownRequired lists what the request requires and we do not have.
func unknownRequired(req *sip.Request) []string {
	var missing []string
	for _, v := range values(req, "require") {
		if !known[strings.ToLower(v)] {
			missing = append(missing, v)
		}
	}
	return missing
}

// sessionTimer returns the seconds of a session timer the peer asked for and
// supports itself; 0: none. We refuse no interval and leave refreshing to it
// (RFC 4028 section 9).
func sessionTimer(req *sip.Request) int {
	expires := values(req, "session-expires", "x")
	if len(expires) == 0 {
		return 0
	}
	for _, v := range values(req, "supported", "k", "require") {
		if strings.EqualFold(v, "timer") {
			return parseExpires(expires[0])
		}
	}
	return 0
}

// parseExpires reads the delta-seconds before any parameter, at most a day.
func parseExpires(v string) int {
	v, _, _ = strings.Cut(v, ";")
	n, err := strconv.Atoi(strings.TrimSpace(v))
	if err != nil || n < 0 {
		return 0
	}
	return min(n, 86400)
}
