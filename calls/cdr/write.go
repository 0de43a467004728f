package cdr

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"cradle/directory"
)

func (b *Book) poke() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// write is the writer: it lets things gather, then writes them together. What
// could not be written waits for the next round.
func (b *Book) write() {
	defer close(b.done)
	for {
		select {
		case <-b.wake:
		case <-b.quit:
			b.flush()
			return
		}
		pause := b.cfg.Every
		if !b.flush() {
			pause = max(pause, time.Second)
			b.poke()
		}
		select {
		case <-time.After(pause):
		case <-b.quit:
			b.flush()
			return
		}
	}
}

// flush writes all that waits; false: some of it still does.
func (b *Book) flush() bool {
	b.mu.Lock()
	records, live := b.records, b.live
	b.records, b.live = nil, map[directory.ID]*Note{}
	for id, note := range live {
		if note == nil {
			delete(b.noted, id)
		} else {
			b.noted[id] = true
		}
	}
	b.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	// Records first: a crash between the two closes a call twice under one key, never not at all.
	failed := b.put(ctx, b.cfg.Records, recordItems(records))
	if failed == nil {
		records = nil
		failed = b.put(ctx, b.cfg.Live, liveItems(live))
		if failed == nil {
			return true
		}
	}
	b.cfg.Log.Warn("call records not written, trying again", "error", failed)
	b.takeBack(records, live)
	return false
}

func (b *Book) put(ctx context.Context, s Shelf, items []directory.Item) error {
	if len(items) == 0 {
		return nil
	}
	return s.Put(ctx, items)
}

// takeBack queues again what could not be written; newer notes win.
func (b *Book) takeBack(records []directory.CallRecord, live map[directory.ID]*Note) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.records = append(records, b.records...)
	for id, note := range live {
		if _, newer := b.live[id]; !newer {
			b.live[id] = note
		}
		b.noted[id] = true // perhaps; removing twice does no harm
	}
}

func recordItems(records []directory.CallRecord) []directory.Item {
	items := make([]directory.Item, 0, len(records))
	for _, r := range records {
		if v, err := json.Marshal(r); err == nil {
			items = append(items, directory.Item{Key: recordKey(r), Value: v})
		}
	}
	return items
}

func liveItems(live map[directory.ID]*Note) []directory.Item {
	items := make([]directory.Item, 0, len(live))
	for id, n := range live {
		item := directory.Item{Key: string(id)}
		if n != nil {
			item.Value, _ = json.Marshal(n)
		}
		items = append(items, item)
	}
	return items
}

// recordKey orders the records of an organization from the newest to the oldest.
func recordKey(r directory.CallRecord) string {
	return fmt.Sprintf("%s/%016x-%s", r.Organization, math.MaxInt64-r.Started.UnixNano(), r.ID)
}
