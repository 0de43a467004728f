package sdp

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// Fingerprint is the hash of a certificate that its speaker will show in DTLS (RFC 8122 section 5).
type Fingerprint struct {
	Hash string // "sha-256", in lower case
	Sum  []byte
}

// String is the value of the attribute.
func (f Fingerprint) String() string { return string(f.append(nil)) }

func (f Fingerprint) append(dst []byte) []byte {
	dst = append(append(dst, f.Hash...), ' ')
	for i, b := range f.Sum {
		if i > 0 {
			dst = append(dst, ':')
		}
		dst = append(dst, upperHex[b>>4], upperHex[b&15])
	}
	return dst
}

const upperHex = "0123456789ABCDEF"

// ParseFingerprint reads "sha-256 4A:AD:..."; the error wraps ErrBad.
func ParseFingerprint(v string) (Fingerprint, error) {
	name, text, ok := strings.Cut(strings.TrimSpace(v), " ")
	text = strings.TrimSpace(text)
	if !ok || name == "" || len(text) > 3*64 || len(text)%3 != 2 {
		return Fingerprint{}, fmt.Errorf("%w: a=fingerprint:%s", ErrBad, clip(v))
	}
	for i := 2; i < len(text); i += 3 {
		if text[i] != ':' {
			return Fingerprint{}, fmt.Errorf("%w: a=fingerprint:%s", ErrBad, clip(v))
		}
	}
	sum, err := hex.DecodeString(strings.ReplaceAll(text, ":", ""))
	if err != nil || len(sum) != (len(text)+1)/3 {
		return Fingerprint{}, fmt.Errorf("%w: a=fingerprint:%s", ErrBad, clip(v))
	}
	return Fingerprint{strings.ToLower(name), sum}, nil
}

// Setup says who opens the DTLS association (RFC 4145 section 4, RFC 5763 section 5).
type Setup uint8

// The roles. The zero value means that nothing was said.
const (
	NoSetup Setup = iota
	ActPass
	Active
	Passive
	HoldConn
)

// String is the value of the attribute.
func (s Setup) String() string {
	if int(s) >= len(setups) {
		return ""
	}
	return setups[s]
}

var setups = [...]string{"", "actpass", "active", "passive", "holdconn"}

func parseSetup(v string) Setup {
	for i, name := range setups {
		if i > 0 && strings.EqualFold(strings.TrimSpace(v), name) {
			return Setup(i)
		}
	}
	return NoSetup
}

// ICE is what a party says of interactive connectivity establishment (RFC 8839 section 5). A relay answers checks and
// sends none, so the other side's candidates need not be known.
type ICE struct {
	User     string // ice-ufrag, 4 to 256 characters; empty = no ICE
	Password string // ice-pwd, 22 to 256 characters
	Lite     bool
}

// iceText checks what may stand in ice-ufrag and ice-pwd.
func iceText(v string, least int) string {
	v = strings.TrimSpace(v)
	if len(v) < least || len(v) > 256 {
		return ""
	}
	for i := range len(v) {
		c := v[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '+' && c != '/' {
			return ""
		}
	}
	return v
}

// GoString leaves the password out.
func (i ICE) GoString() string { return fmt.Sprintf("ICE{%s ***}", i.User) }
