package directory

import (
	"errors"
	"testing"
)

// TestTryTakesBackWhatFailed: of steps that fail in the middle nothing stays, not
// even their keys, and what was written before and after them does.
func TestTryTakesBackWhatFailed(t *testing.T) {
	s := open(t)
	o := s.office()
	wrong := errors.New("wrong")
	l := &Layout{Organization: o.org, Name: "Twice"}
	s.do(func(tx *Tx) error {
		if err := tx.PutLayout(&Layout{Organization: o.org, Name: "Before"}); err != nil {
			return err
		}
		before := tx.Snapshot()
		err := tx.Try(func() error {
			return errors.Join(tx.PutLayout(l), tx.DeleteExtension(o.ext["103"]), tx.breaks(wrong))
		})
		if !errors.Is(err, wrong) {
			t.Errorf("Try says %v", err)
		}
		if l.ID != "" || tx.Snapshot().LayoutByName(o.org, "Twice") != nil || before.LayoutByName(o.org, "Before") == nil {
			t.Error("what failed is still there, or what was before is not")
		}
		return tx.Try(func() error { return tx.PutLayout(&Layout{Organization: o.org, Name: "twice"}) })
	})
	kept := func(snap *Snapshot) {
		t.Helper()
		if snap.LayoutByName(o.org, "Before") == nil || snap.LayoutByName(o.org, "Twice") == nil || snap.Extension(o.ext["103"]) == nil {
			t.Error("other records were kept than the transaction had")
		}
	}
	kept(s.Snapshot())
	s.reopen()
	s.sound()
	kept(s.Snapshot())
}
