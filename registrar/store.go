package registrar

import (
	"context"
	"fmt"
	"time"

	"cradle/directory"
	"cradle/registrar/location"
)

// shelf lets location keep its records in the directory's store.
type shelf struct{ s *directory.Shelf }

// Put writes a batch in one transaction.
func (s shelf) Put(ctx context.Context, batch []location.Record) error {
	items := make([]directory.Item, len(batch))
	for i, b := range batch {
		items[i] = directory.Item{Key: b.Key, Value: b.Value}
	}
	return s.s.Put(ctx, items)
}

// All reads everything back.
func (s shelf) All(f func(string, []byte) bool) error { return s.s.All(f) }

func (r *Registrar) restore() error {
	snap := r.dir.Snapshot()
	dropped, err := r.loc.Restore(r.store, r.now(), func(name string) (string, bool) {
		acc := snap.Account(name)
		if acc == nil || acc.Device.Disabled {
			return "", false
		}
		return acc.User, true
	})
	if err != nil {
		return fmt.Errorf("bindings: %w", err)
	}
	if len(dropped) == 0 {
		return nil
	}
	batch := make([]location.Record, len(dropped))
	for i, k := range dropped {
		batch[i].Key = k
	}
	if err := r.store.Put(context.Background(), batch); err != nil {
		r.log.Warn("bindings of accounts that are gone could not be dropped", "error", err)
	}
	return nil
}

// save writes down what changed, one transaction at a time.
func (r *Registrar) save(ctx context.Context, all bool) error {
	r.flush.Lock()
	defer r.flush.Unlock()
	return r.loc.Flush(ctx, r.store, r.now(), all)
}

// upkeep ends what has run out and writes down what changed, once a second.
func (r *Registrar) upkeep() {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel() // what is being asked of phones ends
	failing := false
	for {
		select {
		case <-r.stop:
			return
		case <-t.C:
		}
		r.loc.Sweep(r.now())
		r.loc.Tick()
		r.deskUpkeep(ctx)
		r.pingDue(ctx)
		err := r.save(ctx, false)
		if (err != nil) != failing { // told when it begins and when it ends
			failing = err != nil
			r.log.Warn("bindings are being written", "failing", failing, "error", err)
		}
	}
}

// follow drops the bindings of accounts that are gone, disabled, or whose
// secret was changed.
func (r *Registrar) follow(w *directory.Watcher) {
	for {
		select {
		case <-r.stop:
			return
		case changes, ok := <-w.C():
			if !ok {
				return
			}
			for _, c := range changes {
				r.followOne(c)
			}
		}
	}
}

// dropForbidden ends the bindings of a phone from addresses that are no longer on
// its list: nobody there may be called as it.
func (r *Registrar) dropForbidden(acc *directory.LineAccount) {
	list := acc.Device.SIP.AllowFrom
	if len(list) == 0 {
		return
	}
	for _, b := range r.loc.Lookup(acc.User, r.now()) {
		if !allowedFrom(list, b.Source.Addr()) {
			r.loc.Forget(acc.User)
			return
		}
	}
}

func (r *Registrar) followOne(c directory.Change) {
	snap := r.dir.Snapshot()
	if c.Kind == directory.KindOverflow {
		for b := range r.Bindings {
			if acc := snap.Account(b.Account); acc == nil || acc.Device.Disabled {
				r.loc.Forget(b.Account)
				r.subs.Drop(b.Account)
			}
		}
		return
	}
	old, ok := c.Old.(*directory.Device)
	if !ok || old == nil {
		return
	}
	for _, l := range old.Lines {
		now := snap.Account(l.Account.User)
		if now == nil || now.Device.Disabled || now.Device.Lines[now.Line-1].Account.Secret != l.Account.Secret {
			r.drop(l.Account.User, now)
			r.subs.Drop(l.Account.User)
			continue
		}
		r.dropForbidden(now)
	}
}
