// Package directory holds what exists: organizations, sites, users, extensions,
// numbers, phones, and who sits at which phone.
//
// Everything is in memory as an immutable Snapshot, which every hot path reads
// without a lock; every change goes through Update, which returns when it is on
// disk and in the snapshot. Watch tells what changed.
//
// Seats: a home seat is not stored. Who is at home where follows from the devices'
// lines (Line.Home), so that the two can never disagree; only guests have a Seat
// record. That a line has one guest, and an extension is a guest once, are unique
// keys of the store.
package directory

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"cradle/directory/kv"
)

// Options say how a directory is opened.
type Options struct {
	Engine kv.Engine        // where it is kept; closed by Close of the directory
	Keys   *Keys            // from LoadKeys
	Log    *slog.Logger     // nil: nothing is logged
	Now    func() time.Time // nil: time.Now
	// BeforeStep is called before a store of an older form is changed, with that
	// form: it keeps a copy. Its error leaves the store as it is. nil: nobody does.
	BeforeStep func(form int) error
}

// Directory is the open store. Its methods may be called from any goroutine.
type Directory struct {
	engine    kv.Engine
	keys      *Keys
	passwords *passwords
	gate      gate
	log       *slog.Logger
	now       func() time.Time

	fits    atomic.Pointer[Fits] // nil: every phone has what is demanded
	current atomic.Pointer[Snapshot]
	hub     hub
	found   []Finding // faults met at the start
	audit   auditHead // the writer's
	epoch   atomic.Uint64
	told    atomic.Uint32 // lines of the history of seats

	queue   chan *job
	closing chan struct{}
	stopped chan struct{}
	once    sync.Once
}

// Open reads everything into memory. A store of an older form is migrated, a newer
// one gives ErrNewer. Damaged records are logged by key and left out; Check lists
// them.
func Open(ctx context.Context, o Options) (*Directory, error) {
	if o.Engine == nil || o.Keys == nil {
		return nil, invalid("a directory needs an engine and keys")
	}
	d := &Directory{
		engine: o.Engine, keys: o.Keys, log: o.Log, now: o.Now,
		queue: make(chan *job, queueDepth), closing: make(chan struct{}), stopped: make(chan struct{}),
	}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	if d.now == nil {
		d.now = time.Now
	}
	if err := migrate(ctx, d.engine, migrations, schemaVersion, o.BeforeStep); err != nil {
		return nil, err
	}
	s, audit, found, err := d.load(ctx)
	if err != nil {
		return nil, err
	}
	d.passwords = newPasswords()
	for _, f := range found {
		d.log.Error("left out of the directory", "key", f.Key, "fault", f.Fault)
	}
	d.found, d.audit = found, audit
	d.current.Store(s)
	go d.write()
	if err := errors.Join(d.loadGate(), d.clearPending(ctx)); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// clearPending ends what was being changed when the appliance stopped.
func (d *Directory) clearPending(ctx context.Context) error {
	var pending []ID
	for n := range d.Snapshot().Numbers("") {
		if n.Status == NumberPending {
			pending = append(pending, n.ID)
		}
	}
	if len(pending) == 0 {
		return nil
	}
	return d.Update(ctx, Actor{"system", "start"}, func(tx *Tx) error {
		for _, id := range pending {
			c := *tx.work.Number(id)
			c.Status = NumberActive
			if err := tx.PutNumber(&c); err != nil {
				return err
			}
		}
		return nil
	})
}

// Found lists what was damaged when the store was opened, and is left out.
func (d *Directory) Found() []Finding { return slices.Clone(d.found) }

// Snapshot gives the directory as of now: immutable, never nil.
func (d *Directory) Snapshot() *Snapshot { return d.current.Load() }

// nextEpoch gives a number that marks whose nodes of the trees may be written to.
func (d *Directory) nextEpoch() uint64 { return d.epoch.Add(1) }

// Close lets the commit that is under way end, refuses what waits with ErrClosed,
// ends all watchers and closes the engine.
func (d *Directory) Close() error {
	var err error
	d.once.Do(func() {
		close(d.closing)
		<-d.stopped
		d.hub.Close()
		err = d.engine.Close()
	})
	return err
}
