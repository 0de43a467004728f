package live

import (
	"cradle/directory"
	"cradle/provisioning"
)

// Recognition says by what phones are recognised and what about them is not as it
// should be.
type Recognition interface {
	// Known of a phone; sip is what it calls itself where it is registered.
	Known(device directory.ID, sip string) provisioning.Known
}
