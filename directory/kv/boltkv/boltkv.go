// Package boltkv is the embedded storage engine: one bbolt file, every commit
// synced to disk before it is acknowledged, every value in a checksummed
// envelope.
package boltkv

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"cradle/directory/kv"
)

// The two buckets: all keys, and the revision under one key of its own.
const (
	bucketKeys = "keys"
	bucketMeta = "meta"
	keyRev     = "revision"
)

// mapSize is the address space reserved at once, in bytes.
const mapSize = 4 << 30

// Options say how a file is opened. The zero value is right.
type Options struct {
	// Timeout is how long to wait for the file's lock; 0: 500 ms.
	Timeout time.Duration
	// MaxSize bounds the file, in bytes; 0: 64 GiB. Past it writes are refused.
	MaxSize int64
}

// Engine is an open file. Its methods may be called from any goroutine.
type Engine struct {
	db   *bolt.DB
	mu   sync.Mutex // one Update at a time, so that the feed has the commits' order
	feed kv.Feed
}

var _ kv.Engine = (*Engine)(nil)

// Open opens or creates the file. One that another process holds gives
// kv.ErrLocked, a file that is none of bbolt's kv.ErrDamaged.
func Open(path string, o Options) (e *Engine, err error) {
	defer watch().named("store "+path, &err)
	if o.Timeout == 0 {
		o.Timeout = 500 * time.Millisecond
	}
	if o.MaxSize == 0 {
		o.MaxSize = 64 << 30
	}
	b := *bolt.DefaultOptions
	b.Timeout = o.Timeout
	b.MaxSize = int(o.MaxSize)
	if strconv.IntSize == 64 {
		// Growing the mapping waits for every reader; with this much address space
		// (not memory) reserved, a long walk never holds up a writer.
		b.InitialMmapSize = mapSize
	}
	db, err := bolt.Open(path, 0o600, &b)
	if err != nil {
		return nil, openError(path, err)
	}
	if err := createBuckets(db); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("store %s: %w", path, err)
	}
	return &Engine{db: db}, syncFolder(path)
}

// createBuckets makes what a new file needs; one that has it is not written to.
func createBuckets(db *bolt.DB) error {
	missing := false
	err := db.View(func(tx *bolt.Tx) error {
		missing = tx.Bucket([]byte(bucketKeys)) == nil || tx.Bucket([]byte(bucketMeta)) == nil
		return nil
	})
	if err != nil || !missing {
		return err
	}
	return db.Update(func(tx *bolt.Tx) error {
		for _, name := range []string{bucketKeys, bucketMeta} {
			if _, err := tx.CreateBucketIfNotExists([]byte(name)); err != nil {
				return err
			}
		}
		return nil
	})
}

func openError(path string, err error) error {
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return fmt.Errorf("store %s: %w", path, kv.ErrLocked)
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrChecksum), errors.Is(err, bolterrors.ErrVersionMismatch):
		return fmt.Errorf("store %s: %w: %w", path, kv.ErrDamaged, err)
	}
	return fmt.Errorf("store %s: %w", path, err)
}

// syncFolder makes the name of a new file as durable as its content.
func syncFolder(path string) error {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// View runs fn on a consistent view.
func (e *Engine) View(ctx context.Context, fn func(kv.Reader) error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	w := watch()
	defer w.broken(&err)
	return closed(e.db.View(func(tx *bolt.Tx) error {
		t := &transaction{bucket: tx.Bucket([]byte(bucketKeys))}
		return w.call(func() error { return fn(t) })
	}))
}

// Update runs fn, commits and syncs.
func (e *Engine) Update(ctx context.Context, fn func(kv.Writer) error) (rev uint64, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	w := watch()
	defer w.broken(&err)
	var changes []kv.Item
	err = e.db.Update(func(tx *bolt.Tx) error {
		t := &transaction{bucket: tx.Bucket([]byte(bucketKeys))}
		if err := w.call(func() error { return fn(t) }); err != nil {
			return err
		}
		meta := tx.Bucket([]byte(bucketMeta))
		rev = revision(meta)
		if len(t.changes) == 0 {
			return nil
		}
		rev++
		changes = t.changes
		return meta.Put([]byte(keyRev), binary.BigEndian.AppendUint64(nil, rev))
	})
	if err != nil {
		return 0, full(closed(err))
	}
	if len(changes) > 0 {
		e.feed.Send(kv.Event{Revision: rev, Changes: changes})
	}
	return rev, nil
}

// Revision is that of the newest commit.
func (e *Engine) Revision(ctx context.Context) (rev uint64, err error) {
	defer watch().broken(&err)
	err = e.db.View(func(tx *bolt.Tx) error {
		rev = revision(tx.Bucket([]byte(bucketMeta)))
		return nil
	})
	return rev, closed(err)
}

func revision(meta *bolt.Bucket) uint64 {
	if v := meta.Get([]byte(keyRev)); len(v) == 8 {
		return binary.BigEndian.Uint64(v)
	}
	return 0
}

// Watch feeds the commits from now on.
func (e *Engine) Watch(ctx context.Context) (<-chan kv.Event, error) { return e.feed.Watch(ctx) }

// Close waits for running transactions and gives the file's lock back.
func (e *Engine) Close() error {
	e.feed.Close()
	err := e.db.Close()
	return err
}

func closed(err error) error {
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return kv.ErrClosed
	}
	return err
}

// transaction is kv.Reader and kv.Writer on one bbolt transaction.
type transaction struct {
	bucket  *bolt.Bucket
	changes []kv.Item
}

func (t *transaction) Get(key string) (_ []byte, err error) {
	defer brokenPage(&err)
	v := t.bucket.Get([]byte(key))
	if v == nil {
		return nil, nil
	}
	return kv.Unseal(key, v)
}

func (t *transaction) Scan(prefix, after string, fn func(kv.Item) error) error {
	c, p := t.bucket.Cursor(), []byte(prefix)
	it, more, err := step(c.Seek, max(prefix, after), p)
	if err == nil && more && it.Key == after && after > prefix {
		it, more, err = next(c, p)
	}
	for ; err == nil && more; it, more, err = next(c, p) {
		if err := fn(it); errors.Is(err, kv.ErrStop) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return err
}

func next(c *bolt.Cursor, prefix []byte) (kv.Item, bool, error) {
	return step(func([]byte) ([]byte, []byte) { return c.Next() }, "", prefix)
}

// step moves a cursor once; more is false behind the last key of the prefix.
func step(move func([]byte) ([]byte, []byte), to string, prefix []byte) (it kv.Item, more bool, err error) {
	defer brokenPage(&err)
	k, v := move([]byte(to))
	if k == nil || !bytes.HasPrefix(k, prefix) {
		return it, false, nil
	}
	it.Key = string(k)
	it.Value, it.Err = kv.Unseal(it.Key, v)
	return it, true, nil
}

func (t *transaction) Put(key string, value []byte) (err error) {
	defer brokenPage(&err)
	t.changes = append(t.changes, kv.Item{Key: key, Value: value})
	return t.bucket.Put([]byte(key), kv.Seal(key, value))
}

func (t *transaction) Delete(key string) (err error) {
	defer brokenPage(&err)
	t.changes = append(t.changes, kv.Item{Key: key})
	return t.bucket.Delete([]byte(key))
}

// full names the error of a disk, or of a share of it, that has no room left.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", kv.ErrFull, err)
	}
	return err
}
