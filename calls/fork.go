package calls

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/calls/leg"
	"cradle/calls/route"
	"cradle/directory"
	"cradle/media"
	"cradle/registrar"
	"cradle/registrar/transaction"
)

// manyPhones is how many phones one call rings at most.
const manyPhones = 40

// patience is how long an emergency call rings; others ring as long as the record says.
const patience = 3 * time.Minute

// Request and WriteACK make a flow of the registrar and a binding.
func (f flow) Request(ctx context.Context, req *sip.Request, heard transaction.Heard) (*transaction.Client, error) {
	return f.Registrar.Request(ctx, f.binding, req, heard)
}

// WriteACK sends an ACK on the flow.
func (f flow) WriteACK(req *sip.Request) (again func() error, err error) {
	return f.Registrar.WriteACK(f.binding, req)
}

// openCaller makes the caller's leg, and its media where phones are to ring.
// False: the call is refused already.
func (c *Call) openCaller() bool {
	b := registrar.Binding{Source: c.peer.Source, Local: c.peer.Local, Transport: c.peer.Transport, Contact: c.req.Contact().Address.String()}
	p := &party{binding: b, device: c.peer.Device.ID, free: c.x.limits.occupy(c.peer.Device.ID)}
	number := ""
	if c.plan.Callee != nil {
		number = c.plan.Callee.Number
	}
	p.leg = leg.Receive(c.legConfig(p, number, c.peer.Host), c.req, c.tx)
	c.caller = p
	c.x.dialogs.add(c, p.leg, b.Source.Addr())
	said := c.req.Body()
	if c.plan.Kind != route.Ring {
		return true
	}
	who := c.snapshot.Sitting(directory.LineRef{Device: c.peer.Device.ID, Line: c.peer.Line}).Extension
	if err := c.openCallerMedia(p, who); err != nil {
		c.noMedia(err)
		return false
	}
	if len(said) == 0 {
		return true
	}
	if err := p.hear(offer, said); err != nil {
		c.log.Info("the caller's offer cannot be met", "error", err)
		c.Refuse(sip.StatusNotAcceptableHere, "Not Acceptable Here")
		return false
	}
	return true
}

// legConfig is what both kinds of leg are born with.
func (c *Call) legConfig(p *party, ourNumber, host string) leg.Config {
	contact := sip.Uri{Scheme: "sip", User: ourNumber, Host: host, Port: int(p.binding.Local.Port())}
	if p.binding.Transport != "" && p.binding.Transport != "udp" {
		contact.UriParams = sip.HeaderParams{{K: "transport", V: p.binding.Transport}}
	}
	if scheme, _, _ := strings.Cut(p.binding.Contact, ":"); strings.EqualFold(scheme, "sips") {
		contact.Scheme = "sips" // RFC 3261 section 12.1.1
	}
	return leg.Config{Loop: c, Owner: c, Flow: flow{c.x.cfg.Registrar, p.binding}, Contact: contact, T1: c.x.cfg.T1,
		Log: c.log.With("device", p.device)}
}

// openCallerMedia opens the ports of the caller's phone, at which somebody sits; nil: nobody does.
func (c *Call) openCallerMedia(p *party, sits *directory.Extension) error {
	return c.openMedia(p, c.peer.Host, c.voice(c.peer.Device, sits, c.peer.Transport))
}

// openMedia opens the ports of one party. The address in SDP is the one its
// signalling uses, unless another is to be advertised.
func (c *Call) openMedia(p *party, host string, ask media.Party) error {
	ask.Local, ask.Signalled, ask.Keyed = p.binding.Local.Addr(), p.binding.Source.Addr(), c.keyed(p)
	if _, err := netip.ParseAddr(host); err == nil {
		ask.Advertise = host
	}
	var err error
	p.media, err = c.x.cfg.Media.NewSession(ask)
	return err
}

// noMedia refuses a call for which no ports could be opened.
func (c *Call) noMedia(err error) {
	c.log.Warn("no media session", "error", err)
	if errors.Is(err, media.ErrNoPorts) {
		c.refuse("system", overload("No Media Ports"))
		return
	}
	if errors.Is(err, media.ErrUnsupported) { // what its phone must have, it cannot be offered
		c.Refuse(sip.StatusNotAcceptableHere, "Not Acceptable Here")
		return
	}
	c.Refuse(sip.StatusInternalServerError, "No Media")
}

// bell is one phone that is to ring, and why.
type bell struct {
	target  route.Target
	binding registrar.Binding
}

// bells are those that can.
func (c *Call) bells() (all []bell) {
	for _, t := range c.plan.Targets {
		for _, b := range c.x.cfg.Registrar.Lookup(t.Account) {
			if !b.FlowLost && !b.Unreachable && len(all) < manyPhones {
				all = append(all, bell{t, b})
			}
		}
	}
	return all
}

// ring calls every live binding of every line the plan names.
func (c *Call) ring() {
	c.rang = map[int]bool{}
	bells, failed := c.bells(), error(nil)
	c.near = len(bells) == 1 && !c.plan.Emergency && c.together(bells[0])
	for _, b := range bells {
		if b.binding.Transport != "udp" { // a connection that is not read, or has to be made, may take seconds
			c.caller.leg.Trying()
		}
		if err := c.dial(b.target, b.binding); err != nil {
			failed = err
		}
	}
	c.snapshot, c.req, c.tx = nil, nil, nil
	switch {
	case len(c.branches) > 0:
		c.After(c.ringTime, c.nobodyAnswered)
	case len(bells) > 0:
		c.noMedia(failed)
	default:
		c.Refuse(sip.StatusTemporarilyUnavailable, "Temporarily Unavailable")
	}
}

// dial calls one phone.
func (c *Call) dial(t route.Target, b registrar.Binding) error {
	ask := c.voice(c.snapshot.Device(t.Line.Device), c.plan.Callee, b.Transport)
	ask.With = c.caller.media
	host := c.x.cfg.Registrar.Host(b)
	inv := c.invitation(b, host)
	p := &party{binding: b, device: t.Line.Device}
	p.again = func() error {
		ask.Wide = true
		return c.offer(&party{binding: b, device: t.Line.Device}, host, ask, inv)
	}
	return c.offer(p, host, ask, inv)
}

// offer sends a phone its INVITE.
func (c *Call) offer(p *party, host string, ask media.Party, inv leg.Invitation) error {
	if err := c.openMedia(p, host, ask); err != nil {
		return err
	}
	if c.caller.said != nil {
		var err error
		if inv.Body, err = c.describe(p, c.caller, offer); err != nil {
			p.media.Close()
			return err
		}
	}
	p.free = c.x.limits.occupy(p.device)
	c.branches = append(c.branches, p)
	p.leg = leg.Dial(c.legConfig(p, c.plan.From.Number, host), inv)
	c.x.dialogs.add(c, p.leg, p.binding.Source.Addr())
	p.leg.Invite()
	return nil
}

// nobodyAnswered: it has rung long enough.
func (c *Call) nobodyAnswered() {
	if c.ended || c.partner != nil {
		return
	}
	c.dropAll(leg.Reason(sip.StatusRequestTimeout, "No answer"))
	c.Refuse(sip.StatusTemporarilyUnavailable, "No Answer")
}
