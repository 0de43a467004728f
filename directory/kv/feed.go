package kv

import "context"

// feedDepth is how many transactions a slow reader of a Feed may lag behind.
const feedDepth = 256

// Feed hands committed transactions to any number of readers without ever
// waiting for one; engines use it for Watch. The zero value is ready.
type Feed struct{ fan Fan[Event] }

// Watch adds a reader until ctx ends or the feed closes.
func (f *Feed) Watch(ctx context.Context) (<-chan Event, error) {
	r, open := f.fan.Join(feedDepth)
	if !open {
		return nil, ErrClosed
	}
	context.AfterFunc(ctx, r.Close)
	return r.C(), nil
}

// Send gives an event to all readers, or the mark that events were lost.
func (f *Feed) Send(e Event) {
	f.fan.Send(e, func() Event { return Event{Revision: e.Revision, Lost: true} })
}

// Close ends all readers.
func (f *Feed) Close() { f.fan.Close() }
