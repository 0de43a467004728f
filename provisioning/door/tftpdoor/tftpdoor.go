// Package tftpdoor is the TFTP door of provisioning (RFC 1350, 2347 to 2349): a
// guard that owns the public socket and relays each transfer, in lock step, to
// the TFTP library on a loopback socket that nobody else is told of.
//
// The library alone cannot be bounded from outside, so the guard does what
// decides about abuse: it cleans requests, counts transfers, sends again, and
// lets no more than three datagrams out before a client has shown that it is
// really there.
package tftpdoor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pin/tftp/v3"

	"cradle/provisioning/door"
	"cradle/provisioning/door/datagram"
)

// Config says how the door serves. Answer and Gate are needed.
type Config struct {
	Answer door.Answer
	// Gate gives the budget of a source. A source that is not inside a site's
	// network gets silence.
	Gate door.Gate
	// Transfers bounds the transfers at one time in all; nil: 512.
	Transfers func() int
	Log       *slog.Logger
	// Life ends a transfer whatever it does; 0: 120 s. Long is that of a large
	// file, such as a firmware; 0: 1 h.
	Life, Long time.Duration
	// Resend is the wait before a datagram is sent again the first time; it
	// doubles each time. 0: 1 s.
	Resend time.Duration
}

// Door serves TFTP until Close.
type Door struct {
	c       Config
	public  *datagram.Socket
	library *tftp.Server
	private *net.UDPConn // where the library listens
	table   *table
	// starting bounds the requests the library has not yet answered, so that
	// its socket's buffer never overflows.
	starting chan struct{}

	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

// Listen opens the door at a UDP address such as ":69" and serves.
func Listen(addr string, c Config) (*Door, error) {
	if c.Answer == nil || c.Gate == nil {
		return nil, errors.New("TFTP door needs an answer and a gate")
	}
	c = c.withDefaults()
	public, err := datagram.Listen(addr)
	if err != nil {
		return nil, fmt.Errorf("TFTP door: %w", err)
	}
	private, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		_ = public.Close() // the other socket is what failed
		return nil, fmt.Errorf("TFTP door: %w", err)
	}
	d := &Door{c: c, public: public, private: private, table: newTable(), starting: make(chan struct{}, 64)}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	d.library = newLibrary(d.table, max(c.Life, c.Long))
	d.wg.Add(2)
	go d.serveLibrary()
	go d.receive()
	return d, nil
}

func (c Config) withDefaults() Config {
	if c.Transfers == nil {
		c.Transfers = func() int { return 512 }
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Life <= 0 {
		c.Life = 120 * time.Second
	}
	if c.Long <= 0 {
		c.Long = time.Hour
	}
	if c.Resend <= 0 {
		c.Resend = time.Second
	}
	c.Log = c.Log.With("door", "tftp")
	return c
}

// Addr is the address really listened at.
func (d *Door) Addr() netip.AddrPort { return d.public.Addr() }

// Close ends all transfers, waits for them and closes the sockets.
func (d *Door) Close() error {
	d.cancel()
	err := d.public.Close()
	d.table.wait()
	d.library.Shutdown()
	d.wg.Wait()
	return err
}

// receive reads the public socket: the one goroutine that starts transfers.
func (d *Door) receive() {
	defer d.wg.Done()
	buf := make([]byte, maxRequest+1)
	for {
		n, from, to, err := d.public.Read(buf)
		switch {
		case d.ctx.Err() != nil:
			return
		case err != nil:
			d.c.Log.Warn("reading failed", "error", err)
			select { // a broken socket must not spin
			case <-d.ctx.Done():
			case <-time.After(10 * time.Millisecond):
			}
		default:
			d.handle(buf[:n], from, to)
		}
	}
}

// handle takes one datagram. Everything but a request gets silence here: data
// of transfers goes to sockets of their own.
func (d *Door) handle(p []byte, from netip.AddrPort, to netip.Addr) {
	budget := d.c.Gate(from.Addr())
	if !budget.Inside || to.IsUnspecified() || to.IsMulticast() {
		return
	}
	req, err := parse(p)
	switch {
	case errors.Is(err, errWrite):
		d.public.Write(refusal(codeAccess, "Read only"), from, to)
		return
	case errors.Is(err, errMode):
		d.public.Write(refusal(codeIllegal, "Bad mode"), from, to)
		return
	case err != nil:
		return
	}
	t := &transfer{door: d, request: req, peer: from, local: to}
	running, ok := d.table.enter(t, budget, d.c.Transfers())
	if running != nil && running.repeat(req) {
		d.table.leave(running)
		_, ok = d.table.enter(t, budget, d.c.Transfers())
	}
	if ok {
		go t.run()
	}
}
