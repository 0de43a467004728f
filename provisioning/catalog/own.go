package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Try gives the shelf as it would be with these files, place -> text, laid over
// it. Nothing is kept of them. What is wrong is told as for the folder.
func (s *Shelf) Try(files map[string]string) (*Catalog, error) {
	if err := s.Fault(); err != nil {
		return nil, fmt.Errorf("models of one's own are broken, mend them first: %w", err)
	}
	trial, err := os.MkdirTemp("", "cradle-catalog-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(trial) }()
	if err := writeFiles(trial, files); err != nil {
		return nil, err
	}
	s.reading.Lock()
	defer s.reading.Unlock()
	return Load(overlay{os.DirFS(trial), overlay{os.DirFS(s.folder), s.builtin}})
}

// Add writes files into the folder, where none of them may be yet, and reads it
// at once. Where it would not count then, nothing is kept.
func (s *Shelf) Add(files map[string]string) error {
	s.reading.Lock()
	defer s.reading.Unlock()
	for name := range files {
		if _, err := os.Lstat(filepath.Join(s.folder, filepath.FromSlash(name))); err == nil {
			return fmt.Errorf("%w: %s is there already", ErrInvalid, name)
		}
	}
	err := writeFiles(s.folder, files)
	if err == nil {
		err = s.read()
	}
	if err != nil {
		s.takeAway(files)
		return errors.Join(err, s.read())
	}
	return nil
}

// Remove takes such files out of the folder, and reads it at once. Where it
// would not count without them they stay.
func (s *Shelf) Remove(files map[string]string) error {
	s.reading.Lock()
	defer s.reading.Unlock()
	kept := map[string]string{}
	for name := range files {
		text, err := os.ReadFile(filepath.Join(s.folder, filepath.FromSlash(name)))
		if err == nil {
			kept[name] = string(text)
		}
	}
	s.takeAway(kept)
	if err := s.read(); err != nil {
		return errors.Join(err, writeFiles(s.folder, kept), s.read())
	}
	return nil
}

// takeAway removes files, and the folders that are empty then.
func (s *Shelf) takeAway(files map[string]string) {
	for name := range files {
		_ = os.Remove(filepath.Join(s.folder, filepath.FromSlash(name)))
	}
	for name := range files {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if os.Remove(filepath.Join(s.folder, filepath.FromSlash(dir))) != nil {
				break // it holds something else
			}
		}
	}
}

func writeFiles(folder string, files map[string]string) error {
	for name, text := range files {
		if !fs.ValidPath(name) || strings.HasPrefix(name, ".") {
			return fmt.Errorf("%w: %q is no place in the catalogue", ErrInvalid, name)
		}
		full := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}
