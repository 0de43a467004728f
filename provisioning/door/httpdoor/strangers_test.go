package httpdoor

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"testing"
	"time"

	"cradle/provisioning/door"
)

// Strangers from many addresses cannot use up what phones of the sites need.
func TestConnectionsOfAllStrangers(t *testing.T) {
	gate := func(a netip.Addr) door.Budget {
		return door.Budget{Inside: a.String() == "127.0.0.1", Key: a.String(), Max: 100}
	}
	addr, _ := serve(t, ServerConfig{Gate: gate, Strangers: func() int { return 5 }}, nil)
	open := func(from string) (net.Conn, bool) {
		c := dial(t, from, addr)
		io.WriteString(c, "GET /common.cfg HTTP/1.1\r\nHost: x\r\n\r\n")
		r, err := http.ReadResponse(bufio.NewReader(c), nil)
		return c, err == nil && r.StatusCode == 200
	}
	var held []net.Conn
	for i := range 8 {
		c, ok := open(fmt.Sprintf("127.0.1.%d", i+1))
		if ok != (i < 5) {
			t.Errorf("stranger %d was served: %v", i+1, ok)
		}
		held = append(held, c)
	}
	if _, ok := open("127.0.0.1"); !ok {
		t.Error("a phone of a site was refused because of strangers")
	}
	held[0].Close()
	for deadline := time.Now().Add(5 * time.Second); ; {
		if _, ok := open("127.0.1.9"); ok {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the place of a closed connection was not given on")
		}
	}
}
