package kernel

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/cilium/ebpf"
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

const (
	keySize     = 12 // source, target, both ports: as they stand in a packet
	rewriteSize = 24

	toSource, toTarget, toPorts, toSum, toInterface, toSlot = 0, 4, 8, 12, 16, 20
)

// Entry is a flow that is in the kernel.
type Entry struct {
	path *Path
	key  [keySize]byte
	slot uint32
	*stats
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
	p.mu.Lock()
	defer p.mu.Unlock()
	out, err := p.leaves(f)
	if err != nil {
		return nil, err
	}
	if len(p.free) == 0 {
		return nil, ErrLater
	}
	e := &Entry{path: p, key: quad(f.From, f.At), slot: p.free[0]}
	e.stats = p.at(e.slot)
	e.begin(f.Stream, budget)
	if err := p.flows.Update(e.key[:], rewriteTo(f, e.key, out, e.slot), ebpf.UpdateNoExist); err != nil {
		return nil, fmt.Errorf("flow from %s at %s: %w", f.From, f.At, err)
	}
	p.free = p.free[1:]
	p.inUse++
	return e, nil
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

// Remove ends a flow: from now on its packets come to the socket. The figures stay readable until the next Add.
func (e *Entry) Remove() {
	p := e.path
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.flows.Delete(e.key[:]); err != nil && !errors.Is(err, ebpf.ErrKeyNotExist) {
		p.log.Error("flow not removed from the kernel", "err", err)
		return // its slot stays taken
	}
	p.free = append(p.free, e.slot)
	p.inUse--
}

func quad(from, to netip.AddrPort) (k [keySize]byte) {
	a, b := from.Addr().As4(), to.Addr().As4()
	copy(k[0:], a[:])
	copy(k[4:], b[:])
	k[8], k[9] = byte(from.Port()>>8), byte(from.Port())
	k[10], k[11] = byte(to.Port()>>8), byte(to.Port())
	return k
}

func rewriteTo(f Flow, key [keySize]byte, out, slot uint32) []byte {
	k := quad(f.Source, f.To)
	v := make([]byte, 0, rewriteSize)
	v = append(v, k[:]...)
	v = native.AppendUint32(v, words(k[:toPorts], key[:toPorts]))
	v = native.AppendUint32(v, out)
	return native.AppendUint32(v, slot)
}
