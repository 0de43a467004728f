package edge

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"unicode/utf8"
)

// openWS makes a connection of a WebSocket that was opened.
func openWS(e *Edge, c net.Conn, ask Socket) *streamConn {
	s := openTCP(e, c)
	s.p.Transport, s.p.Anonymous, s.bye = ask.By, ask.Anonymous, closeFrame(closeGoing)
	f := &framer{s: s}
	s.cut = f.next
	s.say = func(b []byte) error {
		e.tapped(false, s.p.Local, s.p.Source, s.p.Transport, b)
		_, err := s.Write(appendMessage(make([]byte, 0, len(b)+10), b))
		return err
	}
	return s
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

// message shows one whole message.
func (f *framer) message(op byte, b []byte) error {
	s := f.s
	switch {
	case op == opText && !utf8.Valid(b):
		return f.end(closeText)
	case string(b) == "\r\n\r\n": // a ping, RFC 5626 section 3.5.1
		_, err := s.Write(appendFrame(nil, opText, b[:2]))
		return err
	case len(bytes.Trim(b, "\r\n")) > 0:
		s.show(b)
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
