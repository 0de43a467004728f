// Package live holds what the portal shows of phones and calls at this moment,
// in words of its own: the joints through which ui reaches the registrar, the
// provisioning room and the calls room without knowing them.
package live

import (
	"context"
	"net/netip"
	"time"

	"cradle/directory"
)

// Feed is a stream of news. C is closed by Close, and by its speaker at its end.
// A speaker never waits for a slow reader.
type Feed[T any] interface {
	C() <-chan T
	Close()
}

// Registration is one binding of a phone's account.
type Registration struct {
	Account   string
	Source    netip.AddrPort
	Transport string // "udp", "tcp", "tls", "ws", "wss"
	UserAgent string
	Since     time.Time
	Expires   time.Time
	// RoundTrip is of its last answer to a ping; 0: it is not asked. Unreachable:
	// it did not answer the last one.
	RoundTrip   time.Duration
	Unreachable bool
}

// Registrar says who is registered.
type Registrar interface {
	// Registrations of an account that are live now, the newest first.
	Registrations(account string) []Registration
	// Count is how many bindings are live in the whole appliance.
	Count() int
	// Watch tells the accounts whose bindings changed; the empty account
	// means that news was lost and everything may have changed.
	Watch() Feed[[]string]
}

// Doors are the ports by which phones and browsers come; 0: that door is closed.
type Doors struct {
	HTTP  int `json:"http"`
	HTTPS int `json:"https"`
	TFTP  int `json:"tftp"`
}

// Step is one thing a phone did while it came up.
type Step struct {
	At       time.Time
	MAC      directory.MAC
	Door     string // "http", "https", "tftp", "pnp"
	File     string
	Status   int
	Bytes    int
	Took     time.Duration
	Source   netip.Addr
	Vendor   string
	Model    string
	Firmware string
	Sure     string // "certain", "likely", "guess"
	Rule     string // which rule refused, in plain words; empty: served
	Hash     string // tells renderings apart; empty: nothing was rendered
	LeftOut  string // settings by hand that the file could not hold, with commas between
	// TLS and Suite are the names of version and suite, Certificate says what the
	// certificate shown is worth; each may be empty.
	TLS, Suite, Certificate string
}

// Model is one phone model of the catalogue.
type Model struct {
	Name     string // as in a device record, "vendor-model"
	Vendor   string
	Label    string // as people write it
	Lines    int
	Firmware string // the oldest that is known to work; empty: any
	Program  bool   // runs at its user's, and is no phone that stands somewhere
}

// Provisioning is the room that gives phones their settings.
type Provisioning interface {
	// Steps of one phone, the oldest first; bounded by the journal.
	Steps(directory.MAC) []Step
	// Watch tells steps as they happen. A slice of length 0 means that
	// steps were lost.
	Watch() Feed[[]Step]
	// Models of the catalogue, ordered by name.
	Models() []Model
}

// Resync makes phones read their settings again.
type Resync interface {
	Resync(ctx context.Context, device directory.ID, reboot bool) error
	// State is how far a phone is with its settings.
	State(device directory.ID) ResyncState
}

// ResyncState is how far a phone is with its settings.
type ResyncState struct {
	Status string    // "applied", "pending", "failed"; empty: nothing was asked
	Reason string    // in plain words
	At     time.Time // of the last change
}

// Party is one end of a call.
type Party struct {
	Number string
	Name   string
	Device directory.ID
}

// Call is a call that is up or being set up.
type Call struct {
	ID           string
	Organization directory.ID
	From, To     Party
	State        string // "ringing", "answered", "held"
	Since        time.Time
	Codec        string
	Heard        []Heard // From and To, as they were heard last; empty: not yet
}

// Heard is how one end of a call is heard in the newest seconds of it, or who is not.
type Heard struct {
	Device              directory.ID
	Codec, Encryption   string
	Packets, Lost, Late uint64
	Loss                float64 // share that was lost or late, 0 to 1
	Jitter, RoundTrip   time.Duration
	MOS                 float64 // 1 to 4.5; 0: nothing was measured
	// PartyMOS is how that end hears, as it says itself; 0: it does not.
	PartyMOS float64
	Silent   bool // it is not heard while the other one is
}

// Listened counts, since the start, the ends of calls by the class of their
// sound, calls in which one was not heard, and reports that phones sent.
type Listened struct {
	Classes         map[string]uint64
	OneWay, Reports uint64
}

// CallNews is a call that changed. Lost means that news was lost.
type CallNews struct {
	Call  Call
	Ended bool
	Lost  bool
}

// Calls is the room that knows who talks to whom.
type Calls interface {
	Calls() []Call
	Watch() Feed[CallNews]
	Listened() Listened
	// Records of calls that ended, the newest first. after is the cursor of
	// the page before, empty for the first; next is empty on the last page.
	Records(ctx context.Context, org directory.ID, after string, n int) (records []directory.CallRecord, next string, err error)
}

// Media is what the packet relay counts: now, and since the start.
type Media struct {
	Sessions  int // legs that hold ports now
	FreePorts int // pairs of ports that are free
	// Relayed and Dropped are packets since the start.
	Relayed, Dropped uint64
	Forwarded        uint64 // of Relayed, what the kernel did by itself
	Flows            int    // directions of calls that the kernel forwards now
	InKernel         bool   // it may
}
