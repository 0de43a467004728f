package access

import (
	"context"
	"time"
)

// unlockedFor is how long a session may see secrets after its user has shown his
// password once more.
const unlockedFor = 5 * time.Minute

// keyUnlocked holds until when, in seconds of Unix time.
const keyUnlocked = "unlocked"

// Unlock lets a session see secrets for five minutes: a portal left open is not
// enough to take them away. Errors: ErrWrong, *SlowError.
func (g *Gate) Unlock(ctx context.Context, c *Caller, password string) error {
	if err := g.shows(ctx, c, password); err != nil {
		return err
	}
	if c.Session == "" {
		return nil
	}
	ctx, err := g.sessions.Load(ctx, c.Session)
	if err != nil {
		return err
	}
	g.sessions.Put(ctx, keyUnlocked, g.now().Add(unlockedFor).Unix())
	_, _, err = g.sessions.Commit(ctx)
	return err
}

// Unlocked says whether the caller may see secrets now. A bearer token may where
// its user's role does: it was made for a program, which has no password to show.
func (g *Gate) Unlocked(ctx context.Context, c *Caller) bool {
	if c.Token != "" {
		return true
	}
	ctx, err := g.sessions.Load(ctx, c.Session)
	return err == nil && g.now().Unix() < g.sessions.GetInt64(ctx, keyUnlocked)
}
