package directory

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"
	"time"
)

// SecretKind says which of an extension's two secrets is asked for.
type SecretKind string

// The secrets that are entered by digits.
const (
	SecretPIN  SecretKind = "pin"  // logs in at a hot-desk phone, and at the portal
	SecretCode SecretKind = "code" // sits down at another's phone
)

// The rules of wrong secrets (docs/seats.md).
const (
	wrongMost = 3                // in a row, then the secret is locked
	codeLock  = 15 * time.Minute // a locked PIN stays so until an administrator resets it
	barLocks  = 2                // extensions that a phone locks within barWithin
	barWithin = time.Hour
	barFor    = 15 * time.Minute
	gateMost  = 100_000 // extensions and phones that are counted at once
)

// Attempt is a secret somebody entered.
type Attempt struct {
	Kind      SecretKind
	Extension ID // empty: one that does not exist or may not be entered this way
	Digits    Secret
	Proof     Secret // in place of Digits: what a phone shows that was given ProofNonce
	Device    ID     // the phone it was entered at; empty: not at a phone
}

// Verdict is what came of an attempt.
type Verdict struct {
	OK      bool
	Default bool   // a PIN that is still the one an administrator gave
	Why     string // for its owner and administrators, never for who tried
	Locked  bool   // by this attempt
	Barred  bool   // the phone, by this attempt
}

// Lock is a secret that takes no more attempts.
type Lock struct {
	Extension ID
	Kind      SecretKind
	Since     time.Time
	Until     time.Time // zero: until an administrator resets it
	// Of is the sum over what was locked: another secret is not locked.
	Of []byte
}

// gate counts wrong secrets: one counter for each secret of each extension, from whichever phone or portal. Locks are
// on disk; what was wrong before the third time is forgotten at a restart.
type gate struct {
	mu    sync.Mutex
	wrong map[string]int
	locks map[string]Lock
	bad   map[ID][]time.Time // when a phone locked extensions
}

func (l Lock) key() string { return string(l.Extension) + "." + string(l.Kind) }

func (l Lock) holds(now time.Time, of []byte) bool {
	return (l.Until.IsZero() || now.Before(l.Until)) && bytes.Equal(l.Of, of)
}

// lockable is what a lock is of: the secret as it is kept.
func (d *Directory) lockable(ext ID, kind SecretKind) []byte {
	e := d.Snapshot().Extension(ext)
	if e == nil {
		e = &Extension{}
	}
	if kind == SecretCode {
		return d.keys.sum("lock", nil, string(e.Virtualization.Secret))
	}
	return d.keys.sum("lock", nil, string(e.PIN)+"/"+e.DefaultPIN.Reveal())
}

// loadGate reads the locks.
func (d *Directory) loadGate() error {
	g := &d.gate
	g.wrong, g.locks, g.bad = map[string]int{}, map[string]Lock{}, map[ID][]time.Time{}
	for after := ""; ; {
		items, err := d.Shelf("secretlocks").Page(after, 256)
		if err != nil {
			return err
		}
		for _, i := range items {
			after = i.Key
			var l Lock
			if err := json.Unmarshal(i.Value, &l); err != nil {
				d.log.Error("lock of a secret cannot be read", "key", i.Key, "error", err)
				continue
			}
			g.locks[i.Key] = l
		}
		if len(items) < 256 {
			return nil
		}
	}
}

// Try checks a secret and counts it. Attempts at one secret are judged one after the other, so many at once meet one
// counter. Whatever is wrong, the time is the same, but for the lock that the third one writes.
func (d *Directory) Try(ctx context.Context, a Attempt) Verdict {
	v, lock := d.judge(a)
	if lock == nil {
		return v
	}
	b, err := json.Marshal(lock)
	if err == nil {
		err = d.Shelf("secretlocks").Put(ctx, []Item{{Key: lock.key(), Value: b}})
	}
	if err != nil {
		d.log.Error("lock of a secret not written", "error", err)
	}
	return v
}

func (d *Directory) judge(a Attempt) (v Verdict, lock *Lock) {
	g, now := &d.gate, d.now()
	k := Lock{Extension: a.Extension, Kind: a.Kind}.key()
	g.mu.Lock()
	defer g.mu.Unlock()
	of := d.lockable(a.Extension, a.Kind)
	locked, isLocked := g.locks[k]
	right, isDefault := d.match(a)
	switch {
	case g.barred(a.Device, now):
		v.Why = "the phone is barred for a while"
	case a.Extension == "":
		v.Why = "no such extension, or it may not sit here"
	case isLocked && locked.holds(now, of):
		v.Why = "the secret is locked"
	case !right && !a.Proof.Empty() && d.unproven(a):
		v.Why = "the secret was set before phones could prove it: it has to be set anew"
		return v, nil
	case right:
		delete(g.wrong, k)
		return Verdict{OK: true, Default: isDefault}, nil
	default:
		v.Why = "wrong"
		g.miss(k)
	}
	if g.wrong[k] < wrongMost {
		return v, nil
	}
	delete(g.wrong, k)
	lock = &Lock{Extension: a.Extension, Kind: a.Kind, Since: now, Of: of}
	if a.Kind == SecretCode {
		lock.Until = now.Add(codeLock)
	}
	g.locks[k] = *lock
	v.Locked, v.Barred, v.Why = true, g.blame(a.Device, now), "wrong for the third time in a row"
	return v, lock
}

// match compares digits; an unknown extension takes the same time.
func (d *Directory) match(a Attempt) (right, isDefault bool) {
	if !a.Proof.Empty() {
		return d.matchProof(a)
	}
	if a.Kind == SecretPIN {
		return d.MatchPIN(a.Extension, a.Digits.Reveal())
	}
	return d.MatchVirtualizationSecret(a.Extension, a.Digits.Reveal()), false
}

// miss counts a wrong secret, as far as there is room.
func (g *gate) miss(k string) {
	if len(g.wrong) < gateMost || g.wrong[k] > 0 {
		g.wrong[k]++
	}
}

// blame notes that a phone locked an extension; true: that was one too many.
func (g *gate) blame(phone ID, now time.Time) bool {
	if phone == "" || len(g.bad) >= gateMost {
		return false
	}
	recent := g.bad[phone][:0]
	for _, t := range g.bad[phone] {
		if now.Sub(t) < barWithin {
			recent = append(recent, t)
		}
	}
	g.bad[phone] = append(recent, now)
	return len(g.bad[phone]) >= barLocks
}

// barred tells whether a phone has locked too many extensions just now.
func (g *gate) barred(phone ID, now time.Time) bool {
	t := g.bad[phone]
	if len(t) == 0 {
		return false
	}
	last := t[len(t)-1]
	if now.Sub(last) >= barWithin {
		delete(g.bad, phone)
		return false
	}
	return len(t) >= barLocks && now.Sub(last) < barFor && now.Sub(t[len(t)-barLocks]) < barWithin+barFor
}

// Locked lists the locks that hold now for an extension.
func (d *Directory) Locked(ext ID) (locks []Lock) {
	g, now := &d.gate, d.now()
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, kind := range []SecretKind{SecretPIN, SecretCode} {
		if l, ok := g.locks[Lock{Extension: ext, Kind: kind}.key()]; ok && l.holds(now, d.lockable(ext, kind)) {
			locks = append(locks, l)
		}
	}
	return locks
}

// Unlock takes attempts at an extension's secrets again, and forgets the wrong ones.
func (d *Directory) Unlock(ctx context.Context, ext ID) error {
	g := &d.gate
	var gone []Item
	g.mu.Lock()
	for _, kind := range []SecretKind{SecretPIN, SecretCode} {
		k := Lock{Extension: ext, Kind: kind}.key()
		delete(g.wrong, k)
		if _, ok := g.locks[k]; ok {
			delete(g.locks, k)
			gone = append(gone, Item{Key: k})
		}
	}
	g.mu.Unlock()
	return d.Shelf("secretlocks").Put(ctx, gone)
}

// ResetPIN returns an extension to its default PIN and takes attempts again.
func (d *Directory) ResetPIN(ctx context.Context, by Actor, ext ID) error {
	if err := d.Update(ctx, by, func(tx *Tx) error { return tx.SetPIN(ext, "") }); err != nil {
		return err
	}
	return d.Unlock(ctx, ext)
}

// Longest is how many digits a secret of that kind has at most.
func (k SecretKind) Longest() int {
	if k == SecretPIN {
		return 10
	}
	return 8
}
