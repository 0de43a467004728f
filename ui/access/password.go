package access

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"cradle/directory"
)

// MinPassword and MaxPassword are the characters and bytes of a password.
const (
	MinPassword = directory.MinPassword
	MaxPassword = 1024
)

// hashesWaiting bounds how many log-ins wait for their turn at hashing; the
// directory computes two hashes at once at most.
const hashesWaiting = 32

// LogIn checks an e-mail address and a password. Unknown users, wrong
// passwords and people whose portal is off get the same answer in the same
// time. Errors: ErrWrong, *SlowError.
func (g *Gate) LogIn(ctx context.Context, email, password, remote string) (*directory.User, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	var u *directory.User
	good, err := g.try("user "+email, remote, func() (bool, error) {
		var err error
		u, err = g.directory.Authenticate(ctx, email, password)
		if errors.Is(err, directory.ErrRefused) {
			return false, nil
		}
		return err == nil, err
	})
	if err != nil {
		return nil, err
	}
	if !good {
		g.log.Info("log-in refused", "source", remote)
		return nil, ErrWrong
	}
	return u, nil
}

// try checks one password within the tries that a user and a source have.
// A good one costs no try. Errors: *SlowError.
func (g *Gate) try(user, remote string, check func() (bool, error)) (bool, error) {
	keys := []string{sourceKey(remote), user}
	perMinute := g.perMinute()
	for _, k := range keys {
		if wait := g.tries.take(k, perMinute); wait > 0 {
			return false, &SlowError{Wait: wait}
		}
	}
	select {
	case g.hashing <- struct{}{}:
		defer func() { <-g.hashing }()
	default:
		return false, &SlowError{Wait: 2 * time.Second}
	}
	good, err := check()
	if good && err == nil {
		for _, k := range keys {
			g.tries.giveBack(k, perMinute)
		}
	}
	return good, err
}

// shows checks that the caller knows his own password. Errors: ErrWrong, *SlowError.
func (g *Gate) shows(ctx context.Context, c *Caller, password string) error {
	good, err := g.try("user "+c.User.Email, c.Source, func() (bool, error) {
		return g.directory.MatchPassword(ctx, c.User.PasswordHash, password)
	})
	if err == nil && !good {
		err = ErrWrong
	}
	return err
}

// ChangePassword gives the caller a new password after he has shown the
// present one. All his sessions end with it. Errors: ErrWrong, ErrShort, *SlowError.
func (g *Gate) ChangePassword(ctx context.Context, c *Caller, current, next string) (*directory.User, error) {
	if err := GoodPassword(next); err != nil {
		return nil, err
	}
	if err := g.shows(ctx, c, current); err != nil {
		return nil, err
	}
	hash, err := g.directory.HashPassword(ctx, next)
	if err != nil {
		return nil, err
	}
	err = g.directory.Update(ctx, c.Actor(), func(tx *directory.Tx) error {
		old := tx.Snapshot().User(c.User.ID)
		if old == nil || old.PasswordHash != c.User.PasswordHash {
			return fmt.Errorf("password: %w", directory.ErrStale)
		}
		mine := *old
		mine.PasswordHash = hash
		return tx.PutUser(&mine)
	})
	if err != nil {
		return nil, err
	}
	return g.directory.Snapshot().User(c.User.ID), nil
}

// GoodPassword says whether a password may be chosen. Errors: ErrShort, directory.ErrInvalid.
func GoodPassword(plain string) error {
	if len([]rune(plain)) < MinPassword {
		return ErrShort
	}
	if len(plain) > MaxPassword {
		return fmt.Errorf("%w: a password has at most %d bytes", directory.ErrInvalid, MaxPassword)
	}
	return nil
}

// IsSlow unwraps a SlowError.
func IsSlow(err error) (*SlowError, bool) {
	var slow *SlowError
	ok := errors.As(err, &slow)
	return slow, ok
}
