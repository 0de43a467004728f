package firmware

import "errors"

// Errors of this room; those that wrap them name the value at fault.
var (
	ErrBusy    = errors.New("too many phones load firmware just now")
	ErrRefused = errors.New("not this file for this phone")
	ErrUnknown = errors.New("not known")
	ErrTaken   = errors.New("there is such a file already")
)
