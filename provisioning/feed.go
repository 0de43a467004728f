package provisioning

import "sync"

// feedDepth is how many items a slow reader may lag behind before it loses some.
const feedDepth = 256

// feeds are the open feeds of one kind of news. Zero has none.
type feeds[T any] struct {
	mu   sync.Mutex
	open map[*Feed[T]]struct{}
}

// Feed carries news to one listener.
type Feed[T any] struct {
	c  chan T
	of *feeds[T]
}

// C gives the news; it is closed by Close.
func (f *Feed[T]) C() <-chan T { return f.c }

// Close ends the feed; it may be called more than once.
func (f *Feed[T]) Close() {
	f.of.mu.Lock()
	defer f.of.mu.Unlock()
	if _, open := f.of.open[f]; open {
		delete(f.of.open, f)
		close(f.c)
	}
}

func (s *feeds[T]) watch() *Feed[T] {
	f := &Feed[T]{c: make(chan T, feedDepth), of: s}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[*Feed[T]]struct{}{}
	}
	s.open[f] = struct{}{}
	return f
}

// send never waits: a reader that is too slow loses what comes.
func (s *feeds[T]) send(news T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for f := range s.open {
		select {
		case f.c <- news:
		default:
		}
	}
}
