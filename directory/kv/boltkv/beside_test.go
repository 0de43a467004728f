package boltkv

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"cradle/directory/kv"
)

func TestACopyBesideARunningInstanceIsWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cradle.db")
	e, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for n := byte(0); ; n++ {
			select {
			case <-stop:
				return
			case <-time.After(3 * time.Millisecond):
			}
			_, err := e.Update(t.Context(), func(w kv.Writer) error {
				return errors.Join(w.Put("a", []byte{n}), w.Put("b", make([]byte, 5000)), w.Put("c", []byte{n}))
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
	for range 10 {
		copied, err := OpenBeside(path)
		if errors.Is(err, kv.ErrLocked) {
			continue // written to all the time: told, not served
		}
		if err != nil {
			t.Fatal(err)
		}
		err = copied.View(t.Context(), func(r kv.Reader) error {
			a, err1 := r.Get("a")
			c, err2 := r.Get("c")
			if string(a) != string(c) {
				t.Errorf("half a commit: %v %v", a, c)
			}
			return errors.Join(err1, err2)
		})
		temp := copied.temp
		if err := errors.Join(err, copied.Close()); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(temp); !os.IsNotExist(err) {
			t.Error("the copy is left behind")
		}
	}
	close(stop)
	wg.Wait()
	copied, err := OpenBeside(path) // nobody writes now
	if err != nil {
		t.Fatal(err)
	}
	copied.Close()
	if _, err := OpenBeside(path + "x"); !os.IsNotExist(errors.Unwrap(err)) && !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}
