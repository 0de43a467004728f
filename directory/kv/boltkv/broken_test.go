package boltkv

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"cradle/directory/kv"
)

// Whatever becomes of the file, opening, reading and writing it give an error
// or what was written, and the process lives.
func TestBrokenPagesAreErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cradle.db")
	e, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.Update(t.Context(), func(w kv.Writer) error {
		for i := range 2000 {
			if err := w.Put(fmt.Sprintf("k/%05d", i), make([]byte, 100)); err != nil {
				return err
			}
		}
		return nil
	})
	if err = errors.Join(err, e.Close()); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, damaged := rand.New(rand.NewPCG(1, 2)), 0
	for try := range 60 {
		file := append([]byte(nil), whole...)
		switch page := file[4096*(2+r.IntN(60)):]; try % 3 {
		case 0:
			for i := range page[:4096] {
				page[i] = byte(r.Uint32())
			}
		case 1:
			page[r.IntN(64)] ^= 0xff
		case 2:
			file = file[:8192+r.IntN(60*4096)]
		}
		broken := filepath.Join(t.TempDir(), "cradle.db")
		if err := os.WriteFile(broken, file, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := useAll(t, broken); errors.Is(err, kv.ErrDamaged) {
			damaged++
		}
	}
	if damaged < 20 {
		t.Errorf("%d of 60 broken files were noticed", damaged)
	}
}

func useAll(t *testing.T, path string) error {
	e, err := Open(path, Options{})
	if err != nil {
		return err
	}
	var errs []error
	errs = append(errs, e.View(t.Context(), func(r kv.Reader) error {
		_, err := r.Get("k/01000")
		return errors.Join(err, r.Scan("k/", "", func(it kv.Item) error { return it.Err }))
	}))
	_, err = e.Update(t.Context(), func(w kv.Writer) error {
		return errors.Join(w.Put("k/00001", []byte("new")), w.Delete("k/01999"))
	})
	errs = append(errs, err)
	_, err = e.Revision(t.Context())
	return errors.Join(append(errs, err, e.Close())...)
}

// A fault of the caller's is not taken for one of the file.
func TestACallersPanicStaysHis(t *testing.T) {
	e, err := Open(filepath.Join(t.TempDir(), "cradle.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for name, use := range map[string]func(){
		"view":   func() { _ = e.View(t.Context(), func(kv.Reader) error { panic("his") }) },
		"update": func() { _, _ = e.Update(t.Context(), func(kv.Writer) error { panic("his") }) },
	} {
		func() {
			defer func() {
				if recover() != "his" {
					t.Errorf("%s swallowed the panic", name)
				}
			}()
			use()
		}()
	}
	if _, err := e.Update(t.Context(), func(w kv.Writer) error { return w.Put("k", []byte("v")) }); err != nil {
		t.Errorf("the store is stuck: %v", err)
	}
}
