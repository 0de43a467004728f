package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Check checks the store's files as the function Check does. Those that are
// damaged are not opened any more.
func (s *Store) Check(ctx context.Context) (damaged []string, err error) {
	damaged, err = Check(ctx, s.folder)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sum := range damaged {
		s.damaged[sum] = struct{}{}
	}
	return damaged, err
}

// Check reads every blob of a folder to its end, one at a time, and gives those
// whose content is not what their name says, or that cannot be read. Nothing is
// changed, and somebody else may have the folder open.
func Check(ctx context.Context, folder string) (damaged []string, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("blobs: %w", err)
	}
	for _, e := range entries {
		if !isSum(e.Name()) {
			continue
		}
		switch err := checkOne(ctx, folder, e.Name()); {
		case ctx.Err() != nil:
			return damaged, ctx.Err()
		case err != nil && !errors.Is(err, os.ErrNotExist):
			damaged = append(damaged, e.Name())
		}
	}
	return damaged, nil
}

func checkOne(ctx context.Context, folder, sum string) error {
	f, err := os.Open(filepath.Join(folder, sum))
	if err != nil {
		return err
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, ending{ctx, f}); err != nil {
		return err
	}
	if hex.EncodeToString(hash.Sum(nil)) != sum {
		return ErrDamaged
	}
	return nil
}
