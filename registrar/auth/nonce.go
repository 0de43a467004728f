package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"sync/atomic"
	"time"
)

// Nonces makes and knows nonces. A nonce is the time, a number that makes it
// unique, and a keyed hash (HMAC-SHA-256) of both and the source address, so
// that nothing is kept for a challenge. The key is new with every process; a
// right answer to a nonce of an earlier one is simply stale.
type Nonces struct {
	inner, outer [64]byte
	number       atomic.Uint32
}

// NewNonces makes a random key.
func NewNonces() *Nonces {
	n := &Nonces{}
	var key [32]byte
	rand.Read(key[:]) //nolint:errcheck // never fails since Go 1.24
	for i := range n.inner {
		n.inner[i], n.outer[i] = 0x36, 0x5c
	}
	for i, k := range key {
		n.inner[i] ^= k
		n.outer[i] ^= k
	}
	n.number.Store(binary.BigEndian.Uint32(key[:4]) ^ 0x5bd1e995)
	return n
}

const nonceBytes, signed = 20, 8

// Append writes a fresh nonce for that source: 40 hexadecimal digits.
func (n *Nonces) Append(out []byte, source netip.Addr, now time.Time) []byte {
	var raw [nonceBytes]byte
	binary.BigEndian.PutUint32(raw[:4], uint32(now.Unix()))
	binary.BigEndian.PutUint32(raw[4:8], n.number.Add(1))
	n.sign(&raw, source)
	return hex.AppendEncode(out, raw[:])
}

func (n *Nonces) sign(raw *[nonceBytes]byte, source netip.Addr) {
	a := source.As16()
	var buf [64 + signed + 16]byte
	copy(buf[:], n.inner[:])
	copy(buf[64:], raw[:signed])
	copy(buf[64+signed:], a[:])
	in := sha256.Sum256(buf[:])
	var out [64 + sha256.Size]byte
	copy(out[:], n.outer[:])
	copy(out[64:], in[:])
	mac := sha256.Sum256(out[:])
	copy(raw[signed:], mac[:])
}

// Verdict is what a nonce is worth.
type Verdict uint8

// The verdicts on a nonce.
const (
	Foreign Verdict = iota // not ours, or given to another source
	Expired
	Fresh
)

// Check judges a nonce; id tells nonces apart.
func (n *Nonces) Check(nonce []byte, source netip.Addr, now time.Time, life time.Duration) (v Verdict, id uint64) {
	var raw, ours [nonceBytes]byte
	if len(nonce) != 2*nonceBytes {
		return Foreign, 0
	}
	if _, err := hex.Decode(raw[:], nonce); err != nil {
		return Foreign, 0
	}
	copy(ours[:signed], raw[:signed])
	n.sign(&ours, source)
	if !hmac.Equal(ours[:], raw[:]) {
		return Foreign, 0
	}
	id = binary.BigEndian.Uint64(raw[:8])
	age := now.Sub(time.Unix(int64(binary.BigEndian.Uint32(raw[:4])), 0))
	if age > life || age < -time.Minute {
		return Expired, id
	}
	return Fresh, id
}
