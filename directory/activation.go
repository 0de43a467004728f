package directory

import "time"

// Activation is a key that somebody may enter at a phone where nobody sits, once,
// in place of an extension's number and PIN.
type Activation struct {
	Key   Hash      // of its 8 digits; empty: there is none
	Until time.Time // when it is worthless
}

// Bounds of activation keys.
const (
	ActivationDigits = 8
	activationLife   = 7 * 24 * time.Hour
	activationsMost  = 1000 // of an organization at once: each is compared with what is entered
)

func (a Activation) open(now time.Time) bool { return a.Key != "" && now.Before(a.Until) }

// Activate makes an activation key for an extension, in place of one that it has,
// good for a week. It is no extension's number. Errors wrap ErrNotFound, ErrRefused.
func (tx *Tx) Activate(ext ID) (Secret, time.Time, error) {
	old := tx.work.Extension(ext)
	if old == nil {
		return Secret{}, time.Time{}, notFound("extension", string(ext))
	}
	open := 0
	for e := range tx.work.Extensions(old.Organization) {
		if e.ID != ext && e.Activation.open(tx.now) {
			open++
		}
	}
	if open >= activationsMost {
		return Secret{}, time.Time{}, refused("%d activation keys are open at once", open)
	}
	digits := randomDigits(ActivationDigits)
	for tx.work.ExtensionByNumber(old.Organization, digits) != nil || tx.d.activated(tx.work, old.Organization, digits, tx.now) != nil {
		digits = randomDigits(ActivationDigits)
	}
	e := *old
	e.Activation = Activation{Key: tx.d.keys.hashDigits(purposeActivation, digits), Until: tx.now.Add(activationLife)}
	return NewSecret(digits), e.Activation.Until, tx.put(&e)
}

// Deactivate takes an extension's activation key back; there need not be one.
func (tx *Tx) Deactivate(ext ID) error {
	old := tx.work.Extension(ext)
	switch {
	case old == nil:
		return notFound("extension", string(ext))
	case old.Activation.Key == "":
		return nil
	}
	e := *old
	e.Activation = Activation{}
	return tx.put(&e)
}

// UseActivation takes back the key that was entered. ErrRefused: it is used already.
func (tx *Tx) UseActivation(ext ID, key Secret) error {
	e := tx.work.Extension(ext)
	if e == nil || !e.Activation.open(tx.now) || !tx.d.keys.matches(purposeActivation, e.Activation.Key, key.Reveal()) {
		return refused("the activation key is worth nothing any more")
	}
	return tx.Deactivate(ext)
}

// activated finds whose key this is; nil: nobody's.
func (d *Directory) activated(s *Snapshot, org ID, digits string, now time.Time) (found *Extension) {
	for e := range s.Extensions(org) {
		if e.Activation.open(now) && d.keys.matches(purposeActivation, e.Activation.Key, digits) {
			found = e
		}
	}
	return found
}

// TryActivation finds the extension that an activation key entered at a phone is
// for, and counts wrong ones: three in a row are as a secret that the phone locked,
// so that keys cannot be tried out.
func (d *Directory) TryActivation(phone *Device, key Secret) (*Extension, Verdict) {
	g, now := &d.gate, d.now()
	k := string(phone.ID) + "." + purposeActivation
	g.mu.Lock()
	defer g.mu.Unlock()
	e := d.activated(d.Snapshot(), phone.Organization, key.Reveal(), now)
	switch {
	case g.barred(phone.ID, now):
		return nil, Verdict{Why: "the phone is barred for a while"}
	case e != nil:
		delete(g.wrong, k)
		return e, Verdict{OK: true}
	}
	v := Verdict{Why: "no such activation key"}
	g.miss(k)
	if g.wrong[k] >= wrongMost {
		delete(g.wrong, k)
		v.Barred = g.blame(phone.ID, now)
	}
	return nil, v
}
