// Package feature holds what dialled codes do, one code in one file. A feature
// sees a call only through its small Desk and knows neither SIP nor media.
package feature

import (
	"context"

	"cradle/directory"
	"cradle/directory/seating"
)

// Desk is what a feature may do with the call it was dialled in. Phrases are
// names of prompts; a digit is the phrase of that digit. Its methods wait for
// what they do, and give an error when the caller has gone: then the feature
// is to end.
type Desk interface {
	// Line is the phone line the code was dialled at.
	Line() directory.LineRef
	// Answer takes the call; what is said from then on is heard.
	Answer() error
	// Say says something to its end, or until a key is pressed.
	Say(phrases ...string) error
	// Ask says something, which the first digit interrupts, and collects up to
	// most digits; # ends them, and so do 3 s without one. What it gives is
	// empty when none came.
	Ask(most int, phrases ...string) (directory.Secret, error)
	// Refuse ends a call that was not answered with a SIP status and short words for the phone.
	Refuse(status int, reason string)
	// Result is the status and the words that the phone gets when an answered call
	// is hung up, for whoever cannot hear: 200 when it was not set.
	Result(status int, reason string)
	// HangUp ends the call.
	HangUp()
}

// Feature is one thing a code can do. It runs beside the call; when it
// returns, the call is hung up.
type Feature func(ctx context.Context, d Desk, argument string)

// Table are the features by the name a code record bears.
type Table map[string]Feature

// Config is what features share.
type Config struct {
	Seats *seating.Rules // who may sit down where
}

// All is the explicit list: a new feature is a new file and one line here.
func All(c Config) Table {
	return Table{
		"seat": seats{c.Seats}.dialled,
		"pick": seats{c.Seats}.picked,
	}
}
