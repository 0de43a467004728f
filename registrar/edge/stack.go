package edge

import (
	"errors"
	"fmt"

	"github.com/emiago/sipgo/sip"

	"cradle/registrar/sipmsg"
	"cradle/registrar/transaction"
)

// ErrFlowLost is returned for a connection that is gone; nobody is dialled.
var ErrFlowLost = errors.New("the connection to the phone is gone")

var errNotStarted = errors.New("not listening")

// Route is a flow: what a request to a phone goes by.
type Route = transaction.Flow

// headersParsers knows the compact forms that the parser leaves as they are (its
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

// pass hands a message to the transactions. A request gets a Via that says where
// it came from, whether it asked for that or not (RFC 3581).
func (e *Edge) pass(p *Packet) {
	data := p.Data
	if p.Msg.IsRequest() {
		p.marked = sipmsg.ForceRport(p.marked[:0], &p.Msg)
		data = p.marked // the parser keeps none of it
	}
	m, err := e.parse.ParseSIP(data)
	if err != nil {
		e.log.Debug("a message that passed cannot be parsed", "source", p.Source) // the error may quote what is secret
		return
	}
	e.txs.Receive(m, Route{Local: p.Local, Remote: p.Source, Transport: p.Transport})
}

// Request sends a request by a route in a client transaction. Its Via must be there.
func (e *Edge) Request(r Route, req *sip.Request, heard transaction.Heard) (*transaction.Client, error) {
	tx, err := e.txs.Request(req, r, heard)
	if errors.Is(err, transaction.ErrEnded) {
		return nil, errNotStarted
	}
	return tx, err
}

// Send sends bytes by a datagram route.
func (e *Edge) Send(r Route, b []byte) error {
	_, err := e.writeUDP(b, r.Local, r.Remote)
	return err
}

// Write sends a message by a route, without a transaction. Nobody is dialled: a
// connection is there or is not.
func (e *Edge) Write(r Route, b []byte) error {
	if !r.Transport.Stream() {
		return e.Send(r, b)
	}
	s := e.conns.find(farEnd{r.Remote, r.Transport})
	if s == nil {
		return fmt.Errorf("%w: %s", ErrFlowLost, r.Remote)
	}
	return s.say(b)
}
