package registrar

import (
	"net/netip"

	"github.com/emiago/sipgo/sip"

	"cradle/directory"
	"cradle/registrar/sipmsg"
	"cradle/registrar/transaction"
)

// PeerKind is who is talking.
type PeerKind int

// The kinds of peers. A Stranger has proved nothing; only requests inside a
// live dialog reach a handler from one. Lobby is a phone that may dial seat
// codes and emergency numbers only.
const (
	Stranger PeerKind = iota
	Lobby
	Line
)

// String is for logs.
func (k PeerKind) String() string { return [...]string{"stranger", "lobby", "line"}[k] }

// Peer is who sent a request, said once.
type Peer struct {
	Kind   PeerKind
	Device *directory.Device // nil for a Stranger
	Line   int               // counts from 1; 0 for a Stranger
	// Source is where the request came from, Local the address it came to
	// (never unspecified).
	Source, Local netip.AddrPort
	Transport     string // "udp", "tcp", "tls", "ws" or "wss"
	// Host is what to write into Contact and SDP for this peer.
	Host string
}

// Handler gets the requests of one method: already authenticated, or part of a
// live dialog, and guarded (a panic is answered with 500). Those of calls (INVITE,
// ACK, BYE, INFO, UPDATE, PRACK, OPTIONS) come on the goroutine that reads
// the phone's socket, in the order of the wire, and must not wait. A handler must
// end the transaction by a final response; an ACK has none.
type Handler func(p Peer, req *sip.Request, tx *transaction.Server)

// Handle sets the handler of a method. Call it before Run.
func (r *Registrar) Handle(method sip.RequestMethod, h Handler) { r.handlers[method] = h }

// InDialog sets the joint that tells whether a request with a To tag belongs to
// a live dialog and comes from where that dialog's peer is. Call it before Run.
func (r *Registrar) InDialog(f func(callID, localTag, remoteTag string, from netip.AddrPort) bool) {
	r.inDialog = f
}

// Host is what to write into Contact and SDP towards a binding.
func (r *Registrar) Host(b Binding) string { return r.hostFor(b.Source.Addr(), b.Local.Addr()) }

// hostFor: a site's own word for its phones; inside a site otherwise the local
// address the phone talks to; outside all sites the appliance's word, if any.
func (r *Registrar) hostFor(source, local netip.Addr) string {
	site := r.dir.Snapshot().SiteOf(source)
	switch {
	case site != nil && site.Advertise != "":
		return site.Advertise
	case site == nil && r.c.Advertise != "":
		return r.c.Advertise
	}
	return local.String()
}

// peerOf describes an account that talks by a flow.
func (r *Registrar) peerOf(acc *directory.LineAccount, f from) Peer {
	p := Peer{Source: f.source, Local: f.local, Transport: f.transport.String(), Host: r.hostFor(f.source.Addr(), f.local.Addr())}
	if acc != nil {
		p.Kind, p.Device, p.Line = Line, acc.Device, acc.Line
		if acc.Device.Step == directory.StepLobby {
			p.Kind = Lobby
		}
	}
	return p
}

func (p Peer) flow() from { return from{p.Source, p.Local, sipmsg.TransportOf(p.Transport)} }
