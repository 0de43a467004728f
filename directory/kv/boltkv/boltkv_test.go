package boltkv

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	bolt "go.etcd.io/bbolt"

	"cradle/directory/kv"
	"cradle/directory/kv/kvtest"
)

func TestContract(t *testing.T) {
	kvtest.Run(t, func(t *testing.T) kvtest.Store {
		path := filepath.Join(t.TempDir(), "cradle.db")
		return kvtest.Store{
			Open: func() (kv.Engine, error) { return Open(path, Options{}) },
			Damage: func(key string) error {
				db, err := bolt.Open(path, 0o600, nil)
				if err != nil {
					return err
				}
				defer db.Close()
				return db.Update(func(tx *bolt.Tx) error {
					b := tx.Bucket([]byte(bucketKeys))
					v := append([]byte(nil), b.Get([]byte(key))...)
					v[len(v)-1] ^= 1
					return b.Put([]byte(key), v)
				})
			},
		}
	})
}

func TestASecondInstanceIsTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cradle.db")
	first, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if _, err := Open(path, Options{Timeout: 1e7}); !errors.Is(err, kv.ErrLocked) {
		t.Errorf("got %v", err)
	}
}

func TestAFileThatIsNoneIsDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cradle.db")
	if err := os.WriteFile(path, make([]byte, 1<<16), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, Options{}); !errors.Is(err, kv.ErrDamaged) {
		t.Errorf("got %v", err)
	}
}

func TestPastItsSizeWritesAreRefusedAndReadsGoOn(t *testing.T) {
	e, err := Open(filepath.Join(t.TempDir(), "cradle.db"), Options{MaxSize: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	write := func(key string, n int) error {
		_, err := e.Update(t.Context(), func(w kv.Writer) error { return w.Put(key, make([]byte, n)) })
		return err
	}
	if err := write("small", 1000); err != nil {
		t.Fatal(err)
	}
	if err := write("large", 4<<20); err == nil {
		t.Fatal("a file past its size takes more")
	}
	if err := write("small", 2000); err != nil {
		t.Errorf("a small write after that: %v", err)
	}
	e.View(t.Context(), func(r kv.Reader) error {
		if v, err := r.Get("small"); len(v) != 2000 || err != nil {
			t.Errorf("%d bytes, %v", len(v), err)
		}
		return nil
	})
}

func TestATornMetaPageGivesTheStateBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cradle.db")
	e, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	put := func(v string) {
		if _, err := e.Update(t.Context(), func(w kv.Writer) error { return w.Put("a", []byte(v)) }); err != nil {
			t.Fatal(err)
		}
	}
	put("before")
	e.Close()
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if e, err = Open(path, Options{}); err != nil {
		t.Fatal(err)
	}
	put("after")
	e.Close()
	now, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// The commit's data pages reached the disk, its meta page only in part.
	page := os.Getpagesize()
	torn := append([]byte(nil), now...)
	for m := range 2 {
		if string(old[m*page:(m+1)*page]) != string(now[m*page:(m+1)*page]) {
			copy(torn[m*page+40:(m+1)*page], old[m*page+40:(m+1)*page])
		}
	}
	if err := os.WriteFile(path, torn, 0o600); err != nil {
		t.Fatal(err)
	}
	if e, err = Open(path, Options{}); err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	e.View(t.Context(), func(r kv.Reader) error {
		if v, err := r.Get("a"); string(v) != "before" || err != nil {
			t.Errorf("%q %v", v, err)
		}
		return nil
	})
}

func TestAFullDiskHasAName(t *testing.T) {
	for cause, want := range map[error]bool{syscall.ENOSPC: true, syscall.EDQUOT: true, syscall.EIO: false} {
		err := full(&os.PathError{Op: "write", Path: "cradle.db", Err: cause})
		if errors.Is(err, kv.ErrFull) != want || !errors.Is(err, cause) {
			t.Errorf("%v is told as %v", cause, err)
		}
	}
	if full(nil) != nil {
		t.Error("no error became one")
	}
}
