package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Record is what is written down of one subscription. A nil Value deletes it.
type Record struct {
	Key   string
	Value []byte
}

// Store keeps records over a restart; Put is one transaction.
type Store interface {
	Put(ctx context.Context, batch []Record) error
	All(f func(key string, value []byte) bool) error
}

// ahead is how many numbers of NOTIFYs a record promises beyond the newest: CSeq
// and version must rise over a restart too, and no NOTIFY waits for a disk.
const ahead = 256

// recordForm is a subscription on disk.
type recordForm struct {
	Version int
	Subscription
}

const recordVersion = 1

// Flush writes down in one transaction what changed since the last.
func (d *Desk) Flush(ctx context.Context) error {
	d.mu.Lock()
	batch := make([]Record, 0, len(d.changed))
	was := d.changed
	for tag, e := range was {
		batch = append(batch, e.record(tag))
	}
	d.changed = map[string]*entry{}
	d.mu.Unlock()
	if len(batch) == 0 {
		return nil
	}
	if err := d.c.Store.Put(ctx, batch); err != nil {
		d.mu.Lock()
		defer d.mu.Unlock()
		for tag, e := range was {
			if d.changed[tag] == nil {
				d.changed[tag] = e
			}
		}
		return fmt.Errorf("%d subscriptions: %w", len(batch), err)
	}
	return nil
}

// record is called with d.mu held.
func (e *entry) record(tag string) Record {
	if e.gone {
		return Record{Key: tag}
	}
	form := recordForm{recordVersion, e.Subscription}
	form.Number += ahead
	value, err := json.Marshal(form)
	if err != nil { // it has strings and numbers only
		return Record{Key: tag}
	}
	e.stored = form.Number
	return Record{Key: tag, Value: value}
}

// restore takes the stored subscriptions in again; their phones are told the
// whole state, since nobody knows what they missed.
func (d *Desk) restore() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.c.Now()
	err := d.c.Store.All(func(key string, value []byte) bool {
		e := &entry{}
		s, ok := decode(value, now)
		if e.Subscription = s; !ok || s.LocalTag != key {
			d.changed[key] = &entry{gone: true}
			return true
		}
		d.add(e)
		d.tell(e, "")
		return true
	})
	if err != nil {
		return fmt.Errorf("subscriptions: %w", err)
	}
	d.pump()
	return nil
}

// decode reads a record; false: it is damaged or over.
func decode(value []byte, now time.Time) (Subscription, bool) {
	var form recordForm
	if json.Unmarshal(value, &form) != nil || form.Version != recordVersion {
		return Subscription{}, false
	}
	s := form.Subscription
	return s, s.Account != "" && s.Package != "" && s.Source.IsValid() && s.Local.IsValid() && now.Before(s.Expires)
}
