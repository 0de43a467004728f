package edge

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"unicode/utf8"

	"cradle/registrar/sipmsg"
)

// socketConn is a WebSocket as sipgo sees it. sipgo insists on reading an HTTP
// upgrade from whatever it accepts, so one is made up for it; after that it
// reads whole messages that passed the screen, each in one frame, and what it
// writes is cut out of its frames and sent in ours.
type socketConn struct {
	*streamConn
	hello   string // of the made-up upgrade, what sipgo has still to read
	agreed  bool   // sipgo has answered it
	written []byte // what sipgo wrote and is not whole yet
}

const madeUp = "GET / HTTP/1.1\r\nHost: cradle\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
	"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: sip\r\n\r\n"

func openWS(e *Edge, c net.Conn, ask Socket) *socketConn {
	s := openTCP(e, c)
	s.p.Transport, s.p.Anonymous, s.bye = ask.By, ask.Anonymous, closeFrame(closeGoing)
	f := &framer{s: s}
	s.cut = f.next
	s.p.send = func(p *Packet, b []byte) {
		e.tapped(false, p.Local, p.Source, p.Transport, b)
		_, _ = s.Write(appendMessage(nil, b))
	}
	return &socketConn{streamConn: s, hello: madeUp}
}

// Read gives sipgo its upgrade, then the messages.
func (s *socketConn) Read(b []byte) (int, error) {
	if s.hello != "" {
		n := copy(b, s.hello)
		s.hello = s.hello[n:]
		return n, nil
	}
	return s.streamConn.Read(b)
}

// Write takes what sipgo writes, piece by piece.
func (s *socketConn) Write(b []byte) (int, error) {
	s.written = append(s.written, b...)
	if !s.agreed {
		end := bytes.Index(s.written, []byte("\r\n\r\n"))
		if end < 0 {
			return len(b), nil
		}
		s.agreed, s.written = true, s.written[end+4:]
	}
	for {
		payload, size := readWritten(s.written)
		if size == 0 {
			return len(b), nil
		}
		s.e.tapped(false, s.p.Local, s.p.Source, s.p.Transport, payload)
		_, err := s.streamConn.Write(appendMessage(make([]byte, 0, len(payload)+10), payload))
		if s.written = s.written[size:]; len(s.written) == 0 {
			s.written = nil
		}
		if err != nil {
			return 0, err
		}
	}
}

// framer joins the frames of a WebSocket to messages.
type framer struct {
	s      *streamConn
	joined []byte // of a message in fragments
	op     byte   // of that message; 0: none has begun
}

// next reads one frame out of what came in; more says that bytes are missing.
func (f *framer) next() (more bool, err error) {
	s := f.s
	in, bad := readFrame(s.buf, maxMessage-len(f.joined))
	switch {
	case bad != 0:
		return false, f.end(bad)
	case in.size == 0:
		return true, nil
	}
	err = f.take(in)
	s.buf = append(s.buf[:0], s.buf[in.size:]...)
	return false, err
}

func (f *framer) take(in frame) error {
	switch {
	case in.op == opPing:
		_, err := f.s.Write(appendFrame(nil, opPong, in.payload))
		return err
	case in.op == opPong:
		return nil
	case in.op == opClose:
		return f.closed(in.payload)
	case (in.op == opMore) != (f.op != 0): // a fragment of nothing, or something amid fragments
		return f.end(closeProtocol)
	}
	if f.op == 0 {
		if in.fin {
			return f.message(in.op, in.payload)
		}
		f.op = in.op
	}
	f.joined = append(f.joined, in.payload...)
	if !in.fin {
		return nil
	}
	op, whole := f.op, f.joined
	f.op, f.joined = 0, nil
	return f.message(op, whole)
}

// message shows one whole message to the screen, and to sipgo what passes.
func (f *framer) message(op byte, b []byte) error {
	s := f.s
	switch {
	case op == opText && !utf8.Valid(b):
		return f.end(closeText)
	case string(b) == "\r\n\r\n": // a ping, RFC 5626 section 3.5.1
		_, err := s.Write(appendFrame(nil, opText, b[:2]))
		return err
	case len(bytes.Trim(b, "\r\n")) == 0 || !s.show(b):
		return nil
	case s.p.Msg.IsRequest():
		s.pending = appendMasked(nil, sipmsg.ForceRport(nil, &s.p.Msg))
	default:
		s.pending = appendMasked(nil, b)
	}
	return nil
}

// closed answers the client's wish to end with the code it gave.
func (f *framer) closed(payload []byte) error {
	code := closeNormal
	if len(payload) >= 2 {
		code = closeCode(binary.BigEndian.Uint16(payload))
	}
	if len(payload) == 1 || code < 1000 || code > 4999 || code >= 1004 && code <= 1006 || !utf8.Valid(payload[min(2, len(payload)):]) {
		code = closeProtocol
	}
	return f.end(code)
}

// end says goodbye.
func (f *framer) end(code closeCode) error {
	_, _ = f.s.Write(closeFrame(code))
	if code == closeNormal {
		return io.EOF
	}
	return errFraming
}

// handover is where sipgo accepts connections that were opened elsewhere.
type handover struct {
	conns chan net.Conn
	done  <-chan struct{}
}

// Accept waits for the next connection.
func (h *handover) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.done:
		return nil, net.ErrClosed
	}
}

// Close is not needed: the door's end is the listener's.
func (h *handover) Close() error { return nil }

// Addr is asked for by sipgo and means nothing.
func (h *handover) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4zero, Port: 1} }
