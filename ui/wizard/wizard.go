// Package wizard holds the first start: a one-time token, printed by the
// program, opens the one call that makes the organization, its owner and
// whatever else the first document names. After that the wizard is closed for
// ever.
//
// The token lives in memory only. A restart before the wizard is done prints a
// new one and the old one is worthless, so nothing about it is ever on disk.
package wizard

import (
	"crypto/rand"
	"strings"
	"sync/atomic"

	"cradle/directory"
	"cradle/ui/access"
)

// Wizard guards the setup of one appliance.
type Wizard struct {
	directory *directory.Directory
	token     atomic.Pointer[string] // nil: done
}

// New makes a wizard; on an appliance that is set up it is closed. token is
// the one-time token; empty: a random one of 130 bits is made.
func New(d *directory.Directory, token string) *Wizard {
	w := &Wizard{directory: d}
	if d.Snapshot().SetUp() {
		return w
	}
	if token == "" {
		token = strings.ToLower(rand.Text())
	}
	w.token.Store(&token)
	return w
}

// Needed says whether the appliance waits for its wizard.
func (w *Wizard) Needed() bool { return !w.directory.Snapshot().SetUp() }

// Token is the one-time token, empty when the wizard is done.
func (w *Wizard) Token() string {
	t := w.token.Load()
	if t == nil || !w.Needed() {
		return ""
	}
	return *t
}

// Opens compares a token in constant time. Errors: ErrDone, ErrToken.
func (w *Wizard) Opens(token string) error {
	t := w.Token()
	switch {
	case t == "":
		return ErrDone
	case !access.Same(token, t):
		return ErrToken
	}
	return nil
}

// Close forgets the token; it is called when the setup has been done.
func (w *Wizard) Close() { w.token.Store(nil) }
