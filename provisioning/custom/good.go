package custom

import (
	"sync"

	"cradle/directory"
)

// maxGood bounds the phones whose last good versions are remembered.
const maxGood = 50_000

// good remembers which versions last rendered for a phone, by their numbers.
type good struct {
	mu    *sync.RWMutex
	picks map[directory.ID]Picks
}

func newGood() good { return good{&sync.RWMutex{}, map[directory.ID]Picks{}} }

// Rendered notes that a set of versions rendered for a phone.
func (t *Templates) Rendered(device directory.ID, picks Picks) {
	g := t.good
	g.mu.RLock()
	old, known := g.picks[device]
	g.mu.RUnlock()
	if known && old.String() == picks.String() || !known && len(picks) == 0 {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(picks) == 0 {
		delete(g.picks, device)
	} else if known || len(g.picks) < maxGood {
		g.picks[device] = picks
	}
}

// LastGood gives the versions that last rendered for a phone; none: the
// built-in templates.
func (t *Templates) LastGood(device directory.ID) Picks {
	t.good.mu.RLock()
	defer t.good.mu.RUnlock()
	return t.good.picks[device]
}
