// Package provtest pretends to be a vendor's phone that is switched on: it asks
// for the same files in the same order, spelling and User-Agent, over HTTP,
// HTTPS, TFTP or SIP plug-and-play, and understands the answers as the phone
// would. All it knows of vendors is in the catalogue and in reads.yaml beside it.
package provtest

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"cradle/provisioning/catalog"
)

// Errors of a boot.
var (
	ErrModel  = errors.New("no such model")
	ErrMAC    = errors.New("not a MAC")
	ErrSource = errors.New("not a provisioning URL")
	ErrReads  = errors.New("what the phone reads is not known")
	// ErrRefused: a file the phone cannot do without was not given.
	ErrRefused = errors.New("refused")
	// ErrNoOffer: nobody answered the multicast SUBSCRIBE.
	ErrNoOffer = errors.New("no answer to plug-and-play")
)

// Config says which phone this is.
type Config struct {
	Catalog *catalog.Catalog
	// Data is the folder of the vendors, where reads.yaml lies (templates.FS).
	Data fs.FS
	// Model is a catalogue name, MAC in any common spelling.
	Model, MAC string
	// Address is the phone's own; invalid: one of its own in 127/8 made of its
	// MAC, used only towards loopback addresses.
	Address netip.Addr
	// Timeout bounds one request; 0: 10 s.
	Timeout time.Duration
	// Group is where plug-and-play is asked; invalid: 224.0.1.75:5060.
	Group netip.AddrPort
}

// Phone is one phone. It keeps its settings between boots, as a phone does.
type Phone struct {
	c      Config
	model  *catalog.Model
	mac    string // 12 lower-case digits
	reads  *reads
	pools  *pools            // of all its twins
	values map[string]string // settings by the vendor's names
	roots  *x509.CertPool    // what it was given to trust; nil: it checks nobody
	base   string            // where its settings told it to come back
	wire   *wire             // of this boot; nil: none is open
	ranges bool              // it asks for files in parts just now
}

// Result is what one boot did.
type Result struct {
	Steps    []Step
	Settings Settings
	// Source is where the settings came from in the end, its token masked.
	Source string
	Took   time.Duration
}

// Step is one request.
type Step struct {
	Method string        `json:"method"`
	URL    string        `json:"url"` // its token masked
	Status int           `json:"status"`
	Bytes  int           `json:"bytes"`
	Took   time.Duration `json:"took"`
	Note   string        `json:"note,omitempty"` // why the phone ignored what it got
}

// New makes a phone as it leaves its box.
func New(c Config) (*Phone, error) {
	m := c.Catalog.Model(c.Model)
	if m == nil {
		return nil, fmt.Errorf("%w: %q", ErrModel, c.Model)
	}
	mac, err := parseMAC(c.MAC)
	if err != nil {
		return nil, err
	}
	r, err := loadReads(c.Data, m.Family.Chain)
	if err != nil {
		return nil, err
	}
	if c.Timeout <= 0 {
		c.Timeout = 10 * time.Second
	}
	if !c.Group.IsValid() {
		c.Group = netip.MustParseAddrPort("224.0.1.75:5060")
	}
	return &Phone{c: c, model: m, mac: mac, reads: r, pools: &pools{}, values: map[string]string{}}, nil
}

// Twin makes another phone of the same model, as it leaves its box.
func (p *Phone) Twin(mac string) (*Phone, error) {
	mac, err := parseMAC(mac)
	if err != nil {
		return nil, err
	}
	return &Phone{c: p.c, model: p.model, mac: mac, reads: p.reads, pools: p.pools, values: map[string]string{}}, nil
}

func parseMAC(s string) (string, error) {
	mac := strings.ToLower(strings.NewReplacer(":", "", "-", "", ".", "").Replace(s))
	if len(mac) != 12 || strings.Trim(mac, "0123456789abcdef") != "" {
		return "", fmt.Errorf("%w: %q", ErrMAC, s)
	}
	return mac, nil
}

// MAC is the phone's hardware address, 12 lower-case digits.
func (p *Phone) MAC() string { return p.mac }

// Model is what the catalogue says of it.
func (p *Phone) Model() *catalog.Model { return p.model }

// SIPUserAgent is what the phone calls itself in SIP.
func (p *Phone) SIPUserAgent() string { return p.model.Says(p.model.Family.Boot.SIPUserAgent, p.mac) }

// Address is the phone's own address towards a server; invalid: the kernel's choice.
func (p *Phone) Address(server netip.Addr) netip.Addr {
	if p.c.Address.IsValid() || !server.Unmap().Is4() || !server.IsLoopback() && !server.IsMulticast() {
		return p.c.Address
	}
	var b [4]byte
	b[0] = 127
	for i := range 3 {
		fmt.Sscanf(p.mac[6+2*i:8+2*i], "%02x", &b[1+i]) //nolint:errcheck // the digits are checked
	}
	if b[1] == 0 && b[2] == 0 || b == [4]byte{127, 255, 255, 255} {
		b[1] = 77 // 127.0.0.x is the servers'
	}
	return netip.AddrFrom4(b)
}

// Boot switches the phone on. The source is where DHCP, a redirection or an
// installer's fingers pointed it: a URL, or "pnp:" with or without an interface.
// A phone whose settings named another place before goes there instead. It
// follows the place named in new settings, and gives what it then knows.
func (p *Phone) Boot(ctx context.Context, source string) (*Result, error) {
	began := time.Now()
	res := &Result{}
	err := p.boot(ctx, source, res)
	p.hangUp()
	res.Took, res.Settings, res.Source = time.Since(began), p.reads.settings(p.values), mask(p.base)
	return res, err
}

func (p *Phone) boot(ctx context.Context, source string, res *Result) error {
	place := p.base
	if place == "" {
		var err error
		if place, err = p.find(ctx, source, res); err != nil {
			return err
		}
	}
	for range 3 { // the first settings name another place, and that is the last one
		err := p.fetchAll(ctx, place, res)
		if errors.Is(err, ErrRefused) && place == p.base && source != p.base && source != "" {
			p.base = "" // its own place refuses it: it looks for another as on its first day
			if place, err = p.find(ctx, source, res); err == nil {
				err = p.fetchAll(ctx, place, res)
			}
		}
		if err != nil {
			return err
		}
		next := p.reads.settings(p.values).Provisioning
		if next == "" {
			next = place
		}
		p.base = next
		if trim(next) == trim(place) {
			return nil
		}
		place = next
	}
	return nil
}

// Reread reads the settings again from where they last came, without a boot.
func (p *Phone) Reread(ctx context.Context) (*Result, error) { return p.Boot(ctx, p.base) }

// Reset is the factory reset: the phone forgets everything.
func (p *Phone) Reset() {
	p.values, p.roots, p.base = map[string]string{}, nil, ""
}

func trim(place string) string { return strings.TrimSuffix(place, "/") }

// find gives the place that a source means.
func (p *Phone) find(ctx context.Context, source string, res *Result) (string, error) {
	if iface, ok := strings.CutPrefix(source, "pnp:"); ok {
		return p.plugAndPlay(ctx, iface, res)
	}
	u, err := url.Parse(source)
	if err != nil || u.Host == "" || !slices.Contains([]string{"http", "https", "tftp"}, u.Scheme) {
		return "", fmt.Errorf("%w: %q", ErrSource, source)
	}
	return source, nil
}

// fetchAll asks for the vendor's files in their order, then sends what its
// phones send.
func (p *Phone) fetchAll(ctx context.Context, place string, res *Result) error {
	skip := false
	seen := map[string]bool{}
	boot := &p.model.Family.Boot
	for _, ask := range boot.Asks {
		name := p.model.FileName(ask.File, p.mac)
		unnamed := p.model.Code == "" && strings.Contains(ask.File, "{code}") || p.model.File == "" && strings.Contains(ask.File, "{model}")
		if unnamed || skip && !ask.Always || seen[name] && ask.Method == "" {
			continue
		}
		found, err := p.do(ctx, place, name, ask, seen, res)
		if err != nil {
			return err
		}
		if !found && !ask.Optional {
			return fmt.Errorf("%w: %s", ErrRefused, name)
		}
		skip = found && ask.Last
	}
	if at := p.authority(); at != "" && p.roots == nil {
		p.trust(ctx, at, res)
	}
	for _, name := range boot.Uploads {
		p.upload(ctx, http.MethodPut, place, p.model.FileName(name, p.mac), res)
	}
	return nil
}

// authority is what the settings say of our authority: where it is fetched, or
// the certificates themselves, one after the other where there are places for more.
func (p *Phone) authority() (all string) {
	for _, n := range []string{"1", "2"} {
		all += p.values[strings.ReplaceAll(p.reads.Authority, "{n}", n)]
		if !strings.Contains(p.reads.Authority, "{n}") {
			break
		}
	}
	return all
}

// do makes one of the requests; whatever becomes of what it sends, the phone goes on.
func (p *Phone) do(ctx context.Context, place, name string, ask catalog.Ask, seen map[string]bool, res *Result) (found bool, err error) {
	switch ask.Method {
	case http.MethodPut, http.MethodPost:
		p.upload(ctx, ask.Method, place, name, res)
		return true, nil
	case http.MethodHead:
		return p.head(ctx, place, name, res)
	}
	p.ranges = ask.Range
	defer func() { p.ranges = false }()
	return p.take(ctx, place, name, seen, res)
}

// take fetches one file, believes it, and goes on to the files it names.
func (p *Phone) take(ctx context.Context, place, name string, seen map[string]bool, res *Result) (bool, error) {
	seen[name] = true
	body, err := p.fetch(ctx, place, name, res)
	if err != nil || body == nil {
		return false, err
	}
	values, err := p.reads.parse(body, p.mac)
	if err != nil {
		res.Steps[len(res.Steps)-1].Note = "ignored: " + err.Error()
		return true, nil //nolint:nilerr // a phone goes on past a file it cannot read; the step tells why
	}
	maps.Copy(p.values, values)
	if p.reads.Chain == "" {
		return true, nil
	}
	for _, next := range strings.Split(values[p.reads.Chain], ",") {
		next = strings.NewReplacer("[PHONE_MAC_ADDRESS]", p.mac, "[MACADDRESS]", p.mac).Replace(strings.TrimSpace(next))
		if next == "" || seen[next] || len(seen) > 32 {
			continue
		}
		if _, err := p.take(ctx, place, next, seen, res); err != nil {
			return true, err
		}
	}
	return true, nil
}

// mask hides the token of a tokenised URL.
func mask(place string) string {
	before, after, found := strings.Cut(place, "/~")
	if !found {
		return place
	}
	if i := strings.IndexByte(after, '/'); i >= 0 {
		return before + "/~***" + after[i:]
	}
	return before + "/~***"
}

// join adds a file's name to a place, as the phone does: some write two slashes.
func (p *Phone) join(place, name string) (*url.URL, error) {
	u, err := url.Parse(place)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSource, err)
	}
	folder := strings.TrimSuffix(path.Join("/", u.Path), "/")
	if p.model.Family.Boot.DoubleSlash {
		folder += "/"
	}
	u.Path, u.RawPath = folder+"/"+name, ""
	return u, nil
}
