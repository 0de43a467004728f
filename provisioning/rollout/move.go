package rollout

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"cradle/directory"
)

// Start makes a roll-out and brings the change to the first phones. Stages,
// Least and Soak are the caller's; Models and Site may narrow a firmware's, and
// are a template's own. Errors: ErrInvalid, ErrRunning, those of the directory.
func (e *Engine) Start(ctx context.Context, by directory.Actor, r *directory.Rollout) error {
	return e.c.Directory.Update(ctx, by, func(tx *directory.Tx) error {
		s := tx.Snapshot()
		for old := range s.Rollouts("") {
			if old.Subject == r.Subject && (old.State == directory.RolloutRunning || old.State == directory.RolloutPaused) {
				return fmt.Errorf("%w: since %s", ErrRunning, old.Started.Format("2006-01-02 15:04"))
			}
		}
		prepare := e.ofFirmware
		if r.Kind == "template" {
			prepare = e.ofTemplate
		}
		if err := prepare(tx, r); err != nil {
			return err
		}
		return tx.PutRollout(r)
	})
}

func (e *Engine) ofFirmware(tx *directory.Tx, r *directory.Rollout) error {
	f := tx.Snapshot().Firmware(r.Subject)
	switch {
	case f == nil:
		return fmt.Errorf("%w: firmware %q is not there", ErrInvalid, r.Subject)
	case f.Bad != "":
		return fmt.Errorf("%w: %s is marked bad: %s", ErrInvalid, f.File, f.Bad)
	}
	for _, m := range r.Models {
		if !slices.Contains(f.Models, m) {
			return fmt.Errorf("%w: %s is not for a %s", ErrInvalid, f.File, m)
		}
	}
	if len(r.Models) == 0 {
		r.Models = f.Models
	}
	if f.Organization != "" {
		r.Organization = f.Organization
	}
	r.Target = f.Version
	e.reachOne(tx.Snapshot(), r)
	return nil
}

func (e *Engine) ofTemplate(tx *directory.Tx, r *directory.Rollout) error {
	t := tx.Snapshot().Template(r.Subject)
	if t == nil {
		return fmt.Errorf("%w: template %q is not there", ErrInvalid, r.Subject)
	}
	number, err := strconv.Atoi(r.Target)
	switch {
	case err != nil || number < 0:
		return fmt.Errorf("%w: %q is no number of a version", ErrInvalid, r.Target)
	case t.Scope.Kind == "device":
		return fmt.Errorf("%w: %s is for one phone alone", ErrInvalid, t.Name)
	case t.Share > 0 && t.Share < 100:
		return fmt.Errorf("%w: %s is in force for a part of its phones: put it in force for all first", ErrInvalid, t.Name)
	case t.Active == number:
		return fmt.Errorf("%w: version %d is in force", ErrInvalid, number)
	}
	r.Organization, r.Models, r.Site = t.Organization, []string{t.Model}, ""
	if t.Scope.Kind == "site" {
		r.Site = directory.ID(t.Scope.ID)
	}
	e.reachOne(tx.Snapshot(), r)
	c := *t
	c.Previous, c.Active = t.Active, number
	if len(r.Stages) > 0 {
		c.Share = r.Stages[0]
	}
	return tx.PutTemplate(&c)
}

// reachOne widens the first stages until they reach a phone that is registered,
// where there is one: a percent of twenty phones would try nothing.
func (e *Engine) reachOne(s *directory.Snapshot, r *directory.Rollout) {
	least := 100
	for d := range s.Devices(r.Organization) {
		if lot := directory.Lot(r.Subject, d.ID); r.Concerns(d) && lot < least {
			if _, live := e.registration(d); live {
				least = lot
			}
		}
	}
	if len(r.Stages) == 0 || least >= r.Stages[len(r.Stages)-1] {
		return
	}
	stages := []int{max(r.Stages[0], least+1)}
	for _, p := range r.Stages[1:] {
		if p > stages[len(stages)-1] {
			stages = append(stages, p)
		}
	}
	r.Stages = stages
}

// next begins the next stage, or ends the roll-out after the last.
func (e *Engine) next(ctx context.Context, was *directory.Rollout) error {
	return e.change(ctx, system, was.ID, func(tx *directory.Tx, r *directory.Rollout) error {
		if r.State != directory.RolloutRunning || r.Stage != was.Stage {
			return nil // somebody was quicker
		}
		if t := tx.Snapshot().Template(r.Subject); r.Kind == "template" && !ours(t, r) {
			r.State, r.Reason = directory.RolloutStopped, "another version was put in force"
			return nil
		}
		if r.Stage == len(r.Stages)-1 {
			r.State = directory.RolloutDone
		} else {
			r.Stage++
			r.Moved = e.c.Now()
		}
		return share(tx, r, r.Stages[r.Stage])
	})
}

// ours tells whether the template is still as the roll-out made it.
func ours(t *directory.Template, r *directory.Rollout) bool {
	return t != nil && strconv.Itoa(t.Active) == r.Target
}

// share gives a part of the phones the template's version.
func share(tx *directory.Tx, r *directory.Rollout, percent int) error {
	t := tx.Snapshot().Template(r.Subject)
	if r.Kind != "template" || !ours(t, r) || t.Share == percent {
		return nil
	}
	c := *t
	c.Share = percent
	return tx.PutTemplate(&c)
}

// stop ends a roll-out. A template's phones get the version before; phones that
// have a new firmware keep it, and no further one gets it.
func (e *Engine) stop(ctx context.Context, by directory.Actor, id directory.ID, reason string) error {
	return e.change(ctx, by, id, func(tx *directory.Tx, r *directory.Rollout) error {
		if r.State == directory.RolloutStopped || r.State == directory.RolloutDone {
			return ErrOver
		}
		r.State, r.Reason = directory.RolloutStopped, reason
		t := tx.Snapshot().Template(r.Subject)
		if r.Kind != "template" || !ours(t, r) {
			return nil
		}
		c := *t
		c.Active, c.Share = t.Previous, 100
		return tx.PutTemplate(&c)
	})
}

// Stop takes a roll-out back for somebody. Errors: ErrOver, directory.ErrNotFound.
func (e *Engine) Stop(ctx context.Context, by directory.Actor, id directory.ID) error {
	return e.stop(ctx, by, id, "stopped by hand")
}

// Pause lets a roll-out stay at its stage until Resume.
func (e *Engine) Pause(ctx context.Context, by directory.Actor, id directory.ID) error {
	return e.turn(ctx, by, id, directory.RolloutRunning, directory.RolloutPaused)
}

// Resume lets a paused roll-out go on.
func (e *Engine) Resume(ctx context.Context, by directory.Actor, id directory.ID) error {
	return e.turn(ctx, by, id, directory.RolloutPaused, directory.RolloutRunning)
}

func (e *Engine) turn(ctx context.Context, by directory.Actor, id directory.ID, from, to string) error {
	return e.change(ctx, by, id, func(_ *directory.Tx, r *directory.Rollout) error {
		if r.State == to {
			return nil
		}
		if r.State != from {
			return ErrOver
		}
		r.State = to
		return nil
	})
}

// change edits a roll-out as it is now.
func (e *Engine) change(ctx context.Context, by directory.Actor, id directory.ID, edit func(*directory.Tx, *directory.Rollout) error) error {
	return e.c.Directory.Update(ctx, by, func(tx *directory.Tx) error {
		now := tx.Snapshot().Rollout(id)
		if now == nil {
			return fmt.Errorf("%w: roll-out %q", directory.ErrNotFound, id)
		}
		c := *now
		if err := edit(tx, &c); err != nil {
			return err
		}
		return tx.PutRollout(&c)
	})
}
