package main

import (
	"context"

	"cradle/calls/hoteling"
)

// openSeats joins what of seats is neither a code nor a page: the phones' own
// log-in.
func (a *appliance) openSeats(context.Context) error {
	softkeys := hoteling.New(hoteling.Config{Directory: a.store.Directory, Door: a.registrar, Rules: a.seats, Speaks: a.logsInBySoftkey, Log: a.log})
	a.closing("hoteling", func() error { softkeys.Close(); return nil })
	return nil
}

// logsInBySoftkey tells whether a model's data says so.
func (a *appliance) logsInBySoftkey(model string) bool {
	m := a.shelf.Current().Model(model)
	return m != nil && m.Hoteling != ""
}
