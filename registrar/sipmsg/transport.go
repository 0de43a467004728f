package sipmsg

// Transport is what a message travels by.
type Transport uint8

// The transports of RFC 3261. Their numbers are on disk, in bindings.
const (
	UDP Transport = iota
	TCP
	TLS
)

// transportNames are the names as URIs write them (RFC 3261 section 19.1.1).
var transportNames = [...]string{UDP: "udp", TCP: "tcp", TLS: "tls"}

// String is the name as a URI writes it.
func (t Transport) String() string { return transportNames[t] }

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
