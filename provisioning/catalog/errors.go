package catalog

import "errors"

// ErrInvalid says that the catalogue's data is wrong; what wraps it names the file and the key.
var ErrInvalid = errors.New("catalogue is invalid")
