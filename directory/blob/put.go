package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"time"
)

// unfinished begins the names of files that are being written.
const unfinished = "unfinished-"

// Put reads a file to its end and keeps it. It is on disk when Put returns, and
// nothing is left of it where Put fails. A file that is there already is kept
// once. Errors: ErrTooLong, ErrFull, ErrEmpty, and those of the reader.
func (s *Store) Put(ctx context.Context, r io.Reader) (sum string, size int64, err error) {
	f, err := os.CreateTemp(s.folder, unfinished+"*")
	if err != nil {
		return "", 0, fmt.Errorf("blobs: %w", err)
	}
	booked := &booking{s: s}
	defer func() {
		if err != nil {
			f.Close()
			_ = os.Remove(f.Name())
			booked.release()
		}
	}()
	hash := sha256.New()
	size, err = io.Copy(io.MultiWriter(f, hash, booked), ending{ctx, r})
	switch {
	case err != nil:
		return "", 0, fmt.Errorf("blobs: %w", err)
	case size == 0:
		return "", 0, ErrEmpty
	}
	if err = finish(f); err != nil {
		return "", 0, fmt.Errorf("blobs: %w", err)
	}
	sum = hex.EncodeToString(hash.Sum(nil))
	if err = s.place(f.Name(), sum, booked); err != nil {
		return "", 0, fmt.Errorf("blobs: %w", err)
	}
	return sum, size, nil
}

// finish brings a written file to the disk.
func finish(f *os.File) error {
	if err := f.Chmod(0o400); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return f.Close()
}

// place gives a finished file its name. One that was there, and may be damaged,
// is replaced: its time is then new, so that no sweep takes it for an orphan.
func (s *Store) place(from, sum string, booked *booking) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, err := os.Stat(s.path(sum)); err == nil {
		s.used -= old.Size()
	}
	if err := os.Rename(from, s.path(sum)); err != nil {
		return err
	}
	delete(s.damaged, sum)
	booked.bytes = 0 // they are the blob's now
	folder, err := os.Open(s.folder)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

// booking counts what is written against the bounds.
type booking struct {
	s     *Store
	bytes int64
}

// Write books p; it is an io.Writer so that it sees all that is written.
func (b *booking) Write(p []byte) (int, error) {
	n := int64(len(p))
	if b.bytes+n > b.s.o.MaxFile {
		return 0, fmt.Errorf("%w: more than %d bytes", ErrTooLong, b.s.o.MaxFile)
	}
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	if b.s.used+n > b.s.o.MaxTotal {
		return 0, fmt.Errorf("%w: all have %d of %d bytes", ErrFull, b.s.used, b.s.o.MaxTotal)
	}
	b.s.used += n
	b.bytes += n
	return len(p), nil
}

func (b *booking) release() {
	b.s.mu.Lock()
	b.s.used -= b.bytes
	b.s.mu.Unlock()
}

// ending is a reader that ends with its context.
type ending struct {
	ctx context.Context //nolint:containedctx // it lives as long as one Put
	r   io.Reader
}

// Read is for io.Copy.
func (e ending) Read(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	return e.r.Read(p)
}

// Sweep removes blobs that keep does not want and that are older than age:
// younger ones may belong to a record that is just being written. It gives
// how many went.
func (s *Store) Sweep(keep func(sum string) bool, age time.Duration) (removed int, err error) {
	entries, err := os.ReadDir(s.folder)
	if err != nil {
		return 0, fmt.Errorf("blobs: %w", err)
	}
	for _, e := range entries {
		if isSum(e.Name()) && !keep(e.Name()) && s.remove(e.Name(), time.Now().Add(-age)) {
			removed++
		}
	}
	return removed, nil
}

// remove removes a blob written before that time.
func (s *Store) remove(sum string, before time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	info, err := os.Stat(s.path(sum))
	if err != nil || !info.ModTime().Before(before) || os.Remove(s.path(sum)) != nil {
		return false
	}
	s.used -= info.Size()
	delete(s.damaged, sum)
	return true
}
