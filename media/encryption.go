package media

import (
	"fmt"
	"slices"
	"strings"

	"cradle/media/sdp"
	"cradle/media/secure"
)

// Kind is a way to agree on keys. Kinds may be added up.
type Kind uint8

// The kinds: keys in the description (RFC 4568), or a handshake on the media's own way (RFC 5764).
const (
	SDES Kind = 1 << iota
	DTLS
)

// Encryption is what a party may and must do to keep its packets from being read. The zero value is nothing.
type Encryption struct {
	Offer   Kind // ways that offers to it name
	Accept  Kind // ways that are taken when it offers them
	Require bool // without one of these ways it is refused
	ICE     bool // a browser: it is found by its checks (RFC 8445), and RTP and RTCP come by one port
}

// agreed is how the packets of a party travel, after its last word.
type agreed struct {
	kind Kind // 0 = plain
	tag  int  // of its a=crypto
	key  secure.Key
	mux  bool

	client bool // by DTLS: we open the association
	prints []sdp.Fingerprint
	user   string // its ice-ufrag, where ICE is used
}

// rank says how well a line can be met by some ways of encryption and suites: encrypted before plain.
func (e Encryption) rank(m *sdp.Media, allowed Kind, among []secure.Suite) (int, string) {
	switch {
	case choose(m, allowed, among).kind != 0:
		return 2, ""
	case e.Require:
		return -1, "media is to be encrypted"
	case m.Secure():
		return -1, fmt.Sprintf("audio over %q, with no way of encryption that is allowed", m.Proto)
	}
	return 1, ""
}

// choose finds the first way of encryption that a line names and that is allowed; of keys, those of the named suites,
// or any that is known.
func choose(m *sdp.Media, allowed Kind, among []secure.Suite) agreed {
	dtls := agreed{}
	if allowed&DTLS != 0 && len(m.Prints) > 0 && m.Setup != sdp.HoldConn {
		dtls = agreed{kind: DTLS, prints: m.Prints, client: m.Setup == sdp.Passive}
	}
	if allowed&SDES == 0 || dtls.kind != 0 && strings.HasPrefix(m.Proto, "UDP/TLS/") {
		return dtls
	}
	for i := range m.Keys {
		c := &m.Keys[i]
		s, known := secure.SuiteNamed(c.Suite)
		if !known || among != nil && !slices.Contains(among, s) {
			continue
		}
		if k, err := secure.KeyFrom(s, c.Key, c.MKI); err == nil {
			return agreed{kind: SDES, tag: c.Tag, key: k}
		}
	}
	return dtls
}

// profile is the transport a first offer names. Where encryption is not required, keys stand beside the plain profile,
// so that a phone that knows none of it answers all the same (RFC 8643); this is also what phones themselves offer when
// they are told that it is optional.
func (e Encryption) profile() string {
	switch {
	case !e.Require || e.Offer == 0:
		return "RTP/AVP"
	case e.ICE:
		return "UDP/TLS/RTP/SAVPF"
	case e.Offer == DTLS:
		return "UDP/TLS/RTP/SAVP"
	}
	return "RTP/SAVP"
}

// String names the way and the suite, for people: "SDES AEAD_AES_128_GCM"; empty = plain.
func (a agreed) String() string {
	switch a.kind {
	case SDES:
		return "SDES " + a.key.Suite().String()
	case DTLS:
		return "DTLS"
	}
	return ""
}
