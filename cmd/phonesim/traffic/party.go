package traffic

import (
	"encoding/base64"
	"fmt"
	"net/netip"
	"slices"
	"sync/atomic"

	"cradle/media/sdp"
	"cradle/media/secure"
)

// Kind is how a party encrypts.
type Kind uint8

// The kinds.
const (
	Plain Kind = iota
	SDES       // keys stand in the descriptions (RFC 4568)
	DTLS       // keys are agreed on where the media goes (RFC 5764)
)

var kinds = [...]string{"plain", "sdes", "dtls"}

// KindNamed finds a kind by its name; false: there is none.
func KindNamed(name string) (Kind, bool) {
	i := slices.Index(kinds[:], name)
	return Kind(max(i, 0)), i >= 0
}

// String is the name.
func (k Kind) String() string { return kinds[k] }

// Profile is the transport of its descriptions.
func (k Kind) Profile() string { return [...]string{"RTP/AVP", "RTP/SAVP", "UDP/TLS/RTP/SAVP"}[k] }

// Party is one phone of a call, as far as its sound goes.
type Party struct {
	kind  Kind
	suite secure.Suite
	wire  *wire
	print sdp.Fingerprint // of our certificate
	key   secure.Key      // what it sends with, by SDES
	tag   int             // of the key that was chosen among those offered
	to    address         // where the relay hears it

	client bool // opens the handshake
	prints []sdp.Fingerprint
	shake  *secure.Handshake
	agreed atomic.Pointer[secure.Agreed]

	in  secure.In
	out secure.Out
}

func newParty(k Kind, s secure.Suite, w *wire, own sdp.Fingerprint) *Party {
	p := &Party{kind: k, suite: s, wire: w, print: own, tag: 1}
	if k == SDES {
		p.key = secure.NewKey(s)
	}
	return p
}

// Kind is how it encrypts.
func (p *Party) Kind() Kind { return p.kind }

// Offer describes the party first.
func (p *Party) Offer() []byte { return p.describe("actpass") }

// Answer takes an offer and describes the party in answer. Errors: ErrCall.
func (p *Party) Answer(offer []byte) ([]byte, error) {
	if err := p.Hear(offer); err != nil {
		return nil, err
	}
	if p.client {
		return p.describe("active"), nil
	}
	return p.describe("passive"), nil
}

func (p *Party) describe(setup string) []byte {
	b := fmt.Appendf(nil, "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d %s 0\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\n",
		p.wire.port, p.kind.Profile())
	switch p.kind {
	case SDES:
		b = fmt.Appendf(b, "a=crypto:%d %s inline:%s\r\n", p.tag, p.suite, base64.StdEncoding.EncodeToString(p.key.Reveal()))
	case DTLS:
		b = fmt.Appendf(b, "a=fingerprint:%s\r\na=setup:%s\r\na=rtcp-mux\r\n", p.print, setup)
	}
	return b
}

// Hear takes what the relay says of itself. Errors: ErrCall.
func (p *Party) Hear(body []byte) error {
	d, err := sdp.Parse(body)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCall, err)
	}
	i := slices.IndexFunc(d.Media, func(m sdp.Media) bool { return m.Kind == "audio" && m.Port != 0 && m.Addr.Is4() })
	if i < 0 {
		return fmt.Errorf("%w: no sound in %q", ErrCall, body)
	}
	m := &d.Media[i]
	p.to = addressOf(netip.AddrPortFrom(m.Addr, uint16(m.Port)))
	switch p.kind {
	case SDES:
		return p.keys(m)
	case DTLS:
		p.prints, p.client = m.Prints, m.Setup != sdp.Active
		if len(m.Prints) == 0 {
			return fmt.Errorf("%w: no fingerprint in %q", ErrCall, body)
		}
	}
	return nil
}

// keys takes the relay's key of our suite.
func (p *Party) keys(m *sdp.Media) error {
	for i := range m.Keys {
		c := &m.Keys[i]
		if c.Suite != p.suite.String() {
			continue
		}
		theirs, err := secure.KeyFrom(p.suite, c.Key, c.MKI)
		if err == nil {
			p.tag = c.Tag
			err = p.use(theirs, p.key)
		}
		return err
	}
	return fmt.Errorf("%w: no key for %s", ErrCall, p.suite)
}

func (p *Party) use(theirs, ours secure.Key) error {
	if err := p.in.Use(theirs, 0); err != nil {
		return err
	}
	return p.out.Use(ours)
}
