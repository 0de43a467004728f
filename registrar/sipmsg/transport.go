package sipmsg

// Transport is what a message travels by.
type Transport uint8

// The transports of RFC 3261 and RFC 7118. Their numbers are on disk, in bindings.
const (
	UDP Transport = iota
	TCP
	TLS
	WS
	WSS
)

// transportNames are the names as Via writes them, in lower case.
var transportNames = [...]string{UDP: "udp", TCP: "tcp", TLS: "tls", WS: "ws", WSS: "wss"}

// String is the name, in lower case.
func (t Transport) String() string { return transportNames[t] }

// Param is the name as a URI writes it (RFC 3261 section 19.1.1): both kinds of
// WebSocket have one (RFC 7118 section 5.2.3).
func (t Transport) Param() string {
	if t == WSS {
		return transportNames[WS]
	}
	return transportNames[t]
}

// Secure says whether what travels is hidden from others.
func (t Transport) Secure() bool { return t == TLS || t == WSS }

// Stream says whether messages travel by connections.
func (t Transport) Stream() bool { return t != UDP }

// TransportOf reads a name in any letter case; what is no stream's is UDP's.
func TransportOf(name string) Transport {
	for t, n := range transportNames {
		if len(name) == len(n) && EqualFold([]byte(name), n) {
			return Transport(t)
		}
	}
	return UDP
}
