package provisioning

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"cradle/directory"
	"cradle/provisioning/identify"
)

// Bounds of the clerk.
const (
	clerkQueue    = 4096            // notes waiting; more are dropped and come again with the next boot
	clerkWatched  = 20000           // devices watched for their registration
	clerkTick     = time.Second     // how often they are looked at
	clerkPatience = 24 * time.Hour  // how long
	clerkLast     = 5 * time.Second // for what is written at the end
)

// clerk writes down what phones did, off the answering path: first contact,
// firmware, conflicts, and who has reached the step of the token.
type clerk struct {
	p     *Provisioning
	notes chan note
	stop  chan struct{}
	done  sync.WaitGroup

	first     sync.Map // directory.ID -> firstSeen: first registration after approval
	authority sync.Map // directory.ID -> string: the Phone ID under which it was given our CA
	shelf     *directory.Shelf
	old       *oldTLS

	watched map[directory.ID]*watched // the clerk's own
	told    sync.Map                  // directory.ID -> bool: is awaited, and whether by its token
	dropped atomic.Int64
	expired time.Time // when the phones out of service were last looked at
	fault   string    // of the models of one's own; empty: none
}

// note is one thing to be written about a device.
type note struct {
	device    directory.ID
	conflict  bool
	authority string // the Phone ID under which it was given our CA
	met       bool
	lobby     bool // seen, and its site has come to adopt into the lobby
	token     bool // came by its own token and got everything
	model     string
	vendor    string
	firmware  string
	proof     string // its certificate, where it got everything by it
}

func newClerk(p *Provisioning) (*clerk, error) {
	c := &clerk{
		p: p, notes: make(chan note, clerkQueue), stop: make(chan struct{}),
		shelf: p.c.Directory.Shelf("authority"), watched: map[directory.ID]*watched{},
	}
	err := c.shelf.All(func(key string, phoneID []byte) bool {
		c.authority.Store(directory.ID(key), string(phoneID))
		return true
	})
	if err != nil {
		return nil, err
	}
	if c.old, err = newOldTLS(p.c.Directory); err != nil {
		return nil, err
	}
	c.done.Add(1)
	go c.run()
	return c, nil
}

func (c *clerk) close() {
	close(c.stop)
	c.done.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), clerkLast)
	defer cancel()
	c.save(ctx)
}

// save writes down what is kept in memory first.
func (c *clerk) save(ctx context.Context) {
	c.p.alarms.save(ctx)
	if err := c.p.custom.Save(ctx); err != nil {
		c.p.log.Error("noting which templates last rendered", "err", err)
	}
	if err := c.old.save(ctx, c.p.c.Directory.Snapshot()); err != nil {
		c.p.log.Error("noting who needs old TLS", "err", err)
	}
}

// met notes that a device was served; byToken: everything, on its own URL.
func (c *clerk) met(v *visit, byToken bool) {
	d := v.device
	n := note{device: d.ID, token: byToken, met: d.Seen.IsZero() || d.Vendor == "" && v.found.Vendor != nil}
	if v.found.Vendor != nil {
		n.vendor = v.found.Vendor.Label
	}
	if v.found.Firmware != "" && v.found.Firmware != d.Firmware && v.found.Sure == identify.Certain {
		n.firmware = v.found.Firmware
	}
	if d.Model == "" && v.found.Model != nil {
		n.model = v.found.Model.Name
	}
	if own := v.snap.Site(d.Site); d.Step == directory.StepSeen && own != nil {
		n.lobby = own.Adoption == directory.AdoptLobby
	}
	if n.news() || c.awaits(d, byToken) {
		c.write(n)
	}
}

// news reports whether a note says something to be written down.
func (n *note) news() bool {
	return n.met || n.conflict || n.lobby || n.firmware != "" || n.model != "" || n.proof != ""
}

// proven notes a certificate that is new.
func (c *clerk) proven(v *visit) {
	if d := v.device; v.proof.MAC == d.MAC && d.Step.Approved() && (d.Step != directory.StepCertificate || d.Certificate != v.proof.String()) {
		c.write(note{device: d.ID, proof: v.proof.String()})
	}
}

func (c *clerk) conflict(d *directory.Device) {
	if !d.Conflict {
		c.write(note{device: d.ID, conflict: true})
	}
}

func (c *clerk) givenAuthority(d *directory.Device) {
	if !c.hasAuthority(d) {
		c.write(note{device: d.ID, authority: d.PhoneID})
	}
}

// hasAuthority: with a new Phone ID comes another phone, or one that was reset.
func (c *clerk) hasAuthority(d *directory.Device) bool {
	phoneID, has := c.authority.Load(d.ID)
	return has && phoneID == d.PhoneID
}

func (c *clerk) write(n note) {
	select {
	case c.notes <- n:
	default:
		c.dropped.Add(1)
	}
}

// run is the clerk's day: notes as they come, a look at registrations each tick.
func (c *clerk) run() {
	defer c.done.Done()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { // a write must not outlive the stop
		select {
		case <-c.stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	tick := time.NewTicker(clerkTick)
	defer tick.Stop()
	watcher := c.p.c.Directory.Watch()
	defer watcher.Close()
	changes := watcher.C()
	c.guarded(func() { c.meet(ctx, allDevices(c.p.c.Directory.Snapshot())) })
	for {
		select {
		case <-c.stop:
			return
		case batch, open := <-changes:
			if !open {
				changes = nil // the directory is being closed
				continue
			}
			c.guarded(func() { c.meet(ctx, c.changed(batch)) })
		case n := <-c.notes:
			c.guarded(func() { c.file(ctx, c.gather(n)) })
		case <-tick.C:
			c.guarded(func() { c.look(ctx) })
			c.guarded(func() { c.expire(ctx) })
			c.guarded(c.brokenModels)
			c.guarded(func() { c.save(ctx) })
		}
	}
}

// meet sees to what devices need that are new or changed.
func (c *clerk) meet(ctx context.Context, devices []*directory.Device) {
	c.expectOurs(devices)
	c.giveTokens(ctx, devices)
}

func (c *clerk) guarded(do func()) {
	defer func() {
		if fault := recover(); fault != nil {
			c.p.log.Error("provisioning's clerk", "fault", fault)
		}
	}()
	do()
}

// gather takes what else waits, so that one transaction holds it all.
func (c *clerk) gather(n note) []note {
	all := []note{n}
	for len(all) < clerkQueue {
		select {
		case n := <-c.notes:
			all = append(all, n)
		default:
			return all
		}
	}
	return all
}

// file writes notes down; a device that is gone meanwhile is passed over.
func (c *clerk) file(ctx context.Context, notes []note) {
	var given []directory.Item
	edits := notes[:0]
	for _, n := range notes {
		c.watch(n)
		if n.authority != "" {
			given = append(given, directory.Item{Key: string(n.device), Value: []byte(n.authority)})
			c.authority.Store(n.device, n.authority)
		}
		if n.news() {
			edits = append(edits, n)
		}
	}
	if len(given) > 0 {
		if err := c.shelf.Put(ctx, given); err != nil {
			c.p.log.Error("noting who has our authority", "err", err)
		}
	}
	if len(edits) == 0 {
		return
	}
	now := c.p.now()
	c.update(ctx, func(tx *directory.Tx) error {
		for _, n := range edits {
			if err := edit(tx, n, now); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *clerk) update(ctx context.Context, fn func(*directory.Tx) error) {
	if err := c.p.c.Directory.Update(ctx, directory.Actor{Kind: "system", Name: "provisioning"}, fn); err != nil {
		c.p.log.Error("noting what phones did", "err", err)
	}
}

// edit applies one note where it still says something new.
func edit(tx *directory.Tx, n note, now time.Time) error {
	old := tx.Device(n.device)
	if old == nil {
		return nil
	}
	d := *old
	d.Conflict = d.Conflict || n.conflict
	if n.met && d.Seen.IsZero() {
		d.Seen = now
	}
	if d.Vendor == "" {
		d.Vendor = n.vendor
	}
	if n.firmware != "" {
		d.Firmware = n.firmware
	}
	if d.Model == "" {
		d.Model = n.model
	}
	if n.lobby && d.Step == directory.StepSeen {
		d.Step = directory.StepLobby
	}
	if n.proof != "" && d.Step.Approved() {
		d.Step, d.Certificate = directory.StepCertificate, n.proof
	}
	if d.Conflict == old.Conflict && d.Certificate == old.Certificate && d.Step == old.Step && d.Seen.Equal(old.Seen) && d.Vendor == old.Vendor && d.Firmware == old.Firmware && d.Model == old.Model {
		return nil
	}
	return tx.PutDevice(&d)
}
