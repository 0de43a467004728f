package kv

import (
	"context"
	"sync"
)

// feedDepth is how many transactions a slow reader of a Feed may lag behind.
const feedDepth = 256

// Feed hands committed transactions to any number of readers without ever
// waiting for one; engines use it for Watch. The zero value is ready.
type Feed struct {
	mu      sync.Mutex
	closed  bool
	readers map[*feedReader]struct{}
}

type feedReader struct {
	c    chan Event
	lost bool
	stop func() bool
}

// Watch adds a reader until ctx ends or the feed closes.
func (f *Feed) Watch(ctx context.Context) (<-chan Event, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, ErrClosed
	}
	r := &feedReader{c: make(chan Event, feedDepth)}
	if f.readers == nil {
		f.readers = make(map[*feedReader]struct{})
	}
	f.readers[r] = struct{}{}
	r.stop = context.AfterFunc(ctx, func() { f.drop(r) })
	return r.c, nil
}

// Send gives an event to all readers. The last place of a reader's queue is kept
// for the mark that events were lost.
func (f *Feed) Send(e Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for r := range f.readers {
		switch {
		case len(r.c) < cap(r.c)-1:
			r.lost = false
			r.c <- e
		case !r.lost:
			r.lost = true
			r.c <- Event{Revision: e.Revision, Lost: true}
		}
	}
}

// Close ends all readers.
func (f *Feed) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for r := range f.readers {
		r.stop()
		close(r.c)
	}
	f.readers = nil
}

func (f *Feed) drop(r *feedReader) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.readers[r]; ok {
		delete(f.readers, r)
		close(r.c)
	}
}
