package media

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// frameTime is how often an endpoint speaks and hears, ns.
const frameTime = 20e6

// paceID is what the clock is known by among the sockets of a reactor; -1 are its commands.
const paceID = -2

// catchUp is how many frames are made up for when the thread was late; what is more is left out.
const catchUp = 5

// pace is a reactor's clock of 20 ms for all of its endpoints. It stands still while there are none.
type pace struct {
	fd   int
	legs []*leg
}

func (p *pace) open(ep int) (err error) {
	if p.fd, err = unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC); err != nil {
		return err
	}
	return unix.EpollCtl(ep, unix.EPOLL_CTL_ADD, p.fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: paceID})
}

func (p *pace) close() { unix.Close(p.fd) } //nolint:errcheck // nothing can be done about it

// enter takes a leg that has an endpoint.
func (p *pace) enter(l *leg) {
	p.legs = append(p.legs, l)
	if len(p.legs) == 1 {
		p.set(frameTime)
	}
}

// leave lets a leg go.
func (p *pace) leave(l *leg) {
	for i, o := range p.legs {
		if o == l {
			last := len(p.legs) - 1
			p.legs[i], p.legs[last] = p.legs[last], nil
			p.legs = p.legs[:last]
			break
		}
	}
	if len(p.legs) == 0 {
		p.set(0)
	}
}

func (p *pace) set(ns int64) {
	t := unix.NsecToTimespec(ns)
	unix.TimerfdSettime(p.fd, 0, &unix.ItimerSpec{Interval: t, Value: t}, nil) //nolint:errcheck // a clock that is open
}

// onPace lets every endpoint speak and hear, once for each 20 ms that went by.
func (re *reactor) onPace() {
	var b [8]byte
	if n, err := unix.Read(re.pace.fd, b[:]); err != nil || n != len(b) {
		return
	}
	for range min(binary.NativeEndian.Uint64(b[:]), catchUp) {
		for i := len(re.pace.legs) - 1; i >= 0; i-- { // from the end, because one that is done may leave
			re.frame(re.pace.legs[i])
		}
	}
}

// frame is 20 ms of one endpoint. A fault in it costs that frame.
func (re *reactor) frame(l *leg) {
	defer re.guard()
	n := l.local
	n.ear.frame()
	re.report(l, n)
	re.speak(l, n)
}
