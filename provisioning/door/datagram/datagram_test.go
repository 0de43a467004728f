package datagram

import (
	"net"
	"testing"
	"time"
)

// On a wildcard bind of either kind the answer leaves from the address that was
// asked, and Close ends a Read that waits.
func TestAnswersFromTheAskedAddress(t *testing.T) {
	for _, listen := range []string{":0", "0.0.0.0:0", "127.0.0.9:0"} {
		s, err := Listen(listen)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() {
			for {
				b := make([]byte, 16)
				n, from, to, err := s.Read(b)
				if err != nil {
					done <- err
					return
				}
				s.Write(b[:n], from, to)
			}
		}()
		asked := &net.UDPAddr{IP: net.IPv4(127, 0, 0, 9), Port: int(s.Addr().Port())}
		c, err := net.DialUDP("udp4", nil, asked) // hears this address only
		if err != nil {
			t.Fatal(err)
		}
		if err := c.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 16)
		if _, err := c.Write([]byte("hello")); err != nil {
			t.Fatal(err)
		}
		if n, err := c.Read(b); err != nil || string(b[:n]) != "hello" {
			t.Errorf("%s: %q, %v", listen, b[:n], err)
		}
		c.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; err == nil {
			t.Errorf("%s: Read goes on", listen)
		}
	}
}

func TestListenIsRefused(t *testing.T) {
	if _, err := Listen("127.0.0.1:x"); err == nil {
		t.Error("no port")
	}
}
