package provisioning

import "errors"

// Sentinels of this room; errors that wrap them name the value at fault.
var (
	ErrNoDirectory = errors.New("provisioning needs a directory and a catalogue")
	ErrNoDevice    = errors.New("no such device")
	ErrNoFile      = errors.New("this model has no such file")
	ErrNoSite      = errors.New("no such site")
)
