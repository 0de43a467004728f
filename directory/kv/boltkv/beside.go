package boltkv

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"cradle/directory/kv"
)

// besideTries is how often a copy is begun anew while another instance writes.
const besideTries = 20

// OpenBeside opens a private copy of a file that another instance may have open
// and write to: what export and check read while the appliance runs. The copy is
// the state after one whole commit; it is removed at Close, with all that was
// written to it. A file that changes during every try gives kv.ErrLocked.
func OpenBeside(path string) (e *Engine, err error) {
	temp, err := os.MkdirTemp("", "cradle-copy-*")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(temp)
		}
	}()
	name := filepath.Join(temp, "copy.db")
	for try := range besideTries {
		same, err := copyUnchanged(path, name)
		if err != nil {
			return nil, fmt.Errorf("store %s: %w", path, err)
		}
		if same {
			if e, err = Open(name, Options{}); err != nil {
				return nil, err
			}
			e.temp = temp
			return e, nil
		}
		time.Sleep(time.Duration(try) * 10 * time.Millisecond)
	}
	return nil, fmt.Errorf("store %s: %w: it is written to all the time", path, kv.ErrLocked)
}

// copyUnchanged copies a file, and tells whether no commit ended meanwhile. A
// commit first writes pages that the state before does not use, then one of the
// two meta pages at the beginning: with both meta pages the same before and after,
// every page of that state was copied as it is.
func copyUnchanged(from, to string) (bool, error) {
	src, err := os.Open(from)
	if err != nil {
		return false, err
	}
	defer src.Close()
	before, err := metaPages(src)
	if err != nil {
		return false, err
	}
	dst, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return false, err
	}
	defer dst.Close()
	if _, err := io.Copy(dst, src); err != nil {
		return false, err
	}
	after, err := metaPages(src)
	if err != nil {
		return false, err
	}
	return bytes.Equal(before, after), dst.Close()
}

// metaPages reads both meta pages and goes back to the beginning.
func metaPages(f *os.File) ([]byte, error) {
	b := make([]byte, 2*os.Getpagesize())
	n, err := f.ReadAt(b, 0)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	_, err = f.Seek(0, io.SeekStart)
	return b[:n], err
}
