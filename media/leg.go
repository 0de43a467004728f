package media

import (
	"net/netip"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"cradle/media/rtp"
)

// leg is the state of one party's two sockets on its reactor. Only the counters are read by others.
type leg struct {
	// What every packet needs lies together: with a thousand legs most of its time is waiting for memory.
	rtp     socket
	peer    *leg
	local   *endpoint // an endpoint in place of a peer
	shield  *shield   // nil as long as nothing was ever encrypted
	dtls    *association
	control *association // of the RTCP port, where that has one of its own
	types   [2]uint64    // payload types the party negotiated, one bit each
	current payload
	keyed   atomic.Bool // a handshake has agreed on keys
	slot    int32
	mute    bool // the party wants no packets: its address is zero
	armed   bool // the party's packets are encrypted both ways, by shield
	fax     bool // what comes is UDPTL, not RTP
	mux     bool // RTCP goes by the port of RTP
	typed   bool // current is valid
	byDTLS  bool // and its keys come from handshakes
	ice     candidates
	bundle
	forwarded
	rx rtp.Receiver
	legCounters

	rtcp         socket
	at           netip.AddrPort // our port of RTP
	rate         int            // times the packets of sound that may come; 0: 1
	payloads     []payload
	second       *shield // of the RTCP port, where that has keys of its own
	early        early
	earlyControl early
	home         atomic.Pointer[reactor] // that serves the leg
	reports      reports
	learning
}

// payload is what the relay must know of a negotiated format.
type payload struct {
	pt    uint8
	timed bool   // timestamps follow the time of sampling
	noise bool   // it says that nothing will be said for a while (RFC 3389)
	clock uint32 // Hz
}

// socket is one port of a leg.
type socket struct {
	fd     int
	locked bool    // connected: the kernel lets only the learnt source in
	strict bool    // packets from before connect may still be queued: compare the source
	budget int     // packets until the next tick
	last   int64   // ns, reactor's clock: the last packet that was let in
	to     rawAddr // where the party listens; none = not known
}

func newLeg(s sockets, signalled netip.Addr) *leg {
	l := &leg{rtp: socket{fd: s.rtp}, rtcp: socket{fd: s.rtcp}}
	l.sip = signalled.WithZone("")
	l.rx.Retime(8 * patience)
	l.codec.Store(noCodec)
	return l
}

func (re *reactor) drop(l *leg, why reason) {
	l.drops[why].add(1)
	re.drops[why].add(1)
}

// read takes one packet from a socket. The source is known only where it must be compared.
func (re *reactor) read(l *leg, s *socket) []byte {
	var n int
	var e unix.Errno
	if s.locked && !s.strict {
		n, e = recv(s.fd, re.buf)
	} else {
		n, e = recvFrom(s.fd, re.buf, &re.from, 0)
	}
	if e != 0 {
		return nil // nothing there after all, or an ICMP error that is now taken
	}
	if s.budget--; s.budget < 0 {
		re.drop(l, dropFlood)
		return nil
	}
	if n == 0 || n > len(re.buf) {
		re.drop(l, dropMalformed)
		return nil
	}
	return re.buf[:n]
}

// onRTP relays one packet from the RTP port.
func (re *reactor) onRTP(l *leg) {
	b := re.read(l, &l.rtp)
	if b != nil && l.armed {
		b = re.unprotect(l, &l.rtp, b)
	}
	if b == nil {
		return
	}
	if l.fax {
		re.onFax(l, b)
		return
	}
	if rtp.IsRTCP(b) { // multiplexed (RFC 5761 section 5.1.1), by some also where that was declined
		re.control(l, &l.rtp, b)
		return
	}
	h, ok := rtp.Parse(b)
	if !ok {
		re.drop(l, dropMalformed)
		return
	}
	if l.rider != nil {
		l.rtp.last = re.now
		t := l.whose(h)
		if t == nil {
			re.drop(l, dropPayload)
			return
		}
		l = t
	}
	known := l.negotiated(h.Type)
	if l.carrier == nil && (!l.rtp.locked || l.rtp.strict) && !l.admit(re, h, known) {
		return
	}
	if !known {
		re.drop(l, dropPayload)
	}
	l.rtp.last = re.now
	l.count(re, h, len(b))
	if l.local != nil {
		l.local.ear.hear(h, b)
		return
	}
	re.passRTP(l, h, b)
}

// passRTP sends a packet of a leg's party to its partner.
func (re *reactor) passRTP(l *leg, h rtp.Header, b []byte) {
	p := l.peer
	if p == nil || p.mute {
		re.drop(l, dropNowhere)
		return
	}
	by := p.way()
	if by.rider != nil {
		by.streams.went.note(h.SSRC, p != by)
	}
	re.deliver(l, p, b, false)
}

// deliver sends a packet to a leg's party, closed where that encrypts, by the port for it. Where it does not go, that is
// counted with the leg it is from. The buffer must leave room for closing.
func (re *reactor) deliver(from, l *leg, b []byte, control bool) bool {
	by := l.way()
	if by.armed {
		if b = by.protect(re, b, control); b == nil {
			re.drop(from, dropNowhere)
			return false
		}
	}
	to, out := &by.rtp, &l.out
	if control {
		to, out = by.reportsBy(), &l.rtcpOut
	}
	if !re.write(from, to, b) {
		return false
	}
	out.add(len(b))
	return true
}

// onRTCP relays one packet from the RTCP port.
func (re *reactor) onRTCP(l *leg) {
	b := re.read(l, &l.rtcp)
	if b != nil && l.armed {
		b = re.unprotect(l, &l.rtcp, b)
	}
	if b != nil {
		re.control(l, &l.rtcp, b)
	}
}

func (re *reactor) control(l *leg, s *socket, b []byte) {
	if !rtp.ValidRTCP(b) {
		re.drop(l, dropMalformed)
		return
	}
	if (!s.locked || s.strict) && !l.admitControl(re, s) {
		return
	}
	if s == &l.rtcp {
		s.last = re.now
	}
	if l.rider != nil {
		re.unbundle(l, b)
		return
	}
	re.passControl(l, b)
}

// passControl sends RTCP of a leg's party to its partner.
func (re *reactor) passControl(l *leg, b []byte) {
	l.rtcpIn.add(len(b))
	l.reported(re, b)
	if l.local != nil {
		return
	}
	p := l.peer
	if p == nil {
		re.drop(l, dropNowhere)
		return
	}
	p.passed(re, b)
	re.deliver(l, p, b, true)
}

// reportsBy is the socket of the leg's RTCP.
func (l *leg) reportsBy() *socket {
	if l.mux {
		return &l.rtp
	}
	return &l.rtcp
}

// send sends to an address, which is where a locked socket is connected to.
func (s *socket) send(b []byte, to *rawAddr) {
	if s.locked {
		send(s.fd, b)
	} else {
		sendTo(s.fd, b, to)
	}
}

// write sends a packet that came from l out of a partner's socket.
func (re *reactor) write(l *leg, s *socket, b []byte) bool {
	var e unix.Errno
	switch {
	case s.locked:
		if e = send(s.fd, b); e == unix.ECONNREFUSED {
			e = send(s.fd, b) // the first one only told that an earlier packet was refused
		}
	case s.to.n != 0:
		e = sendTo(s.fd, b, &s.to)
	default:
		re.drop(l, dropNowhere)
		return false
	}
	if e != 0 {
		re.drop(l, dropSend)
		return false
	}
	re.relayed.add(len(b))
	return true
}

// negotiated says whether either party of the bridge announced a payload type: one for itself, or the other for what
// it wants to get.
func (l *leg) negotiated(pt uint8) bool {
	t := l.types[pt>>6]
	if l.peer != nil {
		t |= l.peer.types[pt>>6]
	}
	return t&(1<<(pt&63)) != 0
}

// count keeps the figures of what the party sends.
func (l *leg) count(re *reactor, h rtp.Header, bytes int) {
	if !l.typed || l.current.pt != h.Type {
		l.become(h.Type)
	}
	if l.flow != nil {
		re.collect(l)
	}
	l.pause(l.current.noise)
	clock := uint64(l.current.clock)
	l.rx.Packet(h.Seq, h.Time, h.SSRC, uint32(uint64(re.now)/1000*clock/1e6), l.current.timed)
	if l.flow != nil && l.current.timed {
		l.follow()
	}
	l.in.add(bytes)
	l.lost.become(l.rx.Lost())
	l.late.become(l.rx.Late())
	l.doubled.become(l.rx.Doubled())
	l.jitter.n.Store(uint64(l.rx.Jitter()) * 1e6 / clock)
	l.last.Store(re.begin.UnixNano() + re.now)
}

// comfortNoise is the payload type of it that needs no announcement, and mostly has none (RFC 3551 section 6).
const comfortNoise = 13

// pause notes whether the party's last packet was comfort noise.
func (l *leg) pause(now bool) {
	if l.pausing.Load() != now {
		l.pausing.Store(now)
	}
}

// patience is how long a listener holds sound back for packets that are late, ms: what phones' buffers do as a rule.
const patience = 60

// become looks up the format of a payload type when it changes.
func (l *leg) become(pt uint8) {
	was := l.current.clock // 0: no packet yet
	l.current, l.typed = payload{pt: pt, noise: pt == comfortNoise, clock: 8000}, true
	for _, of := range []*leg{l, l.peer} {
		if of == nil {
			continue
		}
		for _, p := range of.payloads {
			if p.pt == pt {
				l.current = p
				if p.timed {
					l.codec.Store(uint32(pt))
				}
				if p.clock != was {
					l.rx.Retime(p.clock / 1000 * patience)
				}
				return
			}
		}
	}
}

func (re *reactor) link(a, b *leg) {
	if a.peer == b {
		return
	}
	re.deafen(a)
	re.deafen(b)
	re.unlink(a)
	re.unlink(b)
	a.peer, b.peer = b, a
	a.typed, b.typed = false, false
}

// deafen lets a leg's endpoint go.
func (re *reactor) deafen(l *leg) {
	if l.local != nil {
		re.pace.leave(l)
		l.local = nil
	}
}

func (re *reactor) unlink(l *leg) {
	re.recall(l)
	if l.peer != nil {
		l.peer.peer, l.peer = nil, nil
	}
}
