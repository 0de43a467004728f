package edge

import (
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"cradle/registrar/sipmsg"
	"cradle/registrar/transaction"
)

// A host with IPv6 has more addresses than anybody can count, and one budget.
func TestOwnersOfAddresses(t *testing.T) {
	for a, want := range map[string]string{"192.0.2.7": "192.0.2.7", "2001:db8:0:1::7": "2001:db8:0:1::", "2001:db8:0:1:ffff::9": "2001:db8:0:1::", "2001:db8:0:2::7": "2001:db8:0:2::"} {
		if got := ownerOf(netip.MustParseAddr(a)); got != netip.MustParseAddr(want) {
			t.Errorf("%s counts for %s, want %s", a, got, want)
		}
	}
	var table connTable
	table.init()
	for i, a := range []string{"[2001:db8::1]:5", "[2001:db8::2]:5", "[2001:db8::3]:5"} {
		s := &streamConn{e: &Edge{txs: transaction.New(transaction.Config{})}, p: Packet{Transport: sipmsg.TCP, Source: netip.MustParseAddrPort(a)}}
		if ok := table.add(s, func(_ netip.Addr, n, _ int) bool { return n < 2 }); ok != (i < 2) {
			t.Errorf("connection %d was admitted: %v", i, ok)
		}
		if i == 1 {
			defer func() {
				table.remove(s)
				if table.source[ownerOf(s.p.Source.Addr())] != 1 {
					t.Error("a connection that ended is still counted")
				}
			}()
		}
	}
}

// A port that is used again belongs to whoever has it now: the flow of the
// connection before ends when the next one comes, and its late end is not the
// end of the next one's.
func TestAPortUsedAgain(t *testing.T) {
	gone := 0
	e := &Edge{c: Config{FlowGone: func(netip.AddrPort, sipmsg.Transport) { gone++ }}, txs: transaction.New(transaction.Config{})}
	e.conns.init()
	connection := func(by sipmsg.Transport) *streamConn {
		near, far := net.Pipe()
		t.Cleanup(func() { _, _ = near.Close(), far.Close() })
		s := openTCP(e, near)
		s.p.Source, s.p.Transport = netip.MustParseAddrPort("192.0.2.7:1000"), by
		s.trusted.Store(true)
		return s
	}
	first, second := connection(sipmsg.WS), connection(sipmsg.WS)
	if !e.conns.add(first, nil) || !e.conns.add(second, nil) || gone != 1 {
		t.Fatalf("the flow before ended %d times", gone)
	}
	_ = first.Close()
	if gone != 1 || e.conns.find(second.farEnd()) != second {
		t.Error("the late end of the first is taken for the second's")
	}
	if !e.conns.add(connection(sipmsg.TLS), nil) {
		t.Error("another transport is another flow")
	}
	_ = second.Close()
	_ = second.Close()
	if gone != 2 || e.conns.find(second.farEnd()) != nil {
		t.Errorf("the end was told %d times", gone)
	}
}

// stuck is a connection whose peer does not read.
type stuck struct {
	net.Conn
	begun, release chan struct{}
	deadlines      atomic.Int32
	closed         atomic.Bool
}

func (c *stuck) SetWriteDeadline(time.Time) error { c.deadlines.Add(1); return nil }
func (c *stuck) Close() error                     { c.closed.Store(true); return nil }
func (c *stuck) Write([]byte) (int, error) {
	if c.closed.Load() {
		return 0, net.ErrClosed
	}
	c.begun <- struct{}{}
	<-c.release
	return 0, os.ErrDeadlineExceeded
}

// Who does not read is given up by the first that has waited long enough, and nobody
// who comes later gives him more time.
func TestWhoDoesNotReadIsGivenUp(t *testing.T) {
	c := &stuck{begun: make(chan struct{}), release: make(chan struct{})}
	s := &streamConn{Conn: c, e: &Edge{}}
	errs := make(chan error, 3)
	for range 3 {
		go func() { _, err := s.Write([]byte("x")); errs <- err }()
	}
	<-c.begun
	if n := c.deadlines.Load(); n != 1 {
		t.Errorf("%d deadlines for one that writes", n)
	}
	close(c.release)
	for range 3 {
		if err := <-errs; err == nil {
			t.Error("written to one who does not read")
		}
	}
	if !c.closed.Load() {
		t.Error("half a message was left on a connection that goes on")
	}
}
