package media

import (
	crand "crypto/rand"
	"encoding/hex"
	"math/rand/v2"
	"time"

	"cradle/media/codec"
	"cradle/media/rtp"
)

// reportEvery is how many frames lie between two reports on average: 5 s, give or take half (RFC 3550 section 6.2).
const reportEvery = 250

// reporter tells the party of an endpoint what it is sent and how it is heard, as another party does where two are
// joined (RFC 3550 section 6.4). No goodbye is said when something else is joined in its place: the call goes on.
type reporter struct {
	name            [24]byte // for as long as the endpoint lives (RFC 7022 section 4.2)
	due             int      // frames until the next report
	packets, octets uint32   // the mouth has sent
	told            uint32   // packets at the last report
	packet          [128]byte
}

func newReporter() (r reporter) {
	var b [len(r.name) / 2]byte
	crand.Read(b[:]) //nolint:errcheck // it never fails
	hex.Encode(r.name[:], b[:])
	r.due = reportEvery/4 + rand.IntN(reportEvery/2)
	return r
}

// sent counts a packet of the mouth.
func (r *reporter) sent(bytes int) {
	r.packets++
	r.octets += uint32(bytes - rtp.HeaderLen)
}

// report lets 20 ms go by, and sends a report where one is due.
func (re *reactor) report(l *leg, n *endpoint) {
	r := &n.report
	if r.due--; r.due > 0 {
		return
	}
	r.due = reportEvery/2 + rand.IntN(reportEvery)
	if l.reportsBy().to.n == 0 || n.mouth.kind == codec.None {
		return
	}
	b := r.write(re, l, &n.mouth)
	l.passed(re, b)
	re.say(l, b, true)
}

// write makes a report.
func (r *reporter) write(re *reactor, l *leg, m *mouth) []byte {
	var sent *rtp.Sent
	now := rtp.Sent{At: re.begin.Add(time.Duration(re.now)), Time: m.now(), Packets: r.packets, Octets: r.octets}
	if r.packets != r.told {
		sent, r.told = &now, r.packets
	}
	var heard *rtp.Block
	block, came := l.rx.Report()
	if came {
		heard = &block
		if from := l.reports.heard; from.at != 0 {
			block.Sent, block.Delay = from.mid, uint32((re.now-from.at)*65536/1e9)
		}
	}
	return rtp.AppendReport(r.packet[:0], m.header.SSRC, sent, heard, r.name[:])
}
