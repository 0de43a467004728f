package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

type serveCommand struct {
	Config     string  `help:"Settings file (YAML, the same names as these flags)." type:"path" placeholder:"FILE"`
	Data       *string `help:"Everything the appliance keeps (./data)." placeholder:"DIR"`
	Store      *string `help:"Storage engine (bolt:)." placeholder:"URL"`
	HTTP       *string `name:"http" help:"Portal, API and provisioning over HTTP (:80); off closes this and any other door." placeholder:"ADDR"`
	HTTPS      *string `name:"https" help:"The same over TLS (:443)." placeholder:"ADDR"`
	HTTPSOld   *string `name:"https-old" help:"Provisioning over TLS 1.0 to 1.2 with old suites, for phones that know nothing newer (off)." placeholder:"ADDR"`
	TFTP       *string `name:"tftp" help:"Provisioning over TFTP (:69)." placeholder:"ADDR"`
	SNTP       *string `name:"sntp" help:"Time for phones of the site networks (:123)." placeholder:"ADDR"`
	SIP        *string `name:"sip" help:"SIP over UDP and TCP (:5060)." placeholder:"ADDR"`
	SIPS       *string `name:"sips" help:"SIP over TLS (:5061)." placeholder:"ADDR"`
	PnP        *string `name:"pnp" help:"SIP plug-and-play: all, off, or interface names (all)." placeholder:"IFACES"`
	MediaPorts *string `help:"RTP ports (20000-29999)." placeholder:"A-B"`
	Kernel     *string `name:"media-kernel" help:"Plain calls are forwarded inside the Linux kernel where that is permitted (auto)." placeholder:"auto|off"`
	DTLSGCM    *string `name:"dtls-gcm" help:"Lets media handshakes use AES-GCM, for phones that know nothing else (off)." placeholder:"on|off"`
	Advertise  *string `help:"Address written for peers outside all site networks (each request's own)." placeholder:"HOST"`
	Metrics    *string `help:"Prometheus metrics (127.0.0.1:9090)." placeholder:"ADDR"`
	LogLevel   *string `help:"debug, info, warn or error (info)." placeholder:"L"`
	Drain      *string `help:"How long calls that are up may go on after SIGTERM (30s)." placeholder:"DURATION"`
}

// flags are those that were given, by name.
func (s serveCommand) flags() map[string]any {
	given := map[string]any{}
	for name, v := range map[string]*string{
		"data": s.Data, "store": s.Store, "http": s.HTTP, "https": s.HTTPS, "https-old": s.HTTPSOld, "tftp": s.TFTP, "sntp": s.SNTP, "sip": s.SIP, "sips": s.SIPS,
		"pnp": s.PnP, "media-ports": s.MediaPorts, "media-kernel": s.Kernel, "dtls-gcm": s.DTLSGCM, "advertise": s.Advertise, "metrics": s.Metrics,
		"log-level": s.LogLevel, "drain": s.Drain,
	} {
		if v != nil {
			given[name] = *v
		}
	}
	return given
}

// collectAt trades memory for time: garbage is collected when the heap has grown
// by this many percent of what is alive, half as often as is usual.
const collectAt = 200

// Run serves until SIGTERM or an interrupt, drains, and leaves with everything on disk.
func (s serveCommand) Run(c console) error {
	set, err := readSettings(s.Config, s.flags())
	if err != nil {
		return err
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	log := slog.New(slog.NewTextHandler(c.err, &slog.HandlerOptions{Level: set.LogLevel}))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	a, err := assemble(ctx, set, log)
	if err != nil {
		return err
	}
	if token := a.setupToken(); token != "" {
		fmt.Fprintf(c.out, "setup: http://%s/setup?token=%s\n", a.portal(), token)
	}
	select {
	case <-ctx.Done():
		log.Info("draining: no new calls", "limit", set.Drain)
	case err = <-a.failed:
		log.Error("a door broke", "err", err)
	}
	stop() // a second signal ends at once
	drain, cancel := context.WithTimeout(context.Background(), set.Drain)
	defer cancel()
	a.calls.Drain(drain)
	a.Close()
	return err
}
