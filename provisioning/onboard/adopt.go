package onboard

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"cradle/directory"
)

// Newcomer is an unknown phone at a site's door.
type Newcomer struct {
	Site     *directory.Site
	MAC      directory.MAC
	Model    string // catalogue name; empty: not recognised yet
	Vendor   string
	Firmware string
	Source   netip.Addr
}

// Adopter writes newcomers into the directory, within the caps, and remembers
// which address asked first.
type Adopter struct {
	dir *directory.Directory
	// shelf keeps the first askers over a restart.
	shelf  *directory.Shelf
	askers sync.Map // directory.MAC -> netip.Addr

	mu     sync.Mutex
	minute time.Time
	count  int64
}

// NewAdopter reads back who asked first.
func NewAdopter(dir *directory.Directory) (*Adopter, error) {
	a := &Adopter{dir: dir, shelf: dir.Shelf("askers")}
	snap := dir.Snapshot()
	err := a.shelf.All(func(key string, value []byte) bool {
		if addr, err := netip.ParseAddr(string(value)); err == nil && snap.DeviceByMAC(directory.MAC(key)) != nil {
			a.askers.Store(directory.MAC(key), addr)
		}
		return true
	})
	return a, err
}

// by names the phone itself in the audit.
func by(mac directory.MAC) directory.Actor {
	return directory.Actor{Kind: "phone", Name: mac.Colons()}
}

// Adopt makes a device of a newcomer: Phone ID, account, token. Errors that
// wrap ErrRefused or ErrCap name the rule.
func (a *Adopter) Adopt(ctx context.Context, n Newcomer, now time.Time) (*directory.Device, error) {
	step := directory.StepSeen
	switch n.Site.Adoption {
	case directory.AdoptLobby:
		step = directory.StepLobby
	case directory.AdoptApprove:
	default:
		return nil, fmt.Errorf("%w: the site adopts no unknown phones", ErrRefused)
	}
	snap := a.dir.Snapshot()
	if most := snap.Limit("adoption_unapproved_per_site"); int64(snap.Unapproved(n.Site.ID)) >= most {
		return nil, fmt.Errorf("%w: the site has %d phones nobody has approved", ErrCap, most)
	}
	if !a.roomThisMinute(now, snap.Limit("adoption_per_minute")) {
		return nil, fmt.Errorf("%w: too many new phones this minute", ErrCap)
	}
	var id directory.ID
	err := a.dir.Update(ctx, by(n.MAC), func(tx *directory.Tx) error {
		if old := tx.Snapshot().DeviceByMAC(n.MAC); old != nil {
			id = old.ID // somebody was quicker: the same phone asking twice at once
			return nil
		}
		if int64(tx.Snapshot().Unapproved(n.Site.ID)) >= snap.Limit("adoption_unapproved_per_site") {
			return fmt.Errorf("%w: the site has too many phones nobody has approved", ErrCap)
		}
		d, err := tx.NewDevice(n.Site.Organization, n.Site.ID, n.MAC, n.Model, step)
		if err != nil {
			return err
		}
		c := *d
		c.Vendor, c.Firmware = n.Vendor, n.Firmware
		if err := tx.PutDevice(&c); err != nil {
			return err
		}
		id = c.ID
		_, err = tx.IssueToken(c.ID)
		if err == nil {
			a.askers.Store(n.MAC, n.Source.Unmap())
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	a.remember(ctx, n.MAC)
	return a.dir.Snapshot().Device(id), nil
}

// First reports whether that address may be taken for the first asker of the
// device: it is, or no token was given to anybody yet.
func (a *Adopter) First(d *directory.Device, source netip.Addr) bool {
	if d.Token == "" {
		return true
	}
	addr, ok := a.askers.Load(d.MAC)
	return ok && addr.(netip.Addr) == source.Unmap()
}

// GiveToken issues the token of a device that has none, and for one that is not
// approved remembers who got it. It gives the device as it is then.
func (a *Adopter) GiveToken(ctx context.Context, d *directory.Device, source netip.Addr) (*directory.Device, error) {
	err := a.dir.Update(ctx, by(d.MAC), func(tx *directory.Tx) error {
		now := tx.Snapshot().Device(d.ID)
		if now == nil {
			return fmt.Errorf("%w: the device is gone", ErrRefused)
		}
		if now.Token != "" {
			return nil
		}
		a.askers.Store(d.MAC, source.Unmap())
		_, err := tx.IssueToken(d.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	if d.Step == directory.StepSeen || d.Step == directory.StepLobby {
		a.remember(ctx, d.MAC)
	}
	fresh := a.dir.Snapshot().Device(d.ID)
	if fresh == nil {
		return nil, fmt.Errorf("%w: the device is gone", ErrRefused)
	}
	return fresh, nil
}

// remember puts the first asker on disk. Where that fails the phone is taken
// for a second asker after a restart, which is the safe side.
func (a *Adopter) remember(ctx context.Context, mac directory.MAC) {
	if addr, ok := a.askers.Load(mac); ok {
		_ = a.shelf.Put(ctx, []directory.Item{{Key: string(mac), Value: []byte(addr.(netip.Addr).String())}})
	}
}

// roomThisMinute counts adoptions by the minute.
func (a *Adopter) roomThisMinute(now time.Time, most int64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if m := now.Truncate(time.Minute); !m.Equal(a.minute) {
		a.minute, a.count = m, 0
	}
	if a.count >= most {
		return false
	}
	a.count++
	return true
}
