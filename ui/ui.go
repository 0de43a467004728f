// Package ui holds what people see: the portal's pages, the REST interface
// behind them, log-in, the setup wizard, the live stream and the metrics. It
// stands on the directory and reaches the other rooms through the joints of
// ui/live.
package ui

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/gin-gonic/gin"

	"cradle/directory"
	"cradle/ui/access"
	"cradle/ui/api"
	"cradle/ui/live"
	"cradle/ui/metrics"
	"cradle/ui/stream"
	"cradle/ui/wizard"
)

// Config is what the portal stands on. Only Directory is needed.
type Config struct {
	Directory *directory.Directory
	// Registrar, Calls, Provisioning and Resync may be nil: what they would
	// show is then empty.
	Registrar    live.Registrar
	Calls        live.Calls
	Provisioning live.Provisioning
	Resync       live.Resync
	Templates    live.Templates   // nil: there are none
	Firmware     live.Firmware    // nil: there is none
	Sounds       live.Sounds      // nil: nothing is heard
	Rollouts     live.Rollouts    // nil: there are none
	Onboarding   live.Onboarding  // nil: nobody knows how phones come in
	Authorities  live.Authorities // nil: there are none
	Sight        live.Sight       // nil: nothing is traced
	Issuer       live.Issuer      // nil: phones get no certificates of ours
	Recognition  live.Recognition // nil: nothing is known
	Teaching     live.Teaching    // nil: nothing can be taught
	// Reach asks whether a phone of an account is there; nil: nobody is asked.
	Reach func(ctx context.Context, account string) error
	Media func() live.Media // nil: no media counters
	// Doors that are open, told to installers; nil: not told.
	Doors func() live.Doors
	// SetupToken opens the wizard at the first start; empty: a random one is made.
	SetupToken string
	// Networks of this machine, which the wizard suggests; nil: they are asked for.
	Networks func() []netip.Prefix
	// Pages of the portal; nil: those built into the program.
	Pages fs.FS
	// Ready says why the appliance does not serve all its doors yet; nil: it does.
	Ready   func() error
	Log     *slog.Logger     // nil: slog.Default
	Now     func() time.Time // nil: time.Now
	Version string
	// Heartbeat of the stream; 0: 15 s.
	Heartbeat time.Duration
}

// UI is the portal.
type UI struct {
	config  Config
	log     *slog.Logger
	engine  *gin.Engine
	pages   *pages
	wizard  *wizard.Wizard
	api     *api.API
	stream  *stream.Hub
	metrics *metrics.Metrics
}

// New builds the portal and starts its listeners; Close ends them.
func New(c Config) (*UI, error) {
	c.fill()
	u := &UI{config: c, log: c.Log.With("room", "ui")}
	gate, err := access.New(access.Config{Directory: c.Directory, Log: u.log, Now: c.Now})
	if err != nil {
		return nil, err
	}
	u.wizard = wizard.New(c.Directory, c.SetupToken)
	u.engine = u.router()
	u.api, err = api.New(u.engine, api.Config{
		Directory: c.Directory, Gate: gate, Wizard: u.wizard, Registrar: c.Registrar, Calls: c.Calls,
		Provisioning: c.Provisioning, Resync: c.Resync, Reach: c.Reach, Templates: c.Templates, Firmware: c.Firmware, Rollouts: c.Rollouts, Onboarding: c.Onboarding, Authorities: c.Authorities, Sight: c.Sight, Issuer: c.Issuer, Teaching: c.Teaching, Recognition: c.Recognition, Sounds: c.Sounds,
		Networks: c.Networks, Doors: c.Doors, Log: u.log, Now: c.Now, Version: c.Version,
	})
	if err != nil {
		return nil, err
	}
	u.stream = stream.New(stream.Config{
		Directory: c.Directory, Registrar: c.Registrar, Provisioning: c.Provisioning, Calls: c.Calls, Onboarding: c.Onboarding,
		Device: u.api.Device, Call: u.api.Call, Alarm: u.api.Alarm, Stranger: u.api.Stranger, Heartbeat: c.Heartbeat, Log: u.log,
	})
	u.api.UseStream(u.stream)
	u.metrics = metrics.New(metrics.Config{
		Directory: c.Directory, Registrar: c.Registrar, Provisioning: c.Provisioning, Calls: c.Calls, Media: c.Media, Sight: c.Sight,
		Streams: func() (int, uint64) { return u.stream.Clients(), u.stream.Dropped() }, Version: c.Version,
	})
	return u, nil
}

// fill puts the defaults in for what was left out.
func (c *Config) fill() {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Pages == nil {
		c.Pages = builtPages()
	}
	if c.Networks == nil {
		c.Networks = wizard.Networks
	}
}

// router makes the engine with its guards and what is not the API.
func (u *UI) router() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	// No proxy is trusted: the source of a request is the connection's.
	_ = r.SetTrustedProxies(nil) // nil cannot fail
	r.RedirectTrailingSlash = false
	r.UseRawPath = true // a vendor's name of a setting may hold a slash, sent as %2F
	r.HandleMethodNotAllowed = true
	r.Use(u.noted, u.recovered, headers, bounded)
	probes := []string{http.MethodGet, http.MethodHead}
	r.Match(probes, "/healthz", func(c *gin.Context) { c.String(http.StatusOK, "alive\n") })
	r.Match(probes, "/readyz", u.ready)
	u.pages = &pages{files: u.config.Pages, setUp: func() bool { return u.config.Directory.Snapshot().SetUp() }}
	r.NoRoute(u.pages.serve)
	r.NoMethod(func(c *gin.Context) {
		problem(c, http.StatusMethodNotAllowed, "this address does not know that method")
	})
	return r
}

// ready says whether all doors are served.
func (u *UI) ready(c *gin.Context) {
	switch {
	case !u.config.Directory.Snapshot().SetUp():
		c.String(http.StatusServiceUnavailable, "not set up\n")
	case u.config.Ready != nil && u.config.Ready() != nil:
		c.String(http.StatusServiceUnavailable, "%s\n", u.config.Ready())
	default:
		c.String(http.StatusOK, "ready\n")
	}
}

// Handler serves the portal, the API, /healthz and /readyz.
func (u *UI) Handler() http.Handler { return u.engine }

// Metrics serves what Prometheus asks; it belongs on a listener of its own.
func (u *UI) Metrics() http.Handler { return u.metrics.Handler() }

// SetupToken is the one-time token of the wizard, empty once it is done.
func (u *UI) SetupToken() string { return u.wizard.Token() }

// Close ends every stream and listener. Requests that run are the server's to wait for.
func (u *UI) Close() {
	u.stream.Close()
	u.metrics.Close()
}
