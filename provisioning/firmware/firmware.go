// Package firmware holds the files that phones load as their firmware: how they
// come in, which phone may have which, and how many load at the same time. The
// files lie in blobs; what is known of them are records of the directory.
package firmware

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"cradle/directory"
	"cradle/directory/blob"
	"cradle/provisioning/catalog"
)

// Config is what a Library is made of; all but Log is needed.
type Config struct {
	Directory *directory.Directory
	Catalog   catalog.Source
	Blobs     *blob.Store
	Log       *slog.Logger
}

// Library is the firmware of an appliance.
type Library struct {
	c       Config
	loading atomic.Int64 // files open for phones
	cancel  context.CancelFunc
	done    chan struct{}
}

// New opens the library and begins to look after it; Close ends that.
func New(c Config) (*Library, error) {
	if c.Directory == nil || c.Catalog == nil || c.Blobs == nil {
		return nil, errors.New("firmware needs a directory, a catalogue and blobs")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Log = c.Log.With("room", "firmware")
	l := &Library{c: c, done: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	l.cancel = cancel
	go l.lookAfter(ctx, c.Directory.Watch())
	return l, nil
}

// Close ends what runs in the background.
func (l *Library) Close() error {
	l.cancel()
	<-l.done
	return nil
}

// Asked gives the firmware whose file a path names, in whatever letter case and
// folder; of several vendors' the one whose phone asks. nil: there is none.
func Asked(s *directory.Snapshot, vendor, path string) (found *directory.Firmware) {
	name := path[strings.LastIndexByte(path, '/')+1:]
	if name == "" {
		return nil
	}
	for f := range s.Firmwares("") {
		if !strings.EqualFold(f.File, name) {
			continue
		}
		if strings.EqualFold(f.Vendor, vendor) {
			return f
		}
		found = f
	}
	return found
}

// File is a firmware that is being loaded; closing it makes room for another phone.
type File struct {
	*blob.File
	close func() error
}

// Close ends the loading.
func (f *File) Close() error { return f.close() }

// Open opens a firmware for a phone. Errors: ErrBusy where the limit
// firmware_parallel is reached, and those of blob.Open.
func (l *Library) Open(f *directory.Firmware) (*File, error) {
	if l.loading.Add(1) > l.c.Directory.Snapshot().Limit("firmware_parallel") {
		l.loading.Add(-1)
		return nil, ErrBusy
	}
	b, err := l.c.Blobs.Open(f.SHA256)
	if err != nil {
		l.loading.Add(-1)
		return nil, fmt.Errorf("firmware %s: %w", f.File, err)
	}
	return &File{b, sync.OnceValue(func() error {
		l.loading.Add(-1)
		return b.Close()
	})}, nil
}

// orphanAge is how old a file without a record gets.
const orphanAge = time.Hour

// lookAfter reads all files once, and clears away those whose record is gone.
func (l *Library) lookAfter(ctx context.Context, watch *directory.Watcher) {
	defer close(l.done)
	defer watch.Close()
	switch damaged, err := l.c.Blobs.Check(ctx); {
	case err != nil && ctx.Err() == nil:
		l.c.Log.Error("firmware files could not be read", "err", err)
	case len(damaged) > 0:
		l.c.Log.Error("firmware files are damaged and not given to phones: upload them again", "sums", damaged)
	}
	every := time.NewTicker(orphanAge)
	defer every.Stop()
	for {
		if n, err := l.c.Blobs.Sweep(l.wanted(), orphanAge); n > 0 || err != nil {
			l.c.Log.Info("firmware files without a record were removed", "files", n, "err", err)
		}
		if !deleted(ctx, watch, every.C) {
			return
		}
	}
}

// deleted waits until a sweep is due: a firmware was deleted, or time has passed.
func deleted(ctx context.Context, watch *directory.Watcher, every <-chan time.Time) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case <-every:
			return true
		case changes, ok := <-watch.C():
			if !ok {
				return false
			}
			for _, c := range changes {
				if c.Kind == directory.KindFirmware && c.New == nil {
					return true
				}
			}
		}
	}
}

// wanted tells which blobs are some firmware's.
func (l *Library) wanted() func(sum string) bool {
	sums := map[string]bool{}
	for f := range l.c.Directory.Snapshot().Firmwares("") {
		sums[f.SHA256] = true
	}
	return func(sum string) bool { return sums[sum] }
}
