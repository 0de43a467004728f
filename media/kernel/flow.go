package kernel

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// Flow is one direction of a call.
type Flow struct {
	From, At   netip.AddrPort // packets from here to our port
	Source, To netip.AddrPort // leave from this port of ours to there
	Stream
}

// Stream is where the RTP of a flow stands.
type Stream struct {
	Source uint32 // SSRC
	Type   uint8  // payload type, 0 to 127 but for 64 to 95
	Seq    uint16 // the highest so far
	Seen   uint64 // before it, as rtp.Receiver says
	Clock  uint32 // Hz, up to 192,000
	Jitter uint32 // so far, units of Clock

	Patience uint32 // how long after the fastest a packet may come, units of Clock; 0: none is late
}

// Add begins to forward a flow, of which budget packets may come until Renew. Errors: ErrUnsuitable, ErrLater, or the
// system's. It asks the kernel for a route, which takes a few microseconds, and waits for nothing.
func (p *Path) Add(f Flow, budget int) (*Entry, error) {
	if f.Type >= 64 && f.Type < 96 {
		return nil, fmt.Errorf("%w: payload type %d", ErrUnsuitable, f.Type)
	}
	for _, a := range []netip.AddrPort{f.From, f.At, f.Source, f.To} {
		if !a.Addr().Is4() || a.Addr().IsUnspecified() || a.Addr().IsMulticast() || a.Port() == 0 {
			return nil, fmt.Errorf("%w: %s", ErrUnsuitable, a)
		}
	}
	e, err := p.at(f.At.Port())
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if e.on.Load() != 0 {
		return nil, fmt.Errorf("%w: port %d has a flow", ErrUnsuitable, f.At.Port())
	}
	out, err := p.leaves(f)
	if err != nil {
		return nil, err
	}
	e.begin(f, out, budget)
	p.inUse.Add(1)
	return &Entry{path: p, state: e}, nil
}

// leaves says by which interface a flow does; 0: it stays on loopback. The one it comes by is hooked.
func (p *Path) leaves(f Flow) (uint32, error) {
	if a, b := f.From.Addr().IsLoopback(), f.To.Addr().IsLoopback(); a || b {
		if !a || !b || !f.At.Addr().IsLoopback() || !f.Source.Addr().IsLoopback() {
			return 0, fmt.Errorf("%w: %s to %s by loopback", ErrUnsuitable, f.From, f.To)
		}
		return 0, p.hooks.ready(p.hooks.loopback)
	}
	in, err := p.netlink.to(f.From.Addr(), f.At.Addr())
	if err != nil {
		return 0, err
	}
	if err := p.hooks.ready(in); err != nil {
		return 0, err
	}
	out, err := p.netlink.to(f.To.Addr(), f.Source.Addr())
	if err != nil {
		return 0, err
	}
	return out, p.hooks.ready(out)
}

// Entry is a flow that is in the kernel.
type Entry struct {
	path *Path
	*state
}

// Remove ends a flow: from now on its packets come to the socket. The figures stay readable until its port has another.
func (e *Entry) Remove() {
	if e.on.Swap(0) != 0 {
		e.path.inUse.Add(-1)
	}
}

// quad is addresses and ports as they stand in a packet.
func quad(from, to netip.AddrPort) (k [12]byte) {
	a, b := from.Addr().As4(), to.Addr().As4()
	copy(k[0:], a[:])
	copy(k[4:], b[:])
	binary.BigEndian.PutUint16(k[8:], from.Port())
	binary.BigEndian.PutUint16(k[10:], to.Port())
	return k
}
