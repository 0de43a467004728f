package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"cradle/calls"
	"cradle/calls/presence"
	"cradle/directory"
	"cradle/directory/seating"
	"cradle/media"
	"cradle/media/music"
	"cradle/media/prompt"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
	"cradle/provisioning/clientcert"
	"cradle/provisioning/devicecert"
	provdoor "cradle/provisioning/door"
	"cradle/provisioning/door/pnpdoor"
	"cradle/provisioning/firmware"
	"cradle/provisioning/hotdesk"
	"cradle/provisioning/resync"
	"cradle/provisioning/rollout"
	"cradle/registrar"
	"cradle/templates"
	"cradle/ui"
	"cradle/ui/live"
)

// appliance is everything that runs. It is the only place that knows every room;
// nobody is handed it.
type appliance struct {
	settings settings
	log      *slog.Logger
	failed   chan error // a door that broke while it served; bounded, the first counts

	store     *store
	seats     *seating.Rules
	locks     locks
	shelf     *catalog.Shelf
	copies    *copier
	authority *devicecert.Authority
	judge     *clientcert.Judge
	registrar *registrar.Registrar
	media     *media.Relay
	prompts   *prompt.Library
	music     *music.Library
	calls     *calls.Exchange
	prov      *provisioning.Provisioning
	firmware  *firmware.Library
	resync    *resync.Resync
	rollouts  *rollout.Engine
	ui        *ui.UI
	plain     net.Listener // HTTP; nil: off
	secure    net.Listener // HTTPS; nil: off
	old       net.Listener // HTTPS for old phones; nil: off
	sips      net.Listener // SIP over TLS; nil: off
	servers   provisioning.Servers
	serving   atomic.Bool // all doors are open
	closers   []func()    // in the order they were opened; closed backwards
}

// assemble opens the rooms from the lowest floor up, joins them, and opens the
// doors last. What fails closes what was open.
func assemble(ctx context.Context, s settings, log *slog.Logger) (_ *appliance, err error) {
	a := &appliance{settings: s, log: log, failed: make(chan error, 8)}
	defer func() {
		if err != nil {
			a.Close()
		}
	}()
	for _, step := range []func(context.Context) error{
		a.openDirectory, a.openShelf, a.openMedia, a.openRegistrar, a.openCalls, a.openProvisioning, a.openSeats, a.openPortal, a.openDoors,
	} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// Close ends everything, the doors first and the store last.
func (a *appliance) Close() {
	for i := len(a.closers) - 1; i >= 0; i-- {
		a.closers[i]()
	}
	a.closers = nil
}

// closing remembers what ends a part; the error is told, as nobody can act on it.
func (a *appliance) closing(part string, end func() error) {
	a.closers = append(a.closers, func() {
		if err := end(); err != nil {
			a.log.Error("closing failed", "part", part, "err", err)
		}
	})
}

func (a *appliance) openDirectory(ctx context.Context) (err error) {
	if a.store, err = openStore(ctx, a.settings.Data, a.log); err != nil {
		return err
	}
	a.closing("directory", a.store.Close)
	a.locks = make(locks, locksMost)
	a.seats = seating.New(seating.Config{Directory: a.store.Directory, Tell: a.locks.put, Log: a.log.With("room", "seats")})
	// Where the records that say it is set up are damaged, the wizard must not
	// open over what is still there.
	if found := a.store.Found(); len(found) > 0 && !a.store.Snapshot().SetUp() {
		return refuse("the store in %s is damaged (%s: %s): see cradle check, and bring back a copy", a.settings.Data, found[0].Key, found[0].Fault)
	}
	a.copies = offerCopies(a.settings.Data, a.store.engine.Copy, a.log)
	a.closing("copies", func() error { a.copies.Close(); return nil })
	if a.authority, err = devicecert.LoadAuthority(a.settings.Data); err != nil {
		return refuse("our certificate authority in %s cannot be read: %v", a.settings.Data, err)
	}
	a.closing("authority", a.authority.Close)
	a.authority.Named(a.settings.Data, a.log)
	a.judge, err = clientcert.Open(filepath.Join(a.settings.Data, "authorities"), a.authority.Roots(), a.log)
	return err
}

// openShelf reads the models, ours and those of one's own.
func (a *appliance) openShelf(context.Context) (err error) {
	if a.shelf, err = catalog.Open(templates.FS(), filepath.Join(a.settings.Data, "catalog")); err != nil {
		return fmt.Errorf("the built-in catalogue: %w", err)
	}
	a.closing("catalogue", func() error { a.shelf.Close(); return nil })
	if err := a.shelf.Fault(); err != nil {
		a.log.Warn("models of one's own do not count", "err", err)
	}
	return nil
}

// openMedia leaves the number of reactors to media. The scheduler keeps one
// processor for each core, and one for each reactor that is busy: more of them
// make every REGISTER wake threads that only look for work, at twice its cost.
func (a *appliance) openMedia(context.Context) (err error) {
	var all sync.Mutex
	procs := runtime.GOMAXPROCS(0)
	widen := func(by int) {
		all.Lock()
		defer all.Unlock()
		procs += by
		runtime.GOMAXPROCS(procs)
	}
	a.media, err = media.New(media.Config{Ports: a.settings.Media, Kernel: a.settings.Kernel, WeakDTLS: a.settings.DTLSGCM, Widen: widen, Log: a.log})
	if err != nil {
		return fmt.Errorf("media: %w", err)
	}
	a.closing("media", a.media.Close)
	return nil
}

func (a *appliance) openRegistrar(ctx context.Context) (err error) {
	if a.sips, err = (door{flag: "sips", addr: a.settings.SIPS}).stream(ctx, a.log); err != nil {
		return err
	}
	a.closing("sips listener", closeListener(a.sips))
	d := door{flag: "sip", addr: a.settings.SIP}
	listen := a.settings.SIP
	if listen == off {
		listen = ""
	}
	a.registrar, err = registrar.New(ctx, registrar.Config{
		Directory: a.store.Directory, Listen: listen, Secure: a.sips, TLS: a.authority.TLSConfig(), Advertise: a.settings.Advertise, Log: a.log,
	})
	if err != nil {
		return d.explain(err)
	}
	a.closing("registrar", func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		return a.registrar.Close(ctx)
	})
	return nil
}

func (a *appliance) openCalls(context.Context) (err error) {
	if a.prompts, err = prompt.Open(filepath.Join(a.settings.Data, "prompts")); err != nil {
		a.log.Warn("some prompts cannot be used; ours are said in their place", "error", err)
	}
	if a.music, err = music.Open(filepath.Join(a.settings.Data, "music")); err != nil {
		a.log.Warn("some music on hold cannot be used; ours is played in its place", "error", err)
	}
	a.calls, err = calls.New(calls.Config{Directory: a.store.Directory, Registrar: a.registrar, Media: a.media, Seats: a.seats,
		Prompts: a.prompts, Music: a.music, Log: a.log})
	if err != nil {
		return fmt.Errorf("calls: %w", err)
	}
	a.closing("calls", a.calls.Close)
	lamps := presence.New(presence.Config{Directory: a.store.Directory, Door: a.registrar, Calls: a.calls, Log: a.log})
	a.closing("presence", func() error { lamps.Close(); return nil })
	return nil
}

// openProvisioning needs to know the ports that are written into settings, so
// the listeners are opened here and served when everything else is ready.
func (a *appliance) openProvisioning(ctx context.Context) (err error) {
	if a.plain, err = (door{"http", a.settings.HTTP, 8080}).stream(ctx, a.log); err != nil {
		return err
	}
	a.closing("http listener", closeListener(a.plain))
	if a.secure, err = (door{"https", a.settings.HTTPS, 8443}).stream(ctx, a.log); err != nil {
		return err
	}
	a.closing("https listener", closeListener(a.secure))
	if a.old, err = (door{"https-old", a.settings.HTTPSOld, 0}).stream(ctx, a.log); err != nil {
		return err
	}
	a.closing("old https listener", closeListener(a.old))
	sntpPort, err := a.openSNTP()
	if err != nil {
		return err
	}
	shelf := a.shelf
	if err := a.openFirmware(shelf); err != nil {
		return err
	}
	a.servers = provisioning.Servers{
		HTTPPort: port(a.plain), HTTPSPort: port(a.secure), TFTPPort: a.tftpPort(ctx), SIPPort: int(a.registrar.Addr().Port()),
		SIPSPort:     port(a.sips),
		OldHTTPSPort: port(a.old), SNTPPort: sntpPort, Advertise: a.settings.Advertise,
	}
	a.prov, err = provisioning.New(provisioning.Config{
		Directory: a.store.Directory, Catalog: shelf, Registered: a.registrar.Registration, CA: a.authority.PEM(), Log: a.log,
		Certificates: a.judge, Firmware: a.firmware, Servers: a.servers,
		Screens: hotdesk.New(hotdesk.Config{Directory: a.store.Directory, Rules: a.seats}).Touched,
	})
	if err != nil {
		return fmt.Errorf("provisioning: %w", err)
	}
	a.closing("provisioning", a.prov.Close)
	a.resync, err = resync.New(resync.Config{
		Directory: a.store.Directory, Catalog: shelf, Notifier: a.registrar, Busy: a.calls, Registered: a.registrar.Registration, Log: a.log,
		Steps: func() (<-chan provisioning.Step, func()) { w := a.prov.Journal().Watch(); return w.C(), w.Close },
		Fingerprint: resync.Fingerprint(a.store.Directory, shelf, func(id directory.ID, file string) ([]byte, error) {
			r, err := a.prov.Render(id, file)
			return r.Body, err
		}),
	})
	if err != nil {
		return fmt.Errorf("resync: %w", err)
	}
	a.closing("resync", a.resync.Close)
	if err := a.openRollouts(); err != nil {
		return err
	}
	a.registrar.Softphones(softphone(shelf))
	a.registrar.OnRefusal(alarmOf(a.prov.Alarms().Raise))
	gate := provdoor.NewGate(a.store.Snapshot, "site_connections", "http_connections_per_source")
	a.registrar.HandlePnP(plugAndPlay(pnpdoor.New(a.prov.Answer, gate)))
	return nil
}

func (a *appliance) openPortal(context.Context) (err error) {
	a.ui, err = ui.New(ui.Config{
		Directory: a.store.Directory, Registrar: liveRegistrar{a.registrar}, Calls: liveCalls{a.calls},
		Provisioning: liveProvisioning{a.prov}, Resync: liveResync{a.resync}, Reach: a.registrar.Reach, Templates: a.prov, Firmware: a.firmware, Sounds: liveSounds{a.prompts, a.music}, Rollouts: a.rollouts,
		Onboarding: liveOnboarding{a.prov}, Authorities: a.judge, Media: liveMedia(a.media), Sight: liveSight{a.registrar, a.calls}, Issuer: a.authority, Teaching: a.prov, Recognition: a.prov,
		Doors: func() live.Doors {
			return live.Doors{HTTP: a.servers.HTTPPort, HTTPS: a.servers.HTTPSPort, TFTP: a.servers.TFTPPort}
		},
		Ready: a.ready, Log: a.log, Version: version,
	})
	if err != nil {
		return fmt.Errorf("portal: %w", err)
	}
	a.closing("portal", func() error { a.ui.Close(); return nil })
	return nil
}
