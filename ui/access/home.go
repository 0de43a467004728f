package access

import (
	"context"
	"sync"

	"cradle/directory"
)

// homeShelf and homeKey are where the organization that runs the appliance is kept.
const (
	homeShelf = "home"
	homeKey   = "organization"
)

// home is the organization that the wizard made. Its owners run the appliance:
// they may see and make other organizations. Owners of the others are owners
// at home only, whatever a file says.
type home struct {
	mu sync.Mutex
	id directory.ID // empty: not remembered yet
}

// SetHome remembers, for ever, the organization that runs the appliance.
func SetHome(ctx context.Context, d *directory.Directory, org directory.ID) error {
	return d.Shelf(homeShelf).Put(ctx, []directory.Item{{Key: homeKey, Value: []byte(org)}})
}

// organization that runs the appliance; empty: none was remembered.
func (h *home) organization(d *directory.Directory) directory.ID {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.id == "" {
		_ = d.Shelf(homeShelf).All(func(key string, value []byte) bool {
			if key == homeKey {
				h.id = directory.ID(value)
			}
			return true
		})
	}
	return h.id
}

// Home is the organization that runs the appliance. Where none was ever
// remembered (an appliance filled by a file), it is the only one there is; empty:
// there are several.
func (g *Gate) Home() directory.ID {
	if id := g.home.organization(g.directory); id != "" {
		return id
	}
	var only directory.ID
	for o := range g.directory.Snapshot().Organizations() {
		if only != "" {
			return ""
		}
		only = o.ID
	}
	return only
}

// place says what a caller is to the appliance as a whole.
func (g *Gate) place(c *Caller) {
	c.Home = g.Home() == c.User.Organization
	c.Everywhere = c.Home && c.User.Role == directory.RoleOwner
}
