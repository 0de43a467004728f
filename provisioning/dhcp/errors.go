package dhcp

import "errors"

// Errors of a snippet that cannot be made; what wraps them names the value.
var (
	ErrServer = errors.New("no such DHCP server")
	ErrURL    = errors.New("no address of ours that phones could be told")
)
