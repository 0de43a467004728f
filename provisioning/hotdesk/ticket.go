package hotdesk

import (
	"crypto/rand"
	"sync"
	"time"

	"cradle/directory"
)

// ticket stands for a right PIN that has to be replaced: whoever holds it has
// shown the PIN, at this phone, a moment ago. It is good for one step.
type ticket struct {
	device, extension directory.ID
	chosen            directory.Secret // the first of two times
	tries             int
	until             time.Time
}

// Bounds of what is held: how many, and how long somebody may think.
const (
	ticketsMost = 1000
	ticketLife  = 2 * time.Minute
)

// tickets are held in memory: after a restart a dialogue begins anew.
type tickets struct {
	now  func() time.Time
	mu   sync.Mutex
	held map[string]ticket
}

// give keeps a ticket and gives its name. Where too many are held nobody gets one:
// its name is then good for nothing.
func (k *tickets) give(t ticket) string {
	now, id := k.now(), rand.Text()
	t.until = now.Add(ticketLife)
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.held) >= ticketsMost {
		for old, t := range k.held {
			if now.After(t.until) {
				delete(k.held, old)
			}
		}
	}
	if len(k.held) < ticketsMost {
		k.held[id] = t
	}
	return id
}

// take gives a ticket back, once, at the phone it is of.
func (k *tickets) take(id string, device directory.ID) (ticket, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	t, ok := k.held[id]
	if !ok || t.device != device || k.now().After(t.until) {
		return ticket{}, false
	}
	delete(k.held, id)
	return t, true
}
