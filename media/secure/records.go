package secure

import "encoding/binary"

// Content types of DTLS records (RFC 6347 section 4.1).
const (
	changeCipherSpec = 20
	alert            = 21
	handshake        = 22
	applicationData  = 23

	recordHeader = 13
)

// IsDTLS tells a datagram of DTLS from the other packets of a media port (RFC 7983).
func IsDTLS(b []byte) bool { return len(b) >= recordHeader && b[0] >= 20 && b[0] <= 63 }

// ClientHello says whether a datagram begins a handshake: a first message of a client, or a part of it.
func ClientHello(b []byte) bool {
	return len(b) > recordHeader && b[0] == handshake && epoch(b) == 0 && b[recordHeader] == 1
}

func epoch(b []byte) uint16 { return binary.BigEndian.Uint16(b[3:]) }

// sift copies the records that a handshake may see. Alerts and data of epoch 0 are nobody's word: everybody can write
// them, and the library obeys them. The last alert so withheld is given, because it may be the reason why a handshake
// will fail. What does not add up ends the datagram.
func sift(dst, b []byte) (kept []byte, withheld [2]byte) {
	for len(b) >= recordHeader {
		n := recordHeader + int(binary.BigEndian.Uint16(b[11:]))
		if n > len(b) {
			break
		}
		record := b[:n]
		b = b[n:]
		switch kind := record[0]; {
		case kind < changeCipherSpec || kind > applicationData:
		case kind == alert && epoch(record) == 0:
			if n >= recordHeader+2 {
				withheld = [2]byte(record[recordHeader:])
			}
		case kind == applicationData && epoch(record) == 0:
		default:
			dst = append(dst, record...)
		}
	}
	return dst, withheld
}
