package sdp

import "errors"

// Sentinels; errors that wrap them name the value at fault.
var (
	// ErrBad means the bytes are no session description, or pass a limit.
	ErrBad = errors.New("bad session description")
	// ErrUnsupported means a description that is well formed and cannot be met: no audio, no codec, a secure profile.
	ErrUnsupported = errors.New("session description not supported")
)
