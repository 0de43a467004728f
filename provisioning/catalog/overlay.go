package catalog

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// overlay is one shelf laid over another: a family whose model.yaml is in the
// upper one is hidden in the lower; of anything else each file counts by itself.
type overlay struct{ upper, lower fs.FS }

// Open gives a file of the upper shelf, or else of the lower.
func (o overlay) Open(name string) (fs.File, error) {
	f, err := o.upper.Open(name)
	if err == nil || !errors.Is(err, fs.ErrNotExist) || o.hides(name) {
		return f, err
	}
	return o.lower.Open(name)
}

// ReadDir lists a folder of both, sorted by name.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := fs.ReadDir(o.upper, name)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, err
	case o.hides(name):
		return all, nil
	}
	more, lowerErr := fs.ReadDir(o.lower, name)
	if lowerErr != nil && (err != nil || !errors.Is(lowerErr, fs.ErrNotExist)) {
		return nil, lowerErr
	}
	for _, e := range more {
		if !slices.ContainsFunc(all, func(upper fs.DirEntry) bool { return upper.Name() == e.Name() }) {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return all, nil
}

// hides reports whether a name is of a family that the upper shelf has.
func (o overlay) hides(name string) bool {
	parts := strings.SplitN(name, "/", 3)
	if len(parts) < 2 {
		return false
	}
	_, err := fs.Stat(o.upper, path.Join(parts[0], parts[1], "model.yaml"))
	return err == nil
}
