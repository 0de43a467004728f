// Package ice holds the part of ICE that a relay on a known address needs (RFC 8445 appendix A, "lite"): it answers the
// connectivity checks of STUN (RFC 8489) and sends none. A check that bears our password proves that its source can
// hear us and was told of us; nothing else a stranger sends is answered.
package ice

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the algorithm of RFC 8489 section 14.5
	"encoding/binary"
	"hash/crc32"
	"net/netip"
)

const (
	headerLen = 20
	cookie    = 0x2112a442
	maxSize   = 1280 // bytes; a check has about 100

	bindingRequest = 0x0001
	bindingSuccess = 0x0101
	bindingError   = 0x0111

	attrUsername      = 0x0006
	attrIntegrity     = 0x0008
	attrErrorCode     = 0x0009
	attrUnknown       = 0x000a
	attrXORMapped     = 0x0020
	attrPriority      = 0x0024
	attrUseCandidate  = 0x0025
	attrRealm         = 0x0014
	attrNonce         = 0x0015
	attrIntegrity256  = 0x001c
	attrFingerprint   = 0x8028
	attrControlled    = 0x8029
	fingerprintSecret = 0x5354554e // RFC 8489 section 14.7
)

// Is tells a STUN message from the other packets of a media port (RFC 7983).
func Is(b []byte) bool {
	return len(b) >= headerLen && b[0] < 4 && binary.BigEndian.Uint32(b[4:]) == cookie
}

// request is a binding request as far as a lite agent cares.
type request struct {
	id         [12]byte
	username   string
	signed     int    // where the integrity attribute begins; 0 = there is none
	sum        []byte // and its value
	printed    bool   // the fingerprint is there and right
	nominates  bool
	controlled bool
	unknown    []uint16 // attributes that would have to be understood
}

// parse reads a binding request whose lengths are right; false for everything else.
func parse(b []byte) (r request, ok bool) {
	if !Is(b) || len(b) > maxSize || binary.BigEndian.Uint16(b) != bindingRequest {
		return r, false
	}
	if n := int(binary.BigEndian.Uint16(b[2:])); n&3 != 0 || n != len(b)-headerLen {
		return r, false
	}
	copy(r.id[:], b[8:])
	for at := headerLen; at < len(b); {
		if len(b)-at < 4 || r.printed { // the fingerprint is the last
			return r, false
		}
		kind, n := binary.BigEndian.Uint16(b[at:]), int(binary.BigEndian.Uint16(b[at+2:]))
		next := at + 4 + (n+3)&^3
		if next > len(b) || !r.attribute(b, at, kind, b[at+4:at+4+n]) {
			return r, false
		}
		at = next
	}
	return r, true
}

// attribute takes one attribute; what stands behind the integrity is not signed and not looked at.
func (r *request) attribute(b []byte, at int, kind uint16, value []byte) bool {
	switch {
	case kind == attrFingerprint:
		r.printed = len(value) == 4 && binary.BigEndian.Uint32(value) == crc(b[:at])
		return r.printed
	case r.signed > 0:
		return true
	case kind == attrIntegrity:
		r.signed, r.sum = at, value
		return len(value) == sha1.Size
	case kind == attrUsername:
		r.username = string(value)
		return len(value) < 513
	case kind == attrUseCandidate:
		r.nominates = true
	case kind == attrControlled:
		r.controlled = true
	case kind == attrPriority, kind == attrRealm, kind == attrNonce, kind == attrIntegrity256:
	case kind < 0x8000 && len(r.unknown) < 8:
		r.unknown = append(r.unknown, kind)
	}
	return true
}

// authentic checks the integrity: an HMAC over all before it, with the length as if it were the end.
func (r *request) authentic(b []byte, password string) bool {
	return r.signed > 0 && hmac.Equal(r.sum, integrity(b[:r.signed], password))
}

func integrity(b []byte, password string) []byte {
	m := hmac.New(sha1.New, []byte(password))
	var head [headerLen]byte
	copy(head[:], b)
	binary.BigEndian.PutUint16(head[2:], uint16(len(b)-headerLen+4+sha1.Size))
	m.Write(head[:])
	m.Write(b[headerLen:])
	return m.Sum(nil)
}

// crc is the fingerprint of all before it, with the length as if it were the end.
func crc(b []byte) uint32 {
	var head [headerLen]byte
	copy(head[:], b)
	binary.BigEndian.PutUint16(head[2:], uint16(len(b)-headerLen+8))
	return crc32.Update(crc32.ChecksumIEEE(head[:]), crc32.IEEETable, b[headerLen:]) ^ fingerprintSecret
}

// begin writes a message with the request's transaction.
func begin(dst []byte, kind uint16, id [12]byte) []byte {
	dst = binary.BigEndian.AppendUint16(dst[:0], kind)
	dst = append(dst, 0, 0)
	dst = binary.BigEndian.AppendUint32(dst, cookie)
	return append(dst, id[:]...)
}

func attribute(dst []byte, kind uint16, value []byte) []byte {
	dst = binary.BigEndian.AppendUint16(dst, kind)
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(value)))
	dst = append(dst, value...)
	return append(dst, bytes.Repeat([]byte{0}, -len(value)&3)...)
}

// finish signs a message and sets its length.
func finish(dst []byte, password string) []byte {
	dst = attribute(dst, attrIntegrity, integrity(dst, password))
	dst = attribute(dst, attrFingerprint, binary.BigEndian.AppendUint32(nil, crc(dst)))
	binary.BigEndian.PutUint16(dst[2:], uint16(len(dst)-headerLen))
	return dst
}

// mapped is the source of the request, covered so that no middlebox rewrites it (RFC 8489 section 14.2).
func mapped(dst []byte, id [12]byte, from netip.AddrPort) []byte {
	ip := from.Addr().Unmap()
	v := []byte{0, 1}
	if ip.Is6() {
		v[1] = 2
	}
	v = binary.BigEndian.AppendUint16(v, from.Port()^cookie>>16)
	cover := append(binary.BigEndian.AppendUint32(nil, cookie), id[:]...)
	for i, b := range ip.AsSlice() {
		v = append(v, b^cover[i])
	}
	return attribute(dst, attrXORMapped, v)
}
