package kernel

import (
	"errors"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// routes asks the kernel which way it would send.
type routes struct {
	fd  int
	seq uint32
	buf [4096]byte
}

func newRoutes() (*routes, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, err
	}
	return &routes{fd: fd}, nil
}

func (r *routes) close() { unix.Close(r.fd) } //nolint:errcheck // nothing can be done about it

// to is the index of the interface by which packets leave from an address of ours to another host. Errors:
// ErrUnsuitable, or the system's. The answer is there when the question has been sent: nobody waits.
func (r *routes) to(target, source netip.Addr) (uint32, error) {
	r.seq++
	if err := unix.Sendto(r.fd, question(r.seq, target, source), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return 0, err
	}
	for {
		n, _, err := unix.Recvfrom(r.fd, r.buf[:], 0)
		if err != nil {
			return 0, err
		}
		out, seq, err := answer(r.buf[:n])
		if seq != r.seq {
			continue // to a question that was given up
		}
		if err != nil {
			return 0, fmt.Errorf("%w: from %s to %s: %w", ErrUnsuitable, source, target, err)
		}
		return out, nil
	}
}

// question is RTM_GETROUTE for one pair of addresses.
func question(seq uint32, target, source netip.Addr) []byte {
	const size = unix.SizeofNlMsghdr + unix.SizeofRtMsg + 2*(unix.SizeofRtAttr+4)
	b := make([]byte, 0, size)
	b = native.AppendUint32(b, size)
	b = native.AppendUint16(b, unix.RTM_GETROUTE)
	b = native.AppendUint16(b, unix.NLM_F_REQUEST)
	b = native.AppendUint32(b, seq)
	b = native.AppendUint32(b, 0)
	b = append(b, unix.AF_INET, 32, 32)
	b = append(b, make([]byte, unix.SizeofRtMsg-3)...)
	for i, a := range []netip.Addr{target, source} {
		b = native.AppendUint16(b, unix.SizeofRtAttr+4)
		b = native.AppendUint16(b, uint16(unix.RTA_DST+i)) // RTA_SRC is the next one
		b = append(b, a.AsSlice()...)
	}
	return b
}

// answer reads what the kernel says to it. seq is that of the question, 0: none can be read.
func answer(b []byte) (out, seq uint32, err error) {
	if len(b) < unix.SizeofNlMsghdr+4 || int(native.Uint32(b)) > len(b) || native.Uint32(b) < unix.SizeofNlMsghdr+4 {
		return 0, 0, errors.New("no netlink message")
	}
	kind, seq, b := native.Uint16(b[4:]), native.Uint32(b[8:]), b[unix.SizeofNlMsghdr:native.Uint32(b)]
	switch {
	case kind == unix.NLMSG_ERROR:
		return 0, seq, unix.Errno(-native.Uint32(b))
	case kind != unix.RTM_NEWROUTE || len(b) < unix.SizeofRtMsg:
		return 0, seq, fmt.Errorf("no route but message %d", kind)
	case b[7] != unix.RTN_UNICAST: // rtm_type
		return 0, seq, fmt.Errorf("route of type %d", b[7])
	}
	for b = b[unix.SizeofRtMsg:]; len(b) >= unix.SizeofRtAttr; {
		n := int(native.Uint16(b))
		if n < unix.SizeofRtAttr || n > len(b) {
			break
		}
		if native.Uint16(b[2:]) == unix.RTA_OIF && n == unix.SizeofRtAttr+4 {
			return native.Uint32(b[unix.SizeofRtAttr:]), seq, nil
		}
		b = b[min((n+unix.RTA_ALIGNTO-1)&^(unix.RTA_ALIGNTO-1), len(b)):]
	}
	return 0, seq, errors.New("a route without an interface")
}
