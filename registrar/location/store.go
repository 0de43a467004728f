package location

import (
	"context"
	"fmt"
	"time"
)

// Record is what is written down of one account. Value nil deletes it.
type Record struct {
	Key   string
	Value []byte
}

// Store keeps records over a restart; Put is one transaction.
type Store interface {
	Put(ctx context.Context, batch []Record) error
	All(f func(key string, value []byte) bool) error
}

const (
	valuesPiece = 64 << 10
	// flushMost is about how many accounts one transaction writes: what it writes
	// is held in memory several times over until it is on disk.
	flushMost = 1024
)

// mark notes that an account has to be written down.
func (s *shard) mark(a *account) {
	if !a.dirty {
		a.dirty = true
		s.dirty = append(s.dirty, a)
	}
}

// Flush writes down what changed since the last Flush, some accounts in each
// transaction; with all, also what only had its times moved. What could not be
// written stays to be written.
func (t *Table) Flush(ctx context.Context, st Store, now time.Time, all bool) error {
	var batch []Record
	var values []byte
	for i := range t.shards {
		batch, values = t.shards[i].collect(batch, values, seconds(now), all)
		if len(batch) == 0 || len(batch) < flushMost && i < len(t.shards)-1 {
			continue
		}
		if err := st.Put(ctx, batch); err != nil {
			t.markAgain(batch)
			return fmt.Errorf("bindings of %d accounts: %w", len(batch), err)
		}
		clear(batch)
		batch, values = batch[:0], nil
	}
	return nil
}

// collect adds what has to be written down; all values lie behind each other in
// a few pieces of memory.
func (s *shard) collect(batch []Record, values []byte, now uint32, all bool) ([]Record, []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if all {
		for _, a := range s.accounts {
			s.mark(a)
		}
	}
	for _, a := range s.dirty {
		a.dirty, a.saved = false, now
		if cap(values)-len(values) < maxText {
			values = make([]byte, 0, valuesPiece)
		}
		from := len(values)
		values = a.encode(values)
		r := Record{Key: a.name}
		if len(values) > from {
			r.Value = values[from:len(values):len(values)]
		}
		batch = append(batch, r)
	}
	clear(s.dirty)
	s.dirty = s.dirty[:0]
	return batch, values
}

func (t *Table) markAgain(batch []Record) {
	for _, r := range batch {
		s := t.shard(r.Key)
		s.mu.Lock()
		if a := s.accounts[r.Key]; a != nil {
			s.mark(a)
		} else {
			s.mark(&account{name: r.Key}) // forgotten: still to be deleted
		}
		s.mu.Unlock()
	}
}

// Restore reads what was written down. keep says whether an account still
// exists and gives the string to keep as its name. Datagram bindings may be
// used at once; connections are lost until their phone is back. It returns the
// keys it could not read and those of accounts that are gone.
func (t *Table) Restore(st Store, now time.Time, keep func(name string) (string, bool)) (dropped []string, err error) {
	err = st.All(func(key string, value []byte) bool {
		name, ok := keep(key)
		if !ok || !t.restore(name, value, seconds(now)) {
			dropped = append(dropped, key)
		}
		return true
	})
	return dropped, err
}

func (t *Table) restore(name string, value []byte, now uint32) bool {
	a := &account{name: name, saved: now}
	if !t.decode(value, a, now) {
		return false
	}
	s := t.shard(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts[name] = a
	for i := range a.entries {
		e := &a.entries[i]
		t.live.Add(1)
		s.queue(a, e.expires)
		if !e.lost {
			t.flows.add(e.flow(), a)
		}
	}
	return true
}
