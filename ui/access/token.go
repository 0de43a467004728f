package access

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"cradle/directory"
)

// Token is a bearer token of a user as it is kept: its hash, never itself.
type Token struct {
	ID      directory.ID        `json:"id"`
	User    directory.ID        `json:"user"`
	Name    string              `json:"name"`
	Hash    directory.TokenHash `json:"hash"`
	Created time.Time           `json:"created"`
}

// maxTokens is how many tokens one user may have.
const maxTokens = 100

// tokens are all bearer tokens, in memory and on the shelf.
type tokens struct {
	shelf *directory.Shelf
	mu    sync.RWMutex
	by    map[directory.TokenHash]Token
}

func openTokens(shelf *directory.Shelf) (*tokens, error) {
	t := &tokens{shelf: shelf, by: map[directory.TokenHash]Token{}}
	var damaged error
	err := shelf.All(func(key string, value []byte) bool {
		if !strings.HasPrefix(key, tokenPrefix) {
			return true
		}
		var one Token
		if err := json.Unmarshal(value, &one); err != nil {
			damaged = fmt.Errorf("%s: %w", key, err)
			return false
		}
		t.by[one.Hash] = one
		return true
	})
	if err == nil {
		err = damaged
	}
	return t, err
}

// IssueToken makes a bearer token of 160 random bits for a user. The text is
// given here once and kept nowhere.
func (g *Gate) IssueToken(ctx context.Context, user directory.ID, name string) (Token, string, error) {
	if len(g.Tokens(user)) >= maxTokens {
		return Token{}, "", fmt.Errorf("%w: %d tokens are the most one user may have", directory.ErrRefused, maxTokens)
	}
	var b [20]byte
	rand.Read(b[:]) //nolint:errcheck // never fails since Go 1.24
	text := "cradle_" + strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
	one := Token{ID: directory.NewID(), User: user, Name: name, Hash: directory.HashToken(text), Created: g.now().UTC()}
	value, err := json.Marshal(one)
	if err != nil {
		return Token{}, "", err
	}
	if err := g.tokens.shelf.Put(ctx, []directory.Item{{Key: tokenPrefix + string(one.ID), Value: value}}); err != nil {
		return Token{}, "", err
	}
	g.tokens.mu.Lock()
	defer g.tokens.mu.Unlock()
	g.tokens.by[one.Hash] = one
	return one, text, nil
}

// Tokens of a user, the oldest first.
func (g *Gate) Tokens(user directory.ID) []Token {
	g.tokens.mu.RLock()
	defer g.tokens.mu.RUnlock()
	var mine []Token
	for _, one := range g.tokens.by {
		if one.User == user {
			mine = append(mine, one)
		}
	}
	slices.SortFunc(mine, func(a, b Token) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	return mine
}

// RevokeToken ends a token of a user. Errors: ErrNoToken.
func (g *Gate) RevokeToken(ctx context.Context, user, id directory.ID) error {
	for _, one := range g.Tokens(user) {
		if one.ID != id {
			continue
		}
		if err := g.tokens.shelf.Put(ctx, []directory.Item{{Key: tokenPrefix + string(id)}}); err != nil {
			return err
		}
		g.tokens.mu.Lock()
		delete(g.tokens.by, one.Hash)
		g.tokens.mu.Unlock()
		return nil
	}
	return fmt.Errorf("%w: %s", ErrNoToken, id)
}

// tokenUser finds whose bearer token this is; nil: nobody's.
func (g *Gate) tokenUser(text string) (*directory.User, directory.ID) {
	g.tokens.mu.RLock()
	one, ok := g.tokens.by[directory.HashToken(text)]
	g.tokens.mu.RUnlock()
	if !ok {
		return nil, ""
	}
	u := g.directory.Snapshot().User(one.User)
	if u == nil || !u.Portal {
		return nil, ""
	}
	return u, one.ID
}
