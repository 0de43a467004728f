package cdr

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cradle/directory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shelf keeps items in memory; it fails while broken and counts its batches.
type shelf struct {
	mu      sync.Mutex
	items   map[string][]byte
	broken  bool
	batches int
}

func (s *shelf) Put(_ context.Context, batch []directory.Item) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken {
		return errors.New("disk full")
	}
	s.batches++
	for _, i := range batch {
		if i.Value == nil {
			delete(s.items, i.Key)
			continue
		}
		s.items[i.Key] = i.Value
	}
	return nil
}

func (s *shelf) Page(after string, n int) ([]directory.Item, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var page []directory.Item
	for k, v := range s.items {
		if k > after {
			page = append(page, directory.Item{Key: k, Value: v})
		}
	}
	slices.SortFunc(page, func(a, b directory.Item) int {
		if a.Key < b.Key {
			return -1
		}
		return 1
	})
	return page[:min(n, len(page))], nil
}

func (s *shelf) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.items)
}

func (s *shelf) fail(yes bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = yes
}

func open(c Config) (*Book, *shelf, *shelf) {
	records, live := &shelf{items: map[string][]byte{}}, &shelf{items: map[string][]byte{}}
	c.Records, c.Live, c.Log = records, live, slog.New(slog.DiscardHandler)
	return Open(c), records, live
}

func record(org string, second int) directory.CallRecord {
	return directory.CallRecord{ID: directory.NewID(), Organization: directory.ID(org), From: fmt.Sprint(second), Started: time.Unix(int64(1_700_000_000+second), 0)}
}

func TestNewestFirstAndByOrganization(t *testing.T) {
	b, _, _ := open(Config{Every: time.Millisecond})
	for i := range 5 {
		b.Ended(record("acme", i))
		b.Ended(record("other", i))
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for after := ""; ; {
		page, next, err := b.Records(t.Context(), "acme", after, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page {
			got = append(got, r.From)
		}
		if after = next; next == "" {
			break
		}
	}
	if want := []string{"4", "3", "2", "1", "0"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestWrittenInBatches(t *testing.T) {
	b, records, live := open(Config{Every: 50 * time.Millisecond})
	for i := range 1000 {
		r := record("acme", i)
		b.Began(Note{Record: r})
		b.Ended(r)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if records.len() != 1000 || live.len() != 0 {
		t.Errorf("%d records, %d notes", records.len(), live.len())
	}
	if records.batches > 5 {
		t.Errorf("%d writes for 1000 calls", records.batches)
	}
}

func TestNothingIsLostWhileTheDiskRefuses(t *testing.T) {
	b, records, live := open(Config{Every: time.Millisecond, Queue: 10})
	records.fail(true)
	live.fail(true)
	up := record("acme", 0)
	b.Began(Note{Record: up})
	for i := range 12 {
		b.Ended(record("acme", i+1))
	}
	if b.Lost() == 0 {
		t.Error("the queue has no bound")
	}
	lost := int(b.Lost())
	records.fail(false)
	live.fail(false)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if records.len()+lost != 12 || live.len() != 1 {
		t.Errorf("%d records, %d lost, %d notes", records.len(), lost, live.len())
	}
}

func TestCloseTellsWhatIsLeft(t *testing.T) {
	b, records, _ := open(Config{Every: time.Millisecond})
	records.fail(true)
	b.Ended(record("acme", 1))
	if b.Close() == nil {
		t.Error("records were lost in silence")
	}
}

func TestUnfinished(t *testing.T) {
	b, _, live := open(Config{Every: time.Millisecond})
	for i := range 300 { // more than a page
		b.Began(Note{Record: record("acme", i), Legs: json.RawMessage(`[1]`)})
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	live.items["zz-damaged"] = []byte("{")
	b = Open(Config{Records: b.cfg.Records, Live: live, Log: b.cfg.Log})
	notes, err := b.Unfinished()
	if err != nil || len(notes) != 301 {
		t.Fatalf("%d notes, %v", len(notes), err)
	}
	for _, n := range notes {
		b.Ended(n.Record)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if live.len() != 0 {
		t.Errorf("%d notes are left", live.len())
	}
}
