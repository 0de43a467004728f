package registrar

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"cradle/directory"
)

// bucket is a token bucket kept as one time: when it would be full again
// (the generic cell rate algorithm).
type bucket struct{ full atomic.Int64 }

// take is false when the bucket has nothing left.
func (b *bucket) take(now int64, rate, burst int64) bool {
	each := int64(time.Second) / max(rate, 1)
	for {
		old := b.full.Load()
		next := max(old, now) + each
		if next-now > each*max(burst, 1) {
			return false
		}
		if b.full.CompareAndSwap(old, next) {
			return true
		}
	}
}

// back returns what take took: the request was authenticated.
func (b *bucket) back(rate int64) { b.full.Add(-int64(time.Second) / max(rate, 1)) }

// source is what is known of an address outside the site networks.
type source struct {
	bucket
	over   atomic.Int64 // requests over the budget, less those within it since
	banned atomic.Int64 // until, Unix nanoseconds
}

const (
	sourceParts   = 16
	sourcesInPart = 4096
	// So many bursts over its budget, and a source is banned.
	burstsToBan = 3
)

// budget holds the buckets of all sources, bounded: past the bound those that
// were quiet longest make room.
type budget struct {
	seed  maphash.Seed
	parts [sourceParts]struct {
		mu sync.Mutex
		m  map[netip.Addr]*source
	}
	mu    sync.RWMutex
	sites map[directory.ID]*bucket
}

func newBudget() *budget {
	b := &budget{seed: maphash.MakeSeed(), sites: map[directory.ID]*bucket{}}
	for i := range b.parts {
		b.parts[i].m = map[netip.Addr]*source{}
	}
	return b
}

func (b *budget) site(id directory.ID) *bucket {
	b.mu.RLock()
	s := b.sites[id]
	b.mu.RUnlock()
	if s != nil {
		return s
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if s = b.sites[id]; s == nil {
		s = &bucket{}
		b.sites[id] = s
	}
	return s
}

// source is the bucket of an address; of IPv6 a /64 counts as one.
func (b *budget) source(a netip.Addr) *source {
	if a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			a = p.Addr()
		}
	}
	p := &b.parts[maphash.Comparable(b.seed, a)%sourceParts]
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.m[a]
	if s == nil {
		if len(p.m) >= sourcesInPart {
			evict(p.m)
		}
		s = &source{}
		p.m[a] = s
	}
	return s
}

// evict drops the quietest of a few; a banned one only when all are.
func evict(m map[netip.Addr]*source) {
	var worst netip.Addr
	var least int64
	n := 0
	for a, s := range m {
		if t := max(s.full.Load(), s.banned.Load()); n == 0 || t < least {
			worst, least = a, t
		}
		if n++; n == 16 {
			break
		}
	}
	delete(m, worst)
}

// Ban is a source that gets no answer for a while.
type Ban struct {
	Source netip.Addr
	Until  time.Time
}

// Bans lists the sources that are banned now.
func (r *Registrar) Bans() []Ban {
	now := r.now().UnixNano()
	var out []Ban
	for i := range r.budget.parts {
		p := &r.budget.parts[i]
		p.mu.Lock()
		for a, s := range p.m {
			if t := s.banned.Load(); t > now {
				out = append(out, Ban{a, time.Unix(0, t)})
			}
		}
		p.mu.Unlock()
	}
	return out
}

// allow takes one request out of a stranger's bucket. Over it there is
// silence, and after a while of that a ban: at more than twice the rate.
func (r *Registrar) allow(s *source, p *policy, from netip.Addr, now int64) bool {
	if s.banned.Load() > now {
		return false
	}
	if s.take(now, p.rate, p.burst) {
		if o := s.over.Load(); o > 0 { // a steady guesser is within its budget now and then
			s.over.CompareAndSwap(o, o-1)
		}
		return true
	}
	if s.over.Add(1) >= burstsToBan*p.burst {
		s.over.Store(0)
		s.banned.Store(now + int64(p.ban))
		r.log.Warn("SIP source banned", "source", from, "for", p.ban)
		r.refused(Refusal{At: r.now(), Kind: RefusedBan, Source: from, For: p.ban})
	}
	return false
}
