// Package provisioning holds how a phone gets its settings: who asks, what it
// has earned, which layers say what, and the file that comes out.
package provisioning

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/provisioning/clientcert"
	"cradle/provisioning/custom"
	"cradle/provisioning/firmware"
	"cradle/provisioning/identify"
	"cradle/provisioning/onboard"
	"cradle/provisioning/settings"
)

// Config is what a Provisioning is made of.
type Config struct {
	Directory *directory.Directory
	Catalog   catalog.Source
	// Registered tells when and from where a device account last registered, and
	// whether it is registered now. nil: nobody ever is.
	Registered func(account string) (last time.Time, source netip.Addr, live bool)
	Servers    Servers
	// CA is the PEM of our certificate authority; nil: no phone is given one.
	CA []byte
	// Certificates judges those that phones show; nil: none counts.
	Certificates *clientcert.Judge
	Firmware     *firmware.Library // nil: there is none
	// Screens answer what people do at the screens of their phones; nil: nobody does.
	Screens func(context.Context, Touch) Shown
	Log     *slog.Logger     // nil: nothing is logged
	Now     func() time.Time // nil: time.Now
}

// Servers are the doors as really bound. A port of 0 is a closed door.
type Servers struct {
	HTTPPort, HTTPSPort, TFTPPort, SIPPort, SIPSPort int
	// OldHTTPSPort is the TLS door for phones that are too old for the main one,
	// SNTPPort that of the time server.
	OldHTTPSPort, SNTPPort int
	// Advertise is the host written for phones outside all site networks; empty:
	// the address their request arrived at.
	Advertise string
}

// Provisioning answers phones.
type Provisioning struct {
	c       Config
	log     *slog.Logger
	now     func() time.Time
	find    *identify.Finder
	maker   *settings.Maker
	adopter *onboard.Adopter
	misses  *onboard.Misses
	journal *Journal
	cache   *cache
	// authorities are the certificates of Config.CA, each its base64 in lines.
	authorities [][]string
	custom      *custom.Templates
	clerk       *clerk
	keeper      *keeper
	remotes     remotes
	alarms      *Alarms
	// strangers are not recognised; news tells of new ones.
	strangers *onboard.Strangers
	news      feeds[onboard.Stranger]
	teaching  sync.Mutex
	shelf     atomic.Pointer[catalog.Catalog] // the one that was asked last
	// previews lets in one at a time.
	previews chan struct{}
	scratch  sync.Pool // of *[]byte, what renderings grow in
	// rendering counts the renderings that run now.
	rendering atomic.Int64
}

// New makes a Provisioning and starts its clerk; Close stops it.
func New(c Config) (*Provisioning, error) {
	if c.Directory == nil || c.Catalog == nil {
		return nil, ErrNoDirectory
	}
	p := &Provisioning{
		c: c, log: c.Log, now: c.Now, find: identify.New(),
		misses: onboard.NewMisses(), journal: newJournal(), cache: newCache(), maker: settings.NewMaker(), strangers: onboard.NewStrangers(),
		authorities: armoured(c.CA), previews: make(chan struct{}, 1), remotes: remotes{used: map[directory.TokenHash]usedRemote{}},
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	if p.now == nil {
		p.now = time.Now
	}
	var err error
	if p.custom, err = custom.New(c.Directory); err != nil {
		return nil, err
	}
	if p.adopter, err = onboard.NewAdopter(c.Directory); err != nil {
		return nil, fmt.Errorf("reading who asked first: %w", err)
	}
	if p.alarms, err = newAlarms(c.Directory, p.log); err != nil {
		return nil, err
	}
	if p.clerk, err = newClerk(p); err != nil {
		return nil, err
	}
	p.keeper = newKeeper(p)
	p.recall()
	return p, nil
}

// Close stops what runs in the background and waits for it.
func (p *Provisioning) Close() error {
	p.clerk.close()
	p.keeper.close()
	return nil
}

// Journal is the last steps of every phone.
func (p *Provisioning) Journal() *Journal { return p.journal }

// Alarms are what administrators have to see.
func (p *Provisioning) Alarms() *Alarms { return p.alarms }

// Catalog is the shelf of models as it is now. With a new one goes what was made
// of the old, which would be held by it.
func (p *Provisioning) Catalog() *catalog.Catalog {
	c := p.c.Catalog.Current()
	if old := p.shelf.Load(); old != c && p.shelf.CompareAndSwap(old, c) && old != nil {
		p.cache.clear()
		p.custom.Forget()
		p.find.Forget()
	}
	return c
}

// Claims reports whether a path is one that phones ask for: anything under /p/,
// or at the root a name on the shelf or that of a firmware.
func (p *Provisioning) Claims(path string) bool {
	parsed := identify.ParsePath(path)
	if parsed.Under || parsed.Name == "" {
		return parsed.Under
	}
	matches, _ := p.Catalog().Asked(parsed.Name)
	return len(matches) > 0 || p.claimsFirmware(parsed)
}

// visit is one request on its way through the house.
type visit struct {
	Request
	now    time.Time
	snap   *directory.Snapshot
	shelf  *catalog.Catalog // one for the whole visit
	site   *directory.Site  // where the source is; nil: outside every site network
	found  identify.Finding
	device *directory.Device
	model  *catalog.Model
	book   string         // the phonebook asked for; empty: none
	page   *settings.Page // what a screen is to show; nil: its idle page
	rule   string
	token  string // TokenOwn, TokenOther or TokenUnknown where one was shown
	// needless: the phone asks for a file it need not have.
	needless bool
	looked   bool                // by people: nothing is noted of it
	wipe     bool                // the phone is out of service and is to be emptied
	load     *directory.Firmware // asked for; nil: another file
	hash     string              // of the rendering that was given
	left     string              // out of that rendering
	file     *catalog.File       // whose text is to be remembered
	proof    clientcert.Proof    // what its certificate proves; zero: nothing
	shown    string              // what there is to say about the certificate shown
}

// Answer answers one request. It never fails: what goes wrong is the same 404
// as everything that is refused, with the true reason in the journal.
func (p *Provisioning) Answer(ctx context.Context, r Request) (resp Response) {
	started := time.Now()
	v := &visit{Request: r, now: p.now(), snap: p.c.Directory.Snapshot(), shelf: p.Catalog()}
	defer func() {
		if fault := recover(); fault != nil {
			resp, v.rule = notFound, fmt.Sprintf("a fault of ours: %v", fault)
			p.log.Error("answering a phone", "mac", v.found.MAC, "path", v.found.Path.Masked(), "fault", fault)
		}
		p.note(v, resp, time.Since(started))
	}()
	return p.answer(ctx, v)
}

// answer is the story: who asks, what it has earned, what it gets.
func (p *Provisioning) answer(ctx context.Context, v *visit) Response {
	v.site = v.snap.SiteOf(v.Source.Addr())
	v.found = p.find.Find(v.shelf, identify.Clues{Path: v.Path, UserAgent: v.UserAgent, PnP: v.Door == DoorPnP, Event: v.Event})
	p.prove(v)
	switch {
	case !v.snap.SetUp():
		return v.refuse("the appliance is not set up yet")
	case v.site == nil && p.misses.Banned(v.Source.Addr(), v.now):
		return v.refuse("this source is ignored after too many misses")
	case v.found.Liar != "":
		return v.refuse(v.found.Liar)
	case v.Door == DoorPnP:
		return p.plugAndPlay(ctx, v)
	case v.found.Path.Tokenised:
		return p.byToken(ctx, v)
	case p.asksFirmware(v):
		return p.firmware(v, false)
	case v.found.Path.Name == "" || len(v.found.Matches) == 0:
		return v.refuse("no phone on the shelf asks for such a file")
	case v.found.Named == "":
		return p.withoutMAC(ctx, v)
	case v.found.MAC == "":
		return v.refuse("no phone has such a MAC")
	default:
		return p.byMAC(ctx, v)
	}
}

// byToken serves the owner of a tokenised URL.
func (p *Provisioning) byToken(ctx context.Context, v *visit) Response {
	hash := directory.HashToken(v.found.Path.Token)
	owner := v.snap.DeviceByToken(hash)
	if owner == nil {
		owner = p.byRemote(ctx, v, hash)
	}
	switch {
	case owner == nil:
		v.token = TokenUnknown
		p.miss(v, "~"+v.found.Path.Token)
		return v.refuse("no phone has this token")
	case v.found.MAC != "" && v.found.MAC != owner.MAC:
		v.token = TokenOther
		p.miss(v, string(v.found.MAC))
		return v.refuse("the token belongs to another phone")
	}
	v.device, v.found.MAC, v.token = owner, owner.MAC, TokenOwn
	if p.impostor(v) {
		return notFound
	}
	if p.asksFirmware(v) {
		return p.firmware(v, true)
	}
	return p.serve(ctx, v, true)
}

// byMAC serves a phone that named itself in the path, known or not.
func (p *Provisioning) byMAC(ctx context.Context, v *visit) Response {
	v.device = v.snap.DeviceByMAC(v.found.MAC)
	if p.impostor(v) {
		return notFound
	}
	if v.device == nil {
		if !p.adopt(ctx, v) {
			p.miss(v, string(v.found.MAC))
			return notFound
		}
	}
	return p.serve(ctx, v, false)
}

// adopt makes a device of an unknown phone where its site allows it.
func (p *Provisioning) adopt(ctx context.Context, v *visit) bool {
	switch {
	case v.site == nil:
		v.rule = "unknown, and outside every site network"
		return false
	case v.Method == http.MethodPut:
		v.rule = "unknown, and it uploads"
		return false
	case v.found.Vendor == nil:
		v.rule = "unknown, and nothing says whose phone it is"
		return false
	}
	n := onboard.Newcomer{Site: v.site, MAC: v.found.MAC, Vendor: v.found.Vendor.Label, Firmware: v.found.Firmware, Source: v.Source.Addr()}
	if v.found.Model != nil {
		n.Model = v.found.Model.Name
	}
	d, err := p.adopter.Adopt(ctx, n, v.now)
	if err != nil || d == nil {
		v.rule = fmt.Sprintf("unknown: %v", err)
		if !errors.Is(err, onboard.ErrRefused) { // a site that adopts nobody is as it should be
			p.alarm(v, onboard.AlarmAdoption, fmt.Sprintf("an unknown phone is %v", err))
		}
		return false
	}
	v.device, v.snap = d, p.c.Directory.Snapshot()
	return true
}

// maxUserAgent is how much of a User-Agent the journal keeps, in bytes.
const maxUserAgent = 512

// cut gives the beginning of a text, without holding the rest of it.
func cut(s string, n int) string {
	if len(s) > n {
		return strings.Clone(s[:n])
	}
	return s
}

// refuse gives the one 404 and keeps the reason for the journal.
func (v *visit) refuse(rule string) Response {
	v.rule = rule
	return notFound
}

// miss counts a guess.
func (p *Provisioning) miss(v *visit, what string) {
	l := onboard.MissLimits{
		Most:   int(v.snap.Limit("misses_per_source")),
		Window: time.Duration(v.snap.Limit("miss_window_minutes")) * time.Minute,
		Ban:    time.Duration(v.snap.Limit("ban_minutes")) * time.Minute,
	}
	for _, kind := range p.misses.Note(v.Source.Addr(), v.found.MAC, what, v.site != nil, l, v.now) {
		p.alarm(v, kind, missAlarm(kind, v))
	}
}

// note writes the step into the journal.
func (p *Provisioning) note(v *visit, resp Response, took time.Duration) {
	step := Step{
		At: v.now, MAC: v.found.MAC, Door: v.Door, File: v.found.Path.Masked(), Status: resp.Status, Bytes: int(resp.Size()), Took: took,
		Firmware: v.found.Firmware, Sure: string(v.found.Sure), Source: v.Source.Addr(), Rule: v.rule,
		UserAgent: cut(v.UserAgent, maxUserAgent), Method: v.Method, Local: v.Local, Token: v.token, Needless: v.needless, Hash: v.hash, LeftOut: v.left,
	}
	step.Certificate, step.Proved, step.Print, step.Event = v.shown, v.proof.MAC, v.proof.Print, v.Event
	if v.TLS != nil {
		step.TLS, step.Suite = tls.VersionName(v.TLS.Version), tls.CipherSuiteName(v.TLS.CipherSuite)
	}
	if v.Door == DoorPnP {
		step.File = "SUBSCRIBE"
	}
	if v.found.Vendor != nil {
		step.Vendor = v.found.Vendor.Label
	}
	if v.model != nil {
		step.Model = v.model.Name
	} else if v.found.Model != nil {
		step.Model = v.found.Model.Name
	}
	p.journal.add(step, v.device != nil)
	p.strange(v, resp.Status)
}
