package directory

import (
	"crypto/md5" //nolint:gosec // RFC 2617 digest, for phones that know nothing else
	"crypto/sha256"
	"encoding/hex"
	"hash/maphash"
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

// accounts finds an account for every SIP request, so it hashes instead of
// comparing, and touches little memory. It is copied with its snapshot: a write
// copies the two short tables on its way and never what another snapshot reads.
type accounts struct {
	seed  maphash.Seed
	parts *[accountParts]*[accountParts][]hashedAccount
}

// accountParts squared is the number of lists; with 10,000 accounts one holds two or three.
const accountParts = 64

type hashedAccount struct {
	hash uint64
	acc  *LineAccount
}

func (t *accounts) value(user string) *LineAccount {
	if t.parts == nil {
		return nil
	}
	h := maphash.String(t.seed, user)
	part := t.parts[h%accountParts]
	if part == nil {
		return nil
	}
	list := part[h/accountParts%accountParts]
	for i := range list {
		if list[i].hash == h && list[i].acc.User == user {
			return list[i].acc
		}
	}
	return nil
}

// set puts an account in the place of the one of that user; nil removes it.
func (t *accounts) set(user string, a *LineAccount) {
	if t.parts == nil {
		t.seed, t.parts = maphash.MakeSeed(), new([accountParts]*[accountParts][]hashedAccount)
	}
	h := maphash.String(t.seed, user)
	parts, part := *t.parts, [accountParts][]hashedAccount{}
	if old := parts[h%accountParts]; old != nil {
		part = *old
	}
	t.parts, parts[h%accountParts] = &parts, &part
	old := part[h/accountParts%accountParts]
	list := make([]hashedAccount, 0, len(old)+1)
	for _, o := range old {
		if o.acc.User != user {
			list = append(list, o)
		}
	}
	if a != nil {
		list = append(list, hashedAccount{h, a})
	}
	part[h/accountParts%accountParts] = list
}

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
