// Package feature holds what dialled codes do, one code in one file. A feature
// sees a call only through its small Desk and knows neither SIP nor media.
package feature

// Desk is what a feature may do with the call it was dialled in.
type Desk interface {
	// Refuse ends the call with a SIP status and short words for the phone.
	Refuse(status int, reason string)
}

// Feature is one thing a code can do. It runs on the call's goroutine.
type Feature func(d Desk, argument string)

// Table are the features by the name a code record bears.
type Table map[string]Feature

// All is the explicit list: a new feature is a new file and one line here.
func All() Table {
	return Table{
		"seat": seat,
	}
}
