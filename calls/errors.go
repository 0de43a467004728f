package calls

import "errors"

// Sentinels of this room.
var (
	ErrConfig = errors.New("incomplete configuration")
)
