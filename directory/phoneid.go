package directory

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"math/big"
	"strings"
)

// TokenHash is the hexadecimal SHA-256 of a tokenised URL's token.
type TokenHash string

// HashToken gives the hash under which a token is found.
func HashToken(token string) TokenHash {
	h := sha256.Sum256([]byte(strings.ToLower(token)))
	return TokenHash(hex.EncodeToString(h[:]))
}

// newToken makes a token: 128 random bits in lower-case base32.
func newToken() string { return string(NewID()) }

// newSecret makes a random text of letters and digits only, for files that
// break on anything else; 5 bits a character, 24 characters hold 120 bits.
func newSecret() Secret {
	var b [15]byte
	rand.Read(b[:]) //nolint:errcheck // never fails since Go 1.24
	return NewSecret(strings.ToLower(base32.StdEncoding.EncodeToString(b[:])))
}

// newAccountUser makes a device account's user name: a letter and 12 more
// letters and digits, 60 random bits.
func newAccountUser() string { return "d" + string(NewID())[:12] }

// randomDigits gives n random decimal digits.
func randomDigits(n int) string {
	b := make([]byte, n)
	for i := range b {
		d, err := rand.Int(rand.Reader, big.NewInt(10))
		if err != nil {
			panic(err) // never happens since Go 1.24
		}
		b[i] = '0' + byte(d.Int64())
	}
	return string(b)
}

// newPhoneID makes a Phone ID: five random digits and their Luhn check digit
// (ISO/IEC 7812-1 annex B).
func newPhoneID() string {
	d := randomDigits(5)
	return d + string(rune('0'+luhn(d)))
}

// luhn is the check digit to be put behind the digits.
func luhn(digits string) int {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return (10 - sum%10) % 10
}

func validPhoneID(s string) bool {
	return len(s) == 6 && allDigits(s) && luhn(s[:5]) == int(s[5]-'0')
}

// freshPhoneID gives a Phone ID that no phone of the organization has. There are
// 100,000 of them, ten times what one appliance serves.
func (s *Snapshot) freshPhoneID(org ID) (string, error) {
	for range 100000 {
		if id := newPhoneID(); s.DeviceByPhoneID(org, id) == nil {
			return id, nil
		}
	}
	return "", invalid("all Phone IDs of the organization are taken")
}
