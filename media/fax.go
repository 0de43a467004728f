package media

import (
	"encoding/binary"

	"cradle/media/rtp"
)

// udptlLeast is the shortest packet of UDPTL: a sequence number, a primary part and what may follow (ITU-T T.38 section 9).
const udptlLeast = 4

// onFax relays one packet of T.38 untouched, from where the party was signalled or learnt to be, to a partner that
// speaks T.38 as well.
func (re *reactor) onFax(l *leg, b []byte) {
	if len(b) < udptlLeast {
		re.drop(l, dropMalformed)
		return
	}
	h := rtp.Header{Seq: binary.BigEndian.Uint16(b)} // that is where UDPTL has its own
	if (!l.rtp.locked || l.rtp.strict) && !l.admit(re, h, true) {
		return
	}
	l.rtp.last = re.now
	l.in.add(len(b))
	l.last.Store(re.begin.UnixNano() + re.now)
	p := l.peer
	if p == nil || !p.fax {
		re.drop(l, dropNowhere)
		return
	}
	if re.write(l, &p.rtp, b) {
		p.out.add(len(b))
	}
}
