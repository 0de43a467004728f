package directory

import (
	"bytes"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strings"
)

// ID names a record: 26 lower-case base32 characters of 128 random bits.
type ID string

// NewID makes a random ID.
func NewID() ID {
	var b [16]byte
	rand.Read(b[:]) //nolint:errcheck // never fails since Go 1.24
	return ID(strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:])))
}

// MAC is a hardware address: 12 lower-case hexadecimal digits without separators.
type MAC string

// ParseMAC reads a MAC in any common spelling (colons, dashes, dots, none).
func ParseMAC(s string) (MAC, error) {
	t := make([]byte, 0, 12)
	for _, c := range []byte(strings.ToLower(s)) {
		if strings.IndexByte(":-. ", c) < 0 {
			t = append(t, c)
		}
	}
	if len(t) != 12 || len(bytes.Trim(t, "0123456789abcdef")) > 0 {
		return "", fmt.Errorf("%w: MAC %q is not 12 hexadecimal digits", ErrInvalid, s)
	}
	return MAC(t), nil
}

// Colons is the MAC as people write it, "80:5e:c0:12:34:56".
func (m MAC) Colons() string {
	if len(m) != 12 {
		return string(m)
	}
	p := make([]string, 6)
	for i := range p {
		p[i] = string(m[2*i : 2*i+2])
	}
	return strings.Join(p, ":")
}
