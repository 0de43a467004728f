package media

import (
	"net/netip"
	"sync/atomic"
	"time"
)

// Flow counts packets of one direction; bytes are those of the packets without UDP and IP headers.
type Flow struct{ Packets, Bytes uint64 }

// Drops counts by reason what was not relayed.
type Drops struct {
	Malformed uint64 // no RTP or RTCP, or longer than any
	Source    uint64 // not from where the party was signalled or learnt to be
	Payload   uint64 // payload type nobody negotiated: dropped while learning; from a learnt source counted and passed on
	Flood     uint64 // more than 1,000 a second on one port
	Nowhere   uint64 // nobody to send to: not bridged, on hold with address zero, address unknown
	Send      uint64 // the system would not send
	Forged    uint64 // of an encrypted leg: not authentic, there before, or no key is known yet
}

// Stats is what one leg has seen.
type Stats struct {
	Codec      string // encoding name of the last packet received; empty = none yet or not known
	Encryption string // how the leg is encrypted, "SDES AEAD_AES_128_GCM"; empty = it is not
	Received   Flow   // RTP from the party
	Sent       Flow   // RTP to the party
	Control    Flow   // RTCP from the party
	ControlOut Flow   // RTCP to the party
	Kernel     Flow   // of Received, what the kernel forwarded by itself; counted once a second
	Lost       uint64 // of what the party sent (RFC 3550 A.3)
	Late       uint64 // came, but more than 60 ms after the fastest
	Doubled    uint64 // came twice
	Jitter     time.Duration
	Dropped    Drops
	Source     netip.AddrPort // locked source of RTP; not valid while learning
	Last       time.Time      // last packet from the party; zero = none
}

// RelayStats is the sum over all sessions, closed ones included.
type RelayStats struct {
	Sessions  int
	FreePairs int  // port pairs not in use
	Relayed   Flow // RTP and RTCP sent on
	Kernel    Flow // of it, what the kernel did by itself
	Flows     int  // directions of calls that the kernel forwards now
	InKernel  bool // it may
	Dropped   Drops
}

type reason uint8

const (
	dropMalformed reason = iota
	dropSource
	dropPayload
	dropFlood
	dropNowhere
	dropSend
	dropForged
	reasons
)

// tally is a counter with one writer, its reactor, and any number of readers.
type tally struct{ n atomic.Uint64 }

func (t *tally) add(n uint64) { t.n.Store(t.n.Load() + n) }

// become is Store where something changed, which it seldom does.
func (t *tally) become(n uint64) {
	if t.n.Load() != n {
		t.n.Store(n)
	}
}

func (t *tally) get() uint64 { return t.n.Load() }

type flow struct{ packets, bytes tally }

func (f *flow) add(bytes int) { f.packets.add(1); f.bytes.add(uint64(bytes)) }
func (f *flow) plus(n, bytes uint64) {
	f.packets.add(n)
	f.bytes.add(bytes)
}
func (f *flow) get() Flow { return Flow{f.packets.get(), f.bytes.get()} }

type drops [reasons]tally

func (d *drops) get() Drops {
	return Drops{Malformed: d[dropMalformed].get(), Source: d[dropSource].get(), Payload: d[dropPayload].get(),
		Flood: d[dropFlood].get(), Nowhere: d[dropNowhere].get(), Send: d[dropSend].get(), Forged: d[dropForged].get()}
}

func (d *Drops) plus(o Drops) {
	d.Malformed += o.Malformed
	d.Source += o.Source
	d.Payload += o.Payload
	d.Flood += o.Flood
	d.Nowhere += o.Nowhere
	d.Send += o.Send
	d.Forged += o.Forged
}

// legCounters are written by the leg's reactor only.
type legCounters struct {
	in, out             flow
	lost, late, doubled tally
	jitter              tally        // microseconds
	pausing             atomic.Bool  // the last packet was comfort noise
	last                atomic.Int64 // nanoseconds since 1970
	rtcpIn, rtcpOut     flow
	kernel              flow
	codec               atomic.Uint32
	suite               atomic.Uint32 // of DTLS; 0 = no keys yet
	drops               drops
	unwanted            atomic.Bool // a browser that took back its consent
	source              atomic.Pointer[netip.AddrPort]
}

const noCodec = 128

func (c *legCounters) read() (Stats, uint8) {
	s := Stats{Received: c.in.get(), Sent: c.out.get(), Control: c.rtcpIn.get(), ControlOut: c.rtcpOut.get(), Kernel: c.kernel.get(),
		Lost: c.lost.get(), Late: c.late.get(), Doubled: c.doubled.get(), Jitter: time.Duration(c.jitter.get()) * time.Microsecond, Dropped: c.drops.get()}
	if p := c.source.Load(); p != nil {
		s.Source = *p
	}
	if t := c.last.Load(); t != 0 {
		s.Last = time.Unix(0, t)
	}
	return s, uint8(c.codec.Load())
}

// Stats sums up for metrics.
func (r *Relay) Stats() RelayStats {
	r.mu.Lock()
	s := RelayStats{Sessions: len(r.sessions)}
	r.mu.Unlock()
	s.FreePairs = r.ports.left()
	for _, re := range r.reactors {
		f := re.relayed.get()
		s.Relayed.Packets += f.Packets
		s.Relayed.Bytes += f.Bytes
		s.Dropped.plus(re.drops.get())
		k := re.passed.get()
		s.Kernel.Packets += k.Packets
		s.Kernel.Bytes += k.Bytes
	}
	if r.kernel != nil {
		s.InKernel, s.Flows = true, r.kernel.Flows()
	}
	return s
}
