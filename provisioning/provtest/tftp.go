package provtest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// tftp reads a file over TFTP (RFC 1350, 2348). It gives the statuses of HTTP:
// 200, 404, and 503 for silence.
func (p *Phone) tftp(ctx context.Context, u *url.URL) ([]byte, int, error) {
	port := u.Port()
	if port == "" {
		port = "69"
	}
	to, err := net.ResolveUDPAddr("udp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return nil, 0, err
	}
	server := to.AddrPort()
	server = netip.AddrPortFrom(server.Addr().Unmap(), server.Port())
	var own *net.UDPAddr
	if a := p.Address(server.Addr()); a.IsValid() {
		own = &net.UDPAddr{IP: a.AsSlice()}
	}
	conn, err := net.ListenUDP("udp", own)
	if err != nil {
		return nil, 0, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetReadDeadline(time.Now()) })() //nolint:errcheck // an open socket takes a deadline
	t := tftpRead{conn: conn, peer: server, size: 512, until: time.Now().Add(p.c.Timeout)}
	t.last = []byte("\x00\x01" + strings.TrimPrefix(u.Path, "/") + "\x00octet\x00blksize\x001428\x00tsize\x000\x00")
	return t.run(ctx)
}

// tftpRead is one transfer.
type tftpRead struct {
	conn  *net.UDPConn
	peer  netip.AddrPort
	bound bool // the server's port for this transfer is known
	size  int
	last  []byte
	body  []byte
	until time.Time
}

func (t *tftpRead) run(ctx context.Context) ([]byte, int, error) {
	buf := make([]byte, 2048)
	next := uint16(1)
	for try := 0; ; {
		if _, err := t.conn.WriteToUDPAddrPort(t.last, t.peer); err != nil {
			return nil, 0, err
		}
		n, err := t.hear(ctx, buf)
		if errors.Is(err, os.ErrDeadlineExceeded) && ctx.Err() == nil {
			if try++; try == 4 || time.Now().After(t.until) {
				return nil, http.StatusServiceUnavailable, nil
			}
			continue
		}
		if err != nil {
			return nil, 0, errors.Join(err, ctx.Err())
		}
		try = 0
		switch op := binary.BigEndian.Uint16(buf); {
		case op == 5:
			if buf[3] == 1 {
				return nil, http.StatusNotFound, nil
			}
			return nil, http.StatusForbidden, nil
		case op == 6:
			t.options(string(buf[2:n]))
			t.last = []byte{0, 4, 0, 0}
		case op == 3 && binary.BigEndian.Uint16(buf[2:]) == next:
			t.body = append(t.body, buf[4:n]...)
			t.last = []byte{0, 4, buf[2], buf[3]}
			if n-4 < t.size {
				_, err := t.conn.WriteToUDPAddrPort(t.last, t.peer)
				return append([]byte{}, t.body...), http.StatusOK, err
			}
			if next++; len(t.body) > maxFile {
				return nil, 0, fmt.Errorf("the file is longer than %d bytes", maxFile)
			}
		}
	}
}

// hear gives the next datagram of this transfer.
func (t *tftpRead) hear(ctx context.Context, buf []byte) (int, error) {
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if err := t.conn.SetReadDeadline(time.Now().Add(time.Second)); err != nil {
		return 0, err
	}
	for {
		n, from, err := t.conn.ReadFromUDPAddrPort(buf)
		from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		switch {
		case err != nil:
			return 0, err
		case n < 4 || from.Addr() != t.peer.Addr() || t.bound && from != t.peer:
			continue
		}
		t.peer, t.bound = from, true
		return n, nil
	}
}

func (t *tftpRead) options(s string) {
	fields := strings.Split(s, "\x00")
	for i := 0; i+1 < len(fields); i += 2 {
		if n, err := strconv.Atoi(fields[i+1]); strings.EqualFold(fields[i], "blksize") && err == nil && n > 0 {
			t.size = n
		}
	}
}
