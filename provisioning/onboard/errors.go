package onboard

import "errors"

// Why a phone is not adopted; what wraps them says by which rule.
var (
	ErrRefused = errors.New("not adopted")
	ErrCap     = errors.New("not adopted for want of room")
)
