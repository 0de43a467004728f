package stream

import (
	"cradle/directory"
	"cradle/provisioning"
	"cradle/ui/live"
)

// feeds are what the hub listens to; each may be missing.
type feeds struct {
	directory *directory.Watcher
	registrar live.Feed[[]string]
	steps     live.Feed[[]live.Step]
	calls     live.Feed[live.CallNews]
	alarms    live.Feed[provisioning.Alarm]
}

func listen(c Config) feeds {
	f := feeds{directory: c.Directory.Watch()}
	if c.Registrar != nil {
		f.registrar = c.Registrar.Watch()
	}
	if c.Provisioning != nil {
		f.steps = c.Provisioning.Watch()
	}
	if c.Calls != nil {
		f.calls = c.Calls.Watch()
	}
	if c.Onboarding != nil {
		f.alarms = c.Onboarding.WatchAlarms()
	}
	return f
}

// channels of the feeds; a missing feed is a nil channel, which never speaks.
func (f feeds) channels() (d <-chan []directory.Change, r <-chan []string, s <-chan []live.Step, c <-chan live.CallNews) {
	d = f.directory.C()
	if f.registrar != nil {
		r = f.registrar.C()
	}
	if f.steps != nil {
		s = f.steps.C()
	}
	if f.calls != nil {
		c = f.calls.C()
	}
	return d, r, s, c
}

// alarmChannel is that of the alarms, nil where there are none.
func (f feeds) alarmChannel() <-chan provisioning.Alarm {
	if f.alarms == nil {
		return nil
	}
	return f.alarms.C()
}

func (f feeds) close() {
	f.directory.Close()
	if f.registrar != nil {
		f.registrar.Close()
	}
	if f.steps != nil {
		f.steps.Close()
	}
	if f.calls != nil {
		f.calls.Close()
	}
	if f.alarms != nil {
		f.alarms.Close()
	}
}
