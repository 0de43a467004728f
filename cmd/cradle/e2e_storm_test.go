//go:build e2e

package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cradle/registrar/siptest"
)

// storm is all that is hostile, at once and bounded: each attack has a pace of
// its own, so that the attackers leave the machine to the attacked.
type storm struct {
	a      *machine
	secure string // HTTPS
	ctx    context.Context
	cancel context.CancelFunc
	work   sync.WaitGroup
	sent   []*attack
}

type attack struct {
	name string
	n    atomic.Int64
}

// raise begins a storm of that length.
func raise(t *testing.T, a *machine, secure string, length time.Duration, calls []*heldCall) *storm {
	t.Helper()
	s := &storm{a: a, secure: secure}
	s.ctx, s.cancel = context.WithTimeout(t.Context(), length)
	t.Cleanup(s.end)
	files, err := filepath.Glob(filepath.Join("..", "..", "registrar", "testdata", "rfc4475", "*.sip"))
	if err != nil || len(files) != 49 {
		t.Fatal(len(files), err)
	}
	var torture [][]byte
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		torture = append(torture, b)
	}
	s.every("torture over UDP", 5*time.Millisecond, func(i int) { s.shoot(outside(i), a.SIP, torture[i%len(torture)]) })
	s.every("torture over TCP", 50*time.Millisecond, func(i int) { s.stream(outside(i), a.SIP, torture[i%len(torture)]) })
	s.every("noise", 10*time.Millisecond, func(i int) { s.shoot(outside(i), a.SIP, noise(1+rand.IntN(1400))) })
	s.every("floods from three sources", time.Millisecond, func(i int) { s.shoot(outside(i%3), a.SIP, ask(i, "Polycom")) })
	s.every("floods from sources that never come back", 2*time.Millisecond, func(i int) { s.shoot(outside(i), a.SIP, ask(i, "Polycom")) })
	s.every("floods from inside", 4*time.Millisecond, func(i int) { s.shoot(fmt.Sprint("127.0.7.", 1+i%200), a.SIP, ask(i, "Polycom")) })
	s.every("scanners", 5*time.Millisecond, func(i int) { s.shoot(outside(i%50), a.SIP, ask(i, "friendly-scanner")) })
	s.every("forged requests inside the calls", 20*time.Millisecond, func(i int) { s.shoot(outside(i), a.SIP, forged(calls[i%len(calls)].inDialog, i)) })
	s.media(calls)
	s.connections()
	return s
}

// media sprays the calls' own ports, and all others, with what looks right and what does not.
func (s *storm) media(calls []*heldCall) {
	var ports []string
	for _, c := range calls {
		for _, call := range []*siptest.Call{c.out, c.in} {
			m := mediaPort.FindSubmatch(call.RemoteSDP())
			ports = append(ports, net.JoinHostPort("127.0.0.1", string(m[1])))
		}
	}
	s.every("RTP to the calls' ports", 2*time.Millisecond, func(i int) { s.shoot(outside(i), ports[i%len(ports)], rtpLike(i)) })
	s.every("RTP to the calls' ports from the phones' address", 2*time.Millisecond, func(i int) { s.shoot("127.0.0.1", ports[i%len(ports)], rtpLike(i)) })
	s.every("noise to the calls' ports", 10*time.Millisecond, func(i int) { s.shoot("127.0.0.1", ports[i%len(ports)], noise(1+rand.IntN(1400))) })
	s.every("noise at the TFTP door", 20*time.Millisecond, func(i int) { s.shoot(outside(i), s.a.TFTP, append([]byte{0, byte(i % 8)}, noise(40)...)) })
}

// connections are begun and not finished, or dripped into, at every door that has any.
func (s *storm) connections() {
	tail := "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
	hello := append([]byte{22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3}, noise(60)...)
	for _, c := range []struct {
		name, to string
		say      []byte
	}{
		{"half a hello to SIP over TLS", s.a.SIPS, hello}, {"half a hello to HTTPS", s.secure, hello}, {"half a request to SIP over TCP", s.a.SIP, []byte("INVITE sip:101@acme.example SIP/2.0\r\nVia: ")},
		{"half an upgrade", s.a.HTTP, []byte(tail)}, {"nothing to SIP over TCP", s.a.SIP, nil},
	} {
		s.every(c.name, 100*time.Millisecond, func(i int) { s.linger(outside(i%40), c.to, c.say, 0) })
	}
	for _, to := range []string{s.a.SIP, s.a.HTTP} {
		s.every("a drip into "+to, 500*time.Millisecond, func(i int) {
			s.linger(outside(i%40), to, []byte("OPTIONS sip:acme.example SIP/2.0\r\nVia: SIP/2.0/TCP"), 100*time.Millisecond)
		})
	}
	s.every("TLS that is broken off", 50*time.Millisecond, func(i int) {
		d := tls.Dialer{NetDialer: &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(outside(i % 40))}, Timeout: time.Second}, Config: &tls.Config{InsecureSkipVerify: true}}
		if c, err := d.DialContext(s.ctx, "tcp", s.a.SIPS); err == nil {
			c.Write(ask(i, "Polycom"))
			c.Close()
		}
	})
}

// every does an attack again and again until the storm is over.
func (s *storm) every(name string, pause time.Duration, do func(i int)) {
	at := &attack{name: name}
	s.sent = append(s.sent, at)
	s.work.Go(func() {
		tick := time.NewTicker(pause)
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-s.ctx.Done():
				return
			case <-tick.C:
				do(i)
				at.n.Add(1)
			}
		}
	})
}

// shoot sends one datagram from an address of which no other socket is open.
func (s *storm) shoot(from, to string, b []byte) {
	c, err := (&net.Dialer{LocalAddr: &net.UDPAddr{IP: net.ParseIP(from)}}).Dial("udp", to)
	if err != nil {
		return
	}
	c.Write(b)
	c.Close()
}

func (s *storm) dial(from, to string) net.Conn {
	c, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: time.Second}).DialContext(s.ctx, "tcp", to)
	if err != nil {
		return nil
	}
	return c
}

func (s *storm) stream(from, to string, b []byte) {
	if c := s.dial(from, to); c != nil {
		c.Write(b)
		c.Close()
	}
}

// linger leaves a connection open until the appliance or the storm ends it, or for
// 20 s; drip writes a byte of what it has to say after each such time.
func (s *storm) linger(from, to string, say []byte, drip time.Duration) {
	c := s.dial(from, to)
	if c == nil {
		return
	}
	s.work.Go(func() {
		defer c.Close()
		stop := context.AfterFunc(s.ctx, func() { c.Close() })
		defer stop()
		c.SetDeadline(time.Now().Add(20 * time.Second))
		if drip == 0 {
			c.Write(say)
			io.Copy(io.Discard, c)
			return
		}
		for i := range say {
			if _, err := c.Write(say[i : i+1]); err != nil || !s.breathe(drip) {
				return
			}
		}
	})
}

// breathe waits; false: the storm is over.
func (s *storm) breathe(d time.Duration) bool {
	select {
	case <-s.ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

func (s *storm) end() {
	s.cancel()
	s.work.Wait()
}

func (s *storm) report(t *testing.T) {
	for _, at := range s.sent {
		if t.Logf("%7d %s", at.n.Load(), at.name); at.n.Load() == 0 {
			t.Errorf("%s: nothing was sent", at.name)
		}
	}
}

// outside is one of 50,000 addresses that no site has.
func outside(i int) string { return fmt.Sprintf("127.1.%d.%d", i/250%200, 1+i%250) }

func noise(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rand.Uint32())
	}
	return b
}

// rtpLike is a packet of PCMU, of RTCP, of STUN or of DTLS.
func rtpLike(i int) []byte {
	b := noise(172)
	switch i % 4 {
	case 0:
		copy(b, []byte{0x80, 0})
	case 1:
		copy(b, []byte{0x81, 200, 0, 42})
	case 2:
		copy(b, []byte{0, 1, 0, 152, 0x21, 0x12, 0xa4, 0x42})
	case 3:
		copy(b, []byte{22, 254, 253, 0, 0})
	}
	return b
}

// ask is a request of somebody who has no account, or guesses the answer to a challenge.
func ask(i int, agent string) []byte {
	method := []string{"REGISTER", "INVITE", "OPTIONS", "SUBSCRIBE", "MESSAGE", "REFER"}[i%6]
	guess := ""
	if i%2 == 0 {
		guess = fmt.Sprintf("Authorization: Digest username=\"%d\", realm=\"acme.example\", nonce=\"%032x\", uri=\"sip:acme.example\", response=\"%032x\", algorithm=MD5, qop=auth, nc=00000001, cnonce=\"a\"\r\n", 100+i%10, i, i)
	}
	return fmt.Appendf(nil, "%s sip:%d@acme.example SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK%d;rport\r\nMax-Forwards: 70\r\nFrom: <sip:%d@acme.example>;tag=%d\r\n"+
		"To: <sip:%d@acme.example>\r\nCall-ID: storm%d\r\nCSeq: 1 %s\r\nContact: <sip:x@198.51.100.1>\r\nUser-Agent: %s\r\nEvent: dialog\r\n%sContent-Length: 0\r\n\r\n",
		method, 100+i%10, i, 100+i%10, i, 100+i%10, i, method, agent, guess)
}

// forged ends or changes a call of which everything is known, from elsewhere.
func forged(in *siptest.Msg, i int) []byte {
	method := []string{"BYE", "CANCEL", "INVITE", "INFO", "UPDATE", "REFER"}[i%6]
	from, to := in.Get("To"), in.Get("From") // as the called phone would say it
	if i%2 == 1 {
		from, to = to, from
	}
	return fmt.Appendf(nil, "%s sip:101@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bKf%d;rport\r\nMax-Forwards: 70\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %d %s\r\n"+
		"Contact: <sip:x@198.51.100.1>\r\nRefer-To: <sip:102@acme.example>\r\nContent-Length: 0\r\n\r\n", method, i, from, to, in.Get("Call-ID"), 1000+i, method)
}
