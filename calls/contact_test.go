package calls

import (
	"log/slog"
	"net/netip"
	"testing"

	"cradle/registrar"
)

// Our Contact names the transport the phone came by, and is of sips where the
// phone's is (RFC 3261 section 12.1.1).
func TestContactNamesTheTransport(t *testing.T) {
	for _, c := range []struct{ contact, transport, want string }{
		{"sip:a@192.0.2.7", "udp", "sip:101@192.0.2.1:5060"},
		{"sip:a@192.0.2.7;transport=tcp", "tcp", "sip:101@192.0.2.1:5060;transport=tcp"},
		{"sip:a@192.0.2.7;transport=tls", "tls", "sip:101@192.0.2.1:5060;transport=tls"},
		{"SIPS:a@192.0.2.7", "tls", "sips:101@192.0.2.1:5060;transport=tls"},
	} {
		call := &Call{x: &Exchange{}, log: slog.New(slog.DiscardHandler)}
		p := &party{binding: registrar.Binding{Contact: c.contact, Transport: c.transport, Local: netip.MustParseAddrPort("192.0.2.1:5060")}}
		contact := call.legConfig(p, "101", "192.0.2.1").Contact
		if got := contact.String(); got != c.want {
			t.Errorf("%s by %s: %s, want %s", c.contact, c.transport, got, c.want)
		}
	}
}
