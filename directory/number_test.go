package directory

import "testing"

// What was being changed when the appliance stopped is pending no longer, and what
// was reserved stays so.
func TestPendingIsClearedAtStart(t *testing.T) {
	s := open(t)
	o := s.office()
	was := map[string]NumberStatus{"+4420001": NumberPending, "+4420002": NumberReserved, "+4420003": NumberActive}
	s.do(func(tx *Tx) error {
		for e164, status := range was {
			if err := tx.PutNumber(&Number{Organization: o.org, Site: o.site, E164: e164, Status: status}); err != nil {
				return err
			}
		}
		return nil
	})
	s.reopen()
	was["+4420001"] = NumberActive
	n := 0
	for got := range s.Snapshot().Numbers(o.org) {
		if n++; got.Status != was[got.E164] {
			t.Errorf("%s is %s, want %s", got.E164, got.Status, was[got.E164])
		}
	}
	if n != len(was) {
		t.Errorf("%d numbers", n)
	}
	s.sound()
}
