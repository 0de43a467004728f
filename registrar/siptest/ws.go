package siptest

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
	"unicode/utf8"
)

// NoOrigin is the Origin of a program that is no browser: it sends none.
const NoOrigin = "none"

// Socket is a WebSocket as a client has it (RFC 6455), with the frames in the
// caller's hands. Read and Write carry SIP: a Write is one text message, a Read
// gives what messages bring, and pings are answered.
type Socket struct {
	net.Conn
	in   *bufio.Reader
	rest []byte
	mu   sync.Mutex
	// Pongs counts the answers to our pings; Closed is the code the server closed
	// with. They are to be looked at after Read has ended.
	Pongs, Closed int
}

// DialSocket opens a WebSocket for SIP at path "/ws"; secure: over TLS. Origin
// empty: that of a page of the server itself. More headers replace those that a
// browser sends; an empty value leaves one out.
func DialSocket(ctx context.Context, d *net.Dialer, server, origin string, look *tls.Config, more http.Header) (*Socket, *http.Response, error) {
	c, err := d.DialContext(ctx, "tcp", server)
	if err != nil {
		return nil, nil, err
	}
	scheme := "http"
	if look != nil {
		scheme = "https"
		look = look.Clone()
		look.NextProtos = []string{"http/1.1"}
		c = tls.Client(c, look)
	}
	var key [16]byte
	rand.Read(key[:]) //nolint:errcheck // never fails
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+server+"/ws", nil)
	if err != nil {
		return nil, nil, err
	}
	if origin == "" {
		origin = scheme + "://" + server
	}
	h := http.Header{"Connection": {"keep-alive, Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"},
		"Sec-Websocket-Key": {base64.StdEncoding.EncodeToString(key[:])}, "Sec-Websocket-Protocol": {"sip"}, "Origin": {origin}}
	if origin == NoOrigin {
		h.Del("Origin")
	}
	for name, values := range more {
		if name == "Host" {
			req.Host = values[0]
			continue
		}
		h[name] = values
		if len(values) == 0 || values[0] == "" {
			delete(h, name)
		}
	}
	req.Header = h
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	if err := req.Write(c); err != nil {
		_ = c.Close()
		return nil, nil, err
	}
	in := bufio.NewReader(c)
	res, err := http.ReadResponse(in, req)
	if err != nil || res.StatusCode != http.StatusSwitchingProtocols {
		_ = c.Close()
		if err == nil {
			err = fmt.Errorf("siptest: the WebSocket was answered %s", res.Status)
		}
		return nil, res, err
	}
	_ = c.SetDeadline(time.Time{})
	return &Socket{Conn: c, in: in}, res, nil
}

// Frame writes one frame as it is told, masked.
func (s *Socket) Frame(op byte, fin bool, payload []byte) error {
	first := op
	if fin {
		first |= 0x80
	}
	out := []byte{first}
	switch n := len(payload); {
	case n < 126:
		out = append(out, 0x80|byte(n))
	case n < 1<<16:
		out = binary.BigEndian.AppendUint16(append(out, 0x80|126), uint16(n))
	default:
		out = binary.BigEndian.AppendUint64(append(out, 0x80|127), uint64(n))
	}
	var mask [4]byte
	rand.Read(mask[:]) //nolint:errcheck // never fails
	out = append(out, mask[:]...)
	for i, b := range payload {
		out = append(out, b^mask[i&3])
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.SetWriteDeadline(time.Now().Add(5 * time.Second))
	_, err := s.Conn.Write(out)
	return err
}

// Write sends one message, as text where it is text.
func (s *Socket) Write(b []byte) (int, error) {
	if !utf8.Valid(b) {
		return len(b), s.Frame(2, true, b)
	}
	return len(b), s.Frame(1, true, b)
}

// Read gives the payload of messages one after the other.
func (s *Socket) Read(b []byte) (int, error) {
	for len(s.rest) == 0 {
		op, payload, err := s.Next()
		if err != nil {
			return 0, err
		}
		switch op {
		case 0, 1, 2:
			s.rest = payload
		case 8:
			if len(payload) >= 2 {
				s.Closed = int(binary.BigEndian.Uint16(payload))
			}
			_ = s.Frame(8, true, payload)
			return 0, io.EOF
		case 9:
			_ = s.Frame(10, true, payload)
		case 10:
			s.Pongs++
		}
	}
	n := copy(b, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// Next reads one frame. A server must not mask.
func (s *Socket) Next() (op byte, payload []byte, err error) {
	var head [8]byte
	if _, err := io.ReadFull(s.in, head[:2]); err != nil {
		return 0, nil, err
	}
	op, n := head[0]&0x0f, uint64(head[1])
	switch {
	case n > 127 || head[0]&0x70 != 0:
		return 0, nil, fmt.Errorf("siptest: frame % x of the server", head[:2])
	case n == 126:
		_, err = io.ReadFull(s.in, head[:2])
		n = uint64(binary.BigEndian.Uint16(head[:2]))
	case n == 127:
		_, err = io.ReadFull(s.in, head[:8])
		n = binary.BigEndian.Uint64(head[:8])
	}
	if err != nil || n > 1<<20 {
		return 0, nil, fmt.Errorf("siptest: frame of %d bytes: %w", n, err)
	}
	payload = make([]byte, n)
	_, err = io.ReadFull(s.in, payload)
	return op, payload, err
}
