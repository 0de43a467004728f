package registrar

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/directory"
	"cradle/registrar/desk"
	"cradle/registrar/sipmsg"
	"cradle/registrar/transaction"
)

// EventState is what the watchers of a resource are told.
type EventState = desk.State

// Watcher is who subscribed to what, as an event package needs it. Its account
// was authenticated; what it may see is the package's to say.
type Watcher struct {
	Package   string
	Params    map[string]string // of the Event header, without quotes
	User      string            // of the Request-URI, unescaped: what is watched
	Account   *directory.LineAccount
	Snapshot  *directory.Snapshot
	Host      string // what to write into URIs where the organization has no domain
	Lists     bool   // it takes lists (RFC 4662)
	UserAgent string
	Expires   time.Duration // what is granted; 0: one NOTIFY and no more
	// ContentType and Body are of the SUBSCRIBE; empty where State is asked.
	ContentType string
	Body        []byte
}

// EventPackage serves the subscriptions of one event package (RFC 6665 section
// 5.4). Its functions are called by many at once.
type EventPackage struct {
	Name string // in lower case
	// Expires is granted to a SUBSCRIBE that names no time.
	Expires time.Duration
	// Accept judges a SUBSCRIBE, also one that refreshes; it may do what the body
	// asks. The status is 200, or that of a refusal. Nil: 200.
	Accept func(context.Context, Watcher) (status int)
	// State is the whole state as that watcher may see it.
	State func(Watcher) EventState
}

// HandlePackage puts an event package on the desk. Call it before Run.
func (r *Registrar) HandlePackage(p EventPackage) { r.packages[p.Name] = p }

// Changed says that what these keys stand for has changed; whoever's
// EventState.Watch has one of them is told.
func (r *Registrar) Changed(keys ...string) { r.subs.Changed(keys...) }

// Subscriptions is how many subscriptions live, Subscribed the same of one account.
func (r *Registrar) Subscriptions() int { return r.subs.Len() }

// Subscribed lists what an account watches.
func (r *Registrar) Subscribed(account string) []desk.Subscription {
	return r.subs.Subscriptions(account)
}

// maxEventBody bounds the body of a SUBSCRIBE, maxRoutes the Record-Route values.
const (
	maxEventBody = 16 << 10
	maxRoutes    = 8
	deskTime     = 5 * time.Second
)

// subscribe begins a subscription (RFC 6665 section 4.2.1).
func (r *Registrar) subscribe(p Peer, req *sip.Request, tx *transaction.Server) {
	acc := r.accountOf(p)
	if acc == nil || p.Kind == Lobby {
		respond(req, tx, 403, "Forbidden")
		return
	}
	s := desk.Subscription{CallID: req.CallID().Value(), LocalTag: token(), From: addressOf(req.From().DisplayName, req.From().Address),
		To: addressOf(req.To().DisplayName, req.To().Address), Number: 0, Account: acc.User, User: unescaped(req.Recipient.User), Lists: listed(req, "Supported", "eventlist")}
	s.RemoteTag, _ = req.From().Params.Get("tag")
	for _, h := range req.GetHeaders("record-route") {
		if len(s.Routes) < maxRoutes {
			s.Routes = append(s.Routes, h.Value())
		}
	}
	req.To().Params.Add("tag", s.LocalTag)
	r.serveSubscribe(p, acc, s, req, tx, true)
}

// serveSubscribe is a SUBSCRIBE step by step, the first of a dialog or a later one.
func (r *Registrar) serveSubscribe(p Peer, acc *directory.LineAccount, s desk.Subscription, req *sip.Request, tx *transaction.Server, first bool) {
	pkg, refusal := r.readSubscribe(&s, p, req) // 1. is it understood
	if refusal != 0 {
		r.refuseSubscribe(req, tx, refusal)
		return
	}
	granted, refusal := r.grant(pkg, req) // 2. for how long
	if refusal != 0 {
		r.refuseSubscribe(req, tx, refusal)
		return
	}
	s.Expires = r.now().Add(granted)
	w := r.watcher(s, acc) // 3. may it be
	w.Expires, w.Body = granted, slices.Clone(req.Body())
	if h := req.ContentType(); h != nil {
		w.ContentType = h.Value()
	}
	if pkg.Accept != nil {
		ctx, cancel := context.WithTimeout(context.Background(), deskTime)
		status := pkg.Accept(ctx, w)
		cancel()
		if status >= 300 {
			r.refuseSubscribe(req, tx, status)
			return
		}
	}
	var err error // 4. take it in
	if first {
		snap := w.Snapshot
		err = r.subs.Open(s, desk.Caps{Account: int(snap.Limit("subscriptions_per_account")), All: int(snap.Limit("subscriptions"))})
	} else {
		err = r.subs.Refresh(s)
	}
	switch {
	case errors.Is(err, desk.ErrOrder):
		r.refuseSubscribe(req, tx, 500)
		return
	case errors.Is(err, desk.ErrUnknown):
		r.refuseSubscribe(req, tx, 481)
		return
	case err != nil:
		r.refuseSubscribe(req, tx, 503)
		return
	}
	r.acceptSubscribe(p, s, req, tx, granted) // 5. answer, and tell
}

func (r *Registrar) acceptSubscribe(p Peer, s desk.Subscription, req *sip.Request, tx *transaction.Server, granted time.Duration) {
	respond(req, tx, 200, "OK", sip.NewHeader("Expires", strconv.Itoa(int(granted/time.Second))), r.contact(p.flow()))
	if granted == 0 {
		r.subs.Tell(s.LocalTag, "timeout")
		return
	}
	r.subs.Tell(s.LocalTag, "")
}

// readSubscribe fills in what every SUBSCRIBE says anew.
func (r *Registrar) readSubscribe(s *desk.Subscription, p Peer, req *sip.Request) (EventPackage, int) {
	event := ""
	if h := req.GetHeader("event"); h != nil {
		event = h.Value()
	}
	name, _ := parseEvent(event)
	pkg, ok := r.packages[name]
	switch {
	case event == "" || !ok || len(event) > 512 || s.Package != "" && s.Package != name:
		return pkg, 489
	case req.Contact() == nil || !isSIP([]byte(req.Contact().Address.String())) || req.CSeq() == nil:
		return pkg, 400
	case len(req.Body()) > maxEventBody:
		return pkg, 413
	}
	s.Package, s.Event, s.CSeq = name, event, req.CSeq().SeqNo
	s.Contact = req.Contact().Address.String()
	s.Source, s.Local, s.Transport = p.Source, p.Local, p.Transport
	s.Bound = r.loc.AccountAt(p.Source, sipmsg.TransportOf(p.Transport)) == s.Account
	if h := req.GetHeader("user-agent"); h != nil {
		s.UserAgent = h.Value()[:min(len(h.Value()), 256)]
	}
	return pkg, 0
}

// grant says how long a subscription lives: what it asks for, within the limits
// of registrations, and spread like theirs.
func (r *Registrar) grant(pkg EventPackage, req *sip.Request) (time.Duration, int) {
	p := r.rules()
	wish := int64(pkg.Expires / time.Second)
	if h := req.GetHeader("expires"); h != nil {
		n, ok := sipmsg.Number([]byte(h.Value()), 1<<32-1)
		if !ok {
			return 0, 400
		}
		wish = n
	}
	switch {
	case wish == 0:
		return 0, 0
	case wish < p.minExpires:
		return 0, 423
	}
	return time.Duration(spread(min(wish, p.maxExpires), p.minExpires)) * time.Second, 0
}

// refuseSubscribe answers with what the status needs beside it.
func (r *Registrar) refuseSubscribe(req *sip.Request, tx *transaction.Server, status int) {
	var more []sip.Header
	switch status {
	case 421:
		more = append(more, sip.NewHeader("Require", "eventlist"))
	case 423:
		more = append(more, sip.NewHeader("Min-Expires", strconv.FormatInt(r.rules().minExpires, 10)))
	case 489:
		more = append(more, sip.NewHeader("Allow-Events", r.allowEvents()))
	case 503:
		more = append(more, sip.NewHeader("Retry-After", strings.TrimSpace(strings.TrimPrefix(retryAfter(), "Retry-After:"))))
	}
	respond(req, tx, status, reasonOf(status), more...)
}

// watcher is a subscription as its package sees it.
func (r *Registrar) watcher(s desk.Subscription, acc *directory.LineAccount) Watcher {
	_, params := parseEvent(s.Event)
	return Watcher{Package: s.Package, Params: params, User: s.User, Account: acc, Snapshot: r.dir.Snapshot(),
		Host: r.hostFor(s.Source.Addr(), s.Local.Addr()), Lists: s.Lists, UserAgent: s.UserAgent}
}

// eventState asks a package for the state that a subscription watches.
func (r *Registrar) eventState(s desk.Subscription) desk.State {
	acc := r.dir.Snapshot().Account(s.Account)
	pkg, ok := r.packages[s.Package]
	switch {
	case acc == nil || acc.Device.Disabled:
		return desk.State{Gone: "rejected"}
	case !ok:
		return desk.State{Gone: "noresource"}
	}
	return pkg.State(r.watcher(s, acc))
}

// accountOf is the account of a peer that proved to have it.
func (r *Registrar) accountOf(p Peer) *directory.LineAccount {
	if p.Device == nil || p.Line < 1 || p.Line > len(p.Device.Lines) {
		return nil
	}
	return r.dir.Snapshot().Account(p.Device.Lines[p.Line-1].Account.User)
}

// resubscribe judges a SUBSCRIBE inside a dialog before it costs a transaction:
// it comes from where its subscription is, or has to prove who it is.
func (r *Registrar) resubscribe(v *visit) bool {
	s, ok := r.subs.Find(string(v.Msg.CallID), string(v.Msg.ToTag()), string(v.Msg.FromTag()))
	if !ok {
		r.refuse(v, 481, "Subscription Does Not Exist", "")
		return false
	}
	return r.comesFrom(s, v.Source, v.Transport) || r.admit(v)
}

// comesFrom is true for the flow of a subscription and for those its account is
// bound by.
func (r *Registrar) comesFrom(s desk.Subscription, source netip.AddrPort, by sipmsg.Transport) bool {
	return s.Source == source && s.Transport == by.String() || r.loc.AccountAt(source, by) == s.Account
}

// refresh serves a SUBSCRIBE inside a dialog.
func (r *Registrar) refresh(f from, req *sip.Request, tx *transaction.Server) {
	local, _ := req.To().Params.Get("tag")
	remote, _ := req.From().Params.Get("tag")
	s, ok := r.subs.Find(req.CallID().Value(), local, remote)
	if !ok {
		respond(req, tx, 481, "Subscription Does Not Exist")
		return
	}
	if !r.comesFrom(s, f.source, f.transport) {
		pr := r.proofOf(f, req)
		if pr.verdict != proved {
			r.challengeTx(r.rules(), f, req, tx, pr, r.now())
			return
		}
		if pr.account.User != s.Account {
			respond(req, tx, 403, "Forbidden")
			return
		}
	}
	acc := r.dir.Snapshot().Account(s.Account)
	if acc == nil || acc.Device.Disabled {
		respond(req, tx, 403, "Forbidden")
		return
	}
	r.serveSubscribe(r.peerOf(acc, f), acc, s, req, tx, false)
}
