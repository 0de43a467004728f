// Package kernel forwards the packets of plain calls inside the kernel, where that is permitted: the process that set a
// call up then sleeps while it lasts.
//
// The story: Open makes a table and loads a program (program.go, measure.go, rewrite.go) that the kernel runs for each
// packet that comes in by an interface (hooks.go). Add names a flow: whose packets at which port of ours are to leave from which port of
// ours to whom, and where its stream stands. The program changes addresses and ports and sends the packet on, and counts
// it in the table, which is memory that both share (state.go): adding, reading and removing costs no system call but for
// the route (routes.go). Whatever is not plainly the next
// packet of that stream goes up to the socket, as if there were no program: RTCP, digits, comfort noise, a new source, a
// jump. Nothing outlives the process: table, program and hooks go with their descriptors.
//
// It needs Linux 6.6 with CAP_BPF and CAP_NET_ADMIN, takes IPv4 over Ethernet or loopback, and passes the host's packet
// filter by: what the filter lets in when a call begins goes on until its flow is removed.
package kernel

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/cilium/ebpf"
	"golang.org/x/sys/unix"
)

var (
	// ErrUnsuitable says that a flow cannot go by the kernel: IPv6, another kind of network, no route, one side on
	// this host and the other not, a payload type that looks like RTCP, a port that has a flow or none of ours.
	ErrUnsuitable = errors.New("flow not for the kernel")
	// ErrLater says that an interface is not hooked yet: ask again in a second or so.
	ErrLater = errors.New("not yet")
)

// dscpEF marks voice for the network (RFC 4594), as the two upper fields of the traffic class.
const dscpEF = 46 << 2

// Path is the way through the kernel.
type Path struct {
	log        *slog.Logger
	firstPort  uint16 // with the one above it the first pair
	pairs      int
	flows      *ebpf.Map // a state for each pair of ports
	memory     []byte    // that of flows
	program    *ebpf.Program
	hooks      *hooks
	generation atomic.Uint64
	inUse      atomic.Int64

	mu      sync.Mutex // of Add
	netlink *routes
}

// Open loads the program for flows at ports of ours: the even ones of so many pairs, beginning with first. The error says
// what is missing: kernel, capability, memory.
func Open(first uint16, pairs int, log *slog.Logger) (*Path, error) {
	p := &Path{log: log, firstPort: first, pairs: pairs}
	if err := p.open(); err != nil {
		p.Close() //nolint:errcheck // the first error is the one to tell
		return nil, err
	}
	return p, nil
}

func (p *Path) open() (err error) {
	if err = p.load(); err != nil {
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

func (p *Path) load() (err error) {
	p.flows, err = ebpf.NewMap(&ebpf.MapSpec{Name: "cradle_flows", Type: ebpf.Array, KeySize: 4, ValueSize: stateSize, MaxEntries: uint32(p.pairs),
		Flags: unix.BPF_F_MMAPABLE})
	if err != nil {
		return fmt.Errorf("table of flows: %w", err)
	}
	page := unix.Getpagesize()
	size := (p.pairs*stateSize + page - 1) / page * page
	if p.memory, err = unix.Mmap(p.flows.FD(), 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED); err != nil {
		return fmt.Errorf("table of flows in memory: %w", err)
	}
	if p.program, err = ebpf.NewProgram(program(p.flows, p.firstPort)); err != nil {
		return fmt.Errorf("program: %w", err)
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
	p.program.Close() //nolint:errcheck // nothing can be done about it; nil closes well
	p.flows.Close()   //nolint:errcheck // the same
	if p.memory == nil {
		return nil
	}
	return unix.Munmap(p.memory)
}

// Generation changes when routes, addresses or interfaces do: flows from before may leave by the wrong one, and are to
// be removed and added anew.
func (p *Path) Generation() uint64 { return p.generation.Load() }

// Flows counts those that are in the kernel now.
func (p *Path) Flows() int { return int(p.inUse.Load()) }
