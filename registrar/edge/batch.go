package edge

import (
	"encoding/binary"
	"net/netip"
	"runtime"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// batchSize is how many datagrams one system call may carry. A reader that is
// behind takes more at once, one that is not takes what there is: nothing waits
// for a batch to be full.
const batchSize = 16

// mmsghdr is struct mmsghdr of recvmmsg(2).
type mmsghdr struct {
	hdr unix.Msghdr
	n   uint32
}

// batch is the memory of one reader: what came in, and the answers that leave
// together. The system calls are made without a word to Go's scheduler, because
// they never block.
type batch struct {
	raw syscall.RawConn
	in  [batchSize]inSlot
	out [batchSize]outSlot

	inHdr, outHdr [batchSize]mmsghdr
	got, put      int // datagrams received, answers waiting to be sent
	err           syscall.Errno
	receive, send func(fd uintptr) bool // made once, so that nothing is allocated
}

type inSlot struct {
	buf     [biggestDatagram]byte
	from    unix.RawSockaddrAny
	control [64]byte
	iov     unix.Iovec
}

type outSlot struct {
	buf     []byte
	control [64]byte
	iov     unix.Iovec
}

func newBatch(raw syscall.RawConn) *batch {
	b := &batch{raw: raw}
	for i := range b.in {
		s, h := &b.in[i], &b.inHdr[i].hdr
		s.iov.Base = &s.buf[0]
		s.iov.SetLen(len(s.buf))
		h.Name, h.Iov = (*byte)(unsafe.Pointer(&s.from)), &s.iov
		h.SetIovlen(1)
		b.out[i].buf = make([]byte, 0, 2048)
		o := &b.outHdr[i].hdr
		o.Iov = &b.out[i].iov
		o.SetIovlen(1)
	}
	b.receive, b.send = b.receiveMost, b.sendMost
	return b
}

// read waits for datagrams and takes as many as are there.
func (b *batch) read(control bool) error {
	for i := range b.inHdr {
		h := &b.inHdr[i].hdr
		h.Namelen = unix.SizeofSockaddrAny
		if control {
			h.Control = &b.in[i].control[0]
			h.SetControllen(len(b.in[i].control))
		}
	}
	if err := b.raw.Read(b.receive); err != nil {
		return err
	}
	if b.err != 0 {
		b.got = 0
		return b.err
	}
	return nil
}

// receiveMost is false when there is nothing to read yet.
func (b *batch) receiveMost(fd uintptr) bool {
	n, _, e := unix.RawSyscall6(unix.SYS_RECVMMSG, fd, uintptr(unsafe.Pointer(&b.inHdr[0])), batchSize, unix.MSG_DONTWAIT, 0, 0)
	b.got, b.err = int(n), e
	return e != unix.EAGAIN && e != unix.EINTR
}

// datagram is the i-th of those that were read.
func (b *batch) datagram(i int) (data []byte, from netip.AddrPort, control []byte) {
	s := &b.in[i]
	return s.buf[:b.inHdr[i].n], addrOf(&s.from), s.control[:b.inHdr[i].hdr.Controllen]
}

// scratch is where the next answer is to be written.
func (b *batch) scratch() []byte { return b.out[b.put].buf[:0] }

// reply keeps an answer to the i-th datagram until flush; its bytes are the
// batch's from now on. An invalid local lets the kernel choose the sender.
func (b *batch) reply(i int, answer []byte, local netip.Addr) {
	if len(answer) == 0 {
		return
	}
	s, h := &b.out[b.put], &b.outHdr[b.put].hdr
	s.buf = answer
	s.iov.Base = &answer[0]
	s.iov.SetLen(len(answer))
	h.Name, h.Namelen = (*byte)(unsafe.Pointer(&b.in[i].from)), b.inHdr[i].hdr.Namelen
	if local.IsValid() {
		h.Control = &s.control[0]
		h.SetControllen(len(appendFrom(s.control[:0], local)))
	}
	if b.put++; b.put == batchSize {
		b.flush()
	}
}

// flush sends the answers. One that cannot be sent is lost, as any datagram may be.
func (b *batch) flush() {
	if b.put > 0 {
		_ = b.raw.Write(b.send)
		b.put = 0
	}
	runtime.KeepAlive(b)
}

// sendMost is false when the socket has no room; what was sent is moved out of
// the way.
func (b *batch) sendMost(fd uintptr) bool {
	for at := 0; at < b.put; {
		n, _, e := unix.RawSyscall6(unix.SYS_SENDMMSG, fd, uintptr(unsafe.Pointer(&b.outHdr[at])), uintptr(b.put-at), unix.MSG_DONTWAIT, 0, 0)
		switch {
		case e == unix.EINTR:
		case e == unix.EAGAIN:
			b.keep(at)
			return false
		case e != 0:
			at++ // this one has no way out
		default:
			at += int(n)
		}
	}
	return true
}

// keep moves the answers from at on to the front.
func (b *batch) keep(at int) {
	for i := at; i < b.put; i++ {
		to, from := &b.out[i-at], &b.out[i]
		to.buf, from.buf = from.buf, to.buf
		to.control, to.iov = from.control, from.iov
		h := b.outHdr[i].hdr
		h.Iov = &to.iov
		if h.Control != nil {
			h.Control = &to.control[0]
		}
		b.outHdr[i-at].hdr = h
	}
	b.put -= at
}

// addrOf reads a socket address; IPv4 within IPv6 is plain IPv4.
func addrOf(a *unix.RawSockaddrAny) netip.AddrPort {
	switch a.Addr.Family {
	case unix.AF_INET:
		s := (*unix.RawSockaddrInet4)(unsafe.Pointer(a))
		return netip.AddrPortFrom(netip.AddrFrom4(s.Addr), networkOrder(s.Port))
	case unix.AF_INET6:
		s := (*unix.RawSockaddrInet6)(unsafe.Pointer(a))
		ip := netip.AddrFrom16(s.Addr).Unmap()
		if s.Scope_id != 0 && ip.Is6() {
			ip = ip.WithZone(strconv.Itoa(int(s.Scope_id)))
		}
		return netip.AddrPortFrom(ip, networkOrder(s.Port))
	}
	return netip.AddrPort{}
}

func networkOrder(port uint16) uint16 {
	return binary.BigEndian.Uint16((*[2]byte)(unsafe.Pointer(&port))[:])
}
