// Package kernel forwards the packets of plain calls inside the kernel, where that is permitted: the process that set a
// call up then sleeps while it lasts.
//
// The story: Open makes two tables and loads a program (program.go, measure.go, rewrite.go) that the kernel runs for each packet
// that comes in by an interface. Add names a flow: whose packets at which port of ours are to leave from which port of
// ours to whom, and where its stream stands. The program changes addresses and ports and sends the packet on, and counts
// it in memory that both share (stats.go), so that reading costs no system call. Whatever is not plainly the next
// packet of that stream goes up to the socket, as if there were no program: RTCP, digits, comfort noise, a new source, a
// jump. Nothing outlives the process: tables, program and hooks go with their descriptors.
//
// It needs Linux 6.6 with CAP_BPF and CAP_NET_ADMIN, takes IPv4 over Ethernet or loopback, and passes the host's packet
// filter by: what the filter lets in when a call begins goes on until its flow is removed.
package kernel

import (
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math/bits"
	"sync"
	"sync/atomic"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"
)

var (
	// ErrUnsuitable says that a flow cannot go by the kernel: IPv6, another kind of network, no route, one side on
	// this host and the other not, a payload type that looks like RTCP.
	ErrUnsuitable = errors.New("flow not for the kernel")
	// ErrLater says that an interface is not hooked yet, or that all slots are taken: ask again in a second or so.
	ErrLater = errors.New("not yet")
)

// dscpEF marks voice for the network (RFC 4594), as the two upper fields of the traffic class.
const dscpEF = 46 << 2

// Path is the way through the kernel.
type Path struct {
	log        *slog.Logger
	flows      *ebpf.Map // key -> rewrite
	stats      *ebpf.Map // slot -> stats
	program    *ebpf.Program
	memory     []byte // that of stats
	generation atomic.Uint64
	netlink    *routes
	hooks      *hooks

	mu    sync.Mutex
	free  []uint32 // slots, longest unused first: the program may still be at work on the last one
	inUse int
}

// Open loads the program for so many flows, 1 to 65536. The error says what is missing: kernel, capability, memory.
func Open(flows int, log *slog.Logger) (*Path, error) {
	p := &Path{log: log}
	if err := p.open(uint32(flows)); err != nil {
		p.Close() //nolint:errcheck // the first error is the one to tell
		return nil, err
	}
	return p, nil
}

func (p *Path) open(flows uint32) (err error) {
	if err = p.load(flows); err != nil {
		return err
	}
	if p.hooks, err = newHooks(p.program, p.log); err != nil {
		return err
	}
	if p.netlink, err = newRoutes(); err != nil {
		return fmt.Errorf("routes: %w", err)
	}
	return p.hooks.watch(func() { p.generation.Add(1) })
}

func (p *Path) load(flows uint32) (err error) {
	p.flows, err = ebpf.NewMap(&ebpf.MapSpec{Name: "cradle_flows", Type: ebpf.Hash, KeySize: keySize, ValueSize: rewriteSize, MaxEntries: flows,
		Flags: unix.BPF_F_NO_PREALLOC})
	if err != nil {
		return fmt.Errorf("table of flows: %w", err)
	}
	p.stats, err = ebpf.NewMap(&ebpf.MapSpec{Name: "cradle_stats", Type: ebpf.Array, KeySize: 4, ValueSize: statsSize, MaxEntries: flows,
		Flags: unix.BPF_F_MMAPABLE})
	if err != nil {
		return fmt.Errorf("table of figures: %w", err)
	}
	page := unix.Getpagesize()
	size := (int(flows)*statsSize + page - 1) / page * page
	if p.memory, err = unix.Mmap(p.stats.FD(), 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED); err != nil {
		return fmt.Errorf("table of figures in memory: %w", err)
	}
	if p.program, err = ebpf.NewProgram(program(p.flows, p.stats)); err != nil {
		return fmt.Errorf("program: %w", err)
	}
	for slot := range flows {
		p.free = append(p.free, slot)
	}
	return nil
}

// Close takes the hooks off and gives everything back. Flows that are left end, and may not be used any more.
func (p *Path) Close() error {
	if p.hooks != nil {
		p.hooks.close()
	}
	if p.netlink != nil {
		p.netlink.close()
	}
	for _, c := range []interface{ Close() error }{p.program, p.flows, p.stats} {
		c.Close() //nolint:errcheck // nothing can be done about it; nil closes well
	}
	if p.memory == nil {
		return nil
	}
	return unix.Munmap(p.memory)
}

// Generation changes when routes, addresses or interfaces do: flows from before may leave by the wrong one, and are to
// be removed and added anew.
func (p *Path) Generation() uint64 { return p.generation.Load() }

// Flows counts those that are in the kernel now.
func (p *Path) Flows() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.inUse
}

// words adds up four bytes at a time in ones' complement, as checksums do; negative ones are subtracted.
func words(plus, minus []byte) uint32 {
	var s uint64
	for i := 0; i < len(plus); i += 4 {
		s += uint64(binary.NativeEndian.Uint32(plus[i:])) + uint64(^binary.NativeEndian.Uint32(minus[i:]))
	}
	lo, carry := bits.Add32(uint32(s), uint32(s>>32), 0)
	return lo + carry
}
