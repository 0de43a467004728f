package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime/debug"
	"sync"
	"time"
)

// ask is one line to a phone's control socket; told is the line back.
type ask struct {
	// Do is state, registered, dial, ringing, answer, up, hear, hangup, idle,
	// seat, reread, reboot or off.
	Do      string  `json:"do"`
	To      string  `json:"to,omitempty"`
	Hz      int     `json:"hz,omitempty"`
	Code    string  `json:"code,omitempty"`
	Seconds float64 `json:"seconds,omitempty"` // to wait at most; 0: 10
}

type told struct {
	OK     bool   `json:"ok"`
	Error  string `json:"error,omitempty"`
	Status int    `json:"status,omitempty"` // of a SIP answer that was the reason
	State  *state `json:"state,omitempty"`
	Heard  *heard `json:"heard,omitempty"`
}

// toldError is a failure that came over a control socket.
type toldError struct {
	text   string
	status int
}

// Error is the text.
func (e *toldError) Error() string { return e.text }

// control serves a phone's control socket: lines of JSON, each answered in turn.
type control struct {
	phone *phone
	ln    net.Listener
	off   func() // switches the phone off

	mu    sync.Mutex
	conns map[net.Conn]struct{}
	wg    sync.WaitGroup
}

// maxAsk bounds one line in bytes.
const maxAsk = 64 << 10

// serveControl opens the socket. A socket file that nobody serves any more is replaced.
func serveControl(ctx context.Context, path string, p *phone, off func()) (*control, error) {
	var dialer net.Dialer
	if c, err := dialer.DialContext(ctx, "unix", path); err == nil {
		c.Close()
		return nil, fmt.Errorf("control socket %s: another phone has it", path)
	}
	if st, err := os.Lstat(path); err == nil && st.Mode()&os.ModeSocket != 0 {
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("control socket: %w", err)
		}
	}
	var listener net.ListenConfig
	ln, err := listener.Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	c := &control{phone: p, ln: ln, off: off, conns: map[net.Conn]struct{}{}}
	c.wg.Go(c.accept)
	return c, nil
}

func (c *control) accept() {
	for {
		conn, err := c.ln.Accept()
		if err != nil {
			return
		}
		c.mu.Lock()
		c.conns[conn] = struct{}{}
		c.mu.Unlock()
		c.wg.Go(func() { c.serve(conn) })
	}
}

func (c *control) serve(conn net.Conn) {
	ctx, cancel := context.WithCancel(context.Background())
	defer func() {
		cancel()
		conn.Close()
		c.mu.Lock()
		delete(c.conns, conn)
		c.mu.Unlock()
	}()
	in := bufio.NewScanner(conn)
	in.Buffer(nil, maxAsk)
	for in.Scan() {
		var a ask
		var t told
		if err := json.Unmarshal(in.Bytes(), &a); err != nil {
			t = told{Error: "not understood: " + err.Error()}
		} else {
			t = c.do(ctx, a)
		}
		b, err := json.Marshal(t)
		if err != nil {
			return
		}
		if _, err := conn.Write(append(b, '\n')); err != nil {
			return
		}
	}
}

// close ends all conversations and removes the socket.
func (c *control) close() {
	c.ln.Close()
	c.mu.Lock()
	for conn := range c.conns {
		conn.Close()
	}
	c.mu.Unlock()
	c.wg.Wait()
}

// do answers one ask.
func (c *control) do(ctx context.Context, a ask) (t told) {
	defer func() {
		if fault := recover(); fault != nil {
			t = told{Error: fmt.Sprintf("fault: %v\n%s", fault, debug.Stack())}
		}
	}()
	if a.Seconds <= 0 {
		a.Seconds = 10
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(a.Seconds*float64(time.Second)))
	defer cancel()
	err := c.act(ctx, a, &t)
	if err != nil {
		f := failureOf(err)
		t.Error, t.Status = f.Error, f.Status
	}
	s := c.phone.show()
	t.OK, t.State = err == nil, &s
	return t
}

// act is the table of what a phone can be asked.
func (c *control) act(ctx context.Context, a ask, t *told) (err error) {
	p := c.phone
	switch a.Do {
	case "state":
	case "registered":
		err = p.until(ctx, "registration", func(s *state) bool { return s.Registered })
	case "dial":
		err = p.dial(a.To, a.Hz)
	case "ringing":
		err = p.until(ctx, "an incoming call", func(s *state) bool { return s.Call == "ringing" })
	case "answer":
		err = p.answer(a.Hz)
	case "up":
		err = p.up(ctx)
	case "hear":
		t.Heard, err = p.hear(ctx, a.Hz)
	case "hangup":
		err = p.hangUp(ctx)
	case "idle":
		err = p.until(ctx, "the call's end", func(s *state) bool { return s.Call == "" })
	case "seat":
		err = p.seat(ctx, a.To, a.Code)
	case "reread", "reboot":
		before := p.show()
		p.orders <- order{reboot: a.Do == "reboot"}
		err = p.until(ctx, a.Do, func(s *state) bool {
			return s.Registered && (s.Boots > before.Boots || a.Do == "reread" && s.Rereads > before.Rereads)
		})
	case "off":
		c.off()
	default:
		err = fmt.Errorf("%q is nothing a phone can do", a.Do)
	}
	return err
}

// remote is a phone at the other end of a control socket.
type remote struct {
	name string
	conn net.Conn
	in   *bufio.Reader
}

func dialControl(ctx context.Context, path string) (*remote, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("control socket %s: %w", path, err)
	}
	return &remote{name: path, conn: conn, in: bufio.NewReader(conn)}, nil
}

// ask sends a line and waits for the one back.
func (r *remote) ask(ctx context.Context, a ask) (told, error) {
	if until, ok := ctx.Deadline(); ok && a.Seconds == 0 {
		a.Seconds = max(0.1, time.Until(until).Seconds())
	}
	defer context.AfterFunc(ctx, func() { r.conn.SetReadDeadline(time.Now().Add(time.Second)) })() //nolint:errcheck // an open socket takes a deadline
	b, err := json.Marshal(a)
	if err != nil {
		return told{}, err
	}
	if _, err := r.conn.Write(append(b, '\n')); err != nil {
		return told{}, fmt.Errorf("%s: %w", r.name, err)
	}
	line, err := r.in.ReadBytes('\n')
	if errors.Is(err, io.EOF) {
		err = errors.New("the phone was switched off")
	}
	if err != nil {
		return told{}, fmt.Errorf("%s: %w", r.name, err)
	}
	var t told
	if err := json.Unmarshal(line, &t); err != nil {
		return told{}, fmt.Errorf("%s: %w", r.name, err)
	}
	if !t.OK {
		return t, fmt.Errorf("%s: %s: %w", r.name, a.Do, &toldError{t.Error, t.Status})
	}
	return t, nil
}
