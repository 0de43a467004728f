package custom

import (
	"maps"
	"sync"

	"cradle/directory"
)

// maxGood bounds the phones of which is remembered what rendered for them.
const maxGood = 50_000

// good remembers which versions last rendered for a phone, by their numbers,
// and why others did not.
type good struct {
	mu     sync.RWMutex
	picks  map[directory.ID]Picks
	faults map[directory.ID]string
}

// Rendered notes that a set of versions rendered for a phone.
func (t *Templates) Rendered(device directory.ID, picks Picks) {
	g := &t.good
	g.mu.RLock()
	old, known := g.picks[device]
	_, faulty := g.faults[device]
	g.mu.RUnlock()
	if !faulty && (known && old.String() == picks.String() || !known && len(picks) == 0) {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.faults, device)
	if len(picks) == 0 {
		delete(g.picks, device)
	} else if known || len(g.picks) < maxGood {
		g.picks[device] = picks
	}
}

// Failed notes that what is in force did not render for a phone.
func (t *Templates) Failed(device directory.ID, fault error) {
	t.good.mu.Lock()
	defer t.good.mu.Unlock()
	if len(t.good.faults) < maxGood {
		t.good.faults[device] = fault.Error()
	}
}

// LastGood gives the versions that last rendered for a phone; none: the
// built-in templates.
func (t *Templates) LastGood(device directory.ID) Picks {
	t.good.mu.RLock()
	defer t.good.mu.RUnlock()
	return t.good.picks[device]
}

// Faults are the phones for which what is in force does not render, and why.
func (t *Templates) Faults() map[directory.ID]string {
	t.good.mu.RLock()
	defer t.good.mu.RUnlock()
	return maps.Clone(t.good.faults)
}
