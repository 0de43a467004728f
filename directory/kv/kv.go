// Package kv holds the joint between the directory and what keeps its bytes:
// an ordered map of string keys with transactions, a monotone revision and a
// feed of committed changes. boltkv is the embedded engine; kvtest is the
// contract that every engine has to pass.
package kv

import "context"

// Item is one key with its value. In a Scan, Err tells that the stored value is
// damaged (ErrDamaged, naming the key); Value is then nil and was not served.
// In an Event, a nil Value means that the key was deleted.
type Item struct {
	Key   string
	Value []byte
	Err   error
}

// Reader is a consistent view of all keys. Values are valid until the
// transaction ends; copy what is to be kept.
type Reader interface {
	// Get gives the value of a key, nil when it is absent, and ErrDamaged when
	// the stored value does not match its checksum.
	Get(key string) ([]byte, error)
	// Scan walks the keys with a prefix in rising order, beginning behind the
	// key after (empty: from the first). An error of fn ends the walk and is
	// returned; ErrStop ends it without an error.
	Scan(prefix, after string, fn func(Item) error) error
}

// Writer is a Reader that sees its own writes.
type Writer interface {
	Reader
	// Put sets a key to a value, which may be empty but not nil.
	Put(key string, value []byte) error
	// Delete removes a key; an absent key is no error.
	Delete(key string) error
}

// Event is one committed transaction. Lost means that the reader of the feed was
// too slow: transactions are missing, and it should read everything anew.
type Event struct {
	Revision uint64
	Changes  []Item
	Lost     bool
}

// Engine keeps keys and values durably.
type Engine interface {
	// View runs fn on a consistent view.
	View(ctx context.Context, fn func(Reader) error) error
	// Update runs fn and commits what it wrote, all or nothing. It returns when
	// that is on disk, with the revision of the commit: each commit that writes
	// anything has a higher one than those before. fn may be run again when an
	// engine has to retry, so it must not count on running once. An error or a
	// panic of fn undoes everything.
	Update(ctx context.Context, fn func(Writer) error) (uint64, error)
	// Revision is that of the newest commit, 0 when there was none.
	Revision(ctx context.Context) (uint64, error)
	// Watch feeds the transactions committed from now on, in order, until ctx
	// ends or the engine closes; then the channel is closed. A slow reader
	// never holds up a writer: it gets an Event with Lost.
	Watch(ctx context.Context) (<-chan Event, error)
	// Close waits for running transactions.
	Close() error
}
