package media

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"cradle/media/kernel"
	"cradle/media/rtp"
)

const (
	addsPerTick = 500 // flows that a reactor gives to the kernel in one tick: a few milliseconds of work, and more calls than begin in one
	maxMissed   = 3   // ticks in a row in which a flow's packets came to us all the same, after which it is left to us
)

// forwarded is what a leg knows of its packets' way through the kernel. There they go while nobody here must look at
// them: from one plain, learnt party to another. Whoever begins to look calls recall first.
type forwarded struct {
	flow   *kernel.Entry  // nil = they come by the socket
	seen   kernel.Figures // what of the flow's figures is the leg's already
	strays int            // packets of sound that came by the socket since the last tick
	missed int            // ticks in which no others came
	never  bool           // until something changes
	clock  uint32         // of what the flow forwards, Hz
}

// openKernel loads the program where that is wanted, or says why not.
func (r *Relay) openKernel(wanted bool) {
	if !wanted {
		r.log.Info("all media goes through user space, as was asked for")
		return
	}
	k, err := kernel.Open(r.ports.first, r.ports.span, r.log)
	if err != nil {
		r.log.Info("all media goes through user space: the kernel does not forward", "why", err)
		return
	}
	r.kernel = k
	r.log.Info("plain calls of two parties are forwarded in the kernel")
}

func (r *Relay) closeKernel() {
	if r.kernel == nil {
		return
	}
	if err := r.kernel.Close(); err != nil {
		r.log.Warn("the kernel's forwarding was not closed", "err", err)
	}
}

// plain says whether a leg's packets need nobody's eye: the party is learnt, speaks in the open, wants to be spoken to,
// and the last packet was sound.
func (l *leg) plain() bool {
	return l.rtp.locked && !l.rtp.strict && !l.armed && l.ice.agent == nil && l.local == nil && !l.mute && l.typed && l.current.timed
}

// forward gives a leg's flow to the kernel, or looks after the one that is there. True: it added one.
func (re *reactor) forward(l *leg, room bool) bool {
	if l.flow != nil {
		re.tend(l)
		return false
	}
	if re.kernel == nil || !room || l.never || l.peer == nil || !l.plain() || !l.peer.plain() {
		return false
	}
	p := l.peer
	e, err := re.kernel.Add(kernel.Flow{From: l.rtp.to.addrPort(), At: l.at, Source: p.at, To: p.rtp.to.addrPort(), Stream: l.stream()}, re.allowance(l))
	switch {
	case err == nil:
		l.flow, l.seen, l.strays, l.missed, l.clock = e, kernel.Figures{}, 0, 0, l.current.clock
	case !errors.Is(err, kernel.ErrLater):
		l.never = true
		re.log.Debug("a call stays in user space", "err", err)
	}
	return true
}

// stream is where the leg's RTP stands.
func (l *leg) stream() kernel.Stream {
	source, seq := l.rx.At()
	return kernel.Stream{Source: source, Type: l.current.pt, Seq: seq, Seen: l.rx.Seen(), Clock: l.current.clock, Jitter: l.rx.Jitter(),
		Patience: l.rx.Patience()}
}

// tend takes over what a flow counted. A flow whose packets the kernel does not understand is given up.
func (re *reactor) tend(l *leg) {
	if re.collect(l) > 0 || l.strays == 0 {
		l.missed = 0
	} else {
		l.missed++
	}
	l.strays = 0
	if l.missed == maxMissed {
		re.release(l)
		l.never = true
		return
	}
	l.flow.Renew(re.allowance(l))
}

// follow lets a flow go on from a packet of sound that came by the socket all the same: of another source or format, or
// far ahead.
func (l *leg) follow() {
	l.strays++
	l.clock = l.current.clock
	l.flow.Follow(l.stream())
}

// collect makes a flow's figures the leg's and gives the number of new packets.
func (re *reactor) collect(l *leg) uint64 {
	f := l.flow.Read()
	n, bytes, flood := f.Packets-l.seen.Packets, f.Bytes-l.seen.Bytes, f.Flood-l.seen.Flood
	came := rtp.Elsewhere{Packets: n, Late: uint64(f.Late - l.seen.Late), Doubled: uint64(f.Doubled - l.seen.Doubled), Seq: f.Seq, Seen: f.Seen, Jitter: f.Jitter}
	l.seen = f
	l.drops[dropFlood].add(uint64(flood))
	re.drops[dropFlood].add(uint64(flood))
	if n == 0 {
		return 0
	}
	l.pause(false) // the kernel forwards sound only
	l.rx.Add(came)
	l.lost.n.Store(l.rx.Lost())
	l.late.n.Store(l.rx.Late())
	l.doubled.n.Store(l.rx.Doubled())
	l.jitter.n.Store(uint64(f.Jitter) * 1e6 / uint64(l.clock))
	l.in.plus(n, bytes)
	l.kernel.plus(n, bytes)
	re.relayed.plus(n, bytes)
	re.passed.plus(n, bytes)
	if l.peer != nil {
		l.peer.out.plus(n, bytes)
	}
	ago := max(monotonic()-f.Last, 0)
	l.rtp.last = max(l.rtp.last, int64(time.Since(re.begin))-ago)
	l.last.Store(re.begin.UnixNano() + l.rtp.last)
	return n
}

// recall takes the packets of both parties of a call back to user space. From the next one on they come by the sockets.
func (re *reactor) recall(l *leg) {
	for _, of := range []*leg{l, l.peer} {
		if of != nil {
			re.release(of)
			of.never = false
		}
	}
}

func (re *reactor) release(l *leg) {
	if l.flow == nil {
		return
	}
	l.flow.Remove()
	re.collect(l)
	l.flow = nil
}

// reroute takes everything back when the network changed: it goes out again by the new ways.
func (re *reactor) reroute() {
	if re.kernel == nil {
		return
	}
	if g := re.kernel.Generation(); g != re.network {
		re.network = g
		for _, l := range re.legs {
			if l != nil {
				re.recall(l)
			}
		}
	}
}

// monotonic is the kernel's clock that flows are stamped by, ns.
func monotonic() int64 {
	var t unix.Timespec
	unix.ClockGettime(unix.CLOCK_MONOTONIC, &t) //nolint:errcheck // it is there
	return t.Nano()
}
