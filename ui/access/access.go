// Package access holds who may do what in the portal and its API: log-in,
// sessions, bearer tokens, the slow-down of guessers, the refusal of foreign
// pages, and the one table of roles and permissions.
package access

import (
	"context"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"cradle/directory"
)

// Config is what the gate needs.
type Config struct {
	Directory *directory.Directory
	Log       *slog.Logger
	Now       func() time.Time // nil: time.Now
}

// Gate knows who is asking.
type Gate struct {
	directory *directory.Directory
	log       *slog.Logger
	now       func() time.Time
	sessions  *scs.SessionManager
	tokens    *tokens
	tries     *slowdown
	hashing   chan struct{} // a place for each password that is being checked or waits
	home      *home
}

// New opens the sessions and tokens that were kept.
func New(c Config) (*Gate, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	shelf := c.Directory.Shelf("sessions")
	st, err := openStore(shelf, c.Now)
	if err != nil {
		return nil, fmt.Errorf("sessions: %w", err)
	}
	toks, err := openTokens(shelf)
	if err != nil {
		return nil, fmt.Errorf("tokens: %w", err)
	}
	return &Gate{
		directory: c.Directory, log: c.Log, now: c.Now,
		sessions: newSessions(st), tokens: toks, tries: newSlowdown(c.Now),
		hashing: make(chan struct{}, hashesWaiting), home: &home{},
	}, nil
}

// Caller is who asks. User is nil for somebody who is not logged in.
type Caller struct {
	User *directory.User
	// Home: belongs to the organization that runs the appliance, whose
	// administrators change what is the appliance's (limits, shared settings).
	Home bool
	// Everywhere: an owner of the organization that runs the appliance sees
	// every organization; all others see their own.
	Everywhere bool
	Session    string       // the cookie's value, empty for bearer tokens
	Token      directory.ID // the bearer token's record, empty for sessions
	Source     string       // address and port
	Secure     bool         // came over TLS
}

// May says whether the caller has a permission.
func (c *Caller) May(p Permission) bool {
	return p == Public || c.User != nil && Allows(c.User.Role, p)
}

// Sees says whether an organization is visible to the caller.
func (c *Caller) Sees(org directory.ID) bool {
	return c.User != nil && (c.Everywhere || c.User.Organization == org)
}

// Actor names the caller in the audit.
func (c *Caller) Actor() directory.Actor {
	switch {
	case c.User == nil:
		return directory.Actor{Kind: "user", Name: "nobody"}
	case c.Token != "":
		return directory.Actor{Kind: "token", Name: c.User.Email}
	}
	return directory.Actor{Kind: "user", Name: c.User.Email}
}

// Identify finds out who sends a request. A bearer token wins over a cookie; a
// cookie counts for calls that change something only when they come from a
// page of ours. A request without either is a Caller without User. Errors:
// ErrNobody for a token that is not good, ErrForeign.
func (g *Gate) Identify(r *http.Request) (*Caller, error) {
	c := &Caller{Source: r.RemoteAddr, Secure: r.TLS != nil}
	if h := r.Header.Get("Authorization"); h != "" {
		scheme, text, _ := strings.Cut(h, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return nil, fmt.Errorf("%w: only bearer tokens are taken", ErrNobody)
		}
		if c.User, c.Token = g.tokenUser(strings.TrimSpace(text)); c.User == nil {
			return nil, fmt.Errorf("%w: the bearer token is not good", ErrNobody)
		}
		g.place(c)
		return c, nil
	}
	if changes(r.Method) && foreign(r) {
		return nil, ErrForeign
	}
	ck, err := r.Cookie(CookieName)
	if err != nil {
		return c, nil //nolint:nilerr // its only error is that there is no cookie, which is a caller without user
	}
	c.Session = ck.Value
	if c.User = g.sessionUser(r.Context(), ck.Value); c.User == nil {
		return c, nil
	}
	if changes(r.Method) && !sameOrigin(r) {
		return nil, ErrForeign
	}
	g.place(c)
	return c, nil
}

// Still says whether a caller who was identified before is still good: a
// stream asks this now and then. It sees changes of role and portal too.
func (g *Gate) Still(ctx context.Context, c *Caller) bool {
	if c.User == nil {
		return false
	}
	if c.Token != "" {
		g.tokens.mu.RLock()
		defer g.tokens.mu.RUnlock()
		for _, one := range g.tokens.by {
			if one.ID == c.Token {
				u := g.directory.Snapshot().User(one.User)
				return u != nil && u.Portal && u.Role == c.User.Role
			}
		}
		return false
	}
	u := g.sessionUser(ctx, c.Session)
	return u != nil && u.Role == c.User.Role
}

// Guess slows down tries of a secret that is not a password (the setup
// token), by source. Errors: *SlowError.
func (g *Gate) Guess(remote string) error {
	if wait := g.tries.take("setup "+sourceKey(remote), g.perMinute()); wait > 0 {
		return &SlowError{Wait: wait}
	}
	return nil
}

// Same compares two secrets in constant time.
func Same(a, b string) bool {
	x, y := directory.HashToken(a), directory.HashToken(b)
	return subtle.ConstantTimeCompare([]byte(x), []byte(y)) == 1
}

func (g *Gate) perMinute() int64 { return g.directory.Snapshot().Limit("login_attempts_per_minute") }
