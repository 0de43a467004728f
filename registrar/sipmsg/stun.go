package sipmsg

import (
	"encoding/binary"
	"net/netip"
)

// STUN on the SIP port is how a phone holds a UDP flow open and learns that it
// still is (RFC 5626 section 3.5.2, RFC 5389).
const (
	stunHeader  = 20
	stunCookie  = 0x2112A442
	stunBinding = 0x0001
	stunSuccess = 0x0101
	stunMapped  = 0x0020 // XOR-MAPPED-ADDRESS
)

// IsSTUN knows a Binding request of STUN. A keep-alive has no attributes (RFC
// 5626 section 8); one that has some is let go unanswered, so that nobody makes
// us send more than he did by much.
func IsSTUN(b []byte) bool {
	return len(b) == stunHeader && binary.BigEndian.Uint16(b) == stunBinding && binary.BigEndian.Uint16(b[2:]) == 0 &&
		binary.BigEndian.Uint32(b[4:]) == stunCookie
}

// AppendSTUN answers request with where it came from.
func AppendSTUN(out, request []byte, source netip.AddrPort) []byte {
	a := source.Addr().Unmap()
	family, raw := byte(1), a.AsSlice()
	if a.Is6() {
		family = 2
	}
	out = binary.BigEndian.AppendUint16(out, stunSuccess)
	out = binary.BigEndian.AppendUint16(out, uint16(8+len(raw)))
	out = append(out, request[4:stunHeader]...)
	out = binary.BigEndian.AppendUint16(out, stunMapped)
	out = binary.BigEndian.AppendUint16(out, uint16(4+len(raw)))
	out = binary.BigEndian.AppendUint16(append(out, 0, family), source.Port()^stunCookie>>16)
	for i, b := range raw { // with the cookie and the transaction (RFC 5389 section 15.2)
		out = append(out, b^request[4+i])
	}
	return out
}
