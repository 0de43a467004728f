package edge

import (
	"net/netip"

	"cradle/registrar/sipmsg"
)

// Tap hears every message that comes in or goes out; b is valid during the call
// only. It is called by the readers and must not wait.
type Tap func(in bool, local, remote netip.AddrPort, by sipmsg.Transport, b []byte)

// SetTap sets who hears; nil: nobody, which costs nothing.
func (e *Edge) SetTap(f Tap) {
	if f == nil {
		e.tap.Store(nil)
		return
	}
	e.tap.Store(&f)
}

// leastMessage: what is shorter is a keep-alive and no message.
const leastMessage = 16

func (e *Edge) tapped(in bool, local, remote netip.AddrPort, by sipmsg.Transport, b []byte) {
	if f := e.tap.Load(); f != nil && len(b) >= leastMessage {
		(*f)(in, local, remote, by, b)
	}
}
