package location

import (
	"encoding/binary"
	"hash/maphash"
	"net/netip"
	"slices"
	"sync"

	"cradle/registrar/sipmsg"
)

// flowKey names the far end of a flow.
type flowKey struct {
	hi, lo    uint64
	port      uint16
	transport sipmsg.Transport
}

func keyOf(a netip.AddrPort, by sipmsg.Transport) flowKey {
	b := a.Addr().As16()
	return flowKey{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:]), a.Port(), by}
}

// flows says which accounts are bound behind a flow. Nearly always it is one;
// a phone with several lines has more.
type flows struct {
	seed  maphash.Seed
	parts [shardCount]flowPart
}

type flowPart struct {
	mu     sync.RWMutex
	first  map[flowKey]*account
	others map[flowKey][]*account
}

func (f *flows) init(seed maphash.Seed) {
	f.seed = seed
	for i := range f.parts {
		f.parts[i].first = map[flowKey]*account{}
		f.parts[i].others = map[flowKey][]*account{}
	}
}

func (f *flows) part(k flowKey) *flowPart {
	return &f.parts[(k.lo*0x9e3779b97f4a7c15^uint64(k.port)*0xff51afd7ed558ccd)>>58&(shardCount-1)]
}

func (f *flows) add(k flowKey, a *account) {
	p := f.part(k)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch old := p.first[k]; {
	case old == nil:
		p.first[k] = a
	case old != a && !slices.Contains(p.others[k], a):
		p.others[k] = append(p.others[k], a)
	}
}

func (f *flows) remove(k flowKey, a *account) {
	p := f.part(k)
	p.mu.Lock()
	defer p.mu.Unlock()
	more := p.others[k]
	if i := slices.Index(more, a); i >= 0 {
		more = slices.Delete(more, i, i+1)
	} else if p.first[k] == a {
		delete(p.first, k)
		if len(more) > 0 {
			p.first[k], more = more[0], more[1:]
		}
	}
	if len(more) == 0 {
		delete(p.others, k)
	} else {
		p.others[k] = more
	}
}

// AccountAt is an account that is bound behind that source; empty: none. A
// source with a binding is a phone we know, whatever it says.
func (t *Table) AccountAt(source netip.AddrPort, by sipmsg.Transport) string {
	k := keyOf(source, by)
	p := t.flows.part(k)
	p.mu.RLock()
	defer p.mu.RUnlock()
	if a := p.first[k]; a != nil {
		return a.name
	}
	return ""
}

// LoseFlow marks the bindings of a connection that is gone. They stay, so that
// it is known where the phone was, until it registers again or they run out.
func (t *Table) LoseFlow(source netip.AddrPort, by sipmsg.Transport) {
	k := keyOf(source, by)
	p := t.flows.part(k)
	p.mu.Lock()
	lost := p.others[k]
	if a := p.first[k]; a != nil {
		lost = append(lost, a)
	}
	delete(p.first, k)
	delete(p.others, k)
	p.mu.Unlock()
	for _, a := range lost {
		s := t.shard(a.name)
		s.mu.Lock()
		for i := range a.entries {
			if e := &a.entries[i]; !e.lost && e.flow() == k {
				e.lost = true
				t.feed.post(Change{Account: a.name, Binding: e.binding(a.name)})
			}
		}
		s.mu.Unlock()
	}
}
