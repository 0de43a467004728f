package registrar

import (
	"sync"
	"time"

	"cradle/directory"
	"cradle/registrar/location"
)

// A changed secret ends a phone's bindings at once: whoever learnt the old one
// gets no call any more. But the phone is where it was, and has to be told to
// fetch the new secret. So its bindings are kept a little longer, for NOTIFY
// alone.
const (
	revokedTime = time.Minute
	revokedMost = 4096 // accounts; past it a phone comes back by itself at its next refresh
)

// revoked holds bindings that only a NOTIFY may still go to.
type revoked struct {
	mu   sync.Mutex
	kept map[string]revokedBindings
}

type revokedBindings struct {
	bindings []Binding
	until    time.Time
}

func (r *revoked) keep(account string, bindings []Binding, now time.Time) {
	if len(bindings) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.kept == nil {
		r.kept = map[string]revokedBindings{}
	}
	if len(r.kept) >= revokedMost {
		r.sweep(now)
	}
	if len(r.kept) < revokedMost {
		r.kept[account] = revokedBindings{bindings, now.Add(revokedTime)}
	}
}

// of lists what is kept of an account.
func (r *revoked) of(account string, now time.Time) []Binding {
	r.mu.Lock()
	defer r.mu.Unlock()
	if k := r.kept[account]; now.Before(k.until) {
		return k.bindings
	}
	delete(r.kept, account)
	return nil
}

// sweep forgets what is over. The caller holds the lock.
func (r *revoked) sweep(now time.Time) {
	for a, k := range r.kept {
		if !now.Before(k.until) {
			delete(r.kept, a)
		}
	}
}

// drop ends the bindings of an account. now is its account as it stands, nil
// when there is none any more.
func (r *Registrar) drop(account string, now *directory.LineAccount) {
	if now != nil && !now.Device.Disabled {
		r.revoked.keep(account, r.Lookup(account), r.now())
	}
	r.loc.Forget(account)
}

// reachable lists the bindings that a NOTIFY may go to: the live ones, or those
// that a change of secret has just ended.
func (r *Registrar) reachable(account string) []location.Binding {
	if live := r.Lookup(account); len(live) > 0 {
		return live
	}
	return r.revoked.of(account, r.now())
}
