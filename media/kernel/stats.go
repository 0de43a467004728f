package kernel

import (
	"encoding/binary"
	"sync/atomic"
	"unsafe"
)

var native = binary.NativeEndian

const statsSize = 128 // whole cache lines: two flows may be served by two processors

// stats is what the program knows of a flow, in memory it shares with us; the offsets are in program.go. The program
// writes the figures, we write where the stream stands. Packets of one flow come in one after the other.
type stats struct {
	packets, bytes atomic.Uint64
	last           atomic.Int64  // ns, CLOCK_MONOTONIC
	source         atomic.Uint32 // SSRC, as it stands in a packet
	seq            atomic.Uint32
	kind           atomic.Uint32 // payload type
	transit        uint32        // the program's
	jitter         atomic.Uint32 // units of the payload's clock, times 16
	scale          atomic.Uint32 // the payload's clock, of 2^32 a nanosecond
	budget         atomic.Int64
	timed          atomic.Uint32 // transit is valid
	flood          atomic.Uint32
	seen           atomic.Uint64
	fastest        [2]uint32     // the program's
	spell          uint32        // the program's
	patience       atomic.Uint32 // units of the payload's clock; 0: no packet is late
	late, doubled  atomic.Uint32
}

func (p *Path) at(slot uint32) *stats {
	return (*stats)(unsafe.Pointer(&p.memory[int(slot)*statsSize])) // a page begins at a multiple of eight
}

func (s *stats) begin(at Stream, budget int) {
	s.packets.Store(0)
	s.bytes.Store(0)
	s.last.Store(0)
	s.flood.Store(0)
	s.late.Store(0)
	s.doubled.Store(0)
	s.Follow(at)
	s.Renew(budget)
}

// Figures are those of a flow since it was added.
type Figures struct {
	Packets, Bytes uint64 // bytes of RTP
	Last           int64  // when the last packet came, ns of CLOCK_MONOTONIC; 0 = none did
	Seq            uint16 // the highest sequence number
	Jitter         uint32 // units of the payload's clock
	Seen           uint64 // before it, the newest 64 that came, as rtp.Receiver says
	Late, Doubled  uint32 // of the packets
	Flood          uint32 // packets above the budget, which were dropped
}

// Read tells the figures. It is two dozen nanoseconds of work.
func (s *stats) Read() Figures {
	return Figures{Packets: s.packets.Load(), Bytes: s.bytes.Load(), Last: s.last.Load(), Seq: uint16(s.seq.Load()),
		Jitter: s.jitter.Load() >> 4, Flood: s.flood.Load(), Seen: s.seen.Load(), Late: s.late.Load(), Doubled: s.doubled.Load()}
}

// Follow says that the stream stands elsewhere now: packets of another one came up.
func (s *stats) Follow(at Stream) {
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
func (s *stats) Renew(budget int) { s.budget.Store(int64(budget)) }
