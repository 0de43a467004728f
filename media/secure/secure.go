// Package secure holds what makes packets of RTP and RTCP unreadable on the way: the suites and keys of SRTP (RFC 3711,
// RFC 7714), the two ends of a stream, and the handshake of DTLS that agrees on keys (RFC 5764).
//
// The story: a Key comes out of a description (RFC 4568) or a Handshake. In takes it to open what a party sends, Out to
// close what the party is sent; both work in the buffer they are given and allocate nothing for a packet. Nothing here
// knows of sockets: a handshake is fed datagrams and writes by a function.
package secure

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"

	"github.com/pion/srtp/v3"
)

// Suite is a way to encrypt and authenticate.
type Suite uint8

// The suites, in the order of the table. The zero value is none.
const (
	None Suite = iota
	AEAD128
	AEAD256
	CM128SHA80
	CM128SHA32
	CM256SHA80
	CM256SHA32
)

// suites name them as descriptions do (RFC 4568 section 6.2, RFC 6188, RFC 7714 section 14.2).
var suites = [...]struct {
	name      string
	profile   srtp.ProtectionProfile
	key, salt int // bytes
}{
	{},
	{"AEAD_AES_128_GCM", srtp.ProtectionProfileAeadAes128Gcm, 16, 12},
	{"AEAD_AES_256_GCM", srtp.ProtectionProfileAeadAes256Gcm, 32, 12},
	{"AES_CM_128_HMAC_SHA1_80", srtp.ProtectionProfileAes128CmHmacSha1_80, 16, 14},
	{"AES_CM_128_HMAC_SHA1_32", srtp.ProtectionProfileAes128CmHmacSha1_32, 16, 14},
	{"AES_256_CM_HMAC_SHA1_80", srtp.ProtectionProfileAes256CmHmacSha1_80, 32, 14},
	{"AES_256_CM_HMAC_SHA1_32", srtp.ProtectionProfileAes256CmHmacSha1_32, 32, 14},
}

// Offered are the suites offers name, the cheapest first; answers take each of the table.
var Offered = [...]Suite{AEAD128, CM128SHA80}

// SuiteNamed finds a suite by its name; false: it is not known.
func SuiteNamed(name string) (Suite, bool) {
	for i := 1; i < len(suites); i++ {
		if suites[i].name == name {
			return Suite(i), true
		}
	}
	return None, false
}

// String is the suite's name in descriptions.
func (s Suite) String() string { return suites[s].name }

// KeyLen is the length of master key and salt together, in bytes.
func (s Suite) KeyLen() int { return suites[s].key + suites[s].salt }

// Key is a master key with its salt, for one direction of one party. It prints nothing of itself.
type Key struct {
	suite Suite
	bytes []byte
	mki   []byte
}

// NewKey makes a random key.
func NewKey(s Suite) Key {
	k := Key{suite: s, bytes: make([]byte, s.KeyLen())}
	rand.Read(k.bytes) //nolint:errcheck // never fails
	return k
}

// KeyFrom takes a key that was told: master key and salt in one, and the identifier that packets bear, mostly none.
// The error wraps ErrKey.
func KeyFrom(s Suite, material, mki []byte) (Key, error) {
	if s == None || len(material) != s.KeyLen() {
		return Key{}, fmt.Errorf("%w: %d bytes for %s, want %d", ErrKey, len(material), s, s.KeyLen())
	}
	return Key{s, material, mki}, nil
}

// Suite is what the key is for; None for no key.
func (k Key) Suite() Suite { return k.suite }

// Reveal gives the master key and salt, for a description.
func (k Key) Reveal() []byte { return k.bytes }

// Same compares in constant time.
func (k Key) Same(o Key) bool {
	return k.suite == o.suite && subtle.ConstantTimeCompare(k.bytes, o.bytes) == 1 && string(k.mki) == string(o.mki)
}

// String hides the key.
func (k Key) String() string { return k.suite.String() + " ***" }

// GoString hides the key.
func (k Key) GoString() string { return k.String() }

// window is how far behind the newest a packet may come, in packets (RFC 3711 section 3.3.2 asks for 64 at least).
const window = 128

// context is the state of one direction.
func (k Key) context() (*srtp.Context, error) {
	t := suites[k.suite]
	options := []srtp.ContextOption{srtp.SRTPReplayProtection(window), srtp.SRTCPReplayProtection(window)}
	if len(k.mki) > 0 {
		options = append(options, srtp.MasterKeyIndicator(k.mki))
	}
	c, err := srtp.CreateContext(k.bytes[:t.key], k.bytes[t.key:], t.profile, options...)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrKey, k.suite, err)
	}
	return c, nil
}
