package devicecert

import "errors"

// ErrDamaged means that the authority's file cannot be used as it is.
var ErrDamaged = errors.New("damaged")
