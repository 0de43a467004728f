package access

import (
	"context"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"cradle/directory"
)

// CookieName is the session's cookie.
const CookieName = "cradle_session"

// What a session remembers of its user. The seal of the password lets a
// change of it end all sessions that were begun with the old one.
const (
	keyUser = "user"
	keySeal = "seal"
)

// newSessions makes the session manager. It is built by hand and not by
// scs.New, which would start a goroutine for a store that is not used here.
func newSessions(st *store) *scs.SessionManager {
	return &scs.SessionManager{
		Store:            st,
		Codec:            scs.GobCodec{},
		Lifetime:         12 * time.Hour,
		HashTokenInStore: true,
	}
}

// seal is a short mark of a user's password hash.
func seal(u *directory.User) string {
	return string(directory.HashToken(string(u.PasswordHash)))[:16]
}

// StartSession begins a session of a user and gives the cookie for it. old is
// the cookie's value that the browser sent, if any: that session ends, so a
// session planted before the log-in is worth nothing.
func (g *Gate) StartSession(ctx context.Context, u *directory.User, old string, secure bool) (*http.Cookie, error) {
	snap := g.directory.Snapshot()
	m := *g.sessions
	m.Lifetime = time.Duration(snap.Limit("session_hours")) * time.Hour
	ctx, err := m.Load(ctx, old)
	if err != nil {
		return nil, err
	}
	if err := m.RenewToken(ctx); err != nil {
		return nil, err
	}
	m.Put(ctx, keyUser, string(u.ID))
	m.Put(ctx, keySeal, seal(u))
	token, expires, err := m.Commit(ctx)
	if err != nil {
		return nil, err
	}
	c := cookie(token, secure)
	c.Expires, c.MaxAge = expires, int(time.Until(expires).Seconds())
	return c, nil
}

// EndSession ends the session of a cookie and gives the cookie that clears it.
func (g *Gate) EndSession(ctx context.Context, token string, secure bool) (*http.Cookie, error) {
	c := cookie("", secure)
	c.MaxAge = -1
	if token == "" {
		return c, nil
	}
	ctx, err := g.sessions.Load(ctx, token)
	if err != nil {
		return nil, err
	}
	return c, g.sessions.Destroy(ctx)
}

// sessionUser finds whose session a cookie is; nil: nobody's.
func (g *Gate) sessionUser(ctx context.Context, token string) *directory.User {
	if token == "" {
		return nil
	}
	ctx, err := g.sessions.Load(ctx, token)
	if err != nil {
		return nil
	}
	u := g.directory.Snapshot().User(directory.ID(g.sessions.GetString(ctx, keyUser)))
	if u == nil || !u.Portal || g.sessions.GetString(ctx, keySeal) != seal(u) {
		return nil
	}
	return u
}

func cookie(token string, secure bool) *http.Cookie {
	return &http.Cookie{
		Name: CookieName, Value: token, Path: "/",
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: secure,
	}
}
