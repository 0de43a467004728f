// Package release sends guests home who forgot to leave: at an hour of the night,
// after so long without a call, or when the time is over for which they came
// (docs/seats.md).
//
// What is due follows from the records and the clock alone, so a restart forgets
// nothing: a guest who came before the last release hour is due, also when the
// appliance was off at that hour. Nobody is sent home during a call; he is as soon
// as it is over.
package release

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"cradle/calls/event"
	"cradle/directory"
)

// Calls is what release asks of the exchange; *calls.Exchange satisfies it.
type Calls interface {
	Busy(device directory.ID) bool
	Events() *event.Feed
	Records(ctx context.Context, org directory.ID, after string, n int) ([]directory.CallRecord, string, error)
}

// Config is what New needs. Log, Now and Every may be left out.
type Config struct {
	Directory *directory.Directory
	Calls     Calls
	Log       *slog.Logger
	Now       func() time.Time
	// Every is how often it looks; 0: 20 s.
	Every time.Duration
}

// Release looks after the guests until Close.
type Release struct {
	c    Config
	ctx  context.Context
	stop context.CancelFunc
	work sync.WaitGroup

	// What follows belongs to the goroutine run.
	last    map[directory.ID]time.Time // the end of a phone's last call
	known   bool                       // last holds what the records tell
	trimmed time.Time
}

// New begins to look.
func New(c Config) *Release {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Every == 0 {
		c.Every = 20 * time.Second
	}
	r := &Release{c: c, last: map[directory.ID]time.Time{}}
	r.ctx, r.stop = context.WithCancel(context.Background())
	calls := c.Calls.Events().Watch()
	r.work.Go(func() { r.run(calls) })
	return r
}

// Close ends looking.
func (r *Release) Close() {
	r.stop()
	r.work.Wait()
}

func (r *Release) run(calls *event.Watcher) {
	defer calls.Close()
	tick := time.NewTicker(r.c.Every)
	defer tick.Stop()
	for {
		select {
		case <-r.ctx.Done():
			return
		case e, ok := <-calls.C():
			if !ok {
				return
			}
			r.heard(e)
		case <-tick.C:
			if err := r.look(); err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, directory.ErrClosed) {
				r.c.Log.Error("guests are not sent home", "error", err)
			}
		}
	}
}

// heard notes the ends of calls.
func (r *Release) heard(e event.Event) {
	switch e.Kind {
	case event.Lost:
		r.known = false
	case event.Ended:
		r.ended(e.FromDevice, e.Time)
		r.ended(e.ToDevice, e.Time)
	}
}

func (r *Release) ended(phone directory.ID, at time.Time) {
	if phone != "" && at.After(r.last[phone]) {
		r.last[phone] = at
	}
}

// look sends everybody home who is due.
func (r *Release) look() error {
	now, s := r.c.Now(), r.c.Directory.Snapshot()
	var due []overdue
	for org := range s.Organizations() {
		for seat := range s.Seats(org.ID) {
			if r.c.Calls.Busy(seat.Device) {
				r.ended(seat.Device, now)
				continue
			}
			why, err := r.due(s, org, seat, now)
			if err != nil {
				return err
			}
			if why != "" {
				due = append(due, overdue{seat.ID, why})
			}
		}
	}
	return errors.Join(r.send(due), r.trim(now))
}

// overdue is a seat that ends, and why.
type overdue struct {
	seat directory.ID
	why  string
}

// The reasons, as they stand in the history.
const (
	byNight = "nightly release"
	byIdle  = "idle limit"
	byTime  = "end of the stay"
)

// due gives why a seat ends now; empty: it does not.
func (r *Release) due(s *directory.Snapshot, org *directory.Organization, seat *directory.Seat, now time.Time) (string, error) {
	if !seat.Until.IsZero() && !now.Before(seat.Until) {
		return byTime, nil
	}
	if org.NightlyRelease != "" {
		if night, ok := lastNight(org.NightlyRelease, zone(s, seat), now); ok && seat.Since.Before(night) {
			return byNight, nil
		}
	}
	idle := time.Duration(org.IdleRelease) * time.Hour
	if idle == 0 || now.Sub(seat.Since) < idle {
		return "", nil
	}
	if err := r.learn(s, now); err != nil {
		return "", err
	}
	if now.Sub(r.last[seat.Device]) < idle {
		return "", nil
	}
	return byIdle, nil
}

// zone is the time zone of the site where a guest sits.
func zone(s *directory.Snapshot, seat *directory.Seat) *time.Location {
	d := s.Device(seat.Device)
	if d == nil {
		return time.UTC
	}
	site := s.Site(d.Site)
	if site == nil {
		return time.UTC
	}
	if zone, err := time.LoadLocation(site.TimeZone); err == nil {
		return zone
	}
	return time.UTC
}

// learn reads the ends of calls from the records, once: those that no event of
// this run told of, back to the longest idle limit there is.
func (r *Release) learn(s *directory.Snapshot, now time.Time) error {
	if r.known {
		return nil
	}
	for org := range s.Organizations() {
		oldest := now.Add(-time.Duration(org.IdleRelease) * time.Hour)
		for after := ""; org.IdleRelease > 0; {
			page, next, err := r.c.Calls.Records(r.ctx, org.ID, after, 500)
			if err != nil {
				return err
			}
			for _, c := range page {
				r.ended(c.FromDevice, c.Ended)
				r.ended(c.ToDevice, c.Ended)
			}
			if next == "" || len(page) > 0 && page[len(page)-1].Ended.Before(oldest) {
				break
			}
			after = next
		}
	}
	r.known = true
	return nil
}

// together is how many seats end in one transaction.
const together = 100

// send ends seats. Who left meanwhile is not looked for.
func (r *Release) send(due []overdue) error {
	for len(due) > 0 {
		batch := due[:min(together, len(due))]
		due = due[len(batch):]
		for _, why := range []string{byTime, byNight, byIdle} {
			err := r.c.Directory.Update(r.ctx, directory.Actor{Kind: "system", Name: why}, func(tx *directory.Tx) error {
				for _, o := range batch {
					if o.why != why || tx.Snapshot().SeatByID(o.seat) == nil {
						continue
					}
					if err := tx.LeaveSeat(o.seat); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		r.c.Log.Info("guests sent home", "count", len(batch))
	}
	return nil
}

// trim shortens the history once a day.
func (r *Release) trim(now time.Time) error {
	if now.Sub(r.trimmed) < 24*time.Hour {
		return nil
	}
	r.trimmed = now
	return r.c.Directory.TrimSeatHistory(r.ctx)
}
