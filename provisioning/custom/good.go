package custom

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"sync"

	"cradle/directory"
)

// maxGood bounds the phones of which is remembered what rendered for them.
const maxGood = 50_000

// good remembers which versions last rendered for a phone, by their numbers,
// and why others did not. The numbers are kept on a shelf; why not shows itself
// anew when a phone next asks.
type good struct {
	shelf  *directory.Shelf
	mu     sync.RWMutex
	picks  map[directory.ID]Picks
	faults map[directory.ID]string
	unkept map[directory.ID]bool // changed since the shelf was written
}

// load reads what was kept, but of phones that are gone.
func (g *good) load(dir *directory.Directory) error {
	snap := dir.Snapshot()
	g.shelf = dir.Shelf("last-good")
	err := g.shelf.All(func(key string, value []byte) bool {
		id, picks := directory.ID(key), Picks{}
		if snap.Device(id) == nil || json.Unmarshal(value, &picks) != nil {
			g.unkept[id] = true
		} else if len(g.picks) < maxGood {
			g.picks[id] = picks
		}
		return true
	})
	if err != nil {
		return fmt.Errorf("reading which templates last rendered: %w", err)
	}
	return nil
}

// Save writes down what has changed since it was last called. What could not be
// written is tried again.
func (t *Templates) Save(ctx context.Context) error {
	g := &t.good
	g.mu.Lock()
	unkept := g.unkept
	g.unkept = map[directory.ID]bool{}
	items := make([]directory.Item, 0, len(unkept))
	for id := range unkept {
		one := directory.Item{Key: string(id)}
		if picks := g.picks[id]; len(picks) > 0 {
			one.Value, _ = json.Marshal(picks) //nolint:errchkjson // plain data
		}
		items = append(items, one)
	}
	g.mu.Unlock()
	err := g.shelf.Put(ctx, items)
	if err != nil {
		g.mu.Lock()
		maps.Copy(g.unkept, unkept)
		g.mu.Unlock()
	}
	return err
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
	if known && old.String() == picks.String() {
		return
	}
	if len(picks) == 0 {
		delete(g.picks, device)
	} else if known || len(g.picks) < maxGood {
		g.picks[device] = picks
	}
	g.unkept[device] = true
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
