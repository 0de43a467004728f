package main

import (
	"cradle/provisioning"
	"cradle/ui/live"
)

// liveOnboarding shows to the portal how phones come in.
type liveOnboarding struct{ *provisioning.Provisioning }

func (l liveOnboarding) AlarmList() []provisioning.Alarm { return l.Alarms().List() }

func (l liveOnboarding) WatchAlarms() live.Feed[provisioning.Alarm] { return l.Alarms().Watch() }
