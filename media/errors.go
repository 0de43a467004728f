package media

import (
	"errors"

	"cradle/media/sdp"
)

// Sentinels of this room; errors that wrap them name the value at fault.
var (
	ErrNoPorts = errors.New("no free media port")
	ErrClosed  = errors.New("media session closed")
	ErrConfig  = errors.New("bad media settings")
	ErrNoSDP   = errors.New("the other party has said nothing yet")

	// ErrUnsupported is the answer 488: no audio, no codec, an encrypted profile, another address family.
	ErrUnsupported = sdp.ErrUnsupported
	// ErrBad means the body is no session description.
	ErrBad = sdp.ErrBad
)
