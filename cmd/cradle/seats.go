package main

import (
	"context"

	"cradle/calls/hoteling"
	"cradle/calls/release"
)

// openSeats joins what of seats is neither a code nor a page: what phones must
// have for a guest, the phones' own log-in, who is told of locks, and who sends
// home whoever forgot to leave.
func (a *appliance) openSeats(context.Context) error {
	a.store.JudgeSeats(encrypts(a.shelf))
	softkeys := hoteling.New(hoteling.Config{Directory: a.store.Directory, Door: a.registrar, Rules: a.seats, Speaks: a.logsInBySoftkey, Log: a.log})
	a.closing("hoteling", func() error { softkeys.Close(); return nil })
	end := a.locks.tell(a)
	a.closing("notices of locks", func() error { end(); return nil })
	night := release.New(release.Config{Directory: a.store.Directory, Calls: a.calls, Log: a.log.With("room", "release")})
	a.closing("release", func() error { night.Close(); return nil })
	return nil
}

// logsInBySoftkey tells whether a model's data says so.
func (a *appliance) logsInBySoftkey(model string) bool {
	m := a.shelf.Current().Model(model)
	return m != nil && m.Hoteling != ""
}
