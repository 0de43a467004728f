package settings

import "errors"

// ErrInvalid says that a value does not fit its setting; what wraps it names both.
var ErrInvalid = errors.New("invalid setting")
