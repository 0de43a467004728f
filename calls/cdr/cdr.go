// Package cdr holds the book of calls: a record of each call that ended, and
// notes on those that are up, so that a crash leaves no call open for ever.
//
// Calls tell the book and go on; one goroutine writes what has gathered in a
// batch. Nothing in a call waits for the disk.
package cdr

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"cradle/directory"
)

// Shelf keeps raw items on disk; *directory.Shelf satisfies it.
type Shelf interface {
	Put(ctx context.Context, batch []directory.Item) error
	Page(after string, n int) ([]directory.Item, error)
}

// Note is what must be known of a call that is up to end it after a crash.
type Note struct {
	Record directory.CallRecord // as far as it has come
	// Legs are the dialogs, in the form of the room that writes them. They are put
	// into JSON later, so they must not change; what is read is a json.RawMessage.
	Legs any
}

// Config says where the book is kept.
type Config struct {
	Records, Live Shelf
	Log           *slog.Logger
	// Every is how long records gather before they are written; 0 means 200 ms.
	Every time.Duration
	// Queue is how many may wait; more are lost, counted and told. 0 means 8192.
	Queue int
}

// Book writes and reads call records.
type Book struct {
	cfg  Config
	wake chan struct{}
	quit chan struct{}
	done chan struct{}

	mu      sync.Mutex
	records []directory.CallRecord
	live    map[directory.ID]*Note // to be written; nil: to be removed
	noted   map[directory.ID]bool  // on disk
	lost    uint64
}

// Open starts the writer. Close ends it.
func Open(c Config) *Book {
	if c.Every == 0 {
		c.Every = 200 * time.Millisecond
	}
	if c.Queue == 0 {
		c.Queue = 8192
	}
	b := &Book{cfg: c, wake: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{}),
		live: map[directory.ID]*Note{}, noted: map[directory.ID]bool{}}
	go b.write()
	return b
}

// Began notes a call that is up now. Noting it again replaces the note.
func (b *Book) Began(n Note) {
	b.mu.Lock()
	if len(b.live) < b.cfg.Queue {
		b.live[n.Record.ID] = &n
	}
	b.mu.Unlock()
	b.poke()
}

// Ended records a call and removes the note on it.
func (b *Book) Ended(r directory.CallRecord) {
	b.mu.Lock()
	if len(b.records) < b.cfg.Queue {
		b.records = append(b.records, r)
	} else {
		b.lost++
	}
	if b.noted[r.ID] {
		b.live[r.ID] = nil
	} else {
		delete(b.live, r.ID) // ended before it was written: nothing to remove
	}
	b.mu.Unlock()
	b.poke()
}

// Lost is how many records did not fit into the queue.
func (b *Book) Lost() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lost
}

// Close writes what is left and ends the writer.
func (b *Book) Close() error {
	close(b.quit)
	<-b.done
	b.mu.Lock()
	left := len(b.records)
	b.mu.Unlock()
	if left > 0 {
		return fmt.Errorf("%d call records could not be written", left)
	}
	return nil
}

// Records reads records of an organization, the newest first. after is the
// cursor an earlier page gave; empty: from the newest. No next cursor: the end.
func (b *Book) Records(_ context.Context, org directory.ID, after string, n int) (page []directory.CallRecord, next string, err error) {
	prefix := string(org) + "/"
	items, err := b.cfg.Records.Page(prefix+after, n)
	if err != nil {
		return nil, "", err
	}
	for _, item := range items {
		rest, ok := strings.CutPrefix(item.Key, prefix)
		if !ok {
			return page, "", nil
		}
		var r directory.CallRecord
		if err := json.Unmarshal(item.Value, &r); err != nil {
			return nil, "", fmt.Errorf("call record %s: %w", item.Key, err)
		}
		page, next = append(page, r), rest
	}
	if len(items) < n {
		next = ""
	}
	return page, next, nil
}

// Unfinished reads the notes a crash left behind. Each is to be answered with Ended.
func (b *Book) Unfinished() ([]Note, error) {
	var notes []Note
	for after := ""; ; {
		items, err := b.cfg.Live.Page(after, 256)
		if err != nil {
			return nil, err
		}
		for _, item := range items {
			var legs json.RawMessage
			n := Note{Legs: &legs}
			if err := json.Unmarshal(item.Value, &n); err != nil {
				b.cfg.Log.Error("note on a call cannot be read", "key", item.Key, "error", err)
				n = Note{Record: directory.CallRecord{ID: directory.ID(item.Key)}}
			}
			n.Legs = legs
			b.mu.Lock()
			b.noted[n.Record.ID] = true
			b.mu.Unlock()
			notes = append(notes, n)
			after = item.Key
		}
		if len(items) < 256 {
			return notes, nil
		}
	}
}
