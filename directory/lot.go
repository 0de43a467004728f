package directory

import (
	"hash/fnv"
	"slices"
	"strings"
)

// Lot is the lot a device drew for a subject, such as a template: 0 to 99,
// always the same. While a change is brought to p percent of the phones, it is
// for those whose lot is below p.
func Lot(subject, device ID) int {
	h := fnv.New32a()
	h.Write([]byte(subject))
	h.Write([]byte{0})
	h.Write([]byte(device))
	return int(h.Sum32() % 100)
}

// Share is the percent of phones that have the change by now. A template's is
// its own affair once the roll-out is over; a firmware that was stopped is for
// no further phone.
func (r *Rollout) Share() int {
	if r.State == RolloutStopped {
		return 0
	}
	return r.Stages[r.Stage]
}

// Concerns tells whether a phone is one of those that get the change in the end.
func (r *Rollout) Concerns(d *Device) bool {
	return (r.Organization == "" || r.Organization == d.Organization) && (r.Site == "" || r.Site == d.Site) &&
		slices.ContainsFunc(r.Models, func(m string) bool { return strings.EqualFold(m, d.Model) })
}

// Brings tells whether a firmware's roll-out brings it to a phone by now.
func (r *Rollout) Brings(d *Device) bool {
	return r.Kind == "firmware" && r.Concerns(d) && Lot(r.Subject, d.ID) < r.Share()
}

// RolledOut is the newest roll-out that brings a phone a firmware; nil: none.
func (s *Snapshot) RolledOut(d *Device) (newest *Rollout) {
	for r := range s.Rollouts("") {
		if r.Brings(d) && (newest == nil || r.Started.After(newest.Started)) {
			newest = r
		}
	}
	return newest
}
