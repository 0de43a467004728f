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

// place says what a caller is to the appliance as a whole. Where no home was
// ever remembered (an appliance filled by a file), the only organization there
// is counts.
func (g *Gate) place(c *Caller) {
	if id := g.home.organization(g.directory); id != "" {
		c.Home = id == c.User.Organization
	} else {
		n := 0
		for range g.directory.Snapshot().Organizations() {
			n++
		}
		c.Home = n == 1
	}
	c.Everywhere = c.Home && c.User.Role == directory.RoleOwner
}
