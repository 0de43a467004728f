package main

import (
	"cradle/provisioning"
	"cradle/provisioning/onboard"
	"cradle/ui/live"
)

// liveOnboarding shows to the portal how phones come in.
type liveOnboarding struct{ *provisioning.Provisioning }

func (l liveOnboarding) AlarmList() []provisioning.Alarm { return l.Alarms().List() }

func (l liveOnboarding) WatchAlarms() live.Feed[provisioning.Alarm] { return l.Alarms().Watch() }

func (l liveOnboarding) WatchStrangers() live.Feed[onboard.Stranger] {
	return l.Provisioning.WatchStrangers()
}
