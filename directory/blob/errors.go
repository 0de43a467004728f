package blob

import "errors"

// Errors of this package; those that wrap them name the value at fault.
var (
	ErrMissing = errors.New("no such blob")
	ErrDamaged = errors.New("the blob's content is not what its name says")
	ErrTooLong = errors.New("the file is longer than a blob may be")
	ErrFull    = errors.New("there is no room for another blob")
	ErrEmpty   = errors.New("the file is empty")
)
