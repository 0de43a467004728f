package sdp

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// MaxKeys is how many a=crypto and how many a=fingerprint lines of one m= line are read; more are passed over.
const MaxKeys = 16

// Crypto is one a=crypto line: a suite and a key for the packets its speaker sends (RFC 4568 section 4).
type Crypto struct {
	Tag   int    // 1 to 999,999,999
	Suite string // "AES_CM_128_HMAC_SHA1_80", ...
	Key   []byte // master key and salt; empty in lines that were not understood
	MKI   []byte // master key identifier, 0 to 128 bytes
}

// String leaves the key out.
func (c Crypto) String() string { return fmt.Sprintf("%d %s inline:***", c.Tag, c.Suite) }

// GoString leaves the key out.
func (c Crypto) GoString() string { return c.String() }

// ParseCrypto reads what stands behind "a=crypto:". The error wraps ErrBad for what breaks the grammar and
// ErrUnsupported for what is well-formed and cannot be met: several keys in one line, and session parameters that change
// what is encrypted or authenticated.
func ParseCrypto(v string) (Crypto, error) {
	f := strings.Fields(v)
	if len(f) < 3 {
		return Crypto{}, fmt.Errorf("%w: a=crypto with %d fields", ErrBad, len(f))
	}
	tag, err := strconv.ParseUint(f[0], 10, 30)
	if err != nil || tag == 0 || tag > 999_999_999 {
		return Crypto{}, fmt.Errorf("%w: tag %q of a=crypto", ErrBad, clip(f[0]))
	}
	c := Crypto{Tag: int(tag), Suite: strings.ToUpper(f[1])}
	if err := c.keyParams(f[2]); err != nil {
		return Crypto{}, err
	}
	for _, p := range f[3:] {
		if err := sessionParam(p); err != nil {
			return Crypto{}, err
		}
	}
	return c, nil
}

// keyParams reads "inline:KEY|2^31|1:4": the key in base64, how many packets it may protect, and the identifier with
// its length in bytes (RFC 4568 section 6.1). Nothing of it is in an error.
func (c *Crypto) keyParams(v string) error {
	if strings.Contains(v, ";") {
		return fmt.Errorf("%w: several keys in one a=crypto", ErrUnsupported)
	}
	method, info, _ := strings.Cut(v, ":")
	if !strings.EqualFold(method, "inline") {
		return fmt.Errorf("%w: key method of a=crypto", ErrUnsupported)
	}
	parts := strings.Split(info, "|")
	var err error
	if c.Key, err = base64.RawStdEncoding.DecodeString(strings.TrimRight(parts[0], "=")); err != nil || len(c.Key) == 0 {
		return fmt.Errorf("%w: key of a=crypto is no base64", ErrBad)
	}
	rest := parts[1:]
	if len(rest) > 0 && !strings.Contains(rest[0], ":") {
		if !lifetime(rest[0]) {
			return fmt.Errorf("%w: lifetime of a=crypto", ErrBad)
		}
		rest = rest[1:]
	}
	if len(rest) > 0 {
		if c.MKI, err = identifier(rest[0]); err != nil {
			return err
		}
		rest = rest[1:]
	}
	if len(rest) > 0 {
		return fmt.Errorf("%w: key parameters of a=crypto", ErrBad)
	}
	return nil
}

// lifetime checks "2^20" or "1048576", at most 2^48 packets. It needs not be kept: no call reaches even 2^31 packets
// before its parties re-key or hang up, and a context ends by itself at the limit of RFC 3711 section 9.2.
func lifetime(v string) bool {
	exponent, power := strings.CutPrefix(v, "2^")
	n, err := strconv.ParseUint(exponent, 10, 64)
	if power {
		return err == nil && n <= 48
	}
	return err == nil && n > 0 && n <= 1<<48
}

// identifier reads "1:4": the number 1 in four bytes.
func identifier(v string) ([]byte, error) {
	value, length, ok := strings.Cut(v, ":")
	n, err := strconv.ParseUint(value, 10, 64)
	size, err2 := strconv.ParseUint(length, 10, 8)
	if !ok || err != nil || err2 != nil || size == 0 || size > 128 || size < 8 && n >= 1<<(8*size) {
		return nil, fmt.Errorf("%w: key identifier %q of a=crypto", ErrBad, clip(v))
	}
	mki := make([]byte, size)
	for i := int(size) - 1; i >= 0 && n > 0; i-- {
		mki[i], n = byte(n), n>>8
	}
	return mki, nil
}

// sessionParam says whether a session parameter may stand (RFC 4568 section 6.3). A window size is a hint, a key
// derivation rate of 0 the default, and what is marked with a minus may be ignored; the others change the packets.
func sessionParam(p string) error {
	if strings.HasPrefix(p, "-") || p == "KDR=0" {
		return nil
	}
	if hint, ok := strings.CutPrefix(p, "WSH="); ok {
		if n, err := strconv.ParseUint(hint, 10, 32); err == nil && n >= 64 {
			return nil
		}
		return fmt.Errorf("%w: %q in a=crypto", ErrBad, clip(p))
	}
	return fmt.Errorf("%w: %q in a=crypto", ErrUnsupported, clip(p))
}

func appendCrypto(dst []byte, c *Crypto) []byte {
	dst = append(dst, "a=crypto:"...)
	dst = strconv.AppendInt(dst, int64(c.Tag), 10)
	dst = append(dst, ' ')
	dst = append(dst, c.Suite...)
	dst = append(dst, " inline:"...)
	dst = base64.StdEncoding.AppendEncode(dst, c.Key)
	return append(dst, "\r\n"...)
}
