package directory

import "time"

// CallRecord is one call that ended. It names extensions and numbers, never secrets.
type CallRecord struct {
	ID           ID
	Organization ID
	CallID       string
	From, To     string // numbers as dialled
	FromName     string
	FromDevice   ID
	ToDevice     ID // the phone that answered; empty: nobody
	Started      time.Time
	Answered     time.Time // zero: never
	Ended        time.Time
	// Status is the final SIP status given to the caller, 200 when answered.
	Status  int
	EndedBy string // "caller", "callee", "system"
	Reason  string // in plain words
	Legs    []LegRecord
}

// LegRecord is what media saw of one leg of a call.
type LegRecord struct {
	Device                    ID
	Codec                     string
	Encryption                string  // how its packets were encrypted, "SDES AEAD_AES_128_GCM"; empty: they were not
	Received, Sent, Lost      uint64  // packets
	Jitter                    float64 // milliseconds, RFC 3550 A.8
	ReceivedBytes, DroppedBad uint64
}
