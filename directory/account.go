package directory

import (
	"crypto/md5" //nolint:gosec // RFC 2617 digest, for phones that know nothing else
	"crypto/sha256"
	"encoding/hex"
)

// LineAccount is a device account with what digest needs, precomputed. The
// record is shared and never changes.
type LineAccount struct {
	Device *Device
	Line   int // counts from 1
	User   string
	Realm  string
	// HA1MD5 and HA1SHA256 are the lower-case hexadecimal digests of
	// user:realm:password (RFC 7616 section 3.4.2).
	HA1MD5    [32]byte
	HA1SHA256 [64]byte
}

// Account gives a device account by its user name, nil when there is none.
func (s *Snapshot) Account(user string) *LineAccount { return s.accounts.value(user) }

// lineAccount makes an account's entry, taking the digests from the old entry
// where user, realm and secret are still the same.
func lineAccount(d *Device, line int, realm string, old *LineAccount) *LineAccount {
	acc := d.Lines[line-1].Account
	la := &LineAccount{Device: d, Line: line, User: acc.User, Realm: realm}
	if old != nil && old.Realm == realm && old.Line <= len(old.Device.Lines) &&
		old.Device.Lines[old.Line-1].Account == acc {
		la.HA1MD5, la.HA1SHA256 = old.HA1MD5, old.HA1SHA256
		return la
	}
	text := []byte(acc.User + ":" + realm + ":" + acc.Secret.Reveal())
	m := md5.Sum(text) //nolint:gosec // see above
	h := sha256.Sum256(text)
	hex.Encode(la.HA1MD5[:], m[:])
	hex.Encode(la.HA1SHA256[:], h[:])
	return la
}
