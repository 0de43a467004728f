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
	Late                      uint64  // packets that came, but too late to be played
	RoundTrip                 float64 // milliseconds from here to the phone and back; 0: not known
	// How the phone was heard, judged in pieces of 5 s by the E-model, 1 to 4.5: their average and the worst; 0: it sent nothing.
	MOS, WorstMOS float64
	WorstLoss     float64      // share of a piece's packets that was lost or late, 0 to 1
	WorstJitter   float64      // milliseconds
	Silent        bool         // was not heard for seconds while the other one was
	Phone         *PhoneReport // what the phone itself said of how it heard; nil: nothing
}

// PhoneReport is how a phone says that it heard (RFC 3611, RFC 6035). Zero: it did not say.
type PhoneReport struct {
	Codec             string
	MOS               float64 // 1 to 5
	Loss, Discard     float64 // in the network and by its jitter buffer, 0 to 1
	Jitter, RoundTrip float64 // milliseconds
	Final             bool    // of the whole call
}
