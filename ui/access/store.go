package access

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"cradle/directory"
)

// Keys on the shelf: what a session's cookie and a bearer token hash to. The
// cookie and the token themselves are nowhere.
const (
	sessionPrefix = "session/"
	tokenPrefix   = "token/"
)

// store keeps sessions durably for scs: all in memory, each change on disk
// before it is answered.
type store struct {
	shelf *directory.Shelf
	now   func() time.Time

	mu       sync.RWMutex
	sessions map[string]stored // by hashed cookie
	swept    time.Time
}

// stored is one session as it is kept.
type stored struct {
	Expires time.Time `json:"expires"`
	Data    []byte    `json:"data"`
}

// openStore reads the sessions that are still good.
func openStore(shelf *directory.Shelf, now func() time.Time) (*store, error) {
	s := &store{shelf: shelf, now: now, sessions: map[string]stored{}, swept: now()}
	var damaged error
	err := shelf.All(func(key string, value []byte) bool {
		hash, ok := strings.CutPrefix(key, sessionPrefix)
		if !ok {
			return true
		}
		var one stored
		if err := json.Unmarshal(value, &one); err != nil {
			damaged = fmt.Errorf("session %s: %w", hash, err)
			return false
		}
		s.sessions[hash] = one
		return true
	})
	if err == nil {
		err = damaged
	}
	return s, err
}

// FindCtx implements scs.CtxStore.
func (s *store) FindCtx(_ context.Context, hash string) ([]byte, bool, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	one, ok := s.sessions[hash]
	if !ok || !s.now().Before(one.Expires) {
		return nil, false, nil
	}
	return one.Data, true, nil
}

// CommitCtx implements scs.CtxStore. It also forgets, once an hour, the
// sessions that have expired.
func (s *store) CommitCtx(ctx context.Context, hash string, data []byte, expires time.Time) error {
	one := stored{Expires: expires, Data: data}
	value, err := json.Marshal(one)
	if err != nil {
		return err
	}
	batch := append(s.expired(), directory.Item{Key: sessionPrefix + hash, Value: value})
	if err := s.shelf.Put(ctx, batch); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, gone := range batch[:len(batch)-1] {
		delete(s.sessions, strings.TrimPrefix(gone.Key, sessionPrefix))
	}
	s.sessions[hash] = one
	return nil
}

// expired lists the deletions of sessions that are over, at most once an hour.
func (s *store) expired() []directory.Item {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if now.Sub(s.swept) < time.Hour {
		return nil
	}
	s.swept = now
	var gone []directory.Item
	for hash, one := range s.sessions {
		if !now.Before(one.Expires) {
			gone = append(gone, directory.Item{Key: sessionPrefix + hash})
		}
	}
	return gone
}

// DeleteCtx implements scs.CtxStore.
func (s *store) DeleteCtx(ctx context.Context, hash string) error {
	s.mu.Lock()
	_, known := s.sessions[hash]
	delete(s.sessions, hash)
	s.mu.Unlock()
	if !known {
		return nil
	}
	return s.shelf.Put(ctx, []directory.Item{{Key: sessionPrefix + hash}})
}

// Find, Commit and Delete are the forms without a context that scs.Store asks
// for; scs itself calls the others.
func (s *store) Find(hash string) ([]byte, bool, error) { return s.FindCtx(context.Background(), hash) }

// Commit implements scs.Store.
func (s *store) Commit(hash string, data []byte, expires time.Time) error {
	return s.CommitCtx(context.Background(), hash, data, expires)
}

// Delete implements scs.Store.
func (s *store) Delete(hash string) error { return s.DeleteCtx(context.Background(), hash) }
