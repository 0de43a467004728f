package api

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"time"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/onboard"
	"cradle/ui/access"
)

// alarmView is something that an administrator has to see.
type alarmView struct {
	At     time.Time     `json:"at" doc:"The last time."`
	First  time.Time     `json:"first"`
	Kind   onboard.Alarm `json:"kind"`
	Means  string        `json:"means" doc:"What such an alarm means, and what to look at."`
	Text   string        `json:"text" doc:"What happened."`
	MAC    string        `json:"mac" doc:"Empty: of no known phone."`
	Device directory.ID  `json:"device,omitempty"`
	Site   directory.ID  `json:"site" doc:"Empty: of no site."`
	Source string        `json:"source" doc:"Address of the last time."`
	Count  int           `json:"count"`
}

func alarmRoutes(a *API) {
	route(a, operation{method: http.MethodGet, path: "/alarms", permission: access.DevicesRead,
		summary: "Alarms, the newest first; those of no site are told to the organization that runs the appliance",
		errors:  []int{http.StatusNotFound}}, a.listAlarms)
}

func (a *API) listAlarms(_ context.Context, c *access.Caller, in *pageInput) (*pageOutput[alarmView], error) {
	org, err := in.organization(c)
	if err != nil {
		return nil, err
	}
	snap := a.Directory.Snapshot()
	var mine []provisioning.Alarm
	if a.Onboarding != nil {
		mine = slices.DeleteFunc(a.Onboarding.AlarmList(), func(alarm provisioning.Alarm) bool { return a.alarmed(snap, alarm) != org })
	}
	return cut(in, slices.Values(mine), func(alarm provisioning.Alarm) string {
		return newestFirst(alarm.At) + string(alarm.Kind) + string(alarm.MAC)
	}, func(alarm provisioning.Alarm) alarmView { return viewAlarm(snap, alarm) })
}

// newestFirst is a key by which later times come first.
func newestFirst(t time.Time) string { return fmt.Sprintf("%020d", math.MaxInt64-t.UnixNano()) }

// alarmed is the organization whose alarm it is.
func (a *API) alarmed(s *directory.Snapshot, alarm provisioning.Alarm) directory.ID {
	if site := s.Site(alarm.Site); site != nil {
		return site.Organization
	}
	return a.Gate.Home()
}

// Alarm draws one for the stream, and says whose it is.
func (a *API) Alarm(s *directory.Snapshot, alarm provisioning.Alarm) (directory.ID, any) {
	return a.alarmed(s, alarm), viewAlarm(s, alarm)
}

func viewAlarm(s *directory.Snapshot, alarm provisioning.Alarm) alarmView {
	v := alarmView{At: alarm.At, First: alarm.First, Kind: alarm.Kind, Means: alarm.Kind.Words(), Text: alarm.Text, Site: alarm.Site, Count: alarm.Count}
	if alarm.MAC != "" {
		v.MAC = alarm.MAC.Colons()
		if d := s.DeviceByMAC(alarm.MAC); d != nil && d.Site == alarm.Site {
			v.Device = d.ID
		}
	}
	if alarm.Source.IsValid() {
		v.Source = alarm.Source.String()
	}
	return v
}
