package calls

import (
	"math/rand/v2"
	"strconv"
	"sync"

	"github.com/emiago/sipgo/sip"

	"cradle/calls/leg"
	"cradle/directory"
)

// limits counts calls against the limit records. Emergency calls have a
// budget of their own and no other limit.
type limits struct {
	mu        sync.Mutex
	total     int
	byDevice  map[directory.ID]int // ordinary calls a phone has placed
	emergency map[directory.ID]int // by device and by site
	phones    map[directory.ID]int // calls a phone has any part in
}

// take counts a call in; the answer releases it, nil: over a limit.
func (m *limits) take(s *directory.Snapshot, d *directory.Device, emergency bool) (release func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.byDevice == nil {
		m.byDevice, m.emergency = map[directory.ID]int{}, map[directory.ID]int{}
	}
	if emergency {
		if m.emergency[d.ID] >= int(s.Limit("emergency_per_device")) || m.emergency[d.Site] >= int(s.Limit("emergency_per_site")) {
			return nil
		}
		return m.count(m.emergency, d.ID, d.Site)
	}
	if m.total >= int(s.Limit("calls")) || m.byDevice[d.ID] >= int(s.Limit("calls_per_device")) {
		return nil
	}
	m.total++
	lower := m.count(m.byDevice, d.ID)
	return func() {
		lower()
		m.mu.Lock()
		m.total--
		m.mu.Unlock()
	}
}

// count raises the counters now and lowers them when called back; m.mu is held now.
func (m *limits) count(in map[directory.ID]int, ids ...directory.ID) (lower func()) {
	for _, id := range ids {
		in[id]++
	}
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		for _, id := range ids {
			if in[id]--; in[id] <= 0 {
				delete(in, id)
			}
		}
	}
}

// occupy marks a phone as having a part in a call, until called back.
func (m *limits) occupy(device directory.ID) (release func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.phones == nil {
		m.phones = map[directory.ID]int{}
	}
	return m.count(m.phones, device)
}

func (m *limits) busy(device directory.ID) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.phones[device] > 0
}

// overload is the refusal of a call that does not fit now. The wait is random
// so that those refused together do not come back together.
func overload(reason string) leg.Refusal {
	wait := strconv.Itoa(2 + rand.IntN(9))
	return leg.Refusal{Status: sip.StatusServiceUnavailable, Reason: reason, Headers: []sip.Header{sip.NewHeader("Retry-After", wait)}}
}
