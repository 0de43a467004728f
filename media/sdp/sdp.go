// Package sdp holds session descriptions (RFC 8866): a reader that works on bytes and takes what a relay needs, and a
// writer of the description that a relay sends in place of the one it was given.
package sdp

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Limits of what is read. A description past one of them is refused with ErrBad.
const (
	MaxSize    = 16 << 10 // bytes
	MaxLines   = 1024
	MaxMedia   = 64
	MaxFormats = 64  // formats in one m= line
	MaxHints   = 128 // a=rtcp-fb lines of one m= line; what is more, or longer than 100 bytes, is passed over
	MaxFax     = 24  // attributes of T.38; what is more, or longer than 200 bytes, is passed over
)

// Description is what one party said.
type Description struct {
	Media  []Media  // in the order of the m= lines
	Bundle []string // the identification tags of a=group:BUNDLE (RFC 9143); empty = none
}

// Media is one m= line with what applies to it, session level included.
type Media struct {
	Kind      string         // "audio", "video", ...
	Port      int            // 0 to 65535; 0 = refused or switched off
	Proto     string         // "RTP/AVP", ...
	Formats   []string       // as written; never empty
	Codecs    []Codec        // of audio and video: the formats that are understood, in the party's order
	Addr      netip.Addr     // of the c= line; not valid when there is none, for a host name and for a multicast group
	Zero      bool           // c= is 0.0.0.0 or ::, the old way to say hold (RFC 3264 section 8.4)
	Direction Direction      // as written; see Flow
	RTCP      netip.AddrPort // of a=rtcp (RFC 3605); the address is not valid when only a port was given
	Mux       bool           // a=rtcp-mux (RFC 5761)
	Mid       string         // a=mid (RFC 5888); empty = not said
	Only      bool           // a=bundle-only: its port is 0, and it is on within the bundle
	Keys      []Crypto       // a=crypto lines that are well-formed and can be met
	Prints    []Fingerprint  // a=fingerprint lines
	Setup     Setup          // a=setup
	ICE       ICE
	Ptime     string // milliseconds as written, digits and perhaps a dot; empty = not said
	MaxPtime  string
	Feedback  []string // a=rtcp-fb as written, the payload type before it (RFC 4585 section 4.2)
	Fax       []string // of an image line: the attributes of T.38, as written
}

// Direction says which way media flows, as its speaker sees it (RFC 3264 section 5.1).
type Direction uint8

// The four directions. The zero value is the default of the RFC.
const (
	SendRecv Direction = iota
	SendOnly
	RecvOnly
	Inactive
)

// String is the name of the attribute.
func (d Direction) String() string {
	return [...]string{"sendrecv", "sendonly", "recvonly", "inactive"}[d&3]
}

// Flow is the direction that is meant: an address of zeros takes away receiving.
func (m *Media) Flow() Direction {
	if !m.Zero {
		return m.Direction
	}
	switch m.Direction {
	case SendRecv:
		return SendOnly
	case RecvOnly:
		return Inactive
	}
	return m.Direction
}

// Hold says whether the speaker put the other side on hold.
func (m *Media) Hold() bool {
	f := m.Flow()
	return f == SendOnly || f == Inactive
}

// Plain says whether the profile is RTP without encryption. A line of it may still offer keys (RFC 8643).
func (m *Media) Plain() bool {
	return strings.EqualFold(m.Proto, "RTP/AVP") || strings.EqualFold(m.Proto, "RTP/AVPF")
}

// Secure says whether the profile is SRTP: with keys in the description or, behind UDP/TLS, by DTLS (RFC 5764).
func (m *Media) Secure() bool {
	p, _ := strings.CutPrefix(strings.ToUpper(m.Proto), "UDP/TLS/")
	return p == "RTP/SAVP" || p == "RTP/SAVPF"
}

// Audio finds the audio line to use: of those that are switched on and have a codec for speech, the one with the
// highest rank, the first of equals; a rank below zero refuses it and says why. The error wraps ErrUnsupported.
func (d *Description) Audio(rank func(*Media) (int, string)) (int, error) {
	why, best, at := "no audio", -1, -1
	for i := range d.Media {
		m := &d.Media[i]
		if m.Kind != "audio" {
			continue
		}
		switch r, refusal := rank(m); {
		case m.Port == 0:
			why = "audio is switched off"
		case !m.Plain() && !m.Secure():
			why = fmt.Sprintf("audio over %q", m.Proto)
		case !m.speech():
			why = "no known audio codec"
		case r < 0:
			why = refusal
		case r > best:
			best, at = r, i
		}
	}
	if at < 0 {
		return 0, fmt.Errorf("%w: %s", ErrUnsupported, why)
	}
	return at, nil
}

// IsFax says whether the line is fax over UDPTL (ITU-T T.38 annex D).
func (m *Media) IsFax() bool {
	return m.Kind == "image" && strings.EqualFold(m.Proto, "udptl") && strings.EqualFold(m.Formats[0], "t38")
}

// FaxLine finds the line of a fax that is switched on; -1: there is none.
func (d *Description) FaxLine() int {
	return slices.IndexFunc(d.Media, func(m Media) bool { return m.IsFax() && m.Port != 0 })
}

// Unencrypted is the rank of somebody who knows plain RTP only.
func Unencrypted(m *Media) (int, string) {
	if !m.Plain() {
		return -1, fmt.Sprintf("audio over %q", m.Proto)
	}
	return 0, ""
}

func (m *Media) speech() bool {
	for i := range m.Codecs {
		if !m.Codecs[i].Event() && !m.Codecs[i].Noise() {
			return true
		}
	}
	return false
}
