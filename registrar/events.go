package registrar

import (
	"context"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// EventRequest is a SUBSCRIBE (RFC 6665) as a handler needs it.
type EventRequest struct {
	Package   string
	Params    map[string]string // of the Event header, without quotes
	User      string            // of the Request-URI, unescaped
	Contact   string            // URI
	UserAgent string
	Source    netip.AddrPort
	Local     netip.Addr
	Multicast bool // it came by plug-and-play
}

// EventAnswer is what a handler says to it.
type EventAnswer struct {
	Status      int // 0: silence
	ContentType string
	Body        []byte
	State       string // Subscription-State of the NOTIFY; empty: "terminated;reason=timeout"
}

// EventHandler answers the subscriptions of one event package.
type EventHandler func(ctx context.Context, e EventRequest) EventAnswer

// packagePnP is answered on the plug-and-play socket only.
const packagePnP = "ua-profile"

const (
	deskSize = 64 // subscriptions in work at once
	deskTime = 5 * time.Second
)

// HandleEvent sets the handler of an event package. Call it before Run.
func (r *Registrar) HandleEvent(pkg string, h EventHandler) { r.events[strings.ToLower(pkg)] = h }

// subscribe is the desk: event package to handler. The subscription lives for
// one NOTIFY.
func (r *Registrar) subscribe(p Peer, req *sip.Request, tx *sip.ServerTx) {
	e := EventRequest{Source: p.Source, Local: p.Local.Addr(), User: unescaped(req.Recipient.User)}
	if h := req.GetHeader("event"); h != nil {
		e.Package, e.Params = parseEvent(h.Value())
	}
	if h := req.GetHeader("user-agent"); h != nil {
		e.UserAgent = h.Value()
	}
	if c := req.Contact(); c != nil {
		e.Contact = c.Address.String()
	}
	h := r.events[e.Package]
	if h == nil || e.Package == packagePnP {
		respond(req, tx, 489, "Bad Event", sip.NewHeader("Allow-Events", r.allowEvents()))
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), deskTime)
	defer cancel()
	a := h(ctx, e)
	if a.Status == 0 {
		tx.Terminate()
		return
	}
	tag := token()
	req.To().Params.Add("tag", tag)
	respond(req, tx, a.Status, reasonOf(a.Status), sip.NewHeader("Expires", "0"), r.contact(p.flow()))
	if a.Status < 300 {
		r.notifySubscriber(ctx, p, req, e, a)
	}
}

func unescaped(user string) string {
	if s, err := url.PathUnescape(user); err == nil {
		return s
	}
	return user
}

// notifySubscriber sends the one NOTIFY inside the dialog that the SUBSCRIBE made.
func (r *Registrar) notifySubscriber(ctx context.Context, p Peer, req *sip.Request, e EventRequest, a EventAnswer) {
	b := Binding{Account: e.User, Contact: e.Contact, Source: p.Source, Local: p.Local, Transport: p.Transport}
	if e.Contact == "" {
		return
	}
	n := r.newNotify(ContactURI(b), req.GetHeader("event").Value(), stateOf(a), a.ContentType, a.Body)
	n.AppendHeader(&sip.FromHeader{Address: req.To().Address, Params: req.To().Params.Clone()})
	n.AppendHeader(&sip.ToHeader{Address: req.From().Address, Params: req.From().Params.Clone()})
	n.AppendHeader(sip.HeaderClone(req.CallID()))
	n.AppendHeader(&sip.CSeqHeader{SeqNo: 1, MethodName: sip.NOTIFY})
	n.AppendHeader(r.contact(flowOf(b)))
	tx, err := r.Request(ctx, b, n)
	if err == nil {
		_, err = answer(ctx, tx, p.Source.String())
	}
	if err != nil {
		r.log.Debug("a subscriber did not take its NOTIFY", "event", e.Package, "source", p.Source, "error", err)
	}
}

func stateOf(a EventAnswer) string {
	if a.State == "" {
		return "terminated;reason=timeout"
	}
	return a.State
}

func reasonOf(status int) string {
	switch status {
	case 200:
		return "OK"
	case 202:
		return "Accepted"
	case 403:
		return "Forbidden"
	case 404:
		return "Not Found"
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

func (r *Registrar) allowEvents() string {
	var out []string
	for e := range r.events {
		if e != packagePnP {
			out = append(out, e)
		}
	}
	return strings.Join(out, ", ")
}
