package onboard

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"cradle/directory"
)

// Bounds of what is remembered of guessers.
const (
	maxSources  = 8192
	maxPrefixes = 1024
	prefixLen   = 6 // hexadecimal digits of a vendor prefix
)

// MissLimits are the limits that count.
type MissLimits struct {
	Most   int           // different MACs from one source
	Window time.Duration // in which they are counted
	Ban    time.Duration
}

// Misses counts requests for phones that do not exist and tokens that are wrong.
type Misses struct {
	mu       sync.Mutex
	sources  map[netip.Addr]*missBook
	prefixes map[string]*missBook
	bans     sync.Map // netip.Addr -> time.Time, its end
	banned   atomic.Int64
}

// missBook is what one source, or the world for one prefix, missed lately.
type missBook struct {
	since time.Time
	what  map[string]struct{}
}

// NewMisses makes an empty count.
func NewMisses() *Misses {
	return &Misses{sources: map[netip.Addr]*missBook{}, prefixes: map[string]*missBook{}}
}

// Banned reports whether a source is being ignored.
func (m *Misses) Banned(addr netip.Addr, now time.Time) bool {
	if m.banned.Load() == 0 {
		return false
	}
	key := sourceKey(addr)
	end, ok := m.bans.Load(key)
	if !ok {
		return false
	}
	if now.Before(end.(time.Time)) {
		return true
	}
	if m.bans.CompareAndDelete(key, end) {
		m.banned.Add(-1)
	}
	return false
}

// Note counts one miss: what is the MAC or token that was tried. The answer are
// the alarms to be raised. Sources inside the site networks are never banned.
func (m *Misses) Note(addr netip.Addr, mac directory.MAC, what string, inside bool, l MissLimits, now time.Time) (alarms []Alarm) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := sourceKey(addr)
	if book(m.sources, key, maxSources, l, now).reaches(what, l.Most) {
		if inside {
			alarms = append(alarms, AlarmMisses)
		} else {
			alarms = append(alarms, AlarmIgnored)
			m.ban(key, now.Add(l.Ban), now)
		}
	}
	if mac != "" && book(m.prefixes, string(mac[:prefixLen]), maxPrefixes, l, now).reaches(string(mac), 3*l.Most) {
		alarms = append(alarms, AlarmSweep)
	}
	return alarms
}

func (m *Misses) ban(key netip.Addr, end, now time.Time) {
	if m.banned.Load() >= maxSources {
		m.bans.Range(func(k, v any) bool {
			if now.After(v.(time.Time)) && m.bans.CompareAndDelete(k, v) {
				m.banned.Add(-1)
			}
			return true
		})
		if m.banned.Load() >= maxSources {
			return
		}
	}
	if _, was := m.bans.Swap(key, end); !was {
		m.banned.Add(1)
	}
}

// reaches adds one and reports when the bound is reached just now.
func (b *missBook) reaches(what string, most int) bool {
	if _, known := b.what[what]; known || len(b.what) >= most {
		return false
	}
	b.what[what] = struct{}{}
	return len(b.what) == most
}

// book finds or opens the book of a key. Where there are too many, the oldest of
// a handful makes room.
func book[K comparable](books map[K]*missBook, key K, most int, l MissLimits, now time.Time) *missBook {
	b := books[key]
	if b == nil && len(books) >= most {
		var oldest K
		var when time.Time
		looked := 0
		for k, old := range books {
			if looked == 0 || old.since.Before(when) {
				oldest, when = k, old.since
			}
			if looked++; looked == 8 {
				break
			}
		}
		delete(books, oldest)
	}
	if b == nil || now.Sub(b.since) > l.Window {
		b = &missBook{since: now, what: map[string]struct{}{}}
		books[key] = b
	}
	return b
}

// sourceKey is who a source is: an IPv4 address, or a /64 of IPv6, because one
// host owns that many.
func sourceKey(addr netip.Addr) netip.Addr {
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return addr
}
