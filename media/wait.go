package media

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Packets a second from which on a reactor keeps a processor of the scheduler, and below which it gives it back.
const (
	busy = 2000
	calm = 500
)

// keep asks for a processor of the scheduler while there is much to do, and only then: one that is idle is woken for
// every request, only to look for work.
func (re *reactor) keep() {
	rate := float64(re.served) * 1e9 / float64(max(re.now-re.counted, 1))
	re.served, re.counted = 0, re.now
	switch {
	case re.widen == nil:
	case !re.spare && rate > busy:
		re.widen(1)
		re.spare = true
	case re.spare && rate < calm:
		re.widen(-1)
		re.spare = false
	}
}

// wait gives the number of ready sockets. It looks without telling the Go scheduler first. Where the scheduler has a
// processor to spare, it also sleeps so for a little while: a thread that sleeps with the
// scheduler's knowledge makes the runtime's monitor wake thousands of times a second, which cost a third of the relay's
// time at 200 calls. The collector still stops such a thread at once, by signal. Only then follows the long sleep.
func (re *reactor) wait() int {
	var short, n uintptr
	var e unix.Errno
	if re.spare {
		short = 2 // ms: held while some 500 packets a second come
	}
	n, _, e = unix.RawSyscall6(unix.SYS_EPOLL_WAIT, uintptr(re.ep), uintptr(unsafe.Pointer(&re.events[0])), events, short, 0, 0)
	if e == 0 && n == 0 {
		ms := -1
		if len(re.legs) > len(re.free) || re.spare && re.widen != nil {
			ms = max(int((re.nextTick-re.now)/1e6)+1, 1)
		}
		n, _, e = unix.Syscall6(unix.SYS_EPOLL_WAIT, uintptr(re.ep), uintptr(unsafe.Pointer(&re.events[0])), events, uintptr(ms), 0, 0)
	}
	if e != 0 {
		return 0
	}
	return int(n)
}
