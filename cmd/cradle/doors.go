package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	provdoor "cradle/provisioning/door"
	"cradle/provisioning/door/httpdoor"
	"cradle/provisioning/door/tftpdoor"
)

// openDoors opens what phones and browsers come by. Until here nobody could reach
// the rooms behind.
func (a *appliance) openDoors(ctx context.Context) error {
	gate := provdoor.NewGate(a.store.Snapshot, "site_connections", "http_connections_per_source")
	phones := httpdoor.New(a.prov.Answer, a.log)
	server := httpdoor.NewServer(httpdoor.ServerConfig{Handler: a.front(phones), Phones: phones, Claims: a.prov.Claims, Gate: gate, Log: a.log,
		Strangers: func() int { return int(a.store.Snapshot().Limit("http_connections")) }})
	oldServer := httpdoor.NewServer(httpdoor.ServerConfig{Handler: phones, Phones: phones, Claims: func(string) bool { return true }, Gate: gate, Log: a.log,
		Strangers: func() int { return int(a.store.Snapshot().Limit("http_connections")) }})
	serving := make(chan struct{}, 3)
	open := 0
	for _, l := range []struct {
		ln    net.Listener
		serve func(net.Listener) error
	}{
		{a.plain, server.Serve},
		{a.secure, func(ln net.Listener) error {
			return server.ServeTLS(ln, a.judge.Config(a.authority.TLSConfig("h2", "http/1.1")))
		}},
		{a.old, func(ln net.Listener) error { return oldServer.ServeTLS(ln, a.judge.Config(a.authority.OldTLSConfig())) }},
	} {
		if l.ln == nil {
			continue
		}
		open++
		go func() {
			defer func() { serving <- struct{}{} }()
			a.fail(l.serve(l.ln))
		}()
	}
	a.closing("http", func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		a.ui.Close() // ends the streams, which would keep their connections open
		err := errors.Join(server.Shutdown(ctx), oldServer.Shutdown(ctx))
		for range open {
			<-serving
		}
		if errors.Is(err, context.DeadlineExceeded) {
			return nil // streams of browsers; they were cut
		}
		return err
	})
	if err := a.openMetrics(ctx); err != nil {
		return err
	}
	if err := a.openTFTP(); err != nil {
		return err
	}
	a.registrar.Run()
	if a.settings.PnP != nil && a.settings.SIP != off {
		a.openPnP()
	}
	a.serving.Store(true)
	return nil
}

// openPnP joins the plug-and-play group. Another program may own its port, and
// phones have other ways, so a failure is told and not final.
func (a *appliance) openPnP() {
	interfaces := a.settings.PnP
	if len(interfaces) == 1 && interfaces[0] == "all" {
		interfaces = nil
	}
	if err := a.registrar.ListenPnP(interfaces); err != nil {
		a.log.Warn("plug-and-play is not served", "err", err)
	}
}

// ready is what /readyz asks.
func (a *appliance) ready() error {
	if !a.serving.Load() {
		return errors.New("the doors are being opened")
	}
	return nil
}

// setupToken opens the wizard; empty once it is done.
func (a *appliance) setupToken() string { return a.ui.SetupToken() }

// portal is host and port of the pages, as people on the network reach them.
func (a *appliance) portal() string {
	if a.plain == nil {
		return thisHost()
	}
	host, number, err := net.SplitHostPort(a.plain.Addr().String())
	if err != nil {
		return thisHost()
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = thisHost()
	}
	return net.JoinHostPort(host, number)
}

// front gives phones' paths to provisioning, SIP over WebSocket to the registrar,
// and everything else to the portal.
func (a *appliance) front(phones http.Handler) http.Handler {
	portal, sockets := a.ui.Handler(), a.registrar.WebSocket()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case a.prov.Claims(r.URL.Path):
			phones.ServeHTTP(w, r)
		case r.URL.Path == "/ws":
			sockets.ServeHTTP(w, r)
		default:
			portal.ServeHTTP(w, r)
		}
	})
}

func (a *appliance) openTFTP() error {
	d := door{flag: "tftp", addr: a.settings.TFTP}
	if d.addr == off {
		return nil
	}
	config := tftpdoor.Config{
		Answer: a.prov.Answer, Log: a.log,
		Gate:      provdoor.NewGate(a.store.Snapshot, "tftp_transfers", "tftp_transfers_per_source"),
		Transfers: func() int { return int(a.store.Snapshot().Limit("tftp_transfers")) },
	}
	t, err := tftpdoor.Listen(d.addr, config)
	if err != nil {
		return d.explain(err)
	}
	a.closing("tftp", t.Close)
	return nil
}

// tftpPort is the port that settings name. The door itself opens last, so what it
// may open is tried here.
func (a *appliance) tftpPort(ctx context.Context) int {
	d := door{flag: "tftp", addr: a.settings.TFTP, fallback: 6969}
	if d.addr == off {
		return 0
	}
	var lc net.ListenConfig
	probe, err := lc.ListenPacket(ctx, "udp", d.addr)
	if next, ok := d.instead(err, a.log); ok {
		a.settings.TFTP = next
	}
	if err == nil {
		probe.Close()
	}
	return portOf(a.settings.TFTP)
}

// portOf is the number in an address that was found to be one; 0 where it has none.
func portOf(addr string) int {
	_, number, err := net.SplitHostPort(addr)
	if err != nil {
		return 0
	}
	n, err := strconv.Atoi(number)
	if err != nil {
		return 0
	}
	return n
}

func (a *appliance) openMetrics(ctx context.Context) error {
	ln, err := door{flag: "metrics", addr: a.settings.Metrics}.stream(ctx, a.log)
	if err != nil || ln == nil {
		return err
	}
	server := &http.Server{Handler: a.ui.Metrics(), ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			a.fail(fmt.Errorf("metrics: %w", err))
		}
	}()
	a.closing("metrics", func() error { err := server.Close(); <-done; return err })
	return nil
}

// fail tells that a door broke while it served. Further faults of the same end
// say nothing new.
func (a *appliance) fail(err error) {
	if err == nil {
		return
	}
	select {
	case a.failed <- err:
	default:
	}
}
