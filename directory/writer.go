package directory

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"time"

	"cradle/directory/kv"
)

// Bounds of the writer: how many jobs may wait, and how many share a commit.
const (
	queueDepth = 1024
	batchMost  = 512
)

// job is one thing to be written: a function on records, or items of a shelf.
type job struct {
	by    Actor
	fn    func(*Tx) error
	items []write
	taken atomic.Bool // by the writer, or back by a caller whose context ended
	done  chan error
}

// batch is what one commit carries.
type batch struct {
	work    *Snapshot
	writes  []write
	changes []Change
	audit   auditHead
	jobs    []*job
	txs     []*Tx
}

// Update runs fn as one transaction. When it returns nil, what fn wrote is on disk
// and in the snapshot. Concurrent updates share one commit; an error or a panic of
// fn undoes that fn only. fn runs on the writer's goroutine: it must be quick, must
// not call Update or Shelf.Put, and may be run again if the commit it shared failed.
func (d *Directory) Update(ctx context.Context, by Actor, fn func(*Tx) error) error {
	return d.submit(ctx, &job{by: by, fn: fn})
}

func (d *Directory) submit(ctx context.Context, j *job) error {
	j.done = make(chan error, 1)
	select {
	case d.queue <- j:
	case <-ctx.Done():
		return ctx.Err()
	case <-d.closing:
		return ErrClosed
	}
	select {
	case err := <-j.done:
		return err
	case <-d.stopped:
	case <-ctx.Done():
		if j.taken.CompareAndSwap(false, true) {
			return ctx.Err() // the writer will not see it any more
		}
		select {
		case err := <-j.done:
			return err
		case <-d.stopped:
		}
	}
	select { // the writer's last answer, or none
	case err := <-j.done:
		return err
	default:
		return ErrClosed
	}
}

// write is the only goroutine that changes anything. It ends when the directory
// closes.
func (d *Directory) write() {
	defer close(d.stopped)
	for {
		select {
		case <-d.closing:
			return
		case j := <-d.queue:
			d.commit(d.gather(j))
		}
	}
}

// gather takes what else waits already, so that it shares the commit.
func (d *Directory) gather(first *job) []*job {
	jobs := make([]*job, 0, 16)
	for j := first; ; {
		if j.taken.CompareAndSwap(false, true) {
			jobs = append(jobs, j)
		}
		if len(jobs) == batchMost {
			return jobs
		}
		select {
		case j = <-d.queue:
		default:
			return jobs
		}
	}
}

// commit writes jobs together. Where the engine refuses them as a whole, each is
// tried alone, so that nobody suffers for a neighbour.
func (d *Directory) commit(jobs []*job) {
	if len(jobs) == 0 {
		return
	}
	b := &batch{work: d.Snapshot(), audit: d.audit}
	for _, j := range jobs {
		if err := d.run(b, j); err != nil {
			j.done <- err
			continue
		}
		b.jobs = append(b.jobs, j)
	}
	err := d.flush(b)
	if err == nil {
		d.publish(b)
		return
	}
	for _, tx := range b.txs {
		tx.rollback()
	}
	if len(b.jobs) == 1 {
		b.jobs[0].done <- err
		return
	}
	d.log.Warn("a shared commit failed, trying one by one", "updates", len(b.jobs), "err", err)
	for _, j := range b.jobs {
		d.commit([]*job{j})
	}
}

// run adds one job to a batch, or gives its error and leaves the batch as it was.
func (d *Directory) run(b *batch, j *job) error {
	if j.fn == nil {
		b.writes = append(b.writes, j.items...)
		return nil
	}
	work := *b.work
	work.revision++
	tx := &Tx{d: d, by: j.by, now: d.now().UTC().Round(0), work: &work, epoch: d.nextEpoch()}
	err := d.guarded(tx, j.fn)
	if err == nil {
		err = tx.broken
	}
	if err != nil {
		tx.rollback()
		return err
	}
	tx.done = true
	if len(tx.changes) == 0 {
		return nil
	}
	audit := b.audit
	writes := tx.writes
	for _, c := range tx.changes {
		w, err := audit.entry(tx.now, tx.by, c)
		if err != nil {
			tx.rollback()
			return err
		}
		writes = append(writes, w)
	}
	b.work, b.audit = &work, audit
	b.writes = append(b.writes, writes...)
	b.changes = append(b.changes, tx.changes...)
	b.txs = append(b.txs, tx)
	return nil
}

// guarded turns a panic of fn into an error.
func (d *Directory) guarded(tx *Tx, fn func(*Tx) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			d.log.Error("an update panicked", "by", tx.by.Name, "panic", r, "stack", string(debug.Stack()))
			err = fmt.Errorf("%w: %v", ErrPanic, r)
		}
	}()
	return fn(tx)
}

// flush brings a batch to disk. Unique keys are claimed in the same transaction,
// so that the engine itself promises them.
func (d *Directory) flush(b *batch) error {
	if len(b.writes) == 0 {
		return nil
	}
	if len(b.txs) > 0 {
		b.writes = append(b.writes, b.audit.write(),
			write{key: keyRevision, value: strconv.AppendUint(nil, b.work.revision, 10)})
	}
	start := time.Now()
	_, err := d.engine.Update(context.Background(), func(w kv.Writer) error { return apply(w, b.writes) })
	if took := time.Since(start); took > time.Second {
		d.log.Warn("a commit was slow", "took", took, "keys", len(b.writes))
	}
	return err
}

func apply(w kv.Writer, writes []write) error {
	for _, x := range writes {
		var err error
		switch {
		case x.value == nil:
			err = w.Delete(x.key)
		case x.owner != "":
			err = claim(w, x)
		default:
			err = w.Put(x.key, x.value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func claim(w kv.Writer, x write) error {
	owner, err := w.Get(x.key)
	if err != nil && !errors.Is(err, ErrDamaged) {
		return err
	}
	if owner != nil && string(owner) != string(x.owner) {
		return fmt.Errorf("key %q: %w by record %s", x.key, ErrTaken, owner)
	}
	return w.Put(x.key, x.value)
}

// publish shows a batch that is on disk, then tells the watchers and the callers.
func (d *Directory) publish(b *batch) {
	if len(b.changes) > 0 {
		d.audit = b.audit
		b.work.finish()
		d.current.Store(b.work)
		d.hub.send(b.changes)
	}
	for _, j := range b.jobs {
		j.done <- nil
	}
}
