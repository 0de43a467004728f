package edge

import (
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// localOf reads the local address of a datagram out of its control messages
// (ip(7) IP_PKTINFO, ipv6(7) IPV6_PKTINFO). For multicast it is the address to
// answer from.
func localOf(oob []byte) netip.Addr {
	for len(oob) >= unix.SizeofCmsghdr {
		h, data, rest, err := unix.ParseOneSocketControlMessage(oob)
		if err != nil {
			return netip.Addr{}
		}
		switch {
		case h.Level == unix.IPPROTO_IP && h.Type == unix.IP_PKTINFO && len(data) >= unix.SizeofInet4Pktinfo:
			return netip.AddrFrom4([4]byte(data[4:8])) // ipi_spec_dst
		case h.Level == unix.IPPROTO_IPV6 && h.Type == unix.IPV6_PKTINFO && len(data) >= unix.SizeofInet6Pktinfo:
			return netip.AddrFrom16([16]byte(data[:16])).Unmap()
		}
		oob = rest
	}
	return netip.Addr{}
}

// appendFrom writes the control message that makes a datagram leave from a.
func appendFrom(out []byte, a netip.Addr) []byte {
	var h unix.Cmsghdr
	size := unix.SizeofInet4Pktinfo
	h.Level, h.Type = unix.IPPROTO_IP, unix.IP_PKTINFO
	if a.Is6() {
		size = unix.SizeofInet6Pktinfo
		h.Level, h.Type = unix.IPPROTO_IPV6, unix.IPV6_PKTINFO
	}
	h.SetLen(unix.CmsgLen(size))
	at := len(out)
	for range unix.CmsgSpace(size) {
		out = append(out, 0)
	}
	copy(out[at:], (*[unix.SizeofCmsghdr]byte)(unsafe.Pointer(&h))[:])
	data := out[at+unix.CmsgLen(0):]
	if a.Is6() {
		b := a.As16()
		copy(data, b[:])
	} else {
		b := a.As4()
		copy(data[4:], b[:]) // ipi_spec_dst
	}
	return out
}
