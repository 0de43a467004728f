// Package stream tells browsers what changes while they look: server-sent
// events about phones and calls. It listens to the feeds of the other rooms,
// gathers what changed for a moment, draws each phone once and hands the same
// bytes to every client that may see it.
package stream

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/onboard"
	"cradle/ui/live"
)

// Gather is how long changes of one phone are collected into one event.
const Gather = 50 * time.Millisecond

// Config is what the stream listens to. The feeds may be nil.
type Config struct {
	Directory    *directory.Directory
	Registrar    live.Registrar
	Provisioning live.Provisioning
	Calls        live.Calls
	Onboarding   live.Onboarding
	// Device draws a phone as the API shows it; nil: there is none.
	Device func(*directory.Snapshot, directory.ID) any
	// Call draws a call as the API shows it.
	Call func(live.Call) any
	// Alarm draws an alarm and says whose it is.
	Alarm func(*directory.Snapshot, provisioning.Alarm) (directory.ID, any)
	// Stranger draws one and says in whose network he is; nil: in nobody's.
	Stranger func(*directory.Snapshot, onboard.Stranger) (directory.ID, any)
	// Heartbeat is the time between comments that keep a connection alive; 0: 15 s.
	Heartbeat time.Duration
	Log       *slog.Logger
}

// Hub is the one listener behind all clients.
type Hub struct {
	c       Config
	feeds   feeds
	done    chan struct{}
	waiter  sync.WaitGroup
	closing sync.Once

	mu      sync.Mutex
	clients map[*Client]struct{}
	closed  bool
	dropped atomic.Uint64
}

// New starts listening.
func New(c Config) *Hub {
	if c.Heartbeat == 0 {
		c.Heartbeat = 15 * time.Second
	}
	h := &Hub{c: c, done: make(chan struct{}), clients: map[*Client]struct{}{}}
	h.feeds = listen(c)
	h.waiter.Add(1)
	go func() {
		defer h.waiter.Done()
		h.run()
	}()
	return h
}

// Close ends every client's stream and waits until all of them are gone.
func (h *Hub) Close() {
	h.closing.Do(func() {
		h.mu.Lock()
		h.closed = true
		h.mu.Unlock()
		close(h.done)
		h.feeds.close()
	})
	h.waiter.Wait()
}

// Clients is how many listen now, and Dropped how many were too slow so far.
func (h *Hub) Clients() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.clients)
}

// Dropped is how many clients were too slow since the start.
func (h *Hub) Dropped() uint64 { return h.dropped.Load() }

// run is the only goroutine that draws and sends.
func (h *Hub) run() {
	news := newGathered()
	var timer <-chan time.Time
	directoryNews, registrarNews, stepNews, callNews := h.feeds.channels()
	alarmNews, strangerNews := h.feeds.onboarding()
	for {
		select {
		case <-h.done:
			return
		case changes, ok := <-directoryNews:
			if !ok {
				directoryNews = nil
				continue
			}
			news.changes(changes)
		case accounts, ok := <-registrarNews:
			if !ok {
				registrarNews = nil
				continue
			}
			news.accounts(h.c.Directory.Snapshot(), accounts)
		case steps, ok := <-stepNews:
			if !ok {
				stepNews = nil
				continue
			}
			news.steps(h.c.Directory.Snapshot(), steps)
		case call, ok := <-callNews:
			if !ok {
				callNews = nil
				continue
			}
			h.call(call)
		case alarm, ok := <-alarmNews:
			if !ok {
				alarmNews = nil
				continue
			}
			h.alarm(alarm)
		case stranger, ok := <-strangerNews:
			if !ok {
				strangerNews = nil
				continue
			}
			h.stranger(stranger)
		case <-timer:
			timer = nil
			h.tell(news)
			news = newGathered()
		}
		if timer == nil && !news.empty() {
			timer = time.After(Gather)
		}
	}
}

// tell draws what was gathered and sends it. A picture that cannot be drawn is
// one event lost, never the hub.
func (h *Hub) tell(news *gathered) {
	defer h.guard("devices")
	if news.lost {
		h.reload()
		return
	}
	if h.Clients() == 0 {
		return
	}
	snap := h.c.Directory.Snapshot()
	for id := range news.resolve(snap) {
		d := snap.Device(id)
		if d == nil {
			continue
		}
		if view := h.c.Device(snap, id); view != nil {
			h.send(d.Organization, "device", snap.Revision(), view)
		}
	}
	for id, org := range news.removed {
		if snap.Device(id) == nil {
			h.send(org, "device_removed", snap.Revision(), removed{ID: id})
		}
	}
}

// removed is the event of a phone that is gone.
type removed struct {
	ID directory.ID `json:"id"`
}

func (h *Hub) call(n live.CallNews) {
	defer h.guard("call")
	if n.Lost {
		h.reload()
		return
	}
	if h.Clients() == 0 {
		return
	}
	name := "call"
	if n.Ended {
		name = "call_ended"
	}
	h.send(n.Call.Organization, name, h.c.Directory.Snapshot().Revision(), h.c.Call(n.Call))
}

func (h *Hub) alarm(a provisioning.Alarm) {
	defer h.guard("alarm")
	snap := h.c.Directory.Snapshot()
	org, view := h.c.Alarm(snap, a)
	h.send(org, "alarm", snap.Revision(), view)
}

func (h *Hub) stranger(s onboard.Stranger) {
	defer h.guard("stranger")
	snap := h.c.Directory.Snapshot()
	if org, view := h.c.Stranger(snap, s); view != nil {
		h.send(org, "stranger", snap.Revision(), view)
	}
}

func (h *Hub) guard(what string) {
	if r := recover(); r != nil {
		h.c.Log.Error("stream failed to draw", "what", what, "panic", r)
	}
}
