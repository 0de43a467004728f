package media

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sockets are the two descriptors of a leg.
type sockets struct{ rtp, rtcp int }

func (p sockets) close() {
	unix.Close(p.rtp)  //nolint:errcheck // nothing can be done about it
	unix.Close(p.rtcp) //nolint:errcheck // the same
}

func openPair(local netip.Addr, port int) (sockets, error) {
	rtp, err := openUDP(local, port)
	if err != nil {
		return sockets{}, err
	}
	rtcp, err := openUDP(local, port+1)
	if err != nil {
		unix.Close(rtp) //nolint:errcheck // the first error is the one to tell
		return sockets{}, err
	}
	return sockets{rtp, rtcp}, nil
}

// dscpEF marks voice for the network (RFC 4594), as the two upper fields of the traffic class.
const dscpEF = 46 << 2

func openUDP(local netip.Addr, port int) (int, error) {
	local = local.Unmap()
	family := unix.AF_INET
	if local.Is6() {
		family = unix.AF_INET6
	}
	fd, err := unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	if local.Is6() {
		zone, _ := strconv.ParseUint(local.Zone(), 10, 32)
		unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 1)      //nolint:errcheck // the default elsewhere
		unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_TCLASS, dscpEF) //nolint:errcheck // marking is a courtesy
		err = unix.Bind(fd, &unix.SockaddrInet6{Port: port, Addr: local.As16(), ZoneId: uint32(zone)})
	} else {
		unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_TOS, dscpEF) //nolint:errcheck // marking is a courtesy
		err = unix.Bind(fd, &unix.SockaddrInet4{Port: port, Addr: local.As4()})
	}
	if err != nil {
		unix.Close(fd) //nolint:errcheck // the first error is the one to tell
		return -1, err
	}
	return fd, nil
}

// rawAddr is a socket address as the kernel writes it: what is received is sent to and connected to without conversion.
type rawAddr struct {
	b [unix.SizeofSockaddrInet6]byte
	n uint32 // 0 = none
}

func toRaw(a netip.AddrPort) (r rawAddr) {
	ip := a.Addr().Unmap()
	switch {
	case ip.Is4():
		b := ip.As4()
		binary.NativeEndian.PutUint16(r.b[0:], unix.AF_INET)
		copy(r.b[4:], b[:])
		r.n = unix.SizeofSockaddrInet4
	case ip.Is6():
		b := ip.As16()
		binary.NativeEndian.PutUint16(r.b[0:], unix.AF_INET6)
		copy(r.b[8:], b[:])
		r.n = unix.SizeofSockaddrInet6
	default:
		return r
	}
	r.setPort(a.Port())
	return r
}

func (r *rawAddr) port() uint16     { return binary.BigEndian.Uint16(r.b[2:]) }
func (r *rawAddr) setPort(p uint16) { binary.BigEndian.PutUint16(r.b[2:], p) }

// ip leaves the zone out: a link-local party is compared by its address.
func (r *rawAddr) ip() netip.Addr {
	switch r.n {
	case unix.SizeofSockaddrInet4:
		return netip.AddrFrom4([4]byte(r.b[4:8]))
	case unix.SizeofSockaddrInet6:
		return netip.AddrFrom16([16]byte(r.b[8:24]))
	}
	return netip.Addr{}
}

func (r *rawAddr) addrPort() netip.AddrPort { return netip.AddrPortFrom(r.ip(), r.port()) }

// same compares address and port.
func (r *rawAddr) same(o *rawAddr) bool {
	return r.n == o.n && r.port() == o.port() && r.ip() == o.ip()
}

// The calls below cannot block (the sockets are non-blocking), so the scheduler need not hear of them. MSG_TRUNC makes
// recv tell the true length of a packet that does not fit.

func recv(fd int, b []byte) (int, unix.Errno) {
	n, _, e := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), unix.MSG_TRUNC, 0, 0)
	return int(n), e
}

func recvFrom(fd int, b []byte, from *rawAddr, flags uintptr) (int, unix.Errno) {
	from.n = uint32(len(from.b))
	n, _, e := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)),
		unix.MSG_TRUNC|flags, uintptr(unsafe.Pointer(&from.b[0])), uintptr(unsafe.Pointer(&from.n)))
	return int(n), e
}

func send(fd int, b []byte) unix.Errno {
	_, _, e := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), 0, 0, 0)
	return e
}

func sendTo(fd int, b []byte, to *rawAddr) unix.Errno {
	_, _, e := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), 0,
		uintptr(unsafe.Pointer(&to.b[0])), uintptr(to.n))
	return e
}

func connect(fd int, to *rawAddr) unix.Errno {
	_, _, e := unix.RawSyscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&to.b[0])), uintptr(to.n))
	return e
}

// disconnect opens a connected socket again for every source; AF_UNSPEC is zero.
func disconnect(fd int) unix.Errno {
	var none [16]byte
	_, _, e := unix.RawSyscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&none[0])), uintptr(len(none)))
	return e
}
