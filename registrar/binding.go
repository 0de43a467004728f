package registrar

import (
	"strings"

	"github.com/emiago/sipgo/sip"

	"cradle/registrar/location"
	"cradle/registrar/sipmsg"
)

// Binding is where one account can be reached just now.
type Binding = location.Binding

// BindingChange is one step in the life of a binding.
type BindingChange = location.Change

// BindingWatch is a feed of binding changes; a slow reader loses some and is
// told so by a change with Overflow set.
type BindingWatch = location.Watch

// ContactURI is the Request-URI for requests to a binding: the registered
// Contact byte for byte, without escaped headers (the part after '?').
func ContactURI(b Binding) sip.Uri { return exactURI(b.Contact) }

// exactURI makes a URI that is written exactly as given. Its fields are not
// normalised, so it serves for writing only.
func exactURI(raw string) sip.Uri {
	raw = sipmsg.DropHeaders(raw)
	scheme, rest, ok := strings.Cut(raw, ":")
	if !ok {
		return sip.Uri{Scheme: "sip", Host: raw}
	}
	u := sip.Uri{Scheme: scheme}
	if user, host, ok := strings.Cut(rest, "@"); ok {
		u.User, rest = user, host
	}
	host, params, _ := strings.Cut(rest, ";")
	u.Host = host
	if params != "" {
		// One key without value is written as it is.
		u.UriParams = sip.HeaderParams{{K: params}}
	}
	return u
}
