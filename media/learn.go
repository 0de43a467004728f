package media

import (
	"net/netip"

	"golang.org/x/sys/unix"

	"cradle/media/ice"
	"cradle/media/rtp"
	"cradle/media/secure"
)

// fitting is how many packets in a row a source must send that the description did not name.
const fitting = 5

// learning decides whose packets a leg takes. A source is locked by connecting the socket to it:
//
//   - the address of the SDP: from any port, at the first valid packet of a negotiated payload type;
//   - the address its signalling comes from, where that is another one (NAT): after five packets in a row from one
//     port, of one SSRC, with rising sequence and negotiated payload type. They are passed on meanwhile;
//   - nobody else.
//
// Of an encrypted party only authentic packets come so far, and one of them is enough.
//
// RTCP is taken from the address of RTP. A new description and silence open learning again; packets to the party go to
// the last known place until there is a better one.
type learning struct {
	sdp, sip  netip.Addr
	said      rawAddr // where the description wants RTP
	saidRTCP  rawAddr
	candidate rawAddr
	ssrc      uint32
	seq       uint16
	run       int
}

// admit judges a packet from a source that is not locked, or not surely so.
func (l *leg) admit(re *reactor, h rtp.Header, known bool) bool {
	s := &l.rtp
	if l.ice.agent != nil {
		return l.vouched(re)
	}
	if s.locked {
		return l.queued(re, s)
	}
	ip := re.from.ip()
	switch {
	case !l.near(ip):
		re.drop(l, dropSource)
		return false
	case !known:
		re.drop(l, dropPayload)
		l.run = 0
		return false
	case ip == l.sdp || l.armed || l.enough(&re.from, h): // a packet with the party's key is the party's
		l.lock(re)
	}
	return true
}

// vouched judges what comes to a leg with ICE: of a party with keys only what a valid check vouched for comes so far, and
// before it has answered with any, all that comes is a stranger's.
func (l *leg) vouched(re *reactor) bool {
	if !l.armed {
		re.drop(l, dropSource)
	}
	return l.armed
}

// near says whether the party may be at an address.
func (l *leg) near(ip netip.Addr) bool { return ip == l.sdp || ip == l.sip }

// queued judges packets that were waiting when the socket was connected, until the queue was empty once.
func (l *leg) queued(re *reactor, s *socket) bool {
	ok := re.from.same(&s.to)
	var b [1]byte
	var from rawAddr
	if _, e := recvFrom(s.fd, b[:], &from, unix.MSG_PEEK); e == unix.EAGAIN {
		s.strict = false
	}
	if !ok {
		re.drop(l, dropSource)
	}
	return ok
}

// enough counts the packets in a row of a candidate behind NAT.
func (l *leg) enough(from *rawAddr, h rtp.Header) bool {
	step := h.Seq - l.seq
	if l.run > 0 && h.SSRC == l.ssrc && step > 0 && step < 100 && from.same(&l.candidate) {
		l.run++
	} else {
		l.run, l.ssrc, l.candidate = 1, h.SSRC, *from
	}
	l.seq = h.Seq
	return l.run >= fitting
}

// lock takes the packet's source as the party's.
func (l *leg) lock(re *reactor) {
	if !l.rtp.lock(&re.from) {
		return
	}
	l.run = 0
	at := l.rtp.to.addrPort()
	l.source.Store(&at)
	if l.rtcp.locked && l.rtcp.to.ip() != at.Addr() {
		l.rtcp.open()
	}
	if !l.rtcp.locked && l.rtcp.to.ip() != at.Addr() {
		port := at.Port() + 1
		if l.saidRTCP.n != 0 {
			port = l.saidRTCP.port()
		}
		l.rtcp.to = l.rtp.to
		l.rtcp.to.setPort(port)
	}
}

// admitControl judges RTCP from a source that is not locked, or not surely so.
func (l *leg) admitControl(re *reactor, s *socket) bool {
	if l.ice.agent != nil {
		return l.vouched(re)
	}
	if s.locked {
		return l.queued(re, s)
	}
	want := l.sdp
	if l.rtp.locked {
		want = l.rtp.to.ip()
	}
	if re.from.ip() != want {
		re.drop(l, dropSource)
		return false
	}
	if s == &l.rtcp {
		s.lock(&re.from)
	}
	return true
}

// reopen forgets who the party was, not where to send to.
func (l *leg) reopen() {
	l.rtp.open()
	l.run = 0
	l.source.Store(nil)
}

func (s *socket) lock(from *rawAddr) bool {
	if connect(s.fd, from) != 0 {
		return false
	}
	s.to, s.locked, s.strict = *from, true, true
	return true
}

func (s *socket) open() {
	if s.locked {
		disconnect(s.fd)
	}
	s.locked, s.strict = false, false
}

// remote is what a description says about a party, ready for its leg.
type remote struct {
	ip       netip.Addr
	rtp      rawAddr
	rtcp     rawAddr
	mute     bool
	fax      bool
	types    [2]uint64
	payloads []payload
	agreed
	ours secure.Key      // what the party is sent with, by SDES
	ice  ice.Credentials // ours; none = no ICE
}

// listen takes a new description: learning is open again.
func (l *leg) listen(re *reactor, n remote) {
	re.recall(l)
	if l.carrier == nil {
		l.arm(re, &n)
	}
	natted := l.rtp.locked && l.rtp.to.ip() != l.sdp
	rtcpLocked := l.rtcp.locked
	if l.ice.agent == nil && l.carrier == nil {
		l.reopen()
		l.rtcp.open()
	}
	l.mute, l.fax, l.types, l.payloads, l.typed = n.mute, n.fax, n.types, n.payloads, false
	if l.peer != nil {
		l.peer.typed = false
	}
	defer l.welcome(re)
	defer l.shake(re)
	if n.rtp.n == 0 || l.ice.agent != nil || l.carrier != nil { // on hold with address zero, or a host name, or found by checks: what was known stays
		return
	}
	// A party that was found elsewhere than it said is not looked for where it says now; it will be found again.
	if !natted && !n.rtp.same(&l.said) || l.rtp.to.n == 0 {
		l.rtp.to = n.rtp
	}
	if !natted && (!rtcpLocked || !n.rtcp.same(&l.saidRTCP)) || l.rtcp.to.n == 0 {
		l.rtcp.to = n.rtcp
	}
	l.sdp, l.said, l.saidRTCP = n.ip, n.rtp, n.rtcp
}
