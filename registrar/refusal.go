package registrar

import (
	"net/netip"
	"time"

	"cradle/directory"
)

// Refusal is something at the door that an administrator should know of.
type Refusal struct {
	At     time.Time
	Kind   RefusalKind
	Source netip.Addr
	Device *directory.Device // nil: of no phone
	For    time.Duration     // of a ban
}

// RefusalKind says what happened.
type RefusalKind int

// The kinds of refusals.
const (
	// RefusedSource: right credentials came from an address that the phone's
	// account may not be used from. Somebody may have learnt its secret.
	RefusedSource RefusalKind = iota
	// RefusedPlain: a phone that has to use TLS came in clear.
	RefusedPlain
	// RefusedBan: a source is over its budget, and gets no answer for a while.
	RefusedBan
)

// refusalsWaiting bounds what nobody has heard yet; more of a flood tells nothing.
const refusalsWaiting = 64

// OnRefusal sets who hears of refusals, one after the other. Call it before Run.
func (r *Registrar) OnRefusal(f func(Refusal)) { r.onRefusal = f }

// refused notes a refusal without waiting.
func (r *Registrar) refused(x Refusal) {
	select {
	case r.refusals <- x:
	default:
	}
}

// tellRefusals hands refusals on until the registrar is closed.
func (r *Registrar) tellRefusals() {
	for {
		select {
		case <-r.stop:
			return
		case x := <-r.refusals:
			if r.onRefusal != nil {
				r.onRefusal(x)
			}
		}
	}
}
