package firmware

import (
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"cradle/directory"
	"cradle/provisioning/catalog"
)

// Add reads a firmware to its end and makes its record of it: Size, SHA256 and
// At are filled in, Vendor and Models are spelled as in the catalogue. Errors:
// ErrUnknown, ErrTaken (both before anything is read), those of blob.Put and of
// the directory.
func (l *Library) Add(ctx context.Context, by directory.Actor, f *directory.Firmware, body io.Reader) error {
	if err := l.check(f); err != nil {
		return err
	}
	sum, size, err := l.c.Blobs.Put(ctx, body)
	if err != nil {
		return err
	}
	f.SHA256, f.Size, f.At = sum, size, time.Now().UTC()
	return l.c.Directory.Update(ctx, by, func(tx *directory.Tx) error { return tx.PutFirmware(f) })
}

// check compares what is said of a file with the catalogue.
func (l *Library) check(f *directory.Firmware) error {
	vendor := l.c.Catalog.Current().Vendor(f.Vendor)
	if vendor == nil {
		return fmt.Errorf("%w: vendor %q", ErrUnknown, f.Vendor)
	}
	f.Vendor = vendor.Name
	for i, name := range f.Models {
		m := l.c.Catalog.Current().Model(strings.TrimSpace(name))
		if m == nil || m.Vendor != vendor {
			return fmt.Errorf("%w: model %q of %s", ErrUnknown, name, vendor.Label)
		}
		f.Models[i] = m.Name
	}
	slices.Sort(f.Models)
	f.Models = slices.Compact(f.Models)
	if f.File != path.Base(f.File) || strings.ContainsAny(f.File, `\`) {
		return fmt.Errorf("%w: %q is no file name", ErrRefused, f.File)
	}
	matches, _ := l.c.Catalog.Current().Asked(f.File)
	for _, match := range matches {
		if match.File.Kind != catalog.Absent {
			return fmt.Errorf("%w: phones ask for their settings by the name %s", ErrTaken, f.File)
		}
	}
	if old := l.c.Directory.Snapshot().FirmwareByFile(f.Vendor, f.File); old != nil {
		return fmt.Errorf("%w: %s, version %s", ErrTaken, old.File, old.Version)
	}
	return nil
}
