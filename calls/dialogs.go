package calls

import (
	"net/netip"
	"sync"
	"time"

	"cradle/calls/leg"
	"cradle/directory"
)

// dialogs finds the leg a request inside a dialog belongs to. Our tag is
// random and in every such request, so it is the key.
type dialogs struct {
	mu sync.RWMutex
	// byTag is keyed by our tag; byCaller by the Call-ID and tag of an INVITE
	// that came in, and holds its branch.
	byTag    map[string]dialog
	byCallID map[string]*Call
	byCaller map[callerKey]string
	// Dialogs that are over, in two generations of linger each: what a phone
	// repeats must still get past the front door to the transaction that answers it.
	gone, older             map[string]former
	goneCaller, olderCaller map[callerKey]string
	turned                  time.Time
}

// linger is 64 T1, as long as a phone repeats a request (RFC 3261 section
// 17.1.2.2); manyGone bounds a generation.
const (
	linger   = 32 * time.Second
	manyGone = 200_000
)

type former struct {
	callID string
	source netip.Addr
}

type dialog struct {
	call   *Call
	leg    *leg.Leg
	callID string
	source netip.Addr // where the phone's signalling comes from
}

// callerKey names an INVITE as its sender does.
type callerKey struct {
	callID, tag string
	cseq        uint32
}

func (d *dialogs) init() {
	d.byTag = map[string]dialog{}
	d.byCallID = map[string]*Call{}
	d.byCaller = map[callerKey]string{}
	d.gone, d.goneCaller = map[string]former{}, map[callerKey]string{}
}

func (d *dialogs) add(c *Call, l *leg.Leg, source netip.Addr) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.byTag[l.LocalTag()] = dialog{call: c, leg: l, callID: l.CallID(), source: source.Unmap()}
	d.byCallID[l.CallID()] = c
}

// callOf is the live call of a leg by its Call-ID; nil: there is none.
func (d *dialogs) callOf(callID string) *Call {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.byCallID[callID]
}

func (d *dialogs) remove(l *leg.Leg) {
	d.mu.Lock()
	defer d.mu.Unlock()
	was, ok := d.byTag[l.LocalTag()]
	if !ok {
		return
	}
	delete(d.byTag, l.LocalTag())
	if d.byCallID[was.callID] == was.call {
		delete(d.byCallID, was.callID)
	}
	d.turn()
	if len(d.gone) < manyGone {
		d.gone[l.LocalTag()] = former{was.callID, was.source}
	}
}

func (d *dialogs) find(callID, ourTag string) (dialog, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	found, ok := d.byTag[ourTag]
	return found, ok && found.callID == callID
}

// vouch tells the front door that a request belongs to a dialog that is live,
// or was until just now, and comes from where that dialog's phone is.
func (d *dialogs) vouch(callID, ourTag, _ string, from netip.AddrPort) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if live, ok := d.byTag[ourTag]; ok {
		return live.callID == callID && live.source == from.Addr().Unmap()
	}
	was, ok := d.gone[ourTag]
	if !ok {
		was, ok = d.older[ourTag]
	}
	return ok && was.callID == callID && was.source == from.Addr().Unmap()
}

// callIDs are the Call-IDs of a call's legs.
func (d *dialogs) callIDs(id directory.ID) (list []string) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, one := range d.byTag {
		if one.call.id == id {
			list = append(list, one.callID)
		}
	}
	return list
}

// turn begins a new generation when it is time.
func (d *dialogs) turn() {
	if now := time.Now(); now.Sub(d.turned) > linger {
		d.turned = now
		d.older, d.gone = d.gone, map[string]former{}
		d.olderCaller, d.goneCaller = d.goneCaller, map[callerKey]string{}
	}
}

// arrival is what an INVITE without a tag of ours is.
type arrival int

const (
	fresh    arrival = iota
	repeated         // it was answered already; its transaction is gone
	merged           // the same INVITE by another way (RFC 3261 section 8.2.2.2)
)

// admit notes the INVITE of a new call.
func (d *dialogs) admit(k callerKey, branch string) arrival {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, calls := range []map[callerKey]string{d.byCaller, d.goneCaller, d.olderCaller} {
		if before, known := calls[k]; known {
			if before == branch {
				return repeated
			}
			return merged
		}
	}
	d.byCaller[k] = branch
	return fresh
}

// dismiss forgets the INVITE of a call, after a while.
func (d *dialogs) dismiss(k callerKey) {
	d.mu.Lock()
	defer d.mu.Unlock()
	branch, ok := d.byCaller[k]
	if !ok {
		return
	}
	delete(d.byCaller, k)
	if d.turn(); len(d.goneCaller) < manyGone {
		d.goneCaller[k] = branch
	}
}
