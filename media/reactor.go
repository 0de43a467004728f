package media

import (
	"encoding/binary"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"cradle/media/kernel"
	"cradle/media/secure"
)

const (
	mailbox    = 1024 // commands that may wait for a reactor
	events     = 256  // sockets served in one turn
	wakeID     = -1   // what commands are known by among the sockets
	maxPacket  = 8192 // bytes; what is longer is no audio
	maxPerTick = 1000 // packets a second from one port; 400 is the most any audio codec sends
)

// reactor serves many legs on one locked thread. All state of its legs is touched by this thread only; others send
// commands through the mailbox and wake it by an eventfd.
type reactor struct {
	log        *slog.Logger
	ep         int
	wakeFD     int
	mail       chan func()
	done       chan struct{} // closed when the thread has ended
	alive      sync.RWMutex  // held by senders while they use wakeFD
	load       atomic.Int64  // sessions
	silence    int64         // ns
	consent    int64         // ns
	tick       time.Duration
	perTick    int
	handshakes *secure.Handshakes
	kernel     *kernel.Path // nil = everything is done here
	widen      func(int)    // see Config; nil = spare stays as it is

	pace    pace
	relayed flow
	passed  flow // of it, what the kernel did
	drops   drops

	// Of the thread alone.
	stopping bool
	legs     []*leg // by slot; nil = free
	free     []int32
	now      int64     // ns since begin, taken once a turn
	begin    time.Time // the same for all reactors, so that a leg may move
	nextTick int64
	spare    bool  // the scheduler has a processor to spare for this thread
	served   int64 // sockets since counted
	counted  int64
	events   []unix.EpollEvent
	buf      []byte
	second   []byte // for what goes to two
	from     rawAddr
	network  uint64 // generation of the kernel's routes that its flows follow
}

func newReactor(log *slog.Logger, begin time.Time, silence time.Duration, perTick int) (*reactor, error) {
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	wake, err := unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC)
	if err == nil {
		err = unix.EpollCtl(ep, unix.EPOLL_CTL_ADD, wake, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: wakeID})
	}
	if err != nil {
		unix.Close(ep) //nolint:errcheck // the first error is the one to tell
		return nil, err
	}
	re := &reactor{log: log, ep: ep, wakeFD: wake, mail: make(chan func(), mailbox), done: make(chan struct{}),
		silence: int64(silence), tick: min(time.Second, max(silence/4, 5*time.Millisecond)), perTick: perTick, begin: begin,
		events: make([]unix.EpollEvent, events), buf: make([]byte, maxPacket), second: make([]byte, maxPacket)}
	if err := re.pace.open(ep); err != nil {
		re.close()
		return nil, err
	}
	return re, nil
}

// run is the thread. It ends after halt.
func (re *reactor) run() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for !re.stopping {
		re.turn()
	}
	if re.spare && re.widen != nil {
		re.widen(-1)
	}
	close(re.done)
	re.alive.Lock()
	defer re.alive.Unlock()
	re.close()
	re.wakeFD = -1
}

func (re *reactor) close() {
	re.pace.close()
	unix.Close(re.wakeFD) //nolint:errcheck // nothing can be done about it
	unix.Close(re.ep)     //nolint:errcheck // the same
}

// turn serves what is ready once. A panic costs the packet that caused it.
func (re *reactor) turn() {
	defer re.guard()
	n := re.wait()
	re.now = int64(time.Since(re.begin))
	re.served += int64(n)
	for i := range re.events[:n] { // commands first: a packet that was sent after one is judged after it
		if re.events[i].Fd == wakeID {
			re.commands()
		}
	}
	paced := false
	for i := range re.events[:n] {
		id := re.events[i].Fd
		paced = paced || id == paceID
		if id < 0 || re.legs[id>>1] == nil { // a command took the leg away; in a slot given anew nothing is to be read
			continue
		}
		if l := re.legs[id>>1]; id&1 == 0 {
			re.onRTP(l)
		} else {
			re.onRTCP(l)
		}
	}
	if paced {
		re.onPace()
	}
	if re.now >= re.nextTick {
		re.nextTick = re.now + int64(re.tick)
		re.everyTick()
	}
}

func (re *reactor) guard() {
	if p := recover(); p != nil {
		stack := make([]byte, 4096)
		re.log.Error("packet or command failed", "panic", p, "stack", string(stack[:runtime.Stack(stack, false)]))
	}
}

func (re *reactor) commands() {
	var count [8]byte
	unix.Read(re.wakeFD, count[:]) //nolint:errcheck // only empties it
	for {
		select {
		case f := <-re.mail:
			re.command(f)
		default:
			return
		}
	}
}

func (re *reactor) command(f func()) {
	defer re.guard()
	f()
}

// post gives the reactor a command and does not wait for it; a full mailbox makes the caller wait. False: it has ended.
func (re *reactor) post(f func()) bool {
	re.alive.RLock()
	defer re.alive.RUnlock()
	if re.wakeFD < 0 {
		return false
	}
	select {
	case re.mail <- f:
	case <-re.done:
		return false
	}
	var one [8]byte
	binary.NativeEndian.PutUint64(one[:], 1)
	unix.Write(re.wakeFD, one[:]) //nolint:errcheck // a full counter wakes as well
	return true
}

// do posts a command and waits until it is done. False: the reactor has ended.
func (re *reactor) do(f func()) bool {
	ready := make(chan struct{})
	if !re.post(func() { defer close(ready); f() }) {
		return false
	}
	select {
	case <-ready:
		return true
	case <-re.done:
		return false
	}
}

func (re *reactor) halt() { re.post(func() { re.stopping = true }) }

// attach starts to serve a leg.
func (re *reactor) attach(l *leg) {
	var slot int32
	if n := len(re.free); n > 0 {
		slot = re.free[n-1]
		re.free = re.free[:n-1]
		re.legs[slot] = l
	} else {
		slot = int32(len(re.legs))
		re.legs = append(re.legs, l)
	}
	l.slot = slot
	l.home.Store(re)
	l.rtp.budget, l.rtcp.budget = re.allowance(l), re.perTick
	l.rtp.last, l.rtcp.last = re.now, re.now
	if l.carrier != nil {
		re.mount(l)
	} else {
		re.watch(l.rtp.fd, slot<<1)
		re.watch(l.rtcp.fd, slot<<1|1)
	}
	if len(re.legs)-len(re.free) == 1 {
		re.nextTick = re.now + int64(re.tick)
	}
}

func (re *reactor) watch(fd int, id int32) {
	if err := unix.EpollCtl(re.ep, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: id}); err != nil {
		re.log.Error("socket not watched", "err", err)
	}
}

// detach stops to serve a leg, which is then nobody's partner. Its sockets stay open.
func (re *reactor) detach(l *leg) {
	re.unlink(l)
	re.deafen(l)
	if l.carrier != nil {
		l.dismount()
	} else {
		unix.EpollCtl(re.ep, unix.EPOLL_CTL_DEL, l.rtp.fd, nil)  //nolint:errcheck // it is there
		unix.EpollCtl(re.ep, unix.EPOLL_CTL_DEL, l.rtcp.fd, nil) //nolint:errcheck // the same
	}
	re.legs[l.slot] = nil
	re.free = append(re.free, l.slot)
}

// allowance is how many packets may come to a leg's RTP port until the next tick.
func (re *reactor) allowance(l *leg) int { return re.perTick * max(l.rate, 1) }

// everyTick renews budgets and opens learning for sources that fell silent.
func (re *reactor) everyTick() {
	re.keep()
	re.reroute()
	room := addsPerTick
	for _, l := range re.legs {
		if l == nil {
			continue
		}
		l.rtp.budget, l.rtcp.budget = re.allowance(l), re.perTick
		if l.dtls != nil {
			l.agree(re)
			l.shake(re)
		}
		l.ask(re)
		if re.forward(l, room > 0) {
			room--
		}
		if l.rtp.locked && re.now-l.rtp.last > re.silence {
			re.recall(l)
			l.reopen()
		}
		// RTCP comes every 5 s or so: three silent spells are needed for it.
		if l.rtcp.locked && re.now-l.rtcp.last > 3*re.silence {
			l.rtcp.open()
		}
	}
}
