// Package blob keeps large files beside the records, addressed by what they
// hold: a file's name is the SHA-256 of its content. A file never changes once
// it is there, so it may be read while others are written and cleaned away.
package blob

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Options bound a store.
type Options struct {
	MaxFile  int64 // bytes of one file; 0: 512 MiB
	MaxTotal int64 // bytes of all files; 0: 16 GiB
}

// Store is a folder of blobs. All its methods may be called at the same time.
type Store struct {
	folder string
	o      Options

	mu      sync.Mutex
	used    int64               // bytes on disk and on their way there
	damaged map[string]struct{} // by sum; they are not opened
}

// Open opens the folder, which is made where it is missing, and clears away what
// an earlier run left half written.
func Open(folder string, o Options) (*Store, error) {
	if o.MaxFile <= 0 {
		o.MaxFile = 512 << 20
	}
	if o.MaxTotal <= 0 {
		o.MaxTotal = 16 << 30
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("blobs: %w", err)
	}
	s := &Store{folder: folder, o: o, damaged: map[string]struct{}{}}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("blobs: %w", err)
	}
	for _, e := range entries {
		info, err := e.Info()
		switch {
		case err != nil: // gone meanwhile
		case strings.HasPrefix(e.Name(), unfinished):
			_ = os.Remove(filepath.Join(folder, e.Name()))
		case isSum(e.Name()):
			s.used += info.Size()
		}
	}
	return s, nil
}

// MaxFile is the most bytes that one file may have.
func (s *Store) MaxFile() int64 { return s.o.MaxFile }

// File is an open blob; it cannot be written.
type File struct {
	*os.File
	size int64
}

// Size is its length in bytes.
func (f *File) Size() int64 { return f.size }

// Open opens the blob with that SHA-256 (64 lower-case hexadecimal digits) to be
// read. Errors: ErrMissing, ErrDamaged.
func (s *Store) Open(sum string) (*File, error) {
	if !isSum(sum) {
		return nil, fmt.Errorf("%w: %q", ErrMissing, sum)
	}
	s.mu.Lock()
	_, damaged := s.damaged[sum]
	s.mu.Unlock()
	if damaged {
		return nil, fmt.Errorf("%w: %s", ErrDamaged, sum)
	}
	f, err := os.Open(s.path(sum))
	if err != nil {
		if os.IsNotExist(err) {
			return nil, fmt.Errorf("%w: %s", ErrMissing, sum)
		}
		return nil, fmt.Errorf("blob %s: %w", sum, err)
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("blob %s: %w", sum, err)
	}
	return &File{File: f, size: info.Size()}, nil
}

func (s *Store) path(sum string) string { return filepath.Join(s.folder, sum) }

// isSum tells a blob's name from everything else, such as a way out of the folder.
func isSum(name string) bool {
	b, err := hex.DecodeString(name)
	return err == nil && len(b) == 32 && name == strings.ToLower(name)
}
