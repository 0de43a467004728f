package stream

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"cradle/directory"
)

// queue is how many events may wait for one client; one that falls further
// behind is dropped, connects again and loads everything anew.
const queue = 256

// maxClients bounds the streams of the whole appliance.
const maxClients = 2000

// writeTime is how long one write to a client may take.
const writeTime = 10 * time.Second

// Client is one browser that listens.
type Client struct {
	// Organization whose phones and calls it sees.
	Organization directory.ID
	// Alive is asked at every heartbeat; false ends the stream (logged out).
	Alive func() bool

	events chan []byte
	full   bool // under the hub's lock
}

// Serve writes events to a client until it leaves, falls behind or the hub
// ends. The response's header must not have been written yet.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, c *Client) {
	c.events = make(chan []byte, queue)
	if !h.join(c) {
		w.Header().Set("Retry-After", "5")
		http.Error(w, "no more streams now", http.StatusServiceUnavailable)
		return
	}
	defer h.leave(c)
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	out := http.NewResponseController(w)
	hello, _ := event("hello", h.c.Directory.Snapshot().Revision(), map[string]uint64{"revision": h.c.Directory.Snapshot().Revision()})
	if !write(w, out, hello) {
		return
	}
	h.pump(w, out, r, c)
}

// pump is the life of one client after its hello.
func (h *Hub) pump(w http.ResponseWriter, out *http.ResponseController, r *http.Request, c *Client) {
	beat := time.NewTicker(h.c.Heartbeat)
	defer beat.Stop()
	for {
		select {
		case <-h.done:
			return
		case <-r.Context().Done():
			return
		case e, ok := <-c.events:
			if !ok || !write(w, out, e) {
				return
			}
		case <-beat.C:
			if c.Alive != nil && !c.Alive() || !write(w, out, []byte(": still here\n\n")) {
				return
			}
		}
	}
}

func write(w http.ResponseWriter, out *http.ResponseController, b []byte) bool {
	// Writers without deadlines (tests) are as good.
	_ = out.SetWriteDeadline(time.Now().Add(writeTime))
	if _, err := w.Write(b); err != nil {
		return false
	}
	return out.Flush() == nil
}

func (h *Hub) join(c *Client) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(h.clients) >= maxClients {
		return false
	}
	h.clients[c] = struct{}{}
	h.waiter.Add(1)
	return true
}

func (h *Hub) leave(c *Client) {
	h.mu.Lock()
	delete(h.clients, c)
	h.mu.Unlock()
	h.waiter.Done()
}

// send hands an event to every client that sees an organization, without ever
// waiting for one.
func (h *Hub) send(org directory.ID, name string, revision uint64, data any) {
	e, err := event(name, revision, data)
	if err != nil {
		h.c.Log.Error("stream event", "event", name, "error", err)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.clients {
		if c.Organization != org || c.full {
			continue
		}
		select {
		case c.events <- e:
		default:
			h.drop(c)
		}
	}
}

// reload drops every client: each connects again, gets a new hello and loads
// everything.
func (h *Hub) reload() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.clients {
		h.drop(c)
	}
}

// drop ends a client after what it has still to read. The caller holds the lock.
func (h *Hub) drop(c *Client) {
	if !c.full {
		c.full = true
		h.dropped.Add(1)
		close(c.events)
	}
}

// event is one server-sent event on the wire.
func event(name string, id uint64, data any) ([]byte, error) {
	body, err := json.Marshal(data)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "id: %d\nevent: %s\ndata: %s\n\n", id, name, body)
	return b.Bytes(), nil
}
