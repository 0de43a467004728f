package calltest

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
)

// Lossy makes a UDP path to a server that drops every n-th datagram of each
// direction. Each phone behind it gets a socket of its own towards the server,
// as behind a NAT. It answers the address phones are to use instead.
func Lossy(t testing.TB, server netip.AddrPort, n uint64) netip.AddrPort {
	t.Helper()
	front, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	must(t, err)
	p := &path{front: front, server: server, n: n, backs: map[netip.AddrPort]*net.UDPConn{}}
	p.work.Go(p.upward)
	t.Cleanup(p.close)
	return front.LocalAddr().(*net.UDPAddr).AddrPort()
}

type path struct {
	front  *net.UDPConn
	server netip.AddrPort
	n      uint64
	up     atomic.Uint64
	down   atomic.Uint64
	work   sync.WaitGroup

	mu    sync.Mutex
	shut  bool
	backs map[netip.AddrPort]*net.UDPConn
}

func (p *path) upward() {
	buf := make([]byte, 65536)
	for {
		n, from, err := p.front.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		back := p.back(from)
		if back == nil || p.up.Add(1)%p.n == 0 {
			continue
		}
		_, _ = back.WriteToUDPAddrPort(buf[:n], p.server)
	}
}

// back is the socket of one phone towards the server.
func (p *path) back(phone netip.AddrPort) *net.UDPConn {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c := p.backs[phone]; c != nil || p.shut {
		return c
	}
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil
	}
	p.backs[phone] = c
	p.work.Go(func() { p.downward(c, phone) })
	return c
}

func (p *path) downward(c *net.UDPConn, phone netip.AddrPort) {
	buf := make([]byte, 65536)
	for {
		n, _, err := c.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		if p.down.Add(1)%p.n != 0 {
			_, _ = p.front.WriteToUDPAddrPort(buf[:n], phone)
		}
	}
}

func (p *path) close() {
	p.mu.Lock()
	p.shut = true
	for _, c := range p.backs {
		_ = c.Close()
	}
	p.mu.Unlock()
	_ = p.front.Close()
	p.work.Wait()
}
