package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

// Source gives the catalogue as it is now. A *Catalog is one that never changes.
type Source interface{ Current() *Catalog }

// Current is the catalogue itself.
func (c *Catalog) Current() *Catalog { return c }

// lookEvery is how often the overlay's folder is looked at.
const lookEvery = 2 * time.Second

// Shelf is a catalogue that follows a folder of one's own laid over the built-in
// one: a family or a vendor.yaml that is in both counts as it is in the folder.
type Shelf struct {
	builtin fs.FS
	folder  string
	current atomic.Pointer[Catalog]
	fault   atomic.Pointer[error]

	reading sync.Mutex // one reading at a time; it guards mark
	mark    string
	quit    chan struct{}
	done    chan struct{}
}

// Open reads both and goes on looking at the folder, which need not exist. A
// fault in the built-in catalogue is an error; one in the folder is kept for
// people, and the built-in one serves alone until it is mended. Close stops it.
func Open(builtin fs.FS, folder string) (*Shelf, error) {
	s := &Shelf{builtin: builtin, folder: folder, quit: make(chan struct{}), done: make(chan struct{})}
	c, err := Load(builtin)
	if err != nil {
		return nil, err
	}
	s.current.Store(c)
	_ = s.Reload() // Fault tells
	go s.follow()
	return s, nil
}

// Current is the last catalogue that was valid.
func (s *Shelf) Current() *Catalog { return s.current.Load() }

// Fault is why the folder as it is now does not count; nil: it does.
func (s *Shelf) Fault() error {
	if err := s.fault.Load(); err != nil {
		return *err
	}
	return nil
}

// Folder is where the overlay lies.
func (s *Shelf) Folder() string { return s.folder }

// Close stops looking and waits for it.
func (s *Shelf) Close() {
	close(s.quit)
	<-s.done
}

func (s *Shelf) follow() {
	defer close(s.done)
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-s.quit:
			return
		case <-tick.C:
			_ = s.Reload() // Fault tells
		}
	}
}

// Reload looks at the folder now. When something in it changed it is read; the
// error is what Fault gives then.
func (s *Shelf) Reload() error {
	s.reading.Lock()
	defer s.reading.Unlock()
	return s.read()
}

// read is Reload for who holds the lock.
func (s *Shelf) read() error {
	mark, err := fingerprint(s.folder)
	if err == nil && mark == s.mark {
		return s.Fault()
	}
	var c *Catalog
	if err == nil {
		s.mark = mark
		c, err = Load(overlay{os.DirFS(s.folder), s.builtin})
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", s.folder, err)
		s.fault.Store(&err)
		return err
	}
	s.current.Store(c)
	s.fault.Store(nil)
	return nil
}

// maxOverlay bounds the files of the folder.
const maxOverlay = 10_000

// fingerprint changes when a file comes, goes or is written; empty: there is none.
func fingerprint(folder string) (string, error) {
	var mark []byte
	files := 0
	err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		if files++; files > maxOverlay {
			return fmt.Errorf("%w: more than %d files", ErrInvalid, maxOverlay)
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		mark = fmt.Appendf(mark, "%s %d %d\n", name, info.Size(), info.ModTime().UnixNano())
		return nil
	})
	return string(mark), err
}
