package registrar

import (
	"errors"
	"fmt"

	"cradle/registrar/edge"
	"cradle/registrar/transaction"
)

// Sentinels of this room; errors that wrap them name the account or address.
var (
	ErrNotRegistered = errors.New("not registered")
	ErrNoAnswer      = errors.New("no answer")
	// ErrFlowLost: the connection the phone registered by is gone.
	ErrFlowLost  = edge.ErrFlowLost
	ErrMalformed = transaction.ErrMalformed
	ErrOff       = errors.New("SIP is off")
)

// Status is a phone's refusal of a request of ours.
type Status struct {
	Code   int
	Reason string
}

// Error is the status line.
func (s *Status) Error() string { return fmt.Sprintf("the phone answered %d %s", s.Code, s.Reason) }
