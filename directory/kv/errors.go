package kv

import "errors"

// Sentinels of engines; errors that wrap them name the key or file at fault.
var (
	ErrDamaged = errors.New("damaged")                    // a value does not match its checksum
	ErrLocked  = errors.New("in use by another instance") // somebody else has the store open
	ErrClosed  = errors.New("closed")
	ErrFull    = errors.New("the disk is full") // nothing was written
	ErrStop    = errors.New("stop")             // ends a Scan early, without an error
)
