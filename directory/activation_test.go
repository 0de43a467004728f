package directory

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestActivationKeys(t *testing.T) {
	s := open(t)
	o := s.office()
	ada, grace := o.ext["101"], o.ext["102"]
	phone := &Device{ID: "phone", Organization: s.Snapshot().Extension(ada).Organization}
	var key Secret
	var until time.Time
	activate := func() {
		t.Helper()
		s.do(func(tx *Tx) (err error) { key, until, err = tx.Activate(ada); return err })
	}
	opens := func(at *Device) bool { e, v := s.TryActivation(at, key); return e != nil && e.ID == ada && v.OK }
	use := func(ext ID, k Secret) error { return s.try(func(tx *Tx) error { return tx.UseActivation(ext, k) }) }

	activate()
	if len(key.Reveal()) != ActivationDigits || time.Until(until) < activationLife-time.Minute {
		t.Errorf("%d digits until %s", len(key.Reveal()), until)
	}
	if opens(&Device{ID: "stranger", Organization: "others"}) {
		t.Error("it is good in another organization")
	}
	if s.reopen(); !opens(phone) {
		t.Error("it is worth nothing after a restart")
	}
	for what, err := range map[string]error{"another's": use(grace, key), "another key": use(ada, NewSecret("00000000"))} {
		if !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := use(ada, key); err != nil {
		t.Error(err)
	}
	if err := use(ada, key); !errors.Is(err, ErrRefused) || opens(phone) {
		t.Error("it is good a second time:", err)
	}
	activate()
	s.do(func(tx *Tx) error {
		e := *tx.Snapshot().Extension(ada)
		e.Activation.Until = time.Now().Add(-time.Second)
		return tx.put(&e)
	})
	if opens(phone) || use(ada, key) == nil {
		t.Error("it is good after its end")
	}
	activate()
	s.do(func(tx *Tx) error { return tx.Deactivate(ada) })
	if opens(phone) {
		t.Error("it is good after it was taken back")
	}
}

// Keys cannot be tried out: the sixth wrong one bars the phone for a while.
func TestActivationKeysCannotBeTriedOut(t *testing.T) {
	s := open(t)
	phone := &Device{ID: "phone"}
	for i := range barLocks * wrongMost {
		e, v := s.TryActivation(phone, NewSecret(fmt.Sprintf("%08d", i)))
		if e != nil || v.Barred != (i == barLocks*wrongMost-1) {
			t.Errorf("wrong one %d: %+v", i, v)
		}
	}
	if _, v := s.TryActivation(phone, NewSecret("99999999")); v.Why != "the phone is barred for a while" {
		t.Errorf("%+v", v)
	}
}
