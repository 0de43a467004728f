package catalog

import "errors"

// ErrInvalid says that the catalogue's data is wrong; what wraps it names the file and the key.
var ErrInvalid = errors.New("catalogue is invalid")

// ErrNoPart says that a family has no template of that name.
var ErrNoPart = errors.New("no such template")
