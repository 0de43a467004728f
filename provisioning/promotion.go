package provisioning

import (
	"context"
	"time"

	"cradle/directory"
	"cradle/provisioning/onboard"
)

// watched is an approved device whose registration is awaited.
type watched struct {
	since time.Time
	token bool
}

// firstSeen is a first registration and the approval it came after.
type firstSeen struct{ approved, at time.Time }

// firstRegistered is when a device first registered after its approval, zero
// where nobody saw it.
func (c *clerk) firstRegistered(d *directory.Device) time.Time {
	if f, ok := c.first.Load(d.ID); ok && f.(firstSeen).approved.Equal(d.Approved) {
		return f.(firstSeen).at
	}
	return time.Time{}
}

// awaits reports whether the clerk has to be told to wait for this device.
func (c *clerk) awaits(d *directory.Device, byToken bool) bool {
	if d.Step != directory.StepApproved {
		return false
	}
	told, is := c.told.Load(d.ID)
	return !is || byToken && !told.(bool)
}

func (c *clerk) byToken(id directory.ID) bool {
	told, is := c.told.Load(id)
	return is && told.(bool)
}

// watch begins to wait for a device's registration.
func (c *clerk) watch(n note) {
	if n.conflict || n.authority != "" || n.proof != "" {
		return
	}
	c.told.Store(n.device, n.token || c.byToken(n.device))
	w := c.watched[n.device]
	if w == nil {
		if len(c.watched) >= clerkWatched {
			c.told.Delete(n.device)
			return
		}
		w = &watched{since: c.p.now()}
		c.watched[n.device] = w
	}
	w.token = w.token || n.token
}

// look sees who has registered meanwhile: the first time counts for the grace,
// and one that came by its token stands on the token's step.
func (c *clerk) look(ctx context.Context) {
	if n := c.dropped.Swap(0); n > 0 {
		c.p.log.Warn("too much to note about phones; it comes again when they ask again", "dropped", n)
	}
	snap, now := c.p.c.Directory.Snapshot(), c.p.now()
	var promoted []directory.ID
	for id, w := range c.watched {
		d := snap.Device(id)
		if d == nil || d.Step != directory.StepApproved || now.Sub(w.since) > clerkPatience {
			delete(c.watched, id)
			c.told.Delete(id)
			continue
		}
		r := c.p.registration(d)
		if !r.Since(d.Approved) {
			continue
		}
		if c.firstRegistered(d).IsZero() {
			c.first.Store(id, firstSeen{approved: d.Approved, at: r.Last})
		}
		if w.token {
			promoted = append(promoted, id)
		}
	}
	if len(promoted) == 0 {
		return
	}
	c.update(ctx, func(tx *directory.Tx) error {
		for _, id := range promoted {
			old := tx.Device(id)
			if old == nil || old.Step != directory.StepApproved {
				continue
			}
			d := *old
			d.Step = directory.StepToken
			if err := tx.PutDevice(&d); err != nil {
				return err
			}
		}
		return nil
	})
}

// expire deletes the phones that were taken out of service long enough ago.
func (c *clerk) expire(ctx context.Context) {
	now := c.p.now()
	if now.Sub(c.expired) < time.Minute {
		return
	}
	c.expired = now
	over := func(d *directory.Device) bool {
		return !d.Retired.IsZero() && now.After(d.Retired.Add(onboard.WipeFor))
	}
	var gone []directory.ID
	for d := range c.p.c.Directory.Snapshot().Devices("") {
		if over(d) {
			gone = append(gone, d.ID)
		}
	}
	if len(gone) == 0 {
		return
	}
	c.update(ctx, func(tx *directory.Tx) error {
		for _, id := range gone {
			if d := tx.Device(id); d != nil && over(d) {
				if err := tx.DeleteDevice(id); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// brokenModels tells when models of one's own are broken, once for each fault.
func (c *clerk) brokenModels() {
	own, is := c.p.c.Catalog.(interface{ Fault() error })
	if !is {
		return
	}
	fault := ""
	if err := own.Fault(); err != nil {
		fault = err.Error()
	}
	if fault != c.fault && fault != "" {
		c.p.alarms.Raise(Alarm{At: c.p.now(), Kind: onboard.AlarmCatalogue, Text: "models of one's own do not count: " + fault})
	}
	c.fault = fault
}
