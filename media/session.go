package media

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"sync"

	"cradle/media/sdp"
)

// Session is one leg: two ports, what its party said, what it was told.
type Session struct {
	relay *Relay
	id    uint64
	port  int
	local netip.Addr
	here  sdp.Local // Version is under mu

	mu      sync.Mutex
	closed  bool
	reactor *reactor
	leg     *leg
	remote  *sdp.Description // what the party said last; nil = nothing yet
	audio   int              // index of its audio line
	told    []sdp.Codec      // what the party was told last
	body    []byte
	final   Stats
}

func newSession(r *Relay, p Party, adv netip.Addr, port int) *Session {
	return &Session{relay: r, id: r.nextID.Add(1), port: port, local: p.Local.Unmap(),
		here: sdp.Local{ID: uint64(rand.Uint32()>>1) + 1, Addr: adv.String(), V6: adv.Is6(), Port: port}}
}

// Port is the RTP port; RTCP is the next one.
func (s *Session) Port() int { return s.port }

// SetRemote takes what the party said, offer or answer, and opens learning again. Errors wrap ErrBad (no SDP),
// ErrUnsupported (no audio, no codec, encrypted only, other address family) or ErrClosed; the state then stays.
func (s *Session) SetRemote(body []byte) error {
	d, err := sdp.Parse(body)
	if err != nil {
		return err
	}
	audio, err := d.Audio()
	if err != nil {
		return err
	}
	m := &d.Media[audio]
	if m.Addr.IsValid() && m.Addr.Is4() != s.local.Is4() {
		return fmt.Errorf("%w: media at %s cannot be reached from %s", ErrUnsupported, m.Addr, s.local)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	s.remote, s.audio = d, audio
	l, n := s.leg, s.remoteOf(m)
	s.reactor.post(func() { l.listen(n) })
	return nil
}

// remoteOf makes a description ready for the leg. Loopback, said by a party that is not there, would make us send to
// our own services: such an address is not taken, and the party is found by where its signalling comes from.
func (s *Session) remoteOf(m *sdp.Media) remote {
	n := remote{ip: m.Addr, mute: m.Zero, payloads: make([]payload, 0, len(m.Codecs))}
	for i := range m.Codecs {
		c := &m.Codecs[i]
		n.types[c.Type>>6] |= 1 << (c.Type & 63)
		n.payloads = append(n.payloads, payload{c.Type, !c.Event() && !c.Noise(), uint32(c.Clock)})
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

// Describe makes the SDP for this party: what other's party said last, with our address and ports. Its m= lines are
// those this party used itself, so that answers match their offers, with all but the audio refused; a first offer has
// the audio line alone, because some phones stumble over refused lines. Errors: ErrNoSDP, ErrClosed. The bytes must not
// be changed.
func (s *Session) Describe(other *Session) ([]byte, error) {
	other.mu.Lock()
	d, audio := other.remote, other.audio
	other.mu.Unlock()
	if d == nil {
		return nil, ErrNoSDP
	}
	return s.tell(&d.Media[audio])
}

// Propose makes an offer of our own, for an INVITE that came without one. Codecs are names in order of preference:
// PCMU, PCMA, G722, telephone-event; none = all four. Errors: ErrUnsupported, ErrClosed.
func (s *Session) Propose(codecs ...string) ([]byte, error) {
	if len(codecs) == 0 {
		codecs = []string{"PCMA", "PCMU", "G722", "telephone-event"}
	}
	m := sdp.Media{Kind: "audio", Proto: "RTP/AVP", Ptime: "20"}
	for _, name := range codecs {
		c, ok := sdp.Known(name)
		if !ok {
			return nil, fmt.Errorf("%w: codec %q", ErrUnsupported, name)
		}
		m.Codecs = append(m.Codecs, c)
	}
	return s.tell(&m)
}

// tell writes a description in the layout this party's dialog has, and gives it a new version only when it changed.
func (s *Session) tell(m *sdp.Media) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, ErrClosed
	}
	layout, audio := []sdp.Media{{Proto: "RTP/AVP"}}, 0
	if s.remote != nil {
		layout, audio = s.remote.Media, s.audio
	}
	s.told = m.Codecs
	body := sdp.Append(make([]byte, 0, 640), s.here, layout, audio, m)
	if s.body != nil && bytes.Equal(body, s.body) {
		return s.body, nil
	}
	s.here.Version++
	s.body = sdp.Append(body[:0], s.here, layout, audio, m)
	return s.body, nil
}

// Hold says whether the party put the other side on hold: it last said sendonly or inactive, or the address zero.
func (s *Session) Hold() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.remote != nil && s.remote.Media[s.audio].Hold()
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
		st.Codec = codecName(pt, s.remote.Media[s.audio].Codecs)
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
	l, re := s.leg, s.reactor
	re.do(func() { re.detach(l) })
	s.final = s.stats()
	s.closed = true
	sockets{l.rtp.fd, l.rtcp.fd}.close()
	re.load.Add(-1)
	s.relay.ports.release(s.port)
	s.relay.mu.Lock()
	delete(s.relay.sessions, s)
	s.relay.mu.Unlock()
}
