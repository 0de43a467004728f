package registrar

import (
	"context"
	"net/netip"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"

	"cradle/registrar/edge"
	"cradle/registrar/sipmsg"
)

// EventRequest is a multicast SUBSCRIBE as its handler needs it.
type EventRequest struct {
	Package   string
	Params    map[string]string // of the Event header, without quotes
	User      string            // of the Request-URI, unescaped
	Contact   string            // URI
	UserAgent string
	Source    netip.AddrPort
	Local     netip.Addr
}

// EventAnswer is what a handler says to it; the subscription lives for one NOTIFY.
type EventAnswer struct {
	Status      int // 0: silence
	ContentType string
	Body        []byte
	State       string // Subscription-State of the NOTIFY; empty: "terminated;reason=timeout"
}

// EventHandler answers a multicast SUBSCRIBE.
type EventHandler func(ctx context.Context, e EventRequest) EventAnswer

// packagePnP is the event package of plug-and-play.
const packagePnP = "ua-profile"

// deskSize is how many multicast SUBSCRIBEs are in work at once.
const deskSize = 64

// HandlePnP sets who answers plug-and-play. Call it before Run.
func (r *Registrar) HandlePnP(h EventHandler) { r.pnp = h }

func stateOf(a EventAnswer) string {
	if a.State == "" {
		return "terminated;reason=timeout"
	}
	return a.State
}

// pnpGroup is where phones look for their settings when they have none.
var pnpGroup = netip.MustParseAddrPort("224.0.1.75:5060")

// ListenPnP opens the plug-and-play socket: bound to the group alone, joined on
// each of the named interfaces (none: on all). Only SUBSCRIBEs for "ua-profile"
// from site networks are answered there. Call it after HandlePnP.
func (r *Registrar) ListenPnP(ifaces []string) error { return r.listenPnP(pnpGroup, ifaces) }

func (r *Registrar) listenPnP(group netip.AddrPort, ifaces []string) error {
	if r.edge == nil {
		return ErrOff
	}
	return r.edge.OpenGroup(context.Background(), group, ifaces, r.multicast)
}

// multicast judges what came to the group.
func (r *Registrar) multicast(pk *edge.Packet) {
	m := &pk.Msg
	h := r.pnp
	if h == nil || sipmsg.Parse(pk.Data, m) != sipmsg.Fine || !sipmsg.EqualFold(m.Method, "subscribe") || len(m.ToTag()) > 0 {
		return
	}
	v := visit{Packet: pk, p: r.rules(), now: r.now()}
	if v.site = v.p.snap.SiteOf(pk.Source.Addr()); v.site == nil {
		return
	}
	if !r.afford(&v) {
		return
	}
	pkg, params := parseEvent(string(m.Event))
	if pkg != packagePnP {
		return
	}
	select {
	case r.desk <- struct{}{}:
	default:
		return // the phone asks again
	}
	c, _ := sipmsg.ParseAddress(m.Contact)
	s := pnpRequest{raw: append([]byte(nil), pk.Data...), source: pk.Source, local: pk.Local,
		e: EventRequest{Package: pkg, Params: params, User: string(sipmsg.User(m.URI)), Contact: string(c.URI), UserAgent: string(m.UserAgent),
			Source: pk.Source, Local: pk.Local.Addr()}}
	r.work.Add(1)
	go func() {
		defer r.work.Done()
		defer func() { <-r.desk }()
		r.answerPnP(h, s)
	}()
}

// pnpRequest is a copy of what came in; the answer may take a write to disk.
type pnpRequest struct {
	raw           []byte
	source, local netip.AddrPort
	e             EventRequest
}

func (r *Registrar) answerPnP(h EventHandler, s pnpRequest) {
	defer func() {
		if x := recover(); x != nil {
			r.log.Error("a plug-and-play request could not be handled", "source", s.source, "panic", x)
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), deskTime)
	defer cancel()
	a := h(ctx, s.e)
	var m sipmsg.Message
	if a.Status == 0 || sipmsg.Parse(s.raw, &m) != sipmsg.Fine {
		return
	}
	tag := token()
	out := sipmsg.AppendAnswer(nil, &m, a.Status, reasonOf(a.Status), s.source, []byte(tag))
	out = append(out, "Contact: <sip:"+r.hostFor(s.source.Addr(), s.local.Addr())+":"+strconv.Itoa(int(s.local.Port()))+">\r\nExpires: 0\r\n"...)
	if err := r.edge.Send(edge.Route{Local: s.local, Remote: s.source}, sipmsg.AppendEnd(out)); err != nil || a.Status >= 300 {
		return
	}
	for _, to := range r.pnpTargets(s) {
		r.work.Add(1)
		go func() {
			defer r.work.Done()
			r.notifyPnP(s, &m, tag, a, to)
		}()
	}
}

// pnpTargets are where the NOTIFY goes: the Contact, if it is an address of a
// site network, and the source if that is another.
func (r *Registrar) pnpTargets(s pnpRequest) []netip.AddrPort {
	host, port := string(sipmsg.Host([]byte(s.e.Contact))), uint16(5060)
	if i := strings.Index(s.e.Contact, host+":"); host != "" && i >= 0 {
		digits := s.e.Contact[i+len(host)+1:]
		if j := strings.IndexAny(digits, ";?>"); j >= 0 {
			digits = digits[:j]
		}
		if n, err := strconv.ParseUint(digits, 10, 16); err == nil {
			port = uint16(n)
		}
	}
	a, err := netip.ParseAddr(host)
	if err != nil || a.IsMulticast() || a.IsUnspecified() || port == 0 || !r.isInside(a) {
		return []netip.AddrPort{s.source}
	}
	if c := netip.AddrPortFrom(a, port); c != s.source {
		return []netip.AddrPort{c, s.source}
	}
	return []netip.AddrPort{s.source}
}

func (r *Registrar) notifyPnP(s pnpRequest, m *sipmsg.Message, tag string, a EventAnswer, to netip.AddrPort) {
	ctx, cancel := context.WithTimeout(context.Background(), deskTime)
	defer cancel()
	b := Binding{Account: s.e.User, Contact: s.e.Contact, Source: to, Local: s.local, Transport: "udp"}
	n := r.newNotify(ContactURI(b), string(sipmsg.Unfold(m.Event)), stateOf(a), a.ContentType, a.Body)
	n.AppendHeader(sip.NewHeader("From", string(sipmsg.Unfold(m.To))+";tag="+tag))
	n.AppendHeader(sip.NewHeader("To", string(sipmsg.Unfold(m.From))))
	call := sip.CallIDHeader(string(sipmsg.Unfold(m.CallID)))
	n.AppendHeader(&call)
	n.AppendHeader(&sip.CSeqHeader{SeqNo: 1, MethodName: sip.NOTIFY})
	n.AppendHeader(r.contact(flowOf(b)))
	if _, err := r.ask(ctx, b, n); err != nil {
		r.log.Debug("a phone did not take its plug-and-play NOTIFY", "to", to, "error", err)
	}
}
