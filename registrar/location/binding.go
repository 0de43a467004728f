package location

import (
	"net/netip"
	"time"
)

// Binding is where one account can be reached just now (RFC 3261 section 10).
type Binding struct {
	Account string
	Contact string // the URI, byte for byte as registered
	Params  string // header parameters of the Contact without expires, as sent, beginning with ';' when not empty
	// Source is where the REGISTER came from, Local the address it came to:
	// together with Transport they are the flow that requests go by.
	Source, Local netip.AddrPort
	Transport     string // "udp", "tcp", "tls", "ws" or "wss"
	Instance      string // +sip.instance as sent, without quotes; empty: none
	UserAgent     string
	CallID        string
	Path          string // the Route that requests take first (RFC 3327), as sent; empty: none
	RegID         int    // reg-id of RFC 5626; 0: none
	CSeq          uint32
	Q             float32
	Registered    time.Time // the first time this binding was made
	Expires       time.Time
	// FlowLost is set when the connection the binding came by is gone.
	FlowLost bool
	// Fixed is set for the fixed address of a phone that does not register.
	Fixed bool
	// RoundTrip is how long its last answer to a ping took; 0: not known.
	// Unreachable is set when it did not answer the last one.
	RoundTrip   time.Duration
	Unreachable bool
}

// Change is one step in the life of a binding.
type Change struct {
	Account string
	Binding Binding
	Gone    bool
	// Overflow marks that changes were dropped because the reader was slow:
	// look everything up again. The other fields are then empty.
	Overflow bool
}
