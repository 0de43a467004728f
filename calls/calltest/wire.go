package calltest

import (
	"bufio"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// wire is a phone's socket, whole messages on it.
type wire interface {
	write(msg []byte) error
	read() ([]byte, error)
	local() netip.AddrPort
	name() string // as in Via
	close()
}

type udpWire struct {
	conn *net.UDPConn
	to   netip.AddrPort
	buf  []byte
}

func dialUDP(from netip.Addr, to netip.AddrPort) (wire, error) {
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(from, 0)))
	if err != nil {
		return nil, err
	}
	return &udpWire{conn: conn, to: to, buf: make([]byte, 65536)}, nil
}

func (w *udpWire) write(msg []byte) error {
	_, err := w.conn.WriteToUDPAddrPort(msg, w.to)
	return err
}

func (w *udpWire) read() ([]byte, error) {
	n, _, err := w.conn.ReadFromUDPAddrPort(w.buf)
	return append([]byte(nil), w.buf[:max(n, 0)]...), err
}

func (w *udpWire) local() netip.AddrPort { return w.conn.LocalAddr().(*net.UDPAddr).AddrPort() }
func (w *udpWire) name() string          { return "UDP" }
func (w *udpWire) close()                { _ = w.conn.Close() }

type tcpWire struct {
	conn *net.TCPConn
	in   *bufio.Reader
}

func dialTCP(from netip.Addr, to netip.AddrPort) (wire, error) {
	conn, err := net.DialTCP("tcp", net.TCPAddrFromAddrPort(netip.AddrPortFrom(from, 0)), net.TCPAddrFromAddrPort(to))
	if err != nil {
		return nil, err
	}
	return &tcpWire{conn: conn, in: bufio.NewReader(conn)}, nil
}

func (w *tcpWire) write(msg []byte) error {
	_, err := w.conn.Write(msg)
	return err
}

// read frames by Content-Length.
func (w *tcpWire) read() ([]byte, error) {
	var msg []byte
	length := 0
	for {
		line, err := w.in.ReadBytes('\n')
		if err != nil {
			return nil, err
		}
		if len(msg) == 0 && strings.TrimSpace(string(line)) == "" {
			continue // keep-alive
		}
		msg = append(msg, line...)
		text := strings.TrimSpace(string(line))
		if name, value, ok := strings.Cut(text, ":"); ok && strings.EqualFold(strings.TrimSpace(name), "content-length") {
			length, _ = strconv.Atoi(strings.TrimSpace(value))
		}
		if text == "" {
			break
		}
	}
	body := make([]byte, length)
	_, err := io.ReadFull(w.in, body)
	return append(msg, body...), err
}

func (w *tcpWire) local() netip.AddrPort { return w.conn.LocalAddr().(*net.TCPAddr).AddrPort() }
func (w *tcpWire) name() string          { return "TCP" }
func (w *tcpWire) close()                { _ = w.conn.Close() }

// credentials answers a digest challenge with MD5 (RFC 2617).
func (p *Phone) credentials(challenge, method, uri string) string {
	user, secret := p.account.User, p.account.Secret.Reveal()
	part := func(name string) string {
		_, rest, ok := strings.Cut(challenge, name+"=")
		if !ok {
			return ""
		}
		if strings.HasPrefix(rest, `"`) {
			value, _, _ := strings.Cut(rest[1:], `"`)
			return value
		}
		value, _, _ := strings.Cut(rest, ",")
		return strings.TrimSpace(value)
	}
	realm, nonce := part("realm"), part("nonce")
	ha1, ha2 := md5hex(user+":"+realm+":"+secret), md5hex(method+":"+uri)
	p.mu.Lock()
	p.counts[nonce]++
	nc := fmt.Sprintf("%08x", p.counts[nonce])
	p.mu.Unlock()
	cnonce := strconv.FormatInt(time.Now().UnixNano(), 36)
	return fmt.Sprintf(`Digest username="%s", realm="%s", nonce="%s", uri="%s", response="%s", algorithm=MD5, qop=auth, nc=%s, cnonce="%s"`,
		user, realm, nonce, uri, md5hex(strings.Join([]string{ha1, nonce, nc, cnonce, "auth", ha2}, ":")), nc, cnonce)
}

func md5hex(s string) string {
	sum := md5.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

// challengeOf picks the MD5 challenge of a 401.
func challengeOf(res *sip.Response) string {
	last := ""
	for _, h := range res.GetHeaders("www-authenticate") {
		if last = h.Value(); strings.Contains(last, "MD5") {
			return last
		}
	}
	return last
}
