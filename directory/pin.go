package directory

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strings"
)

// What a hash of digits is for; it is part of the sum, so that the hash of a PIN
// is never that of a secret code.
const (
	purposePIN            = "pin"
	purposeVirtualization = "virtualization"
	purposeActivation     = "activation"
)

const hashPrefix = "hmac:"

// hashDigits gives "hmac:salt:sum" of digits: HMAC-SHA-256 with the server's PIN
// key over purpose, salt and digits. A slow hash gains nothing for so few digits;
// the key, kept outside the store and its backups, does.
func (k *Keys) hashDigits(purpose, digits string) Hash {
	salt := make([]byte, 16)
	rand.Read(salt) //nolint:errcheck // never fails since Go 1.24
	return Hash(hashPrefix + base64.RawStdEncoding.EncodeToString(salt) + ":" +
		base64.RawStdEncoding.EncodeToString(k.sum(purpose, salt, digits)))
}

func (k *Keys) sum(purpose string, salt []byte, digits string) []byte {
	m := hmac.New(sha256.New, k.pin)
	m.Write([]byte(purpose))
	m.Write([]byte{0})
	m.Write(salt)
	m.Write([]byte(digits))
	return m.Sum(nil)
}

// matches compares digits with a hash in constant time. A hash that is none takes
// the same time and never matches.
func (k *Keys) matches(purpose string, h Hash, digits string) bool {
	salt, sum := make([]byte, 16), make([]byte, sha256.Size)
	good := false
	if s, v, ok := strings.Cut(strings.TrimPrefix(string(h), hashPrefix), ":"); ok {
		a, err1 := base64.RawStdEncoding.DecodeString(s)
		b, err2 := base64.RawStdEncoding.DecodeString(v)
		if err1 == nil && err2 == nil && len(a) == 16 && len(b) == sha256.Size {
			salt, sum, good = a, b, true
		}
	}
	return subtle.ConstantTimeCompare(k.sum(purpose, salt, digits), sum) == 1 && good
}

// isHashOfDigits tells whether h has the form of such a hash.
func isHashOfDigits(h Hash) bool {
	s, v, ok := strings.Cut(strings.TrimPrefix(string(h), hashPrefix), ":")
	a, err1 := base64.RawStdEncoding.DecodeString(s)
	b, err2 := base64.RawStdEncoding.DecodeString(v)
	return ok && strings.HasPrefix(string(h), hashPrefix) && err1 == nil && err2 == nil && len(a) == 16 && len(b) == sha256.Size
}

// CheckChosen judges a PIN or secret code that somebody chose: 4 to 10 digits for
// a PIN, 4 to 8 for a code; not all equal, not steps of exactly +1 or -1, not the
// extension number repeated or reversed, not the last digits of one of its phone
// numbers. The error does not repeat the digits.
func CheckChosen(digits string, most int, extension string, numbers ...string) error {
	switch {
	case len(digits) < 4 || len(digits) > most || !allDigits(digits):
		return invalid("it has to have 4 to %d digits", most)
	case steps(digits, 0):
		return invalid("all its digits are equal")
	case steps(digits, 1), steps(digits, -1):
		return invalid("its digits count up or down")
	case repeats(digits, extension), repeats(digits, reversed(extension)):
		return invalid("it is the extension number repeated or reversed")
	}
	for _, n := range numbers {
		if strings.HasSuffix(n, digits) {
			return invalid("it is the end of the phone number")
		}
	}
	return nil
}

func steps(digits string, by int) bool {
	for i := 1; i < len(digits); i++ {
		if int(digits[i])-int(digits[i-1]) != by {
			return false
		}
	}
	return true
}

// repeats tells whether digits are the beginning of number written again and again.
func repeats(digits, number string) bool {
	if number == "" || len(digits) < len(number) {
		return false
	}
	return strings.HasPrefix(strings.Repeat(number, len(digits)/len(number)+1), digits)
}

func reversed(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

// pinDigits is how long the default PINs of an organization are.
func (s *Snapshot) pinDigits(org ID) int {
	if o := s.Organization(org); o != nil && o.PINDigits != 0 {
		return o.PINDigits
	}
	return 6
}

// newPIN makes a PIN that a person would be allowed to choose.
func newPIN(extension string, digits int) string {
	for {
		if p := randomDigits(digits); CheckChosen(p, 10, extension) == nil {
			return p
		}
	}
}

func (s *Snapshot) numbersText(ext ID) []string {
	var out []string
	for n := range s.NumbersOf(ext) {
		out = append(out, n.E164)
	}
	return out
}

// SetPIN keeps the PIN that the owner of an extension chose, as a hash; the empty
// PIN returns to the default.
func (tx *Tx) SetPIN(ext ID, plain string) error {
	return tx.setDigits(ext, plain, 10, func(e *Extension) {
		e.PIN, e.PINProof = "", ""
		if plain != "" {
			e.PIN, e.PINProof = tx.d.keys.hashDigits(purposePIN, plain), tx.d.keys.hashProof(e.ID, SecretPIN, plain)
		}
	})
}

// SetVirtualizationSecret keeps an extension's secret code as a hash; the empty
// one means that none is set.
func (tx *Tx) SetVirtualizationSecret(ext ID, plain string) error {
	return tx.setDigits(ext, plain, 8, func(e *Extension) {
		e.Virtualization.Secret, e.Virtualization.Proof = "", ""
		if plain != "" {
			e.Virtualization.Secret, e.Virtualization.Proof = tx.d.keys.hashDigits(purposeVirtualization, plain), tx.d.keys.hashProof(e.ID, SecretCode, plain)
		}
	})
}

func (tx *Tx) setDigits(ext ID, plain string, most int, set func(*Extension)) error {
	old := tx.work.Extension(ext)
	if old == nil {
		return notFound("extension", string(ext))
	}
	if plain != "" {
		if err := CheckChosen(plain, most, old.Number, tx.work.numbersText(ext)...); err != nil {
			return err
		}
	}
	e := *old
	set(&e)
	return tx.put(&e)
}

// MatchPIN tells whether digits are the extension's PIN, and whether that is
// still the default one. An unknown extension takes the same time as a wrong PIN.
func (d *Directory) MatchPIN(ext ID, digits string) (ok, isDefault bool) {
	e := d.Snapshot().Extension(ext)
	if e == nil {
		e = &Extension{}
	}
	chosen := d.keys.matches(purposePIN, e.PIN, digits)
	normal := e.DefaultPIN.Equal(NewSecret(digits)) && !e.DefaultPIN.Empty()
	if e.PIN != "" {
		return chosen, false
	}
	return normal, normal
}

// MatchVirtualizationSecret tells inside a transaction whether digits are the
// extension's secret code.
func (tx *Tx) MatchVirtualizationSecret(ext ID, digits string) bool {
	e := tx.work.Extension(ext)
	return e != nil && tx.d.keys.matches(purposeVirtualization, e.Virtualization.Secret, digits)
}

// MatchVirtualizationSecret tells whether digits are the extension's secret code.
// No code set and an unknown extension take the same time as a wrong one.
func (d *Directory) MatchVirtualizationSecret(ext ID, digits string) bool {
	e := d.Snapshot().Extension(ext)
	if e == nil {
		e = &Extension{}
	}
	return d.keys.matches(purposeVirtualization, e.Virtualization.Secret, digits)
}

// CheckPIN judges a PIN the owner of an extension chose, as SetPIN does.
func (s *Snapshot) CheckPIN(ext *Extension, digits string) error {
	return CheckChosen(digits, SecretPIN.Longest(), ext.Number, s.numbersText(ext.ID)...)
}
