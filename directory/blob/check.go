package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
)

// Check reads every blob to its end and compares what it holds with its name.
// Those that differ, or cannot be read, are given and not opened any more. It
// reads gently: one at a time.
func (s *Store) Check(ctx context.Context) (damaged []string, err error) {
	entries, err := os.ReadDir(s.folder)
	if err != nil {
		return nil, fmt.Errorf("blobs: %w", err)
	}
	for _, e := range entries {
		if !isSum(e.Name()) {
			continue
		}
		switch err := s.checkOne(ctx, e.Name()); {
		case ctx.Err() != nil:
			return damaged, ctx.Err()
		case err != nil && !errors.Is(err, os.ErrNotExist):
			damaged = append(damaged, e.Name())
			s.mu.Lock()
			s.damaged[e.Name()] = struct{}{}
			s.mu.Unlock()
		}
	}
	return damaged, nil
}

func (s *Store) checkOne(ctx context.Context, sum string) error {
	f, err := os.Open(s.path(sum))
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
