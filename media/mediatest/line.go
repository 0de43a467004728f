package mediatest

import (
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Impairment is what a bad network does to packets, in the terms of Linux's netem. Shares are 0 to 1.
type Impairment struct {
	Loss      float64
	Duplicate float64
	Delay     time.Duration
	Jitter    time.Duration // added to or taken from Delay, evenly spread; at most Delay
	Reorder   float64       // goes at once, past those that wait for Delay
}

// Did counts what was done to packets.
type Did struct{ Came, Lost, Doubled, Hurried int }

// impairer does to packets what a bad network does, one way.
type impairer struct {
	is     Impairment
	chance *rand.Rand     // of the one who calls pass
	wait   sync.WaitGroup // for packets on their way

	mu  sync.Mutex
	did Did
}

func newImpairer(is Impairment, seed uint64) *impairer {
	return &impairer{is: is, chance: rand.New(rand.NewPCG(seed, 7))}
}

func (i *impairer) done() Did {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.did
}

// pass decides what becomes of a packet, which is deliver's from now on. It belongs to one goroutine.
func (i *impairer) pass(b []byte, deliver func([]byte)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.did.Came++
	if i.chance.Float64() < i.is.Loss {
		i.did.Lost++
		return
	}
	times := 1
	if i.chance.Float64() < i.is.Duplicate {
		i.did.Doubled++
		times = 2
	}
	for range times {
		wait := i.is.Delay + time.Duration((2*i.chance.Float64()-1)*float64(min(i.is.Jitter, i.is.Delay)))
		if i.chance.Float64() < i.is.Reorder {
			i.did.Hurried++
			wait = 0
		}
		i.wait.Add(1)
		time.AfterFunc(wait, func() {
			defer i.wait.Done()
			deliver(b)
		})
	}
}

// Line is a network between a phone and its other side: what the phone says is impaired, what it hears is not.
type Line struct {
	near, far *net.UDPConn
	to        netip.AddrPort
	there     *impairer
	out, back sync.WaitGroup // its readers

	mu    sync.Mutex
	phone netip.AddrPort
}

// NewLine opens a line to an address. The same seed makes the same choices. Close ends it.
func NewLine(local netip.Addr, to netip.AddrPort, is Impairment, seed uint64) (*Line, error) {
	near, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(local, 0)))
	if err != nil {
		return nil, err
	}
	far, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(local, 0)))
	if err != nil {
		near.Close() //nolint:errcheck // the first error is the one to tell
		return nil, err
	}
	l := &Line{near: near, far: far, to: to, there: newImpairer(is, seed)}
	l.out.Go(l.takeOut)
	l.back.Go(l.bringBack)
	return l, nil
}

// Addr is where the phone sends to.
func (l *Line) Addr() netip.AddrPort { return l.near.LocalAddr().(*net.UDPAddr).AddrPort() }

// Did tells what was done so far.
func (l *Line) Did() Did { return l.there.done() }

// Close cuts the line, when what is on its way has arrived.
func (l *Line) Close() {
	l.near.Close() //nolint:errcheck // only ends the reader
	l.out.Wait()
	l.there.wait.Wait()
	l.far.Close() //nolint:errcheck // the same
	l.back.Wait()
}

func (l *Line) takeOut() {
	buf := make([]byte, 2048)
	for {
		n, from, err := l.near.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		l.mu.Lock()
		l.phone = from
		l.mu.Unlock()
		l.there.pass(append([]byte(nil), buf[:n]...), func(b []byte) {
			l.far.WriteToUDPAddrPort(b, l.to) //nolint:errcheck // a network loses packets
		})
	}
}

func (l *Line) bringBack() {
	buf := make([]byte, 2048)
	for {
		n, err := l.far.Read(buf)
		if err != nil {
			return
		}
		l.mu.Lock()
		to := l.phone
		l.mu.Unlock()
		if to.IsValid() {
			l.near.WriteToUDPAddrPort(buf[:n], to) //nolint:errcheck // the same
		}
	}
}
