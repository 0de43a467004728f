package directory

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"cradle/directory/kv"
)

// schemaVersion is the form in which this program writes the store.
const schemaVersion = 2

// migration is a step that brings the store to a version. It runs in one
// transaction with the new version's number, and may be run again.
type migration struct {
	to   int
	what string
	run  func(kv.Writer) error
}

// migrations lists the steps in order. The first form needed none.
var migrations = []migration{
	{2, "devices hold udp only where somebody chose it", forgetUnchosenUDP},
}

// migrate brings a store to the newest version, step by step, once before has
// kept a copy of it. A store that a newer program wrote gives ErrNewer and stays
// as it is.
func migrate(ctx context.Context, e kv.Engine, steps []migration, newest int, before func(form int) error) error {
	version, err := storedVersion(ctx, e)
	if err != nil {
		return err
	}
	if version > newest {
		return fmt.Errorf("store: %w: its form is %d, this program knows %d", ErrNewer, version, newest)
	}
	if version == 0 { // an empty store
		_, err := e.Update(ctx, func(w kv.Writer) error { return putVersion(w, newest) })
		return err
	}
	steps = slices.DeleteFunc(slices.Clone(steps), func(s migration) bool { return s.to <= version })
	if len(steps) > 0 && before != nil {
		if err := before(version); err != nil {
			return fmt.Errorf("store: keeping a copy in form %d before it is changed: %w", version, err)
		}
	}
	for _, s := range steps {
		_, err := e.Update(ctx, func(w kv.Writer) error {
			if err := s.run(w); err != nil {
				return err
			}
			return putVersion(w, s.to)
		})
		if err != nil {
			return fmt.Errorf("store: step to form %d (%s): %w", s.to, s.what, err)
		}
	}
	return nil
}

func putVersion(w kv.Writer, v int) error {
	return w.Put(keySchema, strconv.AppendInt(nil, int64(v), 10))
}

// storedVersion gives a store's version, 0 when it is empty.
func storedVersion(ctx context.Context, e kv.Engine) (version int, err error) {
	err = e.View(ctx, func(r kv.Reader) error {
		v, err := r.Get(keySchema)
		if err != nil {
			return err
		}
		if v != nil {
			version, err = strconv.Atoi(string(v))
			if err != nil || version < 1 {
				return fmt.Errorf("store: %w: version %q", ErrDamaged, v)
			}
			return nil
		}
		return r.Scan("", "", func(kv.Item) error {
			return fmt.Errorf("store: %w: it has keys but no version", ErrDamaged)
		})
	})
	return version, err
}
