package directory

import "errors"

// Sentinels of this room; errors that wrap them name the value at fault.
var (
	ErrInvalid  = errors.New("invalid")
	ErrNotFound = errors.New("not found")
	ErrTaken    = errors.New("already taken")     // a unique key belongs to another record
	ErrInUse    = errors.New("in use")            // something else still refers to it
	ErrStale    = errors.New("changed meanwhile") // the revision is not the newest
	ErrRefused  = errors.New("refused")           // a rule of the seats says no
	ErrDamaged  = errors.New("damaged")           // a value does not match its checksum
	ErrNewer    = errors.New("written by a newer version")
	ErrLocked   = errors.New("in use by another instance")
	ErrClosed   = errors.New("closed")
)
