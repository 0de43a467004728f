package edge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/gobwas/ws"

	"cradle/registrar/sipmsg"
)

// ErrFlowLost is returned for a connection that is gone; nobody is dialled.
var ErrFlowLost = errors.New("the connection to the phone is gone")

// tuned is one for the process, as sipgo's variables are: a second Edge must not
// write them while the first reads.
var tuned sync.Once

// tune sets what sipgo keeps in package variables, once.
func tune() {
	tuned.Do(func() {
		sip.SetDefaultLogger(slog.New(slog.DiscardHandler)) // it logs whole messages, secrets included
		sip.Timer_J = 8 * time.Second
		// A datagram that is too big is fragmented, not refused: phones that
		// registered over UDP have no other way.
		sip.UDPMTUSize = biggestDatagram
	})
}

var errNoDial = errors.New("phones are never dialled")

func refuseDial(string, string, syscall.RawConn) error { return errNoDial }

// newStack joins sipgo's layers. Nothing in them may dial or ask a name
// server: the names would be the senders' choice.
func (e *Edge) newStack() {
	blind := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) { return nil, errNoDial }}
	e.tp = sip.NewTransportLayer(blind, sip.NewParser(sip.WithHeadersParsers(headersParsers())), nil,
		sip.WithTransportLayerTransports(sip.TransportsConfig{TCP: streams(), TLS: &sip.TransportTLS{TransportTCP: streams()},
			WS: &sip.TransportWS{WriteTimeout: writeTimeout, DialerCreate: func(net.Addr) ws.Dialer { return ws.Dialer{NetDial: noDial} }}}))
	e.txl = sip.NewTransactionLayer(e.tp, sip.WithTransactionLayerTerminateOnConnClose(),
		sip.WithTransactionLayerUnhandledResponseHandler(func(*sip.Response) {}))
	e.txl.OnRequest(func(req *sip.Request, tx *sip.ServerTx) { e.c.Request(req, tx) })
}

// streams are connections that phones have made, never we.
func streams() *sip.TransportTCP {
	return &sip.TransportTCP{
		WriteTimeout: writeTimeout,
		DialerCreate: func(net.Addr) net.Dialer { return net.Dialer{Timeout: time.Millisecond, Control: refuseDial} },
	}
}

func noDial(context.Context, string, string) (net.Conn, error) { return nil, errNoDial }

// stackName is the transport that sipgo knows a flow by. Secure WebSockets are
// given to it as plain ones: their TLS is ours, and its own kind for them would
// dial before it asks anybody.
func stackName(by sipmsg.Transport) string {
	if by == sipmsg.WSS {
		by = sipmsg.WS
	}
	return sip.NetworkToUpper(by.String())
}

// headersParsers knows the compact forms that sipgo leaves as they are (its
// own table is shared and must not be written to).
func headersParsers() map[string]sip.HeaderParser {
	m := map[string]sip.HeaderParser{}
	for k, v := range sip.DefaultHeadersParser() {
		m[k] = v
	}
	for short, long := range map[string]string{"k": "Supported", "o": "Event", "u": "Allow-Events", "s": "Subject", "e": "Content-Encoding",
		"x": "Session-Expires", "a": "Accept-Contact", "j": "Reject-Contact", "d": "Request-Disposition", "y": "Identity"} {
		m[short] = func(_ []byte, text string) (sip.Header, error) { return sip.NewHeader(long, text), nil }
	}
	m["r"], m["b"] = m["refer-to"], m["referred-by"]
	return m
}

// Route is a flow: what a request to a phone goes by.
type Route struct {
	Local, Remote netip.AddrPort
	Transport     sipmsg.Transport
}

// Request sends a request by a route in a client transaction. Its Via must be
// there; the flow is filled in.
func (e *Edge) Request(ctx context.Context, r Route, req *sip.Request) (*sip.ClientTx, error) {
	// While Close ends the connections sipgo would open sockets of its own.
	e.sending.RLock()
	defer e.sending.RUnlock()
	if err := e.direct(r, req); err != nil {
		return nil, err
	}
	tx, err := e.txl.Request(ctx, req)
	if err != nil && errors.Is(err, errNoDial) {
		return nil, fmt.Errorf("%w: %s", ErrFlowLost, r.Remote)
	}
	return tx, err
}

// Write sends a request without a transaction, such as the ACK of a 2xx.
func (e *Edge) Write(r Route, req *sip.Request) error {
	e.sending.RLock()
	defer e.sending.RUnlock()
	if err := e.direct(r, req); err != nil {
		return err
	}
	return e.tp.WriteMsg(req)
}

// Send sends bytes by a datagram route.
func (e *Edge) Send(r Route, b []byte) error {
	_, err := e.writeUDP(b, r.Local, r.Remote)
	return err
}

// direct fills the flow in. e.sending is held.
func (e *Edge) direct(r Route, req *sip.Request) error {
	if e.left {
		return errNotStarted
	}
	req.SetDestination(r.Remote.String())
	if r.Transport.Stream() {
		if !e.conns.alive(farEndOf(r.Remote, r.Transport)) {
			return fmt.Errorf("%w: %s", ErrFlowLost, r.Remote)
		}
		req.SetTransport(stackName(r.Transport))
		return nil
	}
	l := e.local(r.Local)
	if l == nil {
		return fmt.Errorf("%w: from %s", errNotStarted, r.Local)
	}
	req.SetTransport("UDP")
	req.Laddr = sip.Addr{IP: l.addr.IP, Port: l.addr.Port}
	return nil
}

// FlowOf is the flow a request came by; invalid addresses where its connection
// is none of ours.
func FlowOf(req *sip.Request, tx *sip.ServerTx) (r Route) {
	switch c := tx.Connection().(type) {
	case *sip.TCPConnection:
		if s, ok := c.Conn.(*streamConn); ok {
			return Route{s.p.Local, s.p.Source, s.p.Transport}
		}
	case *sip.WSConnection:
		if s, ok := c.Conn.(*socketConn); ok {
			return Route{s.p.Local, s.p.Source, s.p.Transport}
		}
	default:
		source, err := netip.ParseAddrPort(req.Source())
		if a, ok := c.LocalAddr().(*net.UDPAddr); ok && err == nil {
			local := a.AddrPort()
			return Route{netip.AddrPortFrom(local.Addr().Unmap(), local.Port()), netip.AddrPortFrom(source.Addr().Unmap(), source.Port()), sipmsg.UDP}
		}
	}
	return r
}

// Trust notes that the connection of a transaction has proved itself.
func (e *Edge) Trust(source netip.AddrPort, by sipmsg.Transport) {
	e.conns.mu.Lock()
	defer e.conns.mu.Unlock()
	if s := e.conns.all[farEndOf(source, by)]; s != nil {
		s.trusted.Store(true)
	}
}
