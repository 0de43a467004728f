// Package pnpdoor is the SIP plug-and-play door of provisioning: a phone that
// asks the multicast group 224.0.1.75 for its device profile (RFC 6080, event
// "ua-profile") is told a URL. It knows no SIP, only what the SUBSCRIBE said
// and what the NOTIFY shall say.
package pnpdoor

import (
	"context"
	"net/netip"
	"regexp"
	"strings"

	"cradle/provisioning"
	"cradle/provisioning/door"
)

// Ask is what a SUBSCRIBE said.
type Ask struct {
	User      string            // user part of its Request-URI
	Params    map[string]string // parameters of its Event header
	UserAgent string
	Source    netip.AddrPort
	Local     netip.Addr // ours, on the way to the source
}

// Reply is the answer. Status 0 is silence: then nothing at all is sent.
type Reply struct {
	Status      int
	ContentType string
	Body        []byte
	State       string // Subscription-State of the NOTIFY
}

// Bounds of what a SUBSCRIBE may tell us.
const (
	maxUser  = 128
	maxValue = 128
)

// New makes the door's handler. Sources outside every site's network and what
// names no MAC get silence, as does a phone that provisioning refuses.
func New(answer door.Answer, gate door.Gate) func(context.Context, Ask) Reply {
	form := macForm()
	return func(ctx context.Context, a Ask) Reply {
		mac := macOf(form, a.User)
		if mac == "" || !gate(a.Source.Addr().Unmap()).Inside {
			return Reply{}
		}
		resp := answer(ctx, provisioning.Request{
			Door: provisioning.DoorPnP, Method: "GET", Path: "MAC:" + mac, UserAgent: clean(a.UserAgent),
			Source: netip.AddrPortFrom(a.Source.Addr().Unmap(), a.Source.Port()), Local: a.Local.Unmap(), Event: event(a.Params),
		})
		if resp.Status != 200 || resp.URL == "" {
			return Reply{}
		}
		return Reply{Status: 200, ContentType: "application/url", Body: []byte(resp.URL), State: "terminated;reason=timeout"}
	}
}

// macForm matches the spellings seen: "MAC%3a<mac>", "MAC:<mac>", "MAC=<mac>",
// the digits in any letter case, with or without separators.
func macForm() *regexp.Regexp {
	return regexp.MustCompile(`(?i)^"?MAC(?:%3a|:|=)\s*((?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2})(?:$|[^0-9a-z])`)
}

// macOf reads the MAC from a user part: 12 lower-case digits, or nothing.
func macOf(form *regexp.Regexp, user string) string {
	if len(user) > maxUser {
		return ""
	}
	m := form.FindStringSubmatch(user)
	if m == nil {
		return ""
	}
	return strings.ToLower(strings.NewReplacer(":", "", "-", "").Replace(m[1]))
}

// event keeps what a phone may tell about itself, without quotes.
func event(params map[string]string) map[string]string {
	out := map[string]string{}
	for name, value := range params {
		name = strings.ToLower(name)
		switch name {
		case "profile-type", "vendor", "model", "version":
			out[name] = clean(strings.Trim(strings.TrimSpace(value), `"`))
		}
	}
	return out
}

// clean bounds a text and drops what cannot be shown.
func clean(s string) string {
	if len(s) > maxValue {
		s = s[:maxValue]
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, s)
}
