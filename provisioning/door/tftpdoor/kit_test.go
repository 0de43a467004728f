package tftpdoor

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"cradle/provisioning"
	"cradle/provisioning/door"
)

// shelf answers from memory and keeps what was asked last.
type shelf struct {
	files map[string][]byte
	last  atomic.Pointer[provisioning.Request]
	asked atomic.Int64
	// closed counts the files that were closed.
	closed atomic.Int64
}

// firmware is a file that is read piece by piece.
type firmware struct {
	*bytes.Reader
	closed *atomic.Int64
}

func (f *firmware) Close() error { f.closed.Add(1); return nil }

func (s *shelf) answer(_ context.Context, r provisioning.Request) provisioning.Response {
	s.last.Store(&r)
	s.asked.Add(1)
	if r.Path == "busy.cfg" {
		return provisioning.Response{Status: 503}
	}
	if r.Path == "panic.cfg" {
		panic("a fault behind the door")
	}
	if r.Path == "firmware.rom" {
		return provisioning.Response{Status: 200, File: &firmware{bytes.NewReader(s.files["5000.cfg"]), &s.closed}}
	}
	if b, ok := s.files[r.Path]; ok {
		return provisioning.Response{Status: 200, Body: b}
	}
	return provisioning.Response{Status: 404, Body: []byte("secret path")}
}

// inside puts 127/9 into a site and the rest outside.
func inside(most int) door.Gate {
	site := netip.MustParsePrefix("127.0.0.0/9")
	return func(a netip.Addr) door.Budget {
		if site.Contains(a.Unmap()) {
			return door.Budget{Inside: true, Key: "site", Max: most}
		}
		return door.Budget{Key: a.String(), Max: 4}
	}
}

func open(t testing.TB, addr string, c Config) (*Door, *shelf) {
	t.Helper()
	return openWith(t, addr, c, nil)
}

// openWith opens a door over the usual files and one more.
func openWith(t testing.TB, addr string, c Config, more []byte) (*Door, *shelf) {
	t.Helper()
	s := &shelf{files: map[string][]byte{"empty.cfg": {}, "text.cfg": []byte("one\ntwo\n")}}
	if more != nil {
		s.files["more.cfg"] = more
	}
	for _, n := range []int{1, 511, 512, 513, 1024, 1428, 5000} {
		s.files[fmt.Sprintf("%d.cfg", n)] = bytes.Repeat([]byte("0123456789abcdef"), n/16+1)[:n]
	}
	c.Answer = s.answer
	if c.Gate == nil {
		c.Gate = inside(512)
	}
	if c.Resend == 0 {
		c.Resend = 40 * time.Millisecond
	}
	d, err := Listen(addr, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		if d.table.byPeer == nil || len(d.table.byPeer)+len(d.table.byPort)+len(d.table.sharers) != 0 {
			t.Errorf("left in the table: %v %v %v", d.table.byPeer, d.table.byPort, d.table.sharers)
		}
	})
	return d, s
}

// client is a TFTP client in plain steps: say, expect.
type client struct {
	t    testing.TB
	conn *net.UDPConn
	tid  netip.AddrPort // of the server's transfer, once known
	door netip.AddrPort
}

func dial(t testing.TB, from string, to netip.AddrPort) *client {
	t.Helper()
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.MustParseAddrPort(from)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &client{t: t, conn: conn, door: to}
}

func (c *client) ask(file, mode string, options ...string) {
	c.t.Helper()
	p := "\x00\x01" + file + "\x00" + mode + "\x00"
	for _, o := range options {
		p += o + "\x00"
	}
	c.say(c.door, []byte(p))
}

func (c *client) say(to netip.AddrPort, p []byte) {
	c.t.Helper()
	if _, err := c.conn.WriteToUDPAddrPort(p, to); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) ack(block int) {
	c.t.Helper()
	c.say(c.tid, []byte{0, opAck, byte(block >> 8), byte(block)})
}

// hear gives the next datagram, nil after a time of silence.
func (c *client) hear(wait time.Duration) []byte {
	c.t.Helper()
	buf := make([]byte, 2000)
	if err := c.conn.SetReadDeadline(time.Now().Add(wait)); err != nil {
		c.t.Fatal(err)
	}
	n, from, err := c.conn.ReadFromUDPAddrPort(buf)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil
	}
	if err != nil {
		c.t.Fatal(err)
	}
	c.tid = from
	return buf[:n]
}

const patience = 5 * time.Second

// fetch reads a whole file and gives the options that were granted.
func (c *client) fetch(file, mode string, options ...string) (body []byte, granted string, err error) {
	c.t.Helper()
	c.ask(file, mode, options...)
	size := 512
	for next := 1; ; {
		p := c.hear(patience)
		if len(p) < 4 {
			return nil, "", fmt.Errorf("silence after %d bytes", len(body))
		}
		switch p[1] {
		case opOack:
			granted = string(p[2:])
			size = blockSize(p)
			c.ack(0)
		case opError:
			return nil, "", fmt.Errorf("error %d %s", p[3], p[4:len(p)-1])
		case opData:
			block := int(binary.BigEndian.Uint16(p[2:]))
			if block != next {
				continue
			}
			body = append(body, p[4:]...)
			c.ack(block)
			if len(p)-4 < size {
				return body, granted, nil
			}
			next++
		}
	}
}
