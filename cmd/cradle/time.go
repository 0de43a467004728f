package main

import (
	"errors"
	"net/netip"
	"syscall"

	"cradle/provisioning/sntp"
)

// openSNTP opens the time server and gives its port, 0 where it is off. Where
// another program of this machine has the port, it is that one which answers
// phones: they have their time and nothing is wrong.
func (a *appliance) openSNTP() (int, error) {
	d := door{flag: "sntp", addr: a.settings.SNTP, fallback: 1123}
	if d.addr == off {
		return 0, nil
	}
	config := sntp.Config{Log: a.log, Inside: func(addr netip.Addr) bool {
		return a.store.Snapshot().SiteOf(addr.WithZone("")) != nil
	}}
	s, err := sntp.Listen(d.addr, config)
	if next, ok := d.instead(err, a.log); ok {
		s, err = sntp.Listen(next, config)
	}
	if errors.Is(err, syscall.EADDRINUSE) {
		a.log.Warn("another program has the port of the time server; phones ask that one", "flag", "--sntp", "addr", d.addr)
		return portOf(d.addr), nil
	}
	if err != nil {
		return 0, d.explain(err)
	}
	a.closing("time server", s.Close)
	return int(s.Addr().Port()), nil
}
