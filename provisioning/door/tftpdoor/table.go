package tftpdoor

import (
	"net/netip"
	"sync"

	"cradle/provisioning/door"
)

// table holds the running transfers: by the client's address and port, and by
// the port of the loopback socket through which the library is asked.
type table struct {
	mu      sync.Mutex
	wg      sync.WaitGroup
	byPeer  map[netip.AddrPort]*transfer
	byPort  map[int]*transfer
	sharers map[string]int
}

func newTable() *table {
	return &table{byPeer: map[netip.AddrPort]*transfer{}, byPort: map[int]*transfer{}, sharers: map[string]int{}}
}

// enter books a slot for a transfer. It gives the transfer this peer already
// has, if any; ok is false where a budget is used up.
func (b *table) enter(t *transfer, budget door.Budget, all int) (running *transfer, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if running := b.byPeer[t.peer]; running != nil {
		return running, false
	}
	if len(b.byPeer) >= all || b.sharers[budget.Key] >= budget.Max {
		return nil, false
	}
	b.byPeer[t.peer] = t
	b.sharers[budget.Key]++
	t.sharer = budget.Key
	b.wg.Add(1)
	return nil, true
}

// leave frees the slot; the second time it does nothing.
func (b *table) leave(t *transfer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.byPeer[t.peer] != t {
		return
	}
	delete(b.byPeer, t.peer)
	if b.sharers[t.sharer]--; b.sharers[t.sharer] == 0 {
		delete(b.sharers, t.sharer)
	}
}

// bind makes a transfer known by its loopback port until the end of it.
func (b *table) bind(port int, t *transfer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.byPort[port] = t
}

func (b *table) unbind(port int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.byPort, port)
}

func (b *table) port(port int) *transfer {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.byPort[port]
}

// wait returns when no transfer's goroutine is left.
func (b *table) wait() { b.wg.Wait() }
