package kvtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"cradle/directory/kv"
)

func watch(t *testing.T, s *suite) {
	ctx, cancel := context.WithCancel(t.Context())
	feed, err := s.e.Watch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var revs []uint64
	for i := range 10 {
		revs = append(revs, put(t, s.e, "a", fmt.Sprint(i)))
	}
	if _, err := s.e.Update(t.Context(), func(w kv.Writer) error { return w.Delete("a") }); err != nil {
		t.Fatal(err)
	}
	for i, rev := range revs {
		e := receive(t, feed)
		if e.Lost || e.Revision != rev || len(e.Changes) != 1 || e.Changes[0].Key != "a" || string(e.Changes[0].Value) != fmt.Sprint(i) {
			t.Fatalf("event %d: %+v", i, e)
		}
	}
	if e := receive(t, feed); len(e.Changes) != 1 || e.Changes[0].Value != nil {
		t.Errorf("deletion: %+v", e)
	}
	cancel()
	for range feed {
		t.Error("an event after the end")
	}
}

func receive(t *testing.T, feed <-chan kv.Event) kv.Event {
	t.Helper()
	select {
	case e, ok := <-feed:
		if !ok {
			t.Fatal("the feed ended")
		}
		return e
	case <-time.After(10 * time.Second):
		t.Fatal("no event")
	}
	return kv.Event{}
}

func slowWatcher(t *testing.T, s *suite) {
	feed, err := s.e.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var last uint64
	for i := range 400 {
		last = put(t, s.e, "a", fmt.Sprint(i))
	}
	for {
		e := receive(t, feed)
		if e.Lost {
			break
		}
		if e.Revision == last {
			return // an engine may keep them all
		}
	}
	rev := put(t, s.e, "a", "end")
	if e := receive(t, feed); e.Lost || e.Revision != rev {
		t.Errorf("after the mark: %+v, want revision %d", e, rev)
	}
}

func contexts(t *testing.T, s *suite) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.e.Update(ctx, func(w kv.Writer) error { return w.Put("a", []byte("1")) }); !errors.Is(err, context.Canceled) {
		t.Errorf("update: %v", err)
	}
	if err := s.e.View(ctx, func(kv.Reader) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("view: %v", err)
	}
	expect(t, s.e, "a", "<none>")
}

func closed(t *testing.T, s *suite) {
	feed, err := s.e.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.e.Close(); err != nil {
		t.Fatal(err)
	}
	if _, ok := <-feed; ok {
		t.Error("the feed goes on")
	}
	if _, err := s.e.Update(t.Context(), func(kv.Writer) error { return nil }); !errors.Is(err, kv.ErrClosed) {
		t.Errorf("update: %v", err)
	}
	if err := s.e.View(t.Context(), func(kv.Reader) error { return nil }); !errors.Is(err, kv.ErrClosed) {
		t.Errorf("view: %v", err)
	}
	if _, err := s.e.Watch(t.Context()); !errors.Is(err, kv.ErrClosed) {
		t.Errorf("watch: %v", err)
	}
}

func damage(t *testing.T, s *suite) {
	if s.Damage == nil {
		t.Skip("this engine cannot be spoilt from outside")
	}
	put(t, s.e, "p/1", "one", "p/2", "two", "p/3", "three")
	if err := s.e.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Damage("p/2"); err != nil {
		t.Fatal(err)
	}
	s.open(t)
	err := s.e.View(t.Context(), func(r kv.Reader) error {
		if v, err := r.Get("p/2"); v != nil || !errors.Is(err, kv.ErrDamaged) || !bytes.Contains([]byte(err.Error()), []byte("p/2")) {
			t.Errorf("get: %q %v", v, err)
		}
		var seen []string
		err := r.Scan("p/", "", func(it kv.Item) error {
			if (it.Key == "p/2") != errors.Is(it.Err, kv.ErrDamaged) || it.Err != nil && it.Value != nil {
				t.Errorf("item %q: %q %v", it.Key, it.Value, it.Err)
			}
			seen = append(seen, it.Key)
			return nil
		})
		if len(seen) != 3 {
			t.Errorf("walked %v", seen)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	put(t, s.e, "p/2", "new") // writing it heals it
	expect(t, s.e, "p/2", "new")
}
