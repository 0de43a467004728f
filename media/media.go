// Package media holds what sounds: sessions that each own a pair of ports for one party of a call, and the relay that
// carries RTP and RTCP between two of them. It hears of no SIP and of no record.
//
// The story: New starts one reactor for each core. NewSession takes a pair of ports, opens the sockets and gives them
// to a reactor. SetRemote says what that party offered or answered, Describe makes what it is told in the other
// party's name, Bridge joins two sessions. From then on packets go from socket to socket in the reactor and meet no
// goroutine, no lock and no allocation; the rules of who is listened to are in learn.go. A plain call of two parties goes
// on inside the kernel, where that is permitted (forward.go).
package media

import (
	"fmt"
	"log/slog"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"cradle/media/kernel"
	"cradle/media/secure"
)

// Config holds the settings of a relay.
type Config struct {
	Ports [2]int // first and last RTP port, inclusive, 1024 to 65535; RTP takes even ports, RTCP the next odd one
	Cores int    // reactors; 0 = GOMAXPROCS
	// Widen is told how many processors more the scheduler is to have, 1 when a reactor becomes busy and -1 when it no
	// longer is: it keeps one meanwhile, which saves up to a third of its time. It runs on the reactor's thread. nil = all
	// keep one where GOMAXPROCS is above Cores, and else none.
	Widen   func(by int)
	Log     *slog.Logger  // nil = slog.Default()
	Silence time.Duration // of a party after which its source is learnt anew; 0 = 10 s
	Consent time.Duration // without a check from a browser after which it is sent nothing more (RFC 7675 section 5.1); 0 = 30 s
	// WeakDTLS lets handshakes use AES-GCM, for phones that know nothing else: the library draws its nonces at random
	// (CVE-2026-26014). It protects a handshake's last message only, never media.
	WeakDTLS bool
	Kernel   bool // plain calls of two parties are forwarded inside the kernel, where that is permitted
}

// manyHandshakes is how many may be under way at once; a peer that finds no room asks again.
const manyHandshakes = 256

// Party says where one leg's phone is, as signalling knows it.
type Party struct {
	Local     netip.Addr // address to bind: the local one that the leg's signalling uses
	Advertise string     // literal address written into SDP; empty = Local
	Signalled netip.Addr // the address its SIP comes from; behind NAT its packets come from there too
	With      *Session   // the session it will be bridged with, if known: both then start on one reactor. nil = any
	Encryption

	Codecs []string // names its person may use, in order of preference; nil = any
	Digits Digits   // how digits go to and come from it
	// Keyed is told what its partner pressed, where Digits is ByInfo and the partner's come by another way. It runs on the
	// reactor's thread and must return at once. nil = nobody is told.
	Keyed func(key byte)
	// Fax is told, like Keyed, that a party whose sound is translated sends the tones of a fax, where it need not be
	// translated: see the function Fax. nil = they are not looked for.
	Fax   func()
	Music bool // it hears music while its partner holds it: it is then told to receive, however the partner said so
	Video bool // pictures are relayed, where its partner has them too
	Wide  bool // offers to it name our own codecs beside those of its partner: it knows none of these
}

// Relay owns the ports, the reactors and all sessions.
type Relay struct {
	log        *slog.Logger
	ports      *ports
	reactors   []*reactor
	nextID     atomic.Uint64
	handshakes *secure.Handshakes
	kernel     *kernel.Path // nil = everything is done here
	wait       sync.WaitGroup

	mu       sync.Mutex
	closed   bool
	sessions map[*Session]struct{}
}

// New starts the reactors. The error wraps ErrConfig or comes from the system.
func New(c Config) (*Relay, error) { return open(c, maxPerTick) }

// open is New with another limit of packets for a port and second, for tests that are in a hurry.
func open(c Config, perTick int) (*Relay, error) {
	pool, err := newPorts(c.Ports[0], c.Ports[1])
	if err != nil {
		return nil, err
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Silence <= 0 {
		c.Silence = 10 * time.Second
	}
	if c.Consent <= 0 {
		c.Consent = 30 * time.Second
	}
	if c.Cores <= 0 {
		c.Cores = runtime.GOMAXPROCS(0)
	}
	r := &Relay{log: c.Log.With("room", "media"), ports: pool, sessions: map[*Session]struct{}{}}
	if r.handshakes, err = secure.NewHandshakes(manyHandshakes, c.WeakDTLS); err != nil {
		return nil, err
	}
	r.openKernel(c.Kernel)
	begin := time.Now()
	for i := range c.Cores {
		re, err := newReactor(r.log.With("reactor", i), begin, c.Silence, perTick)
		if err != nil {
			r.handshakes.Close()
			r.stop()
			return nil, err
		}
		re.handshakes, re.kernel, re.consent = r.handshakes, r.kernel, int64(c.Consent)
		re.tick = min(re.tick, max(c.Consent/4, 5*time.Millisecond))
		re.widen, re.spare = c.Widen, c.Widen == nil && runtime.GOMAXPROCS(0) > c.Cores
		r.reactors = append(r.reactors, re)
		r.wait.Go(re.run)
	}
	return r, nil
}

// Close closes all sessions and ends the reactors.
func (r *Relay) Close() error {
	r.mu.Lock()
	r.closed = true
	left := make([]*Session, 0, len(r.sessions))
	for s := range r.sessions {
		left = append(left, s)
	}
	r.mu.Unlock()
	for _, s := range left {
		s.Close()
	}
	r.handshakes.Close()
	r.stop()
	return nil
}

func (r *Relay) stop() {
	for _, re := range r.reactors {
		re.halt()
	}
	r.wait.Wait()
	r.closeKernel()
}

// NewSession opens the ports of one leg. Errors: ErrNoPorts, ErrClosed, ErrConfig, or the system's.
func (r *Relay) NewSession(p Party) (*Session, error) { return r.newSession(p, r.choose(p.With)) }

// newSession opens it on a reactor.
func (r *Relay) newSession(p Party, re *reactor) (*Session, error) {
	adv, err := advertised(p)
	if err != nil {
		return nil, err
	}
	port, pair, err := r.ports.open(p.Local)
	if err != nil {
		return nil, err
	}
	s := newSession(r, p, adv, port)
	s.reactor, s.leg = re, newLeg(pair, p.Signalled.Unmap())
	s.leg.at = netip.AddrPortFrom(s.local.WithZone(""), uint16(port))
	if p.Require { // nothing is said or heard in the open, not even before an answer
		s.leg.shield, s.leg.armed = &shield{}, true
	}
	if err := r.begin(s); err != nil {
		pair.close()
		r.ports.release(port)
		return nil, err
	}
	return s, nil
}

// begin lets a session's reactor serve it.
func (r *Relay) begin(s *Session) error {
	s.mu.Lock() // so that a Close of the relay cannot come before attach
	defer s.mu.Unlock()
	if !r.enter(s) {
		return ErrClosed
	}
	re, leg := s.reactor, s.leg
	re.load.Add(1)
	re.post(func() { re.attach(leg) })
	return nil
}

func (r *Relay) enter(s *Session) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.sessions[s] = struct{}{}
	}
	return !r.closed
}

// choose takes the partner's reactor, or else the one with the fewest sessions.
func (r *Relay) choose(with *Session) *reactor {
	if with != nil {
		with.mu.Lock()
		defer with.mu.Unlock()
		if !with.closed && with.relay == r {
			return with.reactor
		}
	}
	best := r.reactors[0]
	for _, re := range r.reactors[1:] {
		if re.load.Load() < best.load.Load() {
			best = re
		}
	}
	return best
}

// advertised is the address for SDP; it must be a literal, because phones do not look names up.
func advertised(p Party) (netip.Addr, error) {
	if !p.Local.IsValid() {
		return netip.Addr{}, fmt.Errorf("%w: no local address", ErrConfig)
	}
	adv := p.Local
	if p.Advertise != "" {
		var err error
		if adv, err = netip.ParseAddr(p.Advertise); err != nil {
			return adv, fmt.Errorf("%w: advertised address %q", ErrConfig, p.Advertise)
		}
	}
	adv = adv.Unmap().WithZone("")
	if adv.IsUnspecified() || adv.IsMulticast() {
		return adv, fmt.Errorf("%w: advertised address %s", ErrConfig, adv)
	}
	return adv, nil
}
