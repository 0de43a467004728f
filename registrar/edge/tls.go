package edge

import (
	"context"
	"crypto/tls"
	"net"

	"cradle/registrar/sipmsg"
)

// openTLS makes a connection of TLS. Its handshake is made by its own reader,
// after it was counted: who says nothing holds up nobody else.
func openTLS(e *Edge, c net.Conn) *streamConn {
	t := tls.Server(c, e.c.TLS)
	s := openTCP(e, t)
	s.p.Transport = sipmsg.TLS
	s.greet = func() error {
		ctx, cancel := context.WithTimeout(context.Background(), e.c.Handshake)
		defer cancel()
		return t.HandshakeContext(ctx) // closes c at the deadline
	}
	return s
}
