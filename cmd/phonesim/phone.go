package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"cradle/media/mediatest"
	"cradle/provisioning/provtest"
	"cradle/registrar/siptest"
)

// phone is one phone on a desk: its box boots, its lines register, and it has
// one call at a time.
type phone struct {
	box    *provtest.Phone
	source string
	retry  time.Duration // between attempts to get an account, or to register
	pacer  *mediatest.Pacer
	tell   func(format string, a ...any)
	orders chan order // what NOTIFYs and people ask of it
	work   sync.WaitGroup

	mu       sync.Mutex
	news     chan struct{} // closed and made anew when something changes
	accounts []provtest.Account
	lines    []*siptest.Phone
	state    state
	talk     *talk
}

// order sends a phone back to its settings.
type order struct{ reboot bool }

// state is what the phone would show.
type state struct {
	MAC        string            `json:"mac"`
	Model      string            `json:"model"`
	Address    string            `json:"address,omitempty"` // of its first line
	Screen     string            `json:"screen"`
	Boots      int               `json:"boots"`
	Rereads    int               `json:"rereads"` // without a boot
	Registered bool              `json:"registered"`
	Waits      bool              `json:"waits,omitempty"`   // it was given no account and shows its Phone ID
	Account    *provtest.Account `json:"account,omitempty"` // of the first line
	Call       string            `json:"call,omitempty"`    // dialling, ringing, up
	Peer       string            `json:"peer,omitempty"`    // number shown
	PeerName   string            `json:"peer_name,omitempty"`
	Last       string            `json:"last,omitempty"` // why the last call ended
	Error      string            `json:"error,omitempty"`
}

// newPhone puts a phone on a desk. Without a pacer it can make no call.
func newPhone(box *provtest.Phone, source string, pacer *mediatest.Pacer, tell func(string, ...any)) *phone {
	return &phone{
		box: box, source: source, retry: 2 * time.Second, pacer: pacer, tell: tell, orders: make(chan order, 4),
		news: make(chan struct{}), state: state{MAC: box.MAC(), Model: box.Model().Name},
	}
}

// change edits the state and wakes whoever waits for it.
func (p *phone) change(f func(*state)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(&p.state)
	close(p.news)
	p.news = make(chan struct{})
}

// until waits for the state to be so.
func (p *phone) until(ctx context.Context, what string, ok func(*state) bool) error {
	for {
		p.mu.Lock()
		holds, news, now := ok(&p.state), p.news, p.state
		p.mu.Unlock()
		if holds {
			return nil
		}
		select {
		case <-news:
		case <-ctx.Done():
			return fmt.Errorf("%s: not in time (call %q, last %q, registered %v, %s)", what, now.Call, now.Last, now.Registered, now.Error)
		}
	}
}

func (p *phone) show() state {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state
}

// boot switches the phone on and registers what it was given.
func (p *phone) boot(ctx context.Context, reread bool) (*provtest.Result, error) {
	var res *provtest.Result
	var err error
	if reread {
		res, err = p.box.Reread(ctx)
	} else {
		res, err = p.box.Boot(ctx, p.source)
	}
	p.change(func(s *state) {
		s.Error = ""
		if err != nil {
			s.Error = err.Error()
			return
		}
		s.Screen = res.Settings.Screen
		if reread {
			s.Rereads++
		} else {
			s.Boots++
		}
	})
	if err != nil {
		return res, err
	}
	return res, p.register(ctx, res.Settings.Accounts)
}

// errNoAccount: the phone was given settings without an account; it shows its
// Phone ID and waits for somebody to approve it.
var errNoAccount = errors.New("no account yet")

// register takes over accounts; what has not changed stays as it is.
func (p *phone) register(ctx context.Context, given []provtest.Account) error {
	var accounts []provtest.Account
	for _, a := range given {
		if a.Registers() {
			accounts = append(accounts, a)
		}
	}
	p.mu.Lock()
	same := slices.EqualFunc(accounts, p.accounts, sameAccount) && len(p.lines) == len(accounts) && p.state.Registered
	p.mu.Unlock()
	if same {
		p.change(func(s *state) { s.Account = &accounts[0] })
		return nil
	}
	p.unregister(ctx)
	if len(accounts) == 0 {
		p.change(func(s *state) { s.Waits = true })
		return errNoAccount
	}
	var lines []*siptest.Phone
	for _, a := range accounts {
		l, err := p.line(ctx, a)
		if err != nil {
			for _, l := range lines {
				l.Close()
			}
			p.change(func(s *state) { s.Error = err.Error() })
			return fmt.Errorf("register %s: %w", a.User, err)
		}
		lines = append(lines, l)
	}
	p.mu.Lock()
	p.accounts, p.lines = accounts, lines
	p.mu.Unlock()
	p.change(func(s *state) {
		s.Waits, s.Registered, s.Account, s.Address = false, true, &accounts[0], lines[0].Addr().String()
	})
	return nil
}

// sameAccount compares what a registration depends on.
func sameAccount(a, b provtest.Account) bool {
	a.Name, a.Label, b.Name, b.Label = "", "", "", ""
	return a == b
}

// line registers one account from the phone's own address.
func (p *phone) line(ctx context.Context, a provtest.Account) (*siptest.Phone, error) {
	local := ""
	if server, err := netip.ParseAddr(a.Server); err == nil {
		if own := p.box.Address(server); own.IsValid() {
			local = own.String()
		}
	}
	l, err := siptest.New(siptest.Config{
		Server: hostPort(a.Server, a.Port), Transport: a.Transport, TLS: p.box.TLS(), Local: local, User: a.User, Password: string(a.Secret), Display: a.Name,
		UserAgent: p.box.SIPUserAgent(), Expires: a.Expires, OnInvite: p.rings, OnNotify: p.notified, OnOffer: p.offered, OnLost: p.lost,
	})
	if err != nil {
		return nil, err
	}
	if _, err := l.Register(ctx); err != nil {
		l.Close()
		return nil, err
	}
	l.Stay(func(err error) { p.tell("%s: registration: %v", p.box.MAC(), err) })
	return l, nil
}

// unregister takes all lines back.
func (p *phone) unregister(ctx context.Context) {
	p.drop(func(l *siptest.Phone) {
		if _, err := l.Unregister(ctx); err != nil {
			p.tell("%s: unregister: %v", p.box.MAC(), err)
		}
	})
}

// cut takes the current from the phone: it says good-bye to nobody.
func (p *phone) cut() { p.drop(func(*siptest.Phone) {}) }

// drop closes all lines, each after a last word.
func (p *phone) drop(last func(*siptest.Phone)) {
	p.mu.Lock()
	lines := p.lines
	p.lines, p.accounts = nil, nil
	p.mu.Unlock()
	for _, l := range lines {
		last(l)
		l.Close()
	}
	if lines != nil {
		p.change(func(s *state) { s.Registered, s.Account, s.Address = false, nil, "" })
	}
}

// notified answers a NOTIFY: the vendor's own events send the phone back to its
// settings, others are not known to it.
func (p *phone) notified(m *siptest.Msg) int {
	event := strings.ToLower(strings.ReplaceAll(m.Get("Event"), " ", ""))
	known := p.box.Model().Family.Resync
	var o order
	switch event {
	case strings.ToLower(known.Resync):
	case strings.ToLower(known.Reboot):
		o.reboot = true
	default:
		return 489
	}
	select {
	case p.orders <- o:
	default: // it is on its way already
	}
	return 200
}

// lost sends the phone back to its settings, and to the registrar, when a
// connection of its lines has ended.
func (p *phone) lost() {
	p.change(func(s *state) { s.Registered = false })
	select {
	case p.orders <- order{}:
	default: // it is on its way already
	}
}

// live keeps the phone on until ctx ends: it does what NOTIFYs ask, after the
// call, and tries again where it has no account or cannot register.
func (p *phone) live(ctx context.Context) {
	for {
		var o order
		wait := time.NewTimer(p.retry)
		if p.show().Registered {
			wait.Stop()
		}
		select {
		case <-ctx.Done():
			wait.Stop()
			return
		case <-wait.C:
		case o = <-p.orders:
		}
		wait.Stop()
		if p.until(ctx, "the call's end", func(s *state) bool { return s.Call == "" }) != nil {
			return
		}
		if o.reboot {
			p.unregister(ctx)
		}
		if _, err := p.boot(ctx, !o.reboot && p.show().Boots > 0); err != nil && !errors.Is(err, errNoAccount) && ctx.Err() == nil {
			p.tell("%s: %v", p.box.MAC(), err)
		}
	}
}

// off switches the phone off.
func (p *phone) off() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := p.hangUp(ctx); err != nil {
		p.tell("%s: %v", p.box.MAC(), err)
	}
	p.unregister(ctx)
	p.work.Wait()
}
