package directory

import (
	"errors"
	"fmt"

	"cradle/directory/kv"
)

// Sentinels of this room; errors that wrap them name the value at fault.
var (
	ErrInvalid  = errors.New("invalid")
	ErrNotFound = errors.New("not found")
	ErrTaken    = errors.New("already taken")     // a unique key, or a phone line, belongs to another
	ErrInUse    = errors.New("in use")            // something else still refers to it
	ErrStale    = errors.New("changed meanwhile") // the revision is not the newest
	ErrRefused  = errors.New("refused")           // a rule of the seats says no
	// ErrUnfit is ErrRefused because the phone does not have what the extension demands.
	ErrUnfit   = fmt.Errorf("%w: the phone does not have what is demanded", ErrRefused)
	ErrRetired = errors.New("out of service") // a phone that was retired takes part in nothing any more
	ErrDamaged = kv.ErrDamaged                // a value does not match its checksum
	ErrNewer   = errors.New("written by a newer version")
	ErrLocked  = kv.ErrLocked
	ErrClosed  = kv.ErrClosed
	ErrFull    = kv.ErrFull
	ErrPanic   = errors.New("panic") // the function given to Update panicked; nothing was written
)
