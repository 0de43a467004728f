package onboard

import "errors"

// ErrRefused says that a phone is not adopted; what wraps it says by which rule.
var ErrRefused = errors.New("not adopted")
