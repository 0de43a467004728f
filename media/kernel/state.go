package kernel

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"sync/atomic"
	"unsafe"
)

var native = binary.NativeEndian

const stateSize = 192

// state is a flow as the program knows it, in memory it shares with us; the offsets are in program.go. We write what is
// to be done and where the stream stands, on last of all, and the program the figures. What it needs for each packet
// lies in two cache lines. Packets of one flow come in one after the other.
type state struct {
	key      [12]byte
	on       atomic.Uint32
	rewrite  [12]byte
	sum      uint32 // what rewriting the addresses adds to a checksum
	out      uint32 // interface by which it leaves; 0: it goes up, to another socket
	source   atomic.Uint32
	kind     atomic.Uint32 // payload type
	seq      atomic.Uint32
	seen     atomic.Uint64
	limit    atomic.Uint64 // of packets
	packets  atomic.Uint64
	bytes    atomic.Uint64
	last     atomic.Int64  // ns, CLOCK_MONOTONIC
	transit  uint32        // the program's
	jitter   atomic.Uint32 // units of the payload's clock, times 16
	scale    atomic.Uint32 // the payload's clock, of 2^32 a nanosecond
	patience atomic.Uint32
	fastest  [2]uint32     // the program's
	spell    uint32        // the program's
	timed    atomic.Uint32 // transit and fastest are valid
	_        [8]byte
	late     atomic.Uint32
	doubled  atomic.Uint32
	flood    atomic.Uint32
	_        [52]byte
}

// at is the state of the flow at a port of ours.
func (p *Path) at(port uint16) (*state, error) {
	i := (int(port) - int(p.firstPort)) / 2 * stateSize
	if port < p.firstPort || port&1 != p.firstPort&1 || i >= p.pairs*stateSize {
		return nil, fmt.Errorf("%w: port %d", ErrUnsuitable, port)
	}
	return (*state)(unsafe.Pointer(&p.memory[i])), nil // a page begins at a multiple of eight
}

func (s *state) begin(f Flow, out uint32, budget int) {
	s.key, s.rewrite, s.out = quad(f.From, f.At), quad(f.Source, f.To), out
	s.sum = words(s.rewrite[:8], s.key[:8])
	s.packets.Store(0)
	s.bytes.Store(0)
	s.last.Store(0)
	s.flood.Store(0)
	s.late.Store(0)
	s.doubled.Store(0)
	s.Follow(f.Stream)
	s.Renew(budget)
	s.on.Store(1)
}

// Figures are those of a flow since it was added.
type Figures struct {
	Packets, Bytes uint64 // bytes of RTP
	Last           int64  // when the last packet came, ns of CLOCK_MONOTONIC; 0 = none did
	Seq            uint16 // the highest sequence number
	Jitter         uint32 // units of the payload's clock
	Seen           uint64 // before Seq, the newest 64 that came, as rtp.Receiver says
	Late, Doubled  uint32 // of the packets
	Flood          uint32 // packets above the budget, which were dropped
}

// Read tells the figures. It is two dozen nanoseconds of work.
func (s *state) Read() Figures {
	return Figures{Packets: s.packets.Load(), Bytes: s.bytes.Load(), Last: s.last.Load(), Seq: uint16(s.seq.Load()),
		Jitter: s.jitter.Load() >> 4, Flood: s.flood.Load(), Seen: s.seen.Load(), Late: s.late.Load(), Doubled: s.doubled.Load()}
}

// Follow says that the stream stands elsewhere now: packets of another one came up.
func (s *state) Follow(at Stream) {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], at.Source)
	s.timed.Store(0)
	s.jitter.Store(at.Jitter << 4)
	s.scale.Store(uint32(uint64(at.Clock) << 32 / 1e9))
	s.patience.Store(at.Patience)
	s.seen.Store(at.Seen)
	s.kind.Store(uint32(at.Type))
	s.seq.Store(uint32(at.Seq))
	s.source.Store(native.Uint32(b[:]))
}

// Renew lets so many packets through from now on; a second is meant.
func (s *state) Renew(budget int) { s.limit.Store(s.packets.Load() + uint64(budget)) }

// words adds up four bytes at a time in ones' complement, as checksums do; those of minus are subtracted.
func words(plus, minus []byte) uint32 {
	var s uint64
	for i := 0; i < len(plus); i += 4 {
		s += uint64(native.Uint32(plus[i:])) + uint64(^native.Uint32(minus[i:]))
	}
	lo, carry := bits.Add32(uint32(s), uint32(s>>32), 0)
	return lo + carry
}
