package stream

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cradle/directory"
	"cradle/directory/kv/boltkv"
	"cradle/ui/live"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newHub(t *testing.T) *Hub {
	t.Helper()
	engine, err := boltkv.Open(filepath.Join(t.TempDir(), "db"), boltkv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := directory.Open(context.Background(), directory.Options{Engine: engine, Keys: directory.NewKeys()})
	if err != nil {
		t.Fatal(err)
	}
	h := New(Config{Directory: d, Log: slog.New(slog.DiscardHandler), Heartbeat: time.Hour,
		Device: func(*directory.Snapshot, directory.ID) any { return nil },
		Call:   func(c live.Call) any { return map[string]string{"id": c.ID} }})
	t.Cleanup(func() {
		h.Close()
		d.Close()
	})
	return h
}

// stuck is a browser that reads nothing: each write waits until it is let go.
type stuck struct {
	http.ResponseWriter
	wrote chan struct{}
	let   chan struct{}
}

func (s *stuck) Write(b []byte) (int, error) {
	s.wrote <- struct{}{}
	<-s.let
	return len(b), nil
}
func (s *stuck) Flush() {}

func TestSlowClientIsDroppedAndNobodyWaits(t *testing.T) {
	h := newHub(t)
	w := &stuck{ResponseWriter: httptest.NewRecorder(), wrote: make(chan struct{}, 10), let: make(chan struct{})}
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.Serve(w, httptest.NewRequest(http.MethodGet, "/", nil), &Client{Organization: "o"})
	}()
	<-w.wrote // the hello is stuck
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		for range queue + 1 {
			h.send("o", "call", 1, "x")
		}
	}()
	select {
	case <-sent:
	case <-time.After(5 * time.Second):
		t.Fatal("a slow client held up the hub")
	}
	if h.Dropped() != 1 {
		t.Errorf("%d clients were dropped after %d events", h.Dropped(), queue+1)
	}
	h.send("o", "call", 1, "x") // a dropped client gets nothing more
	go func() {
		for range w.wrote {
		}
	}()
	close(w.let)
	<-done
	close(w.wrote)
	if h.Clients() != 0 {
		t.Errorf("%d clients are left", h.Clients())
	}
}

func TestClientJustWithinItsQueueStays(t *testing.T) {
	h := newHub(t)
	c := &Client{Organization: "o", events: make(chan []byte, queue)}
	if !h.join(c) {
		t.Fatal("refused")
	}
	defer h.leave(c)
	for range queue {
		h.send("o", "call", 1, "x")
	}
	if h.Dropped() != 0 || len(c.events) != queue {
		t.Errorf("dropped %d, queued %d", h.Dropped(), len(c.events))
	}
}

func TestNoMoreClientsThanTheLimit(t *testing.T) {
	h := newHub(t)
	var all []*Client
	for range maxClients {
		c := &Client{events: make(chan []byte, 1)}
		if !h.join(c) {
			t.Fatal("refused below the limit")
		}
		all = append(all, c)
	}
	w := httptest.NewRecorder()
	h.Serve(w, httptest.NewRequest(http.MethodGet, "/", nil), &Client{})
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("past the limit: %d", w.Code)
	}
	for _, c := range all {
		h.leave(c)
	}
}

func TestPanicOfADrawingIsOneEvent(t *testing.T) {
	h := newHub(t)
	h.c.Call = func(live.Call) any { panic("boom") }
	h.call(live.CallNews{})
	h.c.Call = func(live.Call) any { return func() {} } // cannot be JSON
	h.call(live.CallNews{})
}
