package edge

import (
	"encoding/binary"
	"unicode/utf8"
)

// Frames of WebSocket (RFC 6455 section 5), as a server reads and writes them.
const (
	opMore   = 0x0 // a further fragment
	opText   = 0x1
	opBinary = 0x2
	opClose  = 0x8
	opPing   = 0x9
	opPong   = 0xA

	finBit, maskBit = 0x80, 0x80
	maxControl      = 125
)

// closeCode says why a connection ends (RFC 6455 section 7.4.1); 0: it need not.
type closeCode uint16

const (
	closeNormal   closeCode = 1000
	closeGoing    closeCode = 1001
	closeProtocol closeCode = 1002
	closeText     closeCode = 1007
	closeTooBig   closeCode = 1009
)

// frame is one frame of a client. Its payload is unmasked in place.
type frame struct {
	op      byte
	fin     bool
	payload []byte
	size    int // bytes of the whole frame
}

// readFrame reads the first frame of b; size 0: it is not whole yet. What no
// client may send gives the code to close with. most bounds the payload.
func readFrame(b []byte, most int) (f frame, bad closeCode) {
	if len(b) < 2 {
		return f, 0
	}
	f.fin, f.op = b[0]&finBit != 0, b[0]&0x0f
	if code := lawful(b[0], b[1]); code != 0 {
		return f, code
	}
	head, length := 2, uint64(b[1]&0x7f)
	switch length {
	case 126:
		if head = 4; len(b) < head {
			return f, 0
		}
		length = uint64(binary.BigEndian.Uint16(b[2:]))
	case 127:
		if head = 10; len(b) < head {
			return f, 0
		}
		length = binary.BigEndian.Uint64(b[2:])
	}
	if length > uint64(most) {
		return f, closeTooBig
	}
	if head += 4; len(b) < head+int(length) {
		return f, 0
	}
	mask := [4]byte(b[head-4 : head])
	f.payload, f.size = b[head:head+int(length)], head+int(length)
	for i := range f.payload {
		f.payload[i] ^= mask[i&3]
	}
	return f, 0
}

// lawful looks at the first two bytes: no extension was agreed on, a client has
// to mask, control frames are short and whole.
func lawful(first, second byte) closeCode {
	op := first & 0x0f
	switch {
	case first&0x70 != 0, second&maskBit == 0:
		return closeProtocol
	case op > opBinary && op < opClose, op > opPong:
		return closeProtocol
	case op >= opClose && (first&finBit == 0 || second&0x7f > maxControl):
		return closeProtocol
	}
	return 0
}

// appendFrame writes one whole frame, as a server does: without a mask.
func appendFrame(out []byte, op byte, payload []byte) []byte {
	out = append(out, finBit|op)
	switch n := len(payload); {
	case n < 126:
		out = append(out, byte(n))
	case n < 1<<16:
		out = binary.BigEndian.AppendUint16(append(out, 126), uint16(n))
	default:
		out = binary.BigEndian.AppendUint64(append(out, 127), uint64(n))
	}
	return append(out, payload...)
}

// closeFrame says goodbye.
func closeFrame(code closeCode) []byte {
	return appendFrame(nil, opClose, binary.BigEndian.AppendUint16(nil, uint16(code)))
}

// appendMessage writes a SIP message: as text, or as bytes where it is none, as
// a browser would end the connection (RFC 6455 section 8.1).
func appendMessage(out, msg []byte) []byte {
	if utf8.Valid(msg) {
		return appendFrame(out, opText, msg)
	}
	return appendFrame(out, opBinary, msg)
}
