// Package location holds who is where: the bindings of every account, in
// memory, sharded by account, with a due-list for their ends, and the upkeep
// that lets them survive a restart.
//
// Save is the way in, Lookup the way out; Sweep ends what has run out; Flush
// and Restore carry the table over a restart; Watch tells who wants to know.
package location

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

const shardCount = 64 // a power of two

// Table is the location table. Use New.
type Table struct {
	seed   maphash.Seed
	shards [shardCount]shard
	flows  flows
	words  words
	feed   feed
	live   atomic.Int64 // bindings
}

type shard struct {
	mu       sync.Mutex
	accounts map[string]*account
	due      dueList
	dirty    []*account
}

// New makes an empty table.
func New() *Table {
	t := &Table{seed: maphash.MakeSeed()}
	for i := range t.shards {
		t.shards[i].accounts = map[string]*account{}
	}
	t.flows.init(t.seed)
	t.words.known = map[string]string{}
	return t
}

func (t *Table) shard(name string) *shard {
	return &t.shards[maphash.String(t.seed, name)&(shardCount-1)]
}

// Len is the number of bindings, those that have run out but were not swept
// yet included.
func (t *Table) Len() int { return int(t.live.Load()) }

// Lookup lists the live bindings of an account, the newest first; of two made
// in the same second, the one with the higher q. Of a phone with several flows
// (same instance, several reg-ids) it lists the one to use (RFC 5626 section
// 6.2): the one that was refreshed last and can be reached.
func (t *Table) Lookup(name string, now time.Time) []Binding {
	s := t.shard(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.accounts[name]
	if a == nil {
		return nil
	}
	out := make([]Binding, 0, len(a.entries))
	for i := range a.entries {
		if e := &a.entries[i]; e.expires > seconds(now) && !a.second(i, seconds(now)) {
			out = append(out, e.binding(a.name))
		}
	}
	sortNewest(out)
	return out
}

// All calls yield with every live binding until it is false. Bindings that
// come or go meanwhile may be missed.
func (t *Table) All(now time.Time, yield func(Binding) bool) {
	var some []Binding // one piece of memory for all shards: upkeep looks every second
	for i := range t.shards {
		some = t.shards[i].list(some[:0], seconds(now))
		for _, b := range some {
			if !yield(b) {
				return
			}
		}
	}
}

func (s *shard) list(out []Binding, now uint32) []Binding {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.accounts {
		for i := range a.entries {
			if e := &a.entries[i]; e.expires > now {
				out = append(out, e.binding(a.name))
			}
		}
	}
	return out
}

// Last tells when and from where an account last registered (also before a
// restart), and whether it has a live binding that can be reached.
func (t *Table) Last(name string, now time.Time) (last time.Time, source netip.Addr, live bool) {
	s := t.shard(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.accounts[name]
	if a == nil || a.last == 0 {
		return time.Time{}, netip.Addr{}, false
	}
	for i := range a.entries {
		live = live || a.entries[i].expires > seconds(now) && !a.entries[i].lost
	}
	return time.Unix(int64(a.last), 0), a.lastSource, live
}

// Forget drops an account with all it has, because it is no longer in the directory
// or its secret changed.
func (t *Table) Forget(name string) {
	s := t.shard(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.accounts[name]
	if a == nil {
		return
	}
	for i := len(a.entries) - 1; i >= 0; i-- {
		t.remove(a, i)
	}
	a.last = 0
	s.mark(a)
	delete(s.accounts, name)
}

func seconds(t time.Time) uint32 { return uint32(max(t.Unix(), 0)) }
