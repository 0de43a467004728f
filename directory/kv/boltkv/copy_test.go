package boltkv

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"cradle/directory/kv"
)

// TestCopyIsOfOneInstant copies while two keys are always written together: in
// every copy they are equal.
func TestCopyIsOfOneInstant(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	e, err := Open(filepath.Join(dir, "store"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	stop := make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			value := fmt.Appendf(nil, "%d", n)
			if _, err := e.Update(ctx, func(w kv.Writer) error {
				if err := w.Put("a", value); err != nil {
					return err
				}
				return w.Put("b", value)
			}); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for i := range 5 {
		path := filepath.Join(dir, fmt.Sprintf("copy%d", i))
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Copy(f); err != nil {
			t.Fatal(err)
		}
		f.Close()
		c, err := Open(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.View(ctx, func(r kv.Reader) error {
			a, errA := r.Get("a")
			b, errB := r.Get("b")
			if errA != nil || errB != nil || string(a) != string(b) {
				t.Errorf("the copy has %q %v and %q %v", a, errA, b, errB)
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
		c.Close()
	}
	close(stop)
	writer.Wait()
}
