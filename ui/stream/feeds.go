package stream

import (
	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/onboard"
	"cradle/ui/live"
)

// feeds are what the hub listens to; each may be missing.
type feeds struct {
	directory *directory.Watcher
	registrar live.Feed[[]string]
	steps     live.Feed[[]live.Step]
	calls     live.Feed[live.CallNews]
	alarms    live.Feed[provisioning.Alarm]
	strangers live.Feed[onboard.Stranger]
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
		f.alarms, f.strangers = c.Onboarding.WatchAlarms(), c.Onboarding.WatchStrangers()
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

// onboarding are the channels of alarms and strangers, nil where there are none.
func (f feeds) onboarding() (<-chan provisioning.Alarm, <-chan onboard.Stranger) {
	if f.alarms == nil {
		return nil, nil
	}
	return f.alarms.C(), f.strangers.C()
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
		f.strangers.Close()
	}
}
