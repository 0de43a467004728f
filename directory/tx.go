package directory

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Tx is a read-write view inside Update. Reads see the transaction's own writes.
// It is used from the function given to Update only, and never after it.
type Tx struct {
	d       *Directory
	by      Actor
	now     time.Time
	work    *Snapshot // this transaction's own
	epoch   uint64
	frozen  *Snapshot // the view given out last, nil when something was written since
	writes  []write
	changes []Change
	heads   []headBefore
	broken  error // something failed half-way: nothing may be committed
	done    bool
}

// write is one key for the engine. owner is the record that claims a unique key.
type write struct {
	key   string
	value []byte // nil: delete
	owner ID
}

// headBefore remembers ID and revision of a caller's record, to be put back when
// the transaction fails.
type headBefore struct {
	rec record
	id  ID
	rev uint64
}

func notFound(what, name string) error { return fmt.Errorf("%w: %s %q", ErrNotFound, what, name) }

// Now is the time of this transaction.
func (tx *Tx) Now() time.Time { return tx.now }

// Snapshot is the directory as of now inside this transaction. It does not change
// with later writes, so it may be walked while writing.
func (tx *Tx) Snapshot() *Snapshot {
	if tx.frozen == nil {
		tx.work.finish()
		c := *tx.work
		tx.frozen = &c
		tx.epoch = tx.d.nextEpoch()
	}
	return tx.frozen
}

// Device is one record as of now inside this transaction. Unlike Snapshot it
// costs the writes that follow nothing: who changes thousands asks here.
func (tx *Tx) Device(id ID) *Device { return tx.work.Device(id) }

func (tx *Tx) rollback() {
	tx.done = true
	for _, h := range slices.Backward(tx.heads) {
		h.rec.setHead(h.id, h.rev)
	}
}

// put creates or changes a record. The caller's record gets ID and revision; what
// is kept is a copy.
func (tx *Tx) put(rec record) error {
	if tx.done {
		return fmt.Errorf("transaction: %w", ErrClosed)
	}
	id, rev := rec.head()
	t := rec.table()
	var old record
	if id != "" {
		if old = tx.work.records[t].value(id); old == nil {
			return notFound(string(tableInfo[t].kind), string(id))
		}
		if _, current := old.head(); rev != 0 && rev != current {
			return fmt.Errorf("%s %s: %w", tableInfo[t].kind, id, ErrStale)
		}
		if old.organization() != rec.organization() {
			return invalid("%s %s belongs to another organization", tableInfo[t].kind, id)
		}
	} else {
		id = NewID()
	}
	c := rec.clone()
	if old != nil {
		c.setHead(old.head())
		if reflect.DeepEqual(old, c) {
			tx.remember(rec)
			rec.setHead(old.head())
			return nil
		}
	}
	c.setHead(id, tx.work.revision)
	if err := tx.judge(id, c); err != nil {
		return err
	}
	if err := tx.store(old, c); err != nil {
		return err
	}
	tx.remember(rec)
	rec.setHead(c.head())
	return nil
}

func (tx *Tx) remember(rec record) {
	id, rev := rec.head()
	tx.heads = append(tx.heads, headBefore{rec, id, rev})
}

// judge holds a record against itself and against all others.
func (tx *Tx) judge(id ID, c record) error {
	if err := c.check(); err != nil {
		return err
	}
	for _, r := range c.refs() {
		target, ok := tx.work.records[r.t].get(r.to)
		if !ok {
			return notFound(r.as, string(r.to))
		}
		if r.t != tOrganization && target.organization() != c.organization() {
			return invalid("%s %s belongs to another organization", r.as, r.to)
		}
	}
	seen := make(map[unique]bool)
	for _, u := range c.uniques() {
		if seen[u] {
			return invalid("%s %q is named twice", uniqueNames[u.kind], bare(u.value))
		}
		seen[u] = true
		if owner := tx.work.uniq[u.kind].value(u.value); owner != "" && owner != id {
			return fmt.Errorf("%s %q: %w", uniqueNames[u.kind], bare(u.value), ErrTaken)
		}
	}
	if u, ok := c.(*User); ok && !u.ownerWithPassword() {
		if old := tx.work.User(id); old != nil && old.ownerWithPassword() && tx.work.owners == 1 {
			return refused("%s is the only owner who can log in and has to stay one", old.Email)
		}
	}
	if s, ok := c.(*Site); ok {
		tx.work.finish()
		for _, n := range s.Networks {
			if q, other := tx.work.foreignOverlap(n, s.Organization); other != nil {
				return fmt.Errorf("network %s: %w: it overlaps %s of another organization", n, ErrTaken, q)
			}
		}
	}
	return nil
}

// bare is a unique key's value without the organization in front, for people.
// A network keeps its slash.
func bare(value string) string {
	if i := strings.IndexByte(value, '/'); i == 26 {
		return value[i+1:]
	}
	return value
}

// store writes a judged record into the working snapshot and the list for the engine.
func (tx *Tx) store(old, c record) error {
	id, _ := c.head()
	data, err := c.encode(tx.d.keys)
	if err != nil {
		return err
	}
	tx.writes = append(tx.writes, write{key: recordKey(c.table(), id), value: data})
	claimed := make(map[unique]bool)
	for _, u := range c.uniques() {
		claimed[u] = true
	}
	had := make(map[unique]bool)
	if old != nil {
		for _, u := range old.uniques() {
			had[u] = true
			if !claimed[u] {
				tx.writes = append(tx.writes, write{key: u.engineKey()})
			}
		}
	}
	for u := range claimed {
		if !had[u] {
			tx.writes = append(tx.writes, write{key: u.engineKey(), value: []byte(id), owner: id})
		}
	}
	tx.dirty()
	tx.work.apply(tx.epoch, old, c)
	tx.changed(c.table(), id, old, c)
	return nil
}

// dirty is called before each write to the working snapshot: views given out
// before keep what they show.
func (tx *Tx) dirty() { tx.frozen = nil }

func (tx *Tx) changed(t table, id ID, old, rec record) {
	ch := Change{Revision: tx.work.revision, Kind: tableInfo[t].kind, ID: id, Deleted: rec == nil}
	if old != nil {
		ch.Old = old
	}
	if rec != nil {
		ch.New = rec
	}
	tx.changes = append(tx.changes, ch)
}

// remove deletes a record nothing refers to any more.
func (tx *Tx) remove(t table, id ID) error {
	if tx.done {
		return fmt.Errorf("transaction: %w", ErrClosed)
	}
	kind := tableInfo[t].kind
	old := tx.work.records[t].value(id)
	if old == nil {
		return notFound(string(kind), string(id))
	}
	for r := range tx.work.referring(id, "") {
		return fmt.Errorf("%s %s: %w: the %s of %s", kind, id, ErrInUse, r.as, r.from)
	}
	tx.writes = append(tx.writes, write{key: recordKey(t, id)})
	for _, u := range old.uniques() {
		tx.writes = append(tx.writes, write{key: u.engineKey()})
	}
	tx.dirty()
	tx.work.apply(tx.epoch, old, nil)
	tx.changed(t, id, old, nil)
	return tx.removeSettings(string(kind), id)
}

// breaks remembers an error that came after something was written already, so
// that the transaction cannot be committed half done.
func (tx *Tx) breaks(err error) error {
	if err != nil && tx.broken == nil {
		tx.broken = err
	}
	return err
}
