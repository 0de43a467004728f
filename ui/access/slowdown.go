package access

import (
	"net/netip"
	"sync"
	"time"
)

// slowdownKeys bounds how many names and sources are remembered at once.
const slowdownKeys = 20000

// slowdown counts tries by key in a bucket that refills evenly. It is used for
// failed log-ins by user and by source, and for tries of the setup token.
type slowdown struct {
	mu      sync.Mutex
	buckets map[string]bucket
	now     func() time.Time
}

// bucket is how many tries are left, as of a moment.
type bucket struct {
	left float64
	at   time.Time
}

func newSlowdown(now func() time.Time) *slowdown {
	return &slowdown{buckets: map[string]bucket{}, now: now}
}

// take uses one try of a key with so many tries a minute. When none is left
// it answers how long to wait until there is one.
func (s *slowdown) take(key string, perMinute int64) (wait time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.refilled(key, perMinute)
	if b.left < 1 {
		missing := (1 - b.left) / float64(perMinute) * 60
		return time.Duration(missing*float64(time.Second)) + time.Millisecond
	}
	b.left--
	s.buckets[key] = b
	return 0
}

// giveBack returns a try that turned out to be good.
func (s *slowdown) giveBack(key string, perMinute int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.refilled(key, perMinute)
	b.left = min(b.left+1, float64(perMinute))
	s.buckets[key] = b
}

// refilled is the bucket of a key as of now. The caller holds the lock.
func (s *slowdown) refilled(key string, perMinute int64) bucket {
	now := s.now()
	b, known := s.buckets[key]
	if !known {
		if len(s.buckets) >= slowdownKeys {
			s.forget(now)
		}
		return bucket{left: float64(perMinute), at: now}
	}
	b.left = min(b.left+now.Sub(b.at).Minutes()*float64(perMinute), float64(perMinute))
	b.at = now
	return b
}

// forget makes room: first the keys that were quiet for a minute (their
// buckets are full again), and if that is not enough any of the others.
func (s *slowdown) forget(now time.Time) {
	for k, b := range s.buckets {
		if now.Sub(b.at) >= time.Minute {
			delete(s.buckets, k)
		}
	}
	for k := range s.buckets {
		if len(s.buckets) < slowdownKeys*9/10 {
			return
		}
		delete(s.buckets, k)
	}
}

// sourceKey is what counts as one source: an IPv4 address, or the /64 that a
// single IPv6 customer usually has.
func sourceKey(remote string) string {
	ap, err := netip.ParseAddrPort(remote)
	if err != nil {
		return "source:" + remote
	}
	a := ap.Addr().Unmap()
	if a.Is6() {
		p, err := a.WithZone("").Prefix(64)
		if err == nil {
			return "source:" + p.String()
		}
	}
	return "source:" + a.String()
}
