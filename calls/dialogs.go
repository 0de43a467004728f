package calls

import (
	"net/netip"
	"sync"
	"time"

	"cradle/calls/leg"
)

// dialogs finds the leg a request inside a dialog belongs to. Our tag is
// random and in every such request, so it is the key.
type dialogs struct {
	mu sync.RWMutex
	// byTag is keyed by our tag; byCaller by the Call-ID and tag of an INVITE that came in.
	byTag    map[string]dialog
	byCaller map[callerKey]struct{}
	// Dialogs that are over, in two generations of linger each: what a phone
	// repeats must still get past the front door to the transaction that answers it.
	gone, older map[string]former
	turned      time.Time
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

type callerKey struct{ callID, tag string }

func (d *dialogs) init() {
	d.byTag = map[string]dialog{}
	d.byCaller = map[callerKey]struct{}{}
	d.gone = map[string]former{}
}

func (d *dialogs) add(c *Call, l *leg.Leg, source netip.Addr) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.byTag[l.LocalTag()] = dialog{call: c, leg: l, callID: l.CallID(), source: source.Unmap()}
}

func (d *dialogs) remove(l *leg.Leg) {
	d.mu.Lock()
	defer d.mu.Unlock()
	was, ok := d.byTag[l.LocalTag()]
	if !ok {
		return
	}
	delete(d.byTag, l.LocalTag())
	if now := time.Now(); now.Sub(d.turned) > linger {
		d.older, d.gone, d.turned = d.gone, map[string]former{}, now
	}
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

// admit notes the INVITE of a new call. False: the same INVITE is here
// already, by another way (RFC 3261 section 8.2.2.2).
func (d *dialogs) admit(k callerKey) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, known := d.byCaller[k]; known {
		return false
	}
	d.byCaller[k] = struct{}{}
	return true
}

func (d *dialogs) dismiss(k callerKey) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.byCaller, k)
}
