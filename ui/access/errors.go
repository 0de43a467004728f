package access

import (
	"errors"
	"fmt"
	"time"
)

// Sentinels of this room.
var (
	// ErrNobody: no log-in, or one that has ended.
	ErrNobody = errors.New("not logged in")
	// ErrForeign: a call with a cookie that does not come from a page of ours.
	ErrForeign = errors.New("cross-origin request")
	// ErrWrong: unknown user, wrong password or portal off; which one is not told.
	ErrWrong = errors.New("e-mail address or password is wrong")
	// ErrShort: a password that is too short.
	ErrShort = fmt.Errorf("a password has at least %d characters", MinPassword)
	// ErrNoToken: no such token of this user.
	ErrNoToken = errors.New("no such token")
)

// SlowError means that there were too many tries; Wait is how long until the next.
type SlowError struct{ Wait time.Duration }

func (e *SlowError) Error() string {
	return fmt.Sprintf("too many tries, wait %d s", e.Seconds())
}

// Seconds to wait, rounded up, as Retry-After wants them.
func (e *SlowError) Seconds() int { return int((e.Wait + time.Second - 1) / time.Second) }
