package settings

import "cradle/provisioning/render"

// The transports that code asks for.
const (
	udp     = "udp"
	overTLS = "tls"
)

// settle takes TLS back where the model has none, and where nobody serves it: a
// phone that cannot register is no safer. UDP is what every phone has.
func (f Facts) settle(s *Stack) {
	switch {
	case s.Text(Transport) != overTLS:
	case !f.Abilities.SIPS:
		s[Transport] = Value{udp, FromModel}
	case f.SIPSPort == 0:
		s[Transport] = Value{udp, FromAppliance}
	}
	if s.Text(Transport) != udp {
		s.holdStream()
	}
}

// A registration over TCP or TLS lives in its connection (RFC 5626 section 4.4.1):
// these keep the connection alive, and bring the phone back in five minutes at
// most after one that was lost without a word. Seconds.
const (
	streamKeepalive = "30"
	streamExpires   = "300"
)

// holdStream says them where nobody says otherwise.
func (s *Stack) holdStream() {
	if s[Keepalive].Layer == FromDefault {
		s[Keepalive].Text = streamKeepalive
	}
	if s[Expires].Layer == FromDefault {
		s[Expires].Text = streamExpires
	}
}

// port is the registrar's for the transport that holds.
func (f Facts) port(s *Stack) int {
	if s.Text(Transport) == overTLS {
		return f.SIPSPort
	}
	return f.SIPPort
}

// server takes a setting apart. The port of a server that none is said of is
// that of RFC 3261 section 19.1.2.
func server(v render.Values, host, port int, s *Stack, said Key) {
	if h, p, ok := hostPort(s.Text(said)); ok && s.Text(said) != "" {
		if p == 0 {
			p = 5060
			if s.Text(Transport) == overTLS {
				p = 5061
			}
		}
		v[host], v[port] = render.S(h), render.I(p)
	}
}
