package directory

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"

	"github.com/alexedwards/argon2id"
)

// MinPassword is the shortest password a person may choose, in characters.
const MinPassword = 12

// passwordParams cost about 19 MB and some tens of milliseconds a hash (OWASP
// Password Storage Cheat Sheet, argon2id).
var passwordParams = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// passwords bounds how many hashes are computed at once, because each one takes
// memory, and holds a hash for log-ins of people who do not exist.
type passwords struct {
	slots chan struct{}
	dummy Hash
}

// newPasswords makes the dummy at once: a hash of our form with random salt and
// sum, which no password has.
func newPasswords() *passwords {
	salt, sum := make([]byte, passwordParams.SaltLength), make([]byte, passwordParams.KeyLength)
	rand.Read(salt) //nolint:errcheck // never fails since Go 1.24
	rand.Read(sum)  //nolint:errcheck // never fails since Go 1.24
	return &passwords{slots: make(chan struct{}, 2), dummy: Hash(fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s",
		passwordParams.Memory, passwordParams.Iterations, passwordParams.Parallelism,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(sum)))}
}

func (p *passwords) enter(ctx context.Context) error {
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *passwords) hash(ctx context.Context, plain string) (Hash, error) {
	if err := p.enter(ctx); err != nil {
		return "", err
	}
	defer func() { <-p.slots }()
	h, err := argon2id.CreateHash(plain, passwordParams)
	return Hash(h), err
}

func (p *passwords) matches(ctx context.Context, h Hash, plain string) (bool, error) {
	if err := p.enter(ctx); err != nil {
		return false, err
	}
	defer func() { <-p.slots }()
	ok, err := argon2id.ComparePasswordAndHash(plain, string(h))
	return ok && err == nil, nil
}

// checkPassword judges a chosen password.
func checkPassword(plain string) error {
	if n := len([]rune(plain)); n < MinPassword || len(plain) > 1024 {
		return invalid("a password has to have %d characters or more, and 1024 bytes at most", MinPassword)
	}
	return nil
}

// SetPassword keeps a user's password as an argon2id hash. Hashing takes some
// tens of milliseconds in which no other update runs; where many passwords are
// set, hash them before with HashPassword and put the user.
func (tx *Tx) SetPassword(user ID, plain string) error {
	h, err := tx.HashPassword(plain)
	if err != nil {
		return err
	}
	old := tx.work.User(user)
	if old == nil {
		return notFound("user", string(user))
	}
	u := *old
	u.PasswordHash = h
	return tx.put(&u)
}

// HashPassword hashes a password that somebody chose; at most two are hashed at once.
func (d *Directory) HashPassword(ctx context.Context, plain string) (Hash, error) {
	if err := checkPassword(plain); err != nil {
		return "", err
	}
	return d.passwords.hash(ctx, plain)
}

// MatchPassword tells whether a password belongs to a user's hash.
func (d *Directory) MatchPassword(ctx context.Context, h Hash, plain string) (bool, error) {
	return d.passwords.matches(ctx, h, plain)
}

// isPasswordHash tells whether h is an argon2id hash that costs no more than a
// few of ours: a hash that came from outside must not be able to take the memory.
func isPasswordHash(h Hash) bool {
	p, _, _, err := argon2id.DecodeHash(string(h))
	return err == nil && p.Memory <= 256*1024 && p.Iterations <= 16
}

// HashPassword hashes a password inside a transaction; see SetPassword.
func (tx *Tx) HashPassword(plain string) (Hash, error) {
	return tx.d.HashPassword(context.Background(), plain)
}

// MatchPassword tells inside a transaction whether a password belongs to a hash.
func (tx *Tx) MatchPassword(h Hash, plain string) (bool, error) {
	return tx.d.passwords.matches(context.Background(), h, plain)
}

// Authenticate finds the user of an e-mail address and password who may use the
// portal. Unknown, wrong and portal off give the same ErrRefused after the same
// work. At most two are checked at once; ctx bounds the wait.
func (d *Directory) Authenticate(ctx context.Context, email, password string) (*User, error) {
	u := d.Snapshot().UserByEmail(email)
	h := d.passwords.dummy
	if u != nil && u.PasswordHash != "" {
		h = u.PasswordHash
	}
	ok, err := d.passwords.matches(ctx, h, password)
	if err != nil {
		return nil, err
	}
	if !ok || u == nil || u.PasswordHash == "" || !u.Portal {
		return nil, fmt.Errorf("%w: e-mail or password is wrong", ErrRefused)
	}
	return u, nil
}
