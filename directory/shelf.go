package directory

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"cradle/directory/kv"
)

// Shelf holds raw durable keys of another room: bindings, call records, sessions.
// They are not in the snapshot, not in the feed and not audited.
type Shelf struct {
	d      *Directory
	prefix string
}

// Item is one key of a shelf. A nil Value deletes it.
type Item struct {
	Key   string
	Value []byte
}

// Shelf gives the shelf of a name: letters, digits, dots, dashes, underscores.
func (d *Directory) Shelf(name string) *Shelf {
	if !isToken(name) {
		panic("directory: bad name of a shelf: " + name) // a programming fault
	}
	return &Shelf{d: d, prefix: prefixShelf + name + "/"}
}

// Put writes a batch in one transaction and returns when it is on disk; of a key
// that comes twice the later value holds. Concurrent batches share one commit with
// each other and with updates.
func (s *Shelf) Put(ctx context.Context, batch []Item) error {
	if len(batch) == 0 {
		return nil
	}
	items := make([]write, len(batch))
	for i, it := range batch {
		if it.Key == "" {
			return invalid("an item of shelf %s has no key", s.name())
		}
		items[i] = write{key: s.prefix + it.Key, value: bytes.Clone(it.Value)}
	}
	// In the order of the keys: engines shift what lies behind a key they put in.
	slices.SortStableFunc(items, func(a, b write) int { return strings.Compare(a.key, b.key) })
	return s.d.submit(ctx, &job{items: items})
}

func (s *Shelf) name() string {
	return strings.TrimSuffix(strings.TrimPrefix(s.prefix, prefixShelf), "/")
}

// Get gives the value of a key, nil when it is absent, ErrDamaged when it does
// not match its checksum.
func (s *Shelf) Get(key string) (value []byte, err error) {
	err = s.d.engine.View(context.Background(), func(r kv.Reader) error {
		v, err := r.Get(s.prefix + key)
		value = bytes.Clone(v)
		return err
	})
	return value, err
}

// All walks all keys in order until fn gives false. The value is fn's to keep.
// Damaged values are left out and told by Check. fn must not write to the
// directory.
func (s *Shelf) All(fn func(key string, value []byte) bool) error {
	return s.scan("", fn)
}

// Page gives up to n items behind a key (empty: from the first), ordered by key.
func (s *Shelf) Page(after string, n int) ([]Item, error) {
	var out []Item
	if n <= 0 {
		return nil, nil
	}
	err := s.scan(after, func(key string, value []byte) bool {
		out = append(out, Item{key, value})
		return len(out) < n
	})
	return out, err
}

func (s *Shelf) scan(after string, fn func(string, []byte) bool) error {
	if after != "" {
		after = s.prefix + after
	}
	return s.d.engine.View(context.Background(), func(r kv.Reader) error {
		return r.Scan(s.prefix, after, func(it kv.Item) error {
			if it.Err != nil {
				s.d.log.Error("damaged value left out", "key", it.Key, "err", it.Err)
				return nil //nolint:nilerr // left out; Check tells it
			}
			if !fn(strings.TrimPrefix(it.Key, s.prefix), bytes.Clone(it.Value)) {
				return kv.ErrStop
			}
			return nil
		})
	})
}
