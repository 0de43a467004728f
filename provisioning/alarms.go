package provisioning

import (
	"log/slog"

	"golang.org/x/time/rate"
)

// alarms are log lines for an administrator, at most one a second after a few:
// a flood of them would hide what they say.
type alarms struct {
	log   *slog.Logger
	limit *rate.Limiter
}

func newAlarms(log *slog.Logger) *alarms {
	return &alarms{log: log, limit: rate.NewLimiter(1, 10)}
}

func (a *alarms) raise(what string, args ...any) {
	if a.limit.Allow() {
		a.log.Warn(what, append(args, "alarm", true)...)
	}
}
