package seating

import (
	"sync"
	"time"
)

// Pending holds for a while what a dialogue that is in several steps waits for. It is
// kept in memory: after a restart a dialogue begins anew.
type Pending[V any] struct {
	most int
	life time.Duration
	now  func() time.Time

	mu   sync.Mutex
	held map[string]pending[V]
}

type pending[V any] struct {
	value V
	until time.Time
}

// NewPending holds at most so many, each as long as life.
func NewPending[V any](most int, life time.Duration, now func() time.Time) *Pending[V] {
	return &Pending[V]{most: most, life: life, now: now, held: map[string]pending[V]{}}
}

// Keep holds a value under a key, from now. Where too many are held it is not: a
// dialogue then begins anew.
func (p *Pending[V]) Keep(key string, v V) {
	now := p.now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.held) >= p.most {
		for k, old := range p.held {
			if now.After(old.until) {
				delete(p.held, k)
			}
		}
	}
	if len(p.held) < p.most {
		p.held[key] = pending[V]{v, now.Add(p.life)}
	}
}

// Held gives what is held; false: nothing, or no longer.
func (p *Pending[V]) Held(key string) (V, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.look(key)
}

func (p *Pending[V]) look(key string) (V, bool) {
	v, ok := p.held[key]
	if !ok || p.now().After(v.until) {
		var none V
		return none, false
	}
	return v.value, true
}

// Take gives what is held, once.
func (p *Pending[V]) Take(key string) (V, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	v, ok := p.look(key)
	delete(p.held, key)
	return v, ok
}
