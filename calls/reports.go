package calls

import (
	"slices"
	"sync"
	"time"

	"cradle/directory"
	"cradle/media/quality"
)

// afterwards ties what phones say of a call after its end to its record, in two generations of linger each.
type afterwards struct {
	mu          sync.Mutex
	legs, older map[string]endedLeg // by Call-ID
	turned      time.Time
}

// manyEnded bounds a generation; reports of what is more are lost.
const manyEnded = 20_000

type endedLeg struct {
	record *directory.CallRecord // of all its legs
	leg    int
}

// keep remembers a record by the Call-IDs of its legs.
func (a *afterwards) keep(r *directory.CallRecord, callIDs []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if now := time.Now(); now.Sub(a.turned) > linger {
		a.turned, a.older, a.legs = now, a.legs, map[string]endedLeg{}
	}
	for i, id := range callIDs {
		if len(a.legs) < manyEnded {
			a.legs[id] = endedLeg{r, i}
		}
	}
}

// add puts a phone's word into the record. False: no such call ended lately, or it is another phone's, or had the last
// word of this one already.
func (a *afterwards) add(device directory.ID, callID string, said *directory.PhoneReport) (directory.CallRecord, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	e, ok := a.legs[callID]
	if !ok {
		e, ok = a.older[callID]
	}
	if !ok || e.record.Legs[e.leg].Device != device {
		return directory.CallRecord{}, false
	}
	if was := e.record.Legs[e.leg].Phone; was != nil && was.Final {
		return directory.CallRecord{}, false
	}
	e.record.Legs[e.leg].Phone = said
	r := *e.record
	r.Legs = slices.Clone(r.Legs)
	return r, true
}

// Report takes what a phone says of a call it has a part in, or had until just now; of another's call it changes
// nothing. False: there is no such call.
func (x *Exchange) Report(device directory.ID, r quality.Report) bool {
	said := &directory.PhoneReport{Codec: r.Heard.Codec, MOS: r.Heard.MOS, Loss: r.Heard.Loss, Discard: r.Heard.Discard,
		Jitter: ms(r.Heard.Jitter), RoundTrip: ms(r.Heard.RoundTrip), Final: r.Final}
	if c := x.dialogs.callOf(r.CallID); c != nil && c.Post(func() { c.reported(device, r.CallID, said) }) {
		return true
	}
	return x.reportedLate(device, r.CallID, said)
}

func (x *Exchange) reportedLate(device directory.ID, callID string, said *directory.PhoneReport) bool {
	record, ok := x.afterwards.add(device, callID, said)
	if ok {
		x.totals.phones.Add(1)
		x.book.Ended(record)
	}
	return ok
}

// reported takes a phone's word on the call's loop; the call may have ended meanwhile.
func (c *Call) reported(device directory.ID, callID string, said *directory.PhoneReport) {
	if c.ended {
		c.x.reportedLate(device, callID, said)
		return
	}
	for _, p := range append([]*party{c.caller}, c.branches...) {
		if p.leg.CallID() == callID && p.device == device {
			p.measured.phone = said
			c.x.totals.phones.Add(1)
		}
	}
}
