package registrar

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

func addressOf(name string, u sip.Uri) string {
	out := "<" + u.String() + ">"
	if name != "" {
		out = strconv.Quote(name) + " " + out
	}
	return out
}

// listed is true when a header that is a list has that word.
func listed(req *sip.Request, header, word string) bool {
	for _, h := range req.GetHeaders(header) {
		for one := range strings.SplitSeq(h.Value(), ",") {
			if strings.EqualFold(strings.TrimSpace(one), word) {
				return true
			}
		}
	}
	return false
}

func unescaped(user string) string {
	if s, err := url.PathUnescape(user); err == nil {
		return s
	}
	return user
}

func reasonOf(status int) string {
	switch status {
	case 200:
		return "OK"
	case 202:
		return "Accepted"
	case 400:
		return "Bad Request"
	case 403:
		return "Forbidden"
	case 404:
		return "Not Found"
	case 413:
		return "Request Entity Too Large"
	case 415:
		return "Unsupported Media Type"
	case 421:
		return "Extension Required"
	case 423:
		return "Interval Too Brief"
	case 481:
		return "Subscription Does Not Exist"
	case 489:
		return "Bad Event"
	case 500:
		return "Server Internal Error"
	case 503:
		return "Service Unavailable"
	}
	return "Status " + strconv.Itoa(status)
}

// parseEvent cuts an Event header into package and parameters.
func parseEvent(v string) (string, map[string]string) {
	name, rest, _ := strings.Cut(v, ";")
	params := map[string]string{}
	for rest != "" {
		var one string
		one, rest = cutQuoted(rest)
		if k, val, _ := strings.Cut(one, "="); strings.TrimSpace(k) != "" && len(params) < 32 {
			params[strings.ToLower(strings.TrimSpace(k))] = strings.Trim(strings.TrimSpace(val), `"`)
		}
	}
	return strings.ToLower(strings.TrimSpace(name)), params
}

// cutQuoted cuts at the first semicolon outside quotes.
func cutQuoted(s string) (one, rest string) {
	quoted := false
	for i, c := range s {
		switch {
		case c == '"':
			quoted = !quoted
		case c == ';' && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// allowEvents is the Allow-Events header (RFC 6665 section 8.2.2).
func (r *Registrar) allowEvents() string {
	out := make([]string, 0, len(r.packages))
	for name := range r.packages {
		out = append(out, name)
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}
