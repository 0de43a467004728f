package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strconv"
	"syscall"
)

// door is a listening address with the flag that sets it and the port that is
// taken where the usual one may not be opened.
type door struct {
	flag, addr string
	fallback   int
}

// stream opens a TCP door; nil where it is off.
func (d door) stream(ctx context.Context, log *slog.Logger) (net.Listener, error) {
	if d.addr == off {
		return nil, nil
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", d.addr)
	if next, ok := d.instead(err, log); ok {
		l, err = lc.Listen(ctx, "tcp", next)
	}
	return l, d.explain(err)
}

// instead gives the address to try where a low port is forbidden.
func (d door) instead(err error, log *slog.Logger) (string, bool) {
	if !errors.Is(err, syscall.EACCES) || d.fallback == 0 {
		return "", false
	}
	host, _, splitErr := net.SplitHostPort(d.addr)
	if splitErr != nil {
		return "", false
	}
	log.Warn("this port may not be opened by this user; another is taken",
		"flag", "--"+d.flag, "wanted", d.addr, "taken", d.fallback,
		"allow", "setcap cap_net_bind_service=+ep cradle, or AmbientCapabilities=CAP_NET_BIND_SERVICE in its service file")
	return net.JoinHostPort(host, strconv.Itoa(d.fallback)), true
}

func (d door) explain(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.EADDRINUSE):
		return refuse("--%s %s: this port is taken by another program; stop it or give another address", d.flag, d.addr)
	default:
		return refuse("--%s %s cannot be opened: %v", d.flag, d.addr, err)
	}
}

// port is the number a door was really opened at; 0 where it is off.
func port(l net.Listener) int {
	if l == nil {
		return 0
	}
	if a, ok := l.Addr().(*net.TCPAddr); ok {
		return a.Port
	}
	return 0
}

// closeListener ends a listener that its server may have closed before.
func closeListener(l net.Listener) func() error {
	return func() error {
		if l == nil {
			return nil
		}
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	}
}

// thisHost is an address by which people on the network reach this machine, for
// the one line that tells them where the wizard is.
func thisHost() string {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return "localhost"
	}
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLoopback() && !n.IP.IsLinkLocalUnicast() {
			return n.IP.String()
		}
	}
	return "localhost"
}
