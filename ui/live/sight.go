package live

import (
	"net/netip"
	"time"

	"cradle/directory"
)

// Past is the history of an account's registrations.
type Past struct {
	Steps     []PastStep // the oldest first
	Flapping  bool       // it came and went several times within minutes
	RoundTrip time.Duration
}

// PastStep is one step of it.
type PastStep struct {
	At        time.Time
	Kind      string // "registered", "lost", "gone"
	Source    string
	Transport string
	UserAgent string
}

// TraceSubject is who is traced: the phones of accounts, or a call.
type TraceSubject struct {
	Organization directory.ID
	Name         string
	Accounts     []string
	Call         directory.ID
}

// Trace is a trace of a phone or a call.
type Trace struct {
	ID           string
	Organization directory.ID
	Name         string
	By           string
	Started      time.Time
	Ends         time.Time
	Running      bool
	Messages     int
	Dropped      int
}

// TraceMessage is one message of it, without secrets.
type TraceMessage struct {
	At            time.Time
	In            bool // to the appliance
	Local, Remote netip.AddrPort
	Transport     string
	Text          string
}

// Sight shows what phones and the appliance say to each other.
type Sight interface {
	// Past of an account's registrations.
	Past(account string) Past
	// StartTrace begins one that ends by itself. Its errors are of the asker's making.
	StartTrace(s TraceSubject, by string, d time.Duration) (Trace, error)
	Traces() []Trace
	Trace(id string) (Trace, []TraceMessage, bool)
	StopTrace(id string) bool
	DeleteTrace(id string) bool
	// Ladder and Capture are a trace as text and as a capture file.
	Ladder(id string) string
	Capture(id string) []byte
	// Load is what the door does now, in numbers without names.
	Load() SIPLoad
}

// SIPLoad is what the SIP door does, since the start where it counts.
type SIPLoad struct {
	Subscriptions, Connections, Traces int
	NotifiesTaken, NotifiesNot         uint64
	Passed, Screened                   uint64
}
