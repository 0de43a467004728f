package siptest

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

func (p *Phone) open() error {
	local := p.c.Local
	if local != "" && !strings.Contains(local, ":") {
		local += ":0"
	}
	if p.c.Transport != "udp" {
		return p.connect(local)
	}
	if local == "" {
		local = localFor(p.server)
	}
	a, err := net.ResolveUDPAddr("udp", local)
	if err != nil {
		return err
	}
	p.udp, err = net.ListenUDP("udp", a)
	if err == nil {
		p.local = unmap(p.udp.LocalAddr().(*net.UDPAddr).AddrPort())
	}
	return err
}

func (p *Phone) connect(local string) error {
	d := net.Dialer{Timeout: 5 * time.Second}
	if local != "" {
		a, err := net.ResolveTCPAddr("tcp", local)
		if err != nil {
			return err
		}
		d.LocalAddr = a
	}
	var c net.Conn
	var err error
	switch p.c.Transport {
	case "tcp":
		c, err = d.Dial("tcp", p.server.String())
	case "ws", "wss":
		c, err = p.connectSocket(&d)
	case "tls":
		look := p.c.TLS
		if look == nil {
			look = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // as phones do that were given no authority
		}
		c, err = tls.DialWithDialer(&d, "tcp", p.server.String(), look) //nolint:noctx // the dialer has its time
	default:
		return fmt.Errorf("siptest: no transport %q", p.c.Transport)
	}
	if err != nil {
		return err
	}
	p.tcp, p.local = c, unmap(c.LocalAddr().(*net.TCPAddr).AddrPort())
	return nil
}

func (p *Phone) connectSocket(d *net.Dialer) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), d.Timeout)
	defer cancel()
	var look *tls.Config
	if p.c.Transport == "wss" {
		if look = p.c.TLS; look == nil {
			look = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // as phones do that were given no authority
		}
	}
	s, _, err := DialSocket(ctx, d, p.server.String(), p.c.Origin, look, nil) //nolint:bodyclose // it has none
	if err != nil {
		return nil, err // no nil pointer in an interface
	}
	return s, nil
}

// localFor is the address the machine would send from.
func localFor(to netip.AddrPort) string {
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(to))
	if err != nil {
		return ":0"
	}
	defer c.Close() //nolint:errcheck // nothing was sent
	return net.JoinHostPort(c.LocalAddr().(*net.UDPAddr).IP.String(), "0")
}

// Say sends bytes to the server as they are.
func (p *Phone) Say(b []byte) error { return p.say(b, p.server) }

func (p *Phone) say(b []byte, to netip.AddrPort) error {
	if p.tcp != nil {
		_ = p.tcp.SetWriteDeadline(time.Now().Add(5 * time.Second))
		_, err := p.tcp.Write(b)
		return err
	}
	_, err := p.udp.WriteToUDPAddrPort(b, to)
	return err
}

func (p *Phone) read() {
	if p.tcp != nil {
		p.readStream()
		_ = p.tcp.Close()
		select {
		case <-p.done:
		default:
			if p.c.OnLost != nil {
				p.c.OnLost()
			}
		}
		return
	}
	buf := make([]byte, 16384) // thousands of phones live in one program; no server sends them more
	for {
		n, from, err := p.udp.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		if m, ok := ParseMsg(buf[:n]); ok {
			m.From = unmap(from)
			p.got(m)
		}
	}
}

func (p *Phone) readStream() {
	r := bufio.NewReader(p.tcp)
	for {
		m, err := ReadMsg(r)
		if err != nil {
			return
		}
		m.From = p.server
		p.got(m)
	}
}

// ReadMsg reads one message of a stream.
func ReadMsg(r *bufio.Reader) (*Msg, error) {
	var head strings.Builder
	length := 0
	for {
		l, err := r.ReadString('\n')
		if err != nil {
			return nil, err
		}
		if l == "\r\n" {
			if head.Len() == 0 {
				continue // keep-alive
			}
			break
		}
		if n, v, ok := strings.Cut(l, ":"); ok && (strings.EqualFold(n, "content-length") || strings.EqualFold(n, "l")) {
			length, _ = strconv.Atoi(strings.TrimSpace(v))
		}
		head.WriteString(l)
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, err
	}
	m, ok := ParseMsg([]byte(head.String() + "\r\n" + string(body)))
	if !ok {
		return nil, io.ErrUnexpectedEOF
	}
	return m, nil
}

// listener is one Expect.
type listener struct {
	want func(*Msg) bool
	c    chan *Msg
}

// Expect waits for the next message that want accepts. It sees everything that
// comes in from the moment it is called; to say something and expect the
// answer use Ask.
func (p *Phone) Expect(ctx context.Context, want func(*Msg) bool) (*Msg, error) {
	return p.await(ctx, p.watch(want))
}

// Ask sends bytes and waits for the next message that want accepts (nil: any).
func (p *Phone) Ask(ctx context.Context, b []byte, want func(*Msg) bool) (*Msg, error) {
	l := p.watch(want)
	if err := p.Say(b); err != nil {
		return nil, err
	}
	return p.await(ctx, l)
}

func (p *Phone) watch(want func(*Msg) bool) *listener {
	l := &listener{want, make(chan *Msg, 1)}
	p.mu.Lock()
	p.listen = append(p.listen, l)
	p.mu.Unlock()
	return l
}

func (p *Phone) await(ctx context.Context, l *listener) (*Msg, error) {
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		for i, o := range p.listen {
			if o == l {
				p.listen = append(p.listen[:i:i], p.listen[i+1:]...)
				return
			}
		}
	}()
	select {
	case m := <-l.c:
		return m, nil
	case <-ctx.Done():
		return nil, ErrTimeout
	case <-p.done:
		return nil, ErrClosed
	}
}

// got sorts one message.
func (p *Phone) got(m *Msg) {
	p.mu.Lock()
	for _, l := range p.listen {
		if l.want == nil || l.want(m) {
			select {
			case l.c <- m:
			default:
			}
		}
	}
	p.mu.Unlock()
	if m.Status > 0 {
		p.gotResponse(m)
		return
	}
	if p.c.OnRequest != nil && p.c.OnRequest(m) {
		return
	}
	p.gotRequest(m)
}
