package resync

import (
	"time"

	"cradle/directory"
)

// hours tells whether a site's phones may be told of changes now, and else when
// they next may. set: the site has such hours at all.
func hours(site *directory.Site, now time.Time) (open, set bool, opens time.Time) {
	if site == nil || site.ResyncFrom == "" {
		return true, false, now
	}
	zone, err := time.LoadLocation(site.TimeZone) // empty: UTC
	from, errFrom := time.Parse("15:04", site.ResyncFrom)
	until, errUntil := time.Parse("15:04", site.ResyncUntil)
	if err != nil || errFrom != nil || errUntil != nil || site.ResyncFrom == site.ResyncUntil {
		return true, true, now
	}
	local := now.In(zone)
	at := func(day int, clock time.Time) time.Time {
		return time.Date(local.Year(), local.Month(), local.Day()+day, clock.Hour(), clock.Minute(), 0, 0, zone)
	}
	over := 0 // hours that end on the next day
	if !until.After(from) {
		over = 1
	}
	for day := -1; ; day++ {
		begin, end := at(day, from), at(day+over, until)
		if now.Before(begin) {
			return false, true, begin
		}
		if now.Before(end) {
			return true, true, now
		}
	}
}
