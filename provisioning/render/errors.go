package render

import "errors"

// Sentinels of this package; errors that wrap them name the place at fault.
var (
	ErrRefused = errors.New("template refused")    // vetting said no
	ErrMissing = errors.New("value is not set")    // a rendering needs what this device does not have
	ErrBudget  = errors.New("over the budget")     // too many steps or too much output
	ErrValue   = errors.New("value does not fit")  // not what its place or function takes
	ErrFormat  = errors.New("output is malformed") // a check on rendered bytes said no
)
