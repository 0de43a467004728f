package main

import (
	"fmt"
	"time"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/resync"
	"cradle/provisioning/rollout"
)

// openRollouts lets changes go on that were on their way to the phones.
func (a *appliance) openRollouts() (err error) {
	a.rollouts, err = rollout.New(rollout.Config{
		Directory: a.store.Directory, Registered: a.registrar.Registration, Faults: a.prov.TemplateFaults, Log: a.log,
		Pending: func(id directory.ID) bool { return a.resync.State(id).Status == resync.Pending },
		Alarm: func(text string, site directory.ID) {
			a.prov.Alarms().Raise(provisioning.Alarm{At: time.Now(), Kind: "rollout", Text: text, Site: site})
		},
	})
	if err != nil {
		return fmt.Errorf("roll-outs: %w", err)
	}
	a.closing("roll-outs", a.rollouts.Close)
	return nil
}
