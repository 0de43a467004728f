package media

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"sync"

	"cradle/media/ice"
	"cradle/media/sdp"
	"cradle/media/secure"
)

// Session is one leg: two ports, what its party said, what it was told.
type Session struct {
	relay     *Relay
	id        uint64
	port      int
	local     netip.Addr
	may       Encryption
	codecs    []string // its party may use, in order of preference; nil: any
	digits    Digits
	keyed     func(key byte)
	wide      bool
	music     bool
	party     Party
	signalled netip.Addr // where its SIP comes from
	here      sdp.Local  // Version is under mu

	mu         sync.Mutex
	closed     bool
	reactor    *reactor
	leg        *leg
	remote     *word       // what the party said last; nil = nothing yet
	before     *word       // what held before an offer of the party that is still open
	open       bool        // such an offer is
	told       []sdp.Codec // what the party was told last
	held       []sdp.Codec // the same at the end of the last exchange
	less       bool        // it was offered less than could be
	wider      bool        // it is offered all that can be, next time
	translated bool        // between it and its partner
	fax        bool        // is sent: nothing is translated that need not be
	offered    offered
	ice        ice.Credentials
	keys       map[secure.Suite]secure.Key // ours, one for each suite that was ever named
	body       []byte
	aside      bool // it is told where the other one hears
	video      video
	carrier    *Session // of pictures: the one by whose transport they go; nil = they have ports of their own
	final      Stats
}

// word is what a party said, and what came of it.
type word struct {
	*sdp.Description
	audio int  // index of the line that is used; of a fax it is the image
	offer bool // what the party is told next answers it
	// bundled: of pictures, that they go by the transport of the sound.
	bundled bool
	agreed
}

func (w *word) line() *sdp.Media { return &w.Media[w.audio] }

func newSession(r *Relay, p Party, adv netip.Addr, port int) *Session {
	return &Session{relay: r, id: r.nextID.Add(1), port: port, local: p.Local.Unmap(), signalled: p.Signalled.Unmap().WithZone(""), may: p.Encryption, codecs: p.Codecs, digits: p.Digits, keyed: p.Keyed, wide: p.Wide, music: p.Music, party: p, keys: map[secure.Suite]secure.Key{},
		here: sdp.Local{ID: uint64(rand.Uint32()>>1) + 1, Addr: adv.String(), V6: adv.Is6()}}
}

// Port is the RTP port; RTCP is the next one.
func (s *Session) Port() int { return s.port }

// SetOffer takes what the party offers, and opens learning again. Errors wrap ErrBad (no SDP), ErrUnsupported (no audio,
// no codec, encryption that is missing or not allowed, other address family) or ErrClosed; the state then stays.
func (s *Session) SetOffer(body []byte) error {
	w := &word{offer: true}
	if err := s.read(w, body, s.may.Accept, nil); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.open {
		s.before, s.open = s.remote, true
	}
	return s.take(w)
}

// SetAnswer takes what the party answers to the last offer it was told. Errors are those of SetOffer.
func (s *Session) SetAnswer(body []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := &word{}
	if err := s.read(w, body, s.offered.kinds, s.offered.suites); err != nil {
		return err
	}
	w.mux = w.mux && s.offered.mux
	s.open, s.held = false, s.told
	return s.take(w)
}

// Rollback forgets an offer of the party that came to nothing: what held before it holds again.
func (s *Session) Rollback() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open && s.before != nil && !s.closed {
		s.open = false
		s.take(s.before) //nolint:errcheck // it was taken before
	}
}

// Refused forgets the last offer to the party, which it did not take.
func (s *Session) Refused() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = s.held
}

// read understands a description.
func (s *Session) read(w *word, body []byte, allowed Kind, among []secure.Suite) (err error) {
	if w.Description, err = sdp.Parse(body); err != nil {
		return err
	}
	if s.may.ICE {
		w.Unite()
	}
	if w.audio, err = w.Audio(func(m *sdp.Media) (int, string) { return s.may.rank(m, allowed, among) }); err != nil {
		if w.audio = w.FaxLine(); w.audio < 0 || s.may.Require { // there is no encryption for it
			return err
		}
	}
	m := w.line()
	if s.narrow(m); !voiced(m.Codecs) && !m.IsFax() {
		return fmt.Errorf("%w: no codec that is allowed", ErrUnsupported)
	}
	if m.Addr.IsValid() && m.Addr.Is4() != s.local.Is4() {
		return fmt.Errorf("%w: media at %s cannot be reached from %s", ErrUnsupported, m.Addr, s.local)
	}
	if !m.IsFax() {
		w.agreed = choose(m, allowed, among)
	}
	w.mux = m.Mux
	if s.may.ICE && w.kind == DTLS {
		w.user = m.ICE.User
	}
	return nil
}

// take makes the party's word the one that holds.
func (s *Session) take(w *word) error {
	if s.closed {
		return ErrClosed
	}
	if was := s.remote; was != nil && was != w && was.kind == DTLS && w.kind == DTLS {
		s.goOn(w, was)
	}
	s.remote = w
	l, n := s.leg, s.remoteOf(w.line())
	n.agreed = w.agreed
	if w.kind == SDES {
		n.ours = s.key(w.key.Suite())
	}
	if w.user != "" {
		n.ice = s.checks()
	}
	re := s.reactor
	re.post(func() { l.listen(re, n) })
	s.watch(w)
	return nil
}

// goOn keeps the roles of an association whose certificate is the same (RFC 8842 section 5), and answers a restart of
// ICE with credentials of our own (RFC 8839 section 4.4.1).
func (s *Session) goOn(w, was *word) {
	if samePrints(w.prints, was.prints) {
		w.client = was.client
	}
	if w.offer && w.user != was.user {
		s.ice = ice.Credentials{}
	}
}

// checks are what the party's checks must bear.
func (s *Session) checks() ice.Credentials {
	if s.ice.User == "" {
		s.ice = ice.NewCredentials()
	}
	return s.ice
}

// key is ours for a suite. It stays for the life of the session, so that packets go on through new offers.
func (s *Session) key(of secure.Suite) secure.Key {
	k, ok := s.keys[of]
	if !ok {
		k = secure.NewKey(of)
		s.keys[of] = k
	}
	return k
}

// remoteOf makes a description ready for the leg. Loopback, said by a party that is not there, would make us send to
// our own services: such an address is not taken, and the party is found by where its signalling comes from.
func (s *Session) remoteOf(m *sdp.Media) remote {
	n := remote{ip: m.Addr, mute: m.Zero, fax: m.IsFax(), payloads: make([]payload, 0, len(m.Codecs))}
	for i := range m.Codecs {
		c := &m.Codecs[i]
		n.types[c.Type>>6] |= 1 << (c.Type & 63)
		n.payloads = append(n.payloads, payload{pt: c.Type, timed: speech(c), noise: c.Noise(), clock: uint32(c.Clock)})
	}
	if !m.Addr.IsValid() || m.Addr.IsLoopback() && !s.local.IsLoopback() && !s.local.IsUnspecified() {
		n.ip = netip.Addr{}
		return n
	}
	n.rtp = toRaw(netip.AddrPortFrom(m.Addr, uint16(m.Port)))
	at := netip.AddrPortFrom(m.Addr, uint16(m.Port+1))
	if p := m.RTCP.Port(); p != 0 {
		at = netip.AddrPortFrom(m.Addr, p)
		if a := m.RTCP.Addr(); a.IsValid() && a.Is4() == m.Addr.Is4() && a.IsLoopback() == m.Addr.IsLoopback() {
			at = m.RTCP
		}
	}
	n.rtcp = toRaw(at)
	return n
}

// Hold says whether the party put the other side on hold: it last said sendonly or inactive, or the address zero.
func (s *Session) Hold() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.remote != nil && s.remote.line().Hold()
}

// Wanted says whether the party may be sent to. Only a browser ever says no: by sending no checks any more.
func (s *Session) Wanted() bool { return !s.leg.unwanted.Load() }

// Pausing says whether the party's last packet was comfort noise: it is silent on purpose until it speaks again
// (RFC 3389).
func (s *Session) Pausing() bool { return s.leg.pausing.Load() }

// Fax says whether the party speaks T.38 now, in place of sound.
func (s *Session) Fax() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.remote != nil && s.remote.line().IsFax()
}

// Stats tells what the leg has seen; after Close, what it had seen then. It waits for nobody.
func (s *Session) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return s.final
	}
	return s.stats()
}

func (s *Session) stats() Stats {
	st, pt := s.leg.read()
	st.Codec = codecName(pt, s.told)
	if s.remote != nil && st.Codec == "" {
		st.Codec = codecName(pt, s.remote.line().Codecs)
	}
	if s.remote != nil {
		st.Encryption = s.remote.agreed.String()
		if suite := secure.Suite(s.leg.way().suite.Load()); s.remote.kind == DTLS && suite != secure.None {
			st.Encryption += " " + suite.String()
		}
	}
	return st
}

func codecName(pt uint8, codecs []sdp.Codec) string {
	for i := range codecs {
		if codecs[i].Type == pt {
			return strings.Clone(codecs[i].Name) // not the whole description with it
		}
	}
	return ""
}

// Close ends the leg and gives its ports back; it returns when the sockets are closed. A second call does nothing.
func (s *Session) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.video.close()
	l, re := s.leg, s.reactor
	re.do(func() {
		re.detach(l)
		l.dissociate()
	})
	s.final = s.stats()
	s.closed = true
	re.load.Add(-1)
	if s.carrier == nil {
		sockets{l.rtp.fd, l.rtcp.fd}.close()
		s.relay.ports.release(s.port)
	}
	s.relay.mu.Lock()
	delete(s.relay.sessions, s)
	s.relay.mu.Unlock()
}
