package sntp

import (
	"encoding/binary"
	"time"
)

// size is that of a packet without extensions, which we never send.
const size = 48

// Fields of the first byte (RFC 5905, 7.3).
const (
	modeClient  = 3
	modeServer  = 4
	unsure      = 3 << 6 // the leap indicator of a clock that is not set
	leastNumber = 1      // version of the protocol
	mostNumber  = 4
)

// Our clock is that of this machine, of which we do not know how good it is:
// stratum 10 is below every real server, and accepted by every client.
const (
	stratum    = 10
	precision  = -20                // about a microsecond, as a power of two
	dispersion = 655                // 10 ms, in 1/65536 s
	reference  = "\x7f\x7f\x01\x00" // 127.127.1.0, by custom a clock of one's own
)

// built is a time that is over: a clock before it has not been set since the
// machine was switched on, and says so.
var built = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

// answer makes the answer to a client's packet; nil where it is none.
func answer(ask []byte, received, now time.Time) []byte {
	if len(ask) < size || ask[0]&7 != modeClient {
		return nil
	}
	version := ask[0] >> 3 & 7
	if version < leastNumber || version > mostNumber {
		return nil
	}
	b := make([]byte, size)
	b[0] = version<<3 | modeServer
	b[1] = stratum
	if now.Before(built) {
		b[0] |= unsure
	}
	b[2] = ask[2] // its own poll interval
	p := precision
	b[3] = byte(p)
	binary.BigEndian.PutUint32(b[8:], dispersion)
	copy(b[12:], reference)
	stamp(b[16:], now.Truncate(time.Minute)) // when it was last set, as far as we know
	copy(b[24:32], ask[40:48])
	stamp(b[32:], received)
	stamp(b[40:], now)
	return b
}

// epoch is the beginning of NTP's count in Unix seconds (RFC 5905, 6); the count
// begins anew in 2036, which clients know.
const epoch = -2208988800

// stamp writes a time in seconds and a fraction of 32 bits.
func stamp(b []byte, t time.Time) {
	binary.BigEndian.PutUint32(b, uint32(t.Unix()-epoch)) //nolint:gosec // the count begins anew
	binary.BigEndian.PutUint32(b[4:], uint32(uint64(t.Nanosecond())<<32/1e9))
}
