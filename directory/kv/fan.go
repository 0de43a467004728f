package kv

import "sync"

// Fan hands values to any number of readers without ever waiting for one. The
// zero value is ready.
type Fan[T any] struct {
	mu      sync.Mutex
	closed  bool
	readers map[*Listener[T]]struct{}
}

// Listener is one bounded queue of a Fan.
type Listener[T any] struct {
	fan  *Fan[T]
	c    chan T
	lost bool
}

// C gives the values in order. It is closed by Close of the reader or the fan.
func (r *Listener[T]) C() <-chan T { return r.c }

// Close ends the reader. It may be called twice.
func (r *Listener[T]) Close() {
	f := r.fan
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.readers[r]; ok {
		delete(f.readers, r)
		close(r.c)
	}
}

// Join adds a reader that may lag behind by depth values, from 2 on. A closed
// fan answers false and a reader that has ended.
func (f *Fan[T]) Join(depth int) (*Listener[T], bool) {
	r := &Listener[T]{fan: f, c: make(chan T, depth)}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		close(r.c)
		return r, false
	}
	if f.readers == nil {
		f.readers = make(map[*Listener[T]]struct{})
	}
	f.readers[r] = struct{}{}
	return r, true
}

// Send gives a value to all. The last place of a queue is kept for the mark that
// values were lost: while it is there unread, what is dropped is covered by it.
func (f *Fan[T]) Send(v T, mark func() T) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for r := range f.readers {
		switch {
		case len(r.c) < cap(r.c)-1:
			r.lost = false
			r.c <- v
		case !r.lost:
			r.lost = true
			r.c <- mark()
		}
	}
}

// Close ends all readers.
func (f *Fan[T]) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for r := range f.readers {
		close(r.c)
	}
	f.readers = nil
}
