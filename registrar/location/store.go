package location

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
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

// savedAccount is the form on disk.
type savedAccount struct {
	Last     uint32         `json:"l,omitempty"`
	Source   netip.Addr     `json:"s,omitzero"`
	SHA256   bool           `json:"h,omitempty"`
	Bindings []savedBinding `json:"b,omitempty"`
}

type savedBinding struct {
	Contact    string         `json:"c"`
	Params     string         `json:"p,omitempty"`
	Instance   string         `json:"i,omitempty"`
	CallID     string         `json:"d"`
	Agent      string         `json:"u,omitempty"`
	Source     netip.AddrPort `json:"s"`
	Local      netip.AddrPort `json:"l"`
	TCP        bool           `json:"t,omitempty"`
	Registered uint32         `json:"r"`
	Expires    uint32         `json:"e"`
	Granted    uint32         `json:"g"`
	CSeq       uint32         `json:"n"`
	RegID      uint32         `json:"o,omitempty"`
	Q          uint16         `json:"q"`
}

// mark notes that an account has to be written down.
func (s *shard) mark(a *account) {
	if !a.dirty {
		a.dirty = true
		s.dirty = append(s.dirty, a)
	}
}

// Flush writes down in one transaction what changed since the last Flush;
// with all, also what only had its times moved. What could not be written
// stays to be written.
func (t *Table) Flush(ctx context.Context, st Store, now time.Time, all bool) error {
	var batch []Record
	for i := range t.shards {
		batch = t.shards[i].collect(batch, seconds(now), all)
	}
	if len(batch) == 0 {
		return nil
	}
	if err := st.Put(ctx, batch); err != nil {
		t.markAgain(batch)
		return fmt.Errorf("bindings of %d accounts: %w", len(batch), err)
	}
	return nil
}

func (s *shard) collect(batch []Record, now uint32, all bool) []Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	if all {
		for _, a := range s.accounts {
			s.mark(a)
		}
	}
	for _, a := range s.dirty {
		a.dirty, a.saved = false, now
		batch = append(batch, Record{a.name, a.encode()})
	}
	clear(s.dirty)
	s.dirty = s.dirty[:0]
	return batch
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

// encode is nil for an account of which there is nothing to remember.
func (a *account) encode() []byte {
	if a.last == 0 && len(a.entries) == 0 {
		return nil
	}
	v := savedAccount{Last: a.last, Source: a.lastSource, SHA256: a.sha256}
	for i := range a.entries {
		e := &a.entries[i]
		v.Bindings = append(v.Bindings, savedBinding{e.contact(), e.params(), e.instance(), e.callID(), e.agent,
			e.source, *e.local, e.tcp, e.registered, e.expires, e.granted, e.cseq, e.regID, e.q})
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil // cannot be: plain strings, numbers and addresses
	}
	return b
}

// Restore reads what was written down. keep says whether an account still
// exists and gives the string to keep as its name. Datagram bindings may be
// used at once; connections are lost until their phone is back. It returns the
// keys it could not read and those of accounts that are gone.
func (t *Table) Restore(st Store, now time.Time, keep func(name string) (string, bool)) (dropped []string, err error) {
	err = st.All(func(key string, value []byte) bool {
		var v savedAccount
		name, ok := keep(key)
		if !ok || json.Unmarshal(value, &v) != nil {
			dropped = append(dropped, key)
			return true
		}
		t.restore(name, &v, seconds(now))
		return true
	})
	return dropped, err
}

func (t *Table) restore(name string, v *savedAccount, now uint32) {
	s := t.shard(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.account(name)
	a.last, a.lastSource, a.sha256, a.saved = v.Last, v.Source, v.SHA256, now
	for _, b := range v.Bindings {
		if b.Expires <= now || len(b.Contact)+len(b.Params)+len(b.Instance)+len(b.CallID) > maxText {
			continue
		}
		e := entry{agent: t.words.intern([]byte(b.Agent)), local: t.words.local(b.Local), source: b.Source, tcp: b.TCP, lost: b.TCP,
			registered: b.Registered, expires: b.Expires, granted: b.Granted, cseq: b.CSeq, regID: b.RegID, q: b.Q}
		e.pack([]byte(b.Contact), []byte(b.Params), []byte(b.Instance), []byte(b.CallID))
		a.entries = append(a.entries, e)
		t.live.Add(1)
		s.queue(a, e.expires)
		if !e.lost {
			t.flows.add(e.flow(), a)
		}
	}
}
