// Package kvtest is the contract that every storage engine has to pass.
package kvtest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"cradle/directory/kv"
)

// Store is an engine under test that can be closed and opened anew.
type Store struct {
	// Open gives the engine on the same keys each time it is called.
	Open func() (kv.Engine, error)
	// Damage spoils the stored value of a key; the engine is closed then. Nil
	// where an engine cannot be spoilt from outside.
	Damage func(key string) error
}

// Run runs the contract; fresh makes an empty store for one test.
func Run(t *testing.T, fresh func(t *testing.T) Store) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, *suite)
	}{
		{"what is written is read, at once and after opening anew", roundTrip},
		{"a transaction is whole or not at all", atomic},
		{"a panic undoes a transaction", panics},
		{"a transaction sees its own writes, others do not", isolated},
		{"scan walks a prefix in order", scan},
		{"revisions rise with each commit that writes", revisions},
		{"writers at once lose nothing", concurrent},
		{"watch tells every commit in order", watch},
		{"a slow watcher holds nobody up and is told", slowWatcher},
		{"an ended context is refused and writes nothing", contexts},
		{"a closed engine says so", closed},
		{"a damaged value is told by its key and not served", damage},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &suite{Store: fresh(t)}
			s.open(t)
			t.Cleanup(func() { _ = s.e.Close() })
			c.run(t, s)
		})
	}
}

type suite struct {
	Store
	e kv.Engine
}

func (s *suite) open(t *testing.T) {
	t.Helper()
	e, err := s.Open()
	if err != nil {
		t.Fatal(err)
	}
	s.e = e
}

func (s *suite) reopen(t *testing.T) {
	t.Helper()
	if err := s.e.Close(); err != nil {
		t.Fatal(err)
	}
	s.open(t)
}

func put(t *testing.T, e kv.Engine, pairs ...string) uint64 {
	t.Helper()
	rev, err := e.Update(t.Context(), func(w kv.Writer) error {
		for i := 0; i < len(pairs); i += 2 {
			if err := w.Put(pairs[i], []byte(pairs[i+1])); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rev
}

// get gives a value as text, "<none>" for an absent key.
func get(t *testing.T, e kv.Engine, key string) (out string) {
	t.Helper()
	err := e.View(t.Context(), func(r kv.Reader) error {
		v, err := r.Get(key)
		if out = string(v); v == nil {
			out = "<none>"
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func expect(t *testing.T, e kv.Engine, key, want string) {
	t.Helper()
	if got := get(t, e, key); got != want {
		t.Errorf("%s is %q, want %q", key, got, want)
	}
}

func roundTrip(t *testing.T, s *suite) {
	big := string(bytes.Repeat([]byte("0123456789abcdef"), 1<<14)) // 256 KiB
	put(t, s.e, "a", "1", "b", "", "c/\x00\xff", "bytes \x00\xff", "big", big)
	put(t, s.e, "a", "2")
	for range 2 {
		expect(t, s.e, "a", "2")
		expect(t, s.e, "b", "")
		expect(t, s.e, "c/\x00\xff", "bytes \x00\xff")
		expect(t, s.e, "big", big)
		expect(t, s.e, "d", "<none>")
		s.reopen(t)
	}
	if _, err := s.e.Update(t.Context(), func(w kv.Writer) error { return errors.Join(w.Delete("a"), w.Delete("never")) }); err != nil {
		t.Fatal(err)
	}
	s.reopen(t)
	expect(t, s.e, "a", "<none>")
	expect(t, s.e, "b", "")
}

func atomic(t *testing.T, s *suite) {
	put(t, s.e, "a", "1")
	before, _ := s.e.Revision(t.Context())
	bad := errors.New("no")
	_, err := s.e.Update(t.Context(), func(w kv.Writer) error {
		return errors.Join(w.Put("a", []byte("2")), w.Put("b", []byte("2")), w.Delete("a"), bad)
	})
	if !errors.Is(err, bad) {
		t.Fatalf("error %v", err)
	}
	expect(t, s.e, "a", "1")
	expect(t, s.e, "b", "<none>")
	if after, _ := s.e.Revision(t.Context()); after != before {
		t.Errorf("revision %d became %d", before, after)
	}
}

func panics(t *testing.T, s *suite) {
	func() {
		defer func() { _ = recover() }() // passed on or turned into an error: both are right
		_, err := s.e.Update(t.Context(), func(w kv.Writer) error {
			if err := w.Put("a", []byte("1")); err != nil {
				return err
			}
			panic("no")
		})
		if err == nil {
			t.Error("no error")
		}
	}()
	expect(t, s.e, "a", "<none>")
	put(t, s.e, "a", "2") // the engine goes on
	expect(t, s.e, "a", "2")
}

func isolated(t *testing.T, s *suite) {
	put(t, s.e, "a", "1", "b", "1")
	_, err := s.e.Update(t.Context(), func(w kv.Writer) error {
		if err := errors.Join(w.Put("a", []byte("2")), w.Delete("b")); err != nil {
			return err
		}
		a, _ := w.Get("a")
		b, _ := w.Get("b")
		if string(a) != "2" || b != nil {
			t.Errorf("inside: a %q, b %q", a, b)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.e.View(t.Context(), func(r kv.Reader) error {
		done := make(chan struct{})
		go func() { defer close(done); put(t, s.e, "a", "3") }()
		<-done
		if v, _ := r.Get("a"); string(v) != "2" {
			t.Errorf("a view changed while it was read: %q", v)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, s.e, "a", "3")
}

func keys(t *testing.T, e kv.Engine, prefix, after string, most int) (out []string) {
	t.Helper()
	err := e.View(t.Context(), func(r kv.Reader) error {
		return r.Scan(prefix, after, func(it kv.Item) error {
			if it.Err != nil || string(it.Value) != "v"+it.Key {
				t.Errorf("item %q: %q %v", it.Key, it.Value, it.Err)
			}
			if out = append(out, it.Key); len(out) == most {
				return kv.ErrStop
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func scan(t *testing.T, s *suite) {
	for _, k := range []string{"p/3", "p/1", "q", "p", "p/2", "o/9", "p/", "p0"} {
		put(t, s.e, k, "v"+k)
	}
	for _, c := range []struct {
		prefix, after string
		most          int
		want          []string
	}{
		{"p/", "", 0, []string{"p/", "p/1", "p/2", "p/3"}},
		{"p/", "p/1", 0, []string{"p/2", "p/3"}},
		{"p/", "p/15", 0, []string{"p/2", "p/3"}},
		{"p/", "p/3", 0, nil},
		{"p/", "", 2, []string{"p/", "p/1"}},
		{"x", "", 0, nil},
		{"", "p0", 0, []string{"q"}},
	} {
		if got := keys(t, s.e, c.prefix, c.after, c.most); !slices.Equal(got, c.want) {
			t.Errorf("prefix %q after %q: %v, want %v", c.prefix, c.after, got, c.want)
		}
	}
	bad := errors.New("no")
	err := s.e.View(t.Context(), func(r kv.Reader) error { return r.Scan("p", "", func(kv.Item) error { return bad }) })
	if !errors.Is(err, bad) {
		t.Errorf("error of fn: %v", err)
	}
}

func revisions(t *testing.T, s *suite) {
	last, err := s.e.Revision(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		rev := put(t, s.e, "a", fmt.Sprint(i))
		if rev <= last {
			t.Fatalf("revision %d after %d", rev, last)
		}
		last = rev
		if i == 10 {
			s.reopen(t)
		}
	}
	if now, _ := s.e.Revision(t.Context()); now != last {
		t.Errorf("revision %d, the last commit had %d", now, last)
	}
}

func concurrent(t *testing.T, s *suite) {
	const writers, each = 8, 25
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			for range each {
				_, err := s.e.Update(t.Context(), func(w kv.Writer) error {
					v, err := w.Get("count")
					if err != nil {
						return err
					}
					n := 0
					fmt.Sscan(string(v), &n) //nolint:errcheck // absent at first
					return errors.Join(w.Put("count", fmt.Append(nil, n+1)), w.Put(fmt.Sprint("by/", i), v))
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	expect(t, s.e, "count", fmt.Sprint(writers*each))
}
