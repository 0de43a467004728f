package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cradle/directory/blob"
)

func open(t *testing.T, o blob.Options) (*blob.Store, string) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "blobs")
	s, err := blob.Open(folder, o)
	if err != nil {
		t.Fatal(err)
	}
	return s, folder
}

func put(t *testing.T, s *blob.Store, text string) string {
	t.Helper()
	sum, size, err := s.Put(t.Context(), strings.NewReader(text))
	if err != nil || size != int64(len(text)) {
		t.Fatalf("%d bytes, %v", size, err)
	}
	return sum
}

func files(t *testing.T, folder string) (names []string) {
	t.Helper()
	all, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		names = append(names, e.Name())
	}
	return names
}

func TestPutAndOpen(t *testing.T) {
	s, folder := open(t, blob.Options{})
	want := sha256.Sum256([]byte("firmware"))
	sum := put(t, s, "firmware")
	if sum != hex.EncodeToString(want[:]) {
		t.Errorf("sum %s", sum)
	}
	if again := put(t, s, "firmware"); again != sum || len(files(t, folder)) != 1 {
		t.Errorf("twice: %s, %v", again, files(t, folder))
	}
	f, err := s.Open(sum)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if body, err := io.ReadAll(f); string(body) != "firmware" || f.Size() != 8 || err != nil {
		t.Errorf("%q, %d, %v", body, f.Size(), err)
	}
	if _, err := f.Write([]byte("x")); err == nil {
		t.Error("a blob can be written")
	}
	for _, bad := range []string{"", "../cradle.db", strings.ToUpper(sum), strings.Repeat("0", 64)} {
		if _, err := s.Open(bad); !errors.Is(err, blob.ErrMissing) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// A limit is met at the limit, refused past it, and what was refused leaves nothing.
func TestBounds(t *testing.T) {
	s, folder := open(t, blob.Options{MaxFile: 10, MaxTotal: 25})
	put(t, s, strings.Repeat("a", 10))
	if _, _, err := s.Put(t.Context(), strings.NewReader(strings.Repeat("b", 11))); !errors.Is(err, blob.ErrTooLong) {
		t.Error(err)
	}
	if _, _, err := s.Put(t.Context(), strings.NewReader("")); !errors.Is(err, blob.ErrEmpty) {
		t.Error(err)
	}
	put(t, s, strings.Repeat("c", 10))
	if _, _, err := s.Put(t.Context(), strings.NewReader("dddddd")); !errors.Is(err, blob.ErrFull) {
		t.Error(err)
	}
	put(t, s, "ddddd")
	if n := files(t, folder); len(n) != 3 {
		t.Errorf("%v", n)
	}
	again, err := blob.Open(folder, blob.Options{MaxTotal: 25})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := again.Put(t.Context(), strings.NewReader("e")); !errors.Is(err, blob.ErrFull) {
		t.Errorf("after a restart: %v", err)
	}
}

type broken struct{ after io.Reader }

func (b broken) Read(p []byte) (int, error) {
	n, err := b.after.Read(p)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func TestHalfAnUploadLeavesNothing(t *testing.T) {
	s, folder := open(t, blob.Options{MaxTotal: 20})
	if _, _, err := s.Put(t.Context(), broken{strings.NewReader("half of it")}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.Put(ctx, strings.NewReader("x")); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if n := files(t, folder); len(n) != 0 {
		t.Errorf("%v", n)
	}
	put(t, s, strings.Repeat("a", 20)) // and takes no room
	if err := os.WriteFile(filepath.Join(folder, "unfinished-1"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := blob.Open(folder, blob.Options{}); err != nil || len(files(t, folder)) != 1 {
		t.Errorf("%v: %v", files(t, folder), err)
	}
}

func TestDamage(t *testing.T) {
	s, folder := open(t, blob.Options{})
	good, bad := put(t, s, "good"), put(t, s, "will be damaged")
	path := filepath.Join(folder, bad)
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("will be Damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if damaged, err := s.Check(t.Context()); err != nil || len(damaged) != 1 || damaged[0] != bad {
		t.Fatalf("%v, %v", damaged, err)
	}
	if _, err := s.Open(bad); !errors.Is(err, blob.ErrDamaged) {
		t.Error(err)
	}
	if f, err := s.Open(good); err != nil {
		t.Error(err)
	} else {
		f.Close()
	}
	put(t, s, "will be damaged") // uploaded once more
	if f, err := s.Open(bad); err != nil {
		t.Error(err)
	} else {
		f.Close()
	}
	if damaged, err := s.Check(t.Context()); err != nil || len(damaged) != 0 {
		t.Errorf("%v, %v", damaged, err)
	}
}

func TestSweep(t *testing.T) {
	s, folder := open(t, blob.Options{MaxTotal: 8})
	kept, orphan := put(t, s, "kept"), put(t, s, "not!")
	keep := func(sum string) bool { return sum == kept }
	if n, err := s.Sweep(keep, time.Hour); n != 0 || err != nil {
		t.Errorf("a young one went: %d, %v", n, err)
	}
	old := time.Now().Add(-2 * time.Hour)
	for _, sum := range []string{kept, orphan} {
		if err := os.Chtimes(filepath.Join(folder, sum), old, old); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.Sweep(keep, time.Hour); n != 1 || err != nil || files(t, folder)[0] != kept {
		t.Errorf("%d, %v, %v", n, err, files(t, folder))
	}
	put(t, s, "room")
}

func TestAtOnce(t *testing.T) {
	s, folder := open(t, blob.Options{})
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			if _, _, err := s.Put(t.Context(), bytes.NewReader(bytes.Repeat([]byte{byte(i / 2)}, 1<<16))); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if n := files(t, folder); len(n) != 4 {
		t.Errorf("%v", n)
	}
	if damaged, err := s.Check(t.Context()); err != nil || len(damaged) != 0 {
		t.Errorf("%v, %v", damaged, err)
	}
}
