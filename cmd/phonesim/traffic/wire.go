package traffic

import (
	"encoding/binary"
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// address is an IPv4 address and port as the kernel writes it.
type address [unix.SizeofSockaddrInet4]byte

func addressOf(a netip.AddrPort) (r address) {
	ip := a.Addr().As4()
	binary.NativeEndian.PutUint16(r[:], unix.AF_INET)
	binary.BigEndian.PutUint16(r[2:], a.Port())
	copy(r[4:], ip[:])
	return r
}

func (a *address) port() uint16 { return binary.BigEndian.Uint16(a[2:]) }

// queue is the socket's buffers, in bytes: what comes while the generator sends waits there.
const queue = 4 << 20

// wire is a socket on 127.0.0.1 that never blocks. What it receives bears the time at which it came.
type wire struct {
	fd   int
	port int

	from    address
	control [64]byte
	vector  unix.Iovec
	header  unix.Msghdr
}

func newWire() (*wire, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	w := &wire{fd: fd}
	for _, o := range []int{unix.SO_RCVBUFFORCE, unix.SO_SNDBUFFORCE} { // needs a privilege; without it the buffers are small
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, o, queue) //nolint:errcheck // see above
	}
	err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	if err == nil {
		err = unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	}
	var at unix.Sockaddr
	if err == nil {
		at, err = unix.Getsockname(fd)
	}
	if err != nil {
		w.close()
		return nil, err
	}
	w.port = at.(*unix.SockaddrInet4).Port
	return w, nil
}

func (w *wire) close() { unix.Close(w.fd) } //nolint:errcheck // nothing can be done about it

// send sends a datagram; false: the kernel did not take it.
func (w *wire) send(b []byte, to *address) bool {
	_, _, e := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(w.fd), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), 0,
		uintptr(unsafe.Pointer(to)), uintptr(len(to)))
	return e == 0
}

// receive takes one datagram; its source is then in from. n is 0 where nothing waits; when is Unix time, ns.
func (w *wire) receive(b []byte) (n int, when int64) {
	w.vector = unix.Iovec{Base: &b[0]}
	w.vector.SetLen(len(b))
	for {
		w.header = unix.Msghdr{Name: &w.from[0], Namelen: uint32(len(w.from)), Iov: &w.vector, Iovlen: 1, Control: &w.control[0]}
		w.header.SetControllen(len(w.control))
		r, _, e := unix.RawSyscall(unix.SYS_RECVMSG, uintptr(w.fd), uintptr(unsafe.Pointer(&w.header)), 0)
		if e == unix.ECONNREFUSED || e == unix.EINTR {
			continue // an earlier packet was refused: it is lost
		}
		if e != 0 {
			return 0, 0
		}
		return int(r), w.stamp()
	}
}

// stamp reads the time that the kernel put behind a control header.
func (w *wire) stamp() int64 {
	if w.header.Controllen < unix.SizeofCmsghdr+16 {
		return time.Now().UnixNano()
	}
	c := w.control[unix.SizeofCmsghdr:]
	return int64(binary.NativeEndian.Uint64(c))*1e9 + int64(binary.NativeEndian.Uint64(c[8:]))
}

// rest sleeps on the thread that the pace belongs to, and keeps the scheduler's processor: to give it back and fetch it
// anew a thousand times a second costs more than the packets.
func rest(d time.Duration) {
	ts := unix.NsecToTimespec(int64(max(d, 0)))
	unix.RawSyscall(unix.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&ts)), 0, 0) //nolint:errcheck // who wakes early sleeps again
}
