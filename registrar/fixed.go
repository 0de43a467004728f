package registrar

import (
	"context"
	"net/netip"

	"cradle/directory"
	"cradle/registrar/edge"
	"cradle/registrar/sipmsg"
)

// Phones that do not register: an administrator gave them a fixed address. They
// are called there; what comes from there is theirs without credentials, where he
// said so.

// openAccount is the account of the phone that needs no credentials from that
// source; nil: there is none. Of a datagram the port counts as well, a
// connection's is any.
func openAccount(s *directory.Snapshot, source netip.AddrPort, by sipmsg.Transport) *directory.LineAccount {
	d := s.DeviceAt(source.Addr())
	if d == nil || d.Disabled || d.Step == directory.StepSeen || len(d.Lines) == 0 {
		return nil
	}
	at, ok := d.SIP.Fixed()
	if !ok || !d.SIP.NoAuth || by == sipmsg.UDP && at != source || by == sipmsg.WS || by == sipmsg.WSS {
		return nil
	}
	if len(d.SIP.AllowFrom) > 0 && !allowedFrom(d.SIP.AllowFrom, source.Addr()) {
		return nil
	}
	return s.Account(d.Lines[0].Account.User)
}

// fixedBinding is where a phone of a fixed address is called; false: it has none.
func (r *Registrar) fixedBinding(account string) (Binding, bool) {
	acc := r.dir.Snapshot().Account(account)
	if acc == nil || r.edge == nil || acc.Device.Disabled || acc.Device.SIP.FixedAddress == "" {
		return Binding{}, false
	}
	at, ok := acc.Device.SIP.Fixed()
	if !ok {
		return Binding{}, false
	}
	local, err := r.edge.LocalFor(at)
	if err != nil {
		return Binding{}, false
	}
	b := Binding{Account: acc.User, Contact: "sip:" + acc.User + "@" + at.String(), Source: at, Local: local, Transport: "udp", Q: 1, Fixed: true}
	if acc.Device.SIP.Transport == "tcp" {
		b.Transport = "tcp"
		b.Contact += ";transport=tcp"
	}
	r.pings.mark(&b)
	return b, true
}

// Lookup lists the live bindings of an account, the newest first; of a phone
// that does not register, its fixed address.
func (r *Registrar) Lookup(account string) []Binding {
	out := r.loc.Lookup(account, r.now())
	if len(out) == 0 {
		if b, ok := r.fixedBinding(account); ok {
			return []Binding{b}
		}
		return out
	}
	for i := range out {
		r.pings.mark(&out[i])
	}
	return out
}

// route is the flow to a binding. A phone of a private network is reached at its
// Contact, where that is an address in its site's networks.
func (r *Registrar) route(b Binding) edge.Route {
	to := edge.Route{Local: b.Local, Remote: b.Source, Transport: sipmsg.TransportOf(b.Transport)}
	if to.Transport != sipmsg.UDP || b.Path != "" {
		return to
	}
	snap := r.dir.Snapshot()
	acc := snap.Account(b.Account)
	if acc == nil || !acc.Device.SIP.PrivateNetwork {
		return to
	}
	if at, ok := numericContact(b.Contact); ok && at.Addr().Is4() == b.Source.Addr().Is4() {
		if site := snap.SiteOf(at.Addr()); site != nil && site.ID == acc.Device.Site {
			to.Remote = at
		}
	}
	return to
}

// numericContact is the address and port that a Contact names; false: it names a host.
func numericContact(contact string) (netip.AddrPort, bool) {
	host := sipmsg.HostPort(contact)
	if at, err := netip.ParseAddrPort(host); err == nil {
		return at, at.Port() != 0
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return netip.AddrPort{}, false
	}
	return netip.AddrPortFrom(a, 5060), true
}

// reach opens the way to a phone of a fixed address, where it is a connection.
func (r *Registrar) reach(ctx context.Context, b Binding) error {
	if !b.Fixed || b.Transport != "tcp" {
		return nil
	}
	return r.edge.Dial(ctx, b.Source)
}
