package release

import "time"

// lastNight is when an hour "HH:MM" was the last time in a time zone; false: no
// hour is said. In the night in which the clocks are put forward over it, it is the
// moment they are; in the one in which it comes twice, the first time.
func lastNight(hour string, zone *time.Location, now time.Time) (time.Time, bool) {
	clock, err := time.Parse("15:04", hour)
	if err != nil {
		return time.Time{}, false
	}
	y, m, d := now.In(zone).Date()
	at := firstAt(y, m, d, clock.Hour()*60+clock.Minute(), zone)
	if at.After(now) {
		at = firstAt(y, m, d-1, clock.Hour()*60+clock.Minute(), zone)
	}
	return at, true
}

// firstAt is the first moment of a day at which its clocks show so many minutes
// past midnight, or more.
func firstAt(y int, m time.Month, d, minutes int, zone *time.Location) time.Time {
	noon := time.Date(y, m, d, 12, 0, 0, 0, zone)
	day := noon.Day()
	shows := func(t time.Time) bool { // that, or later on this day
		l := t.In(zone)
		return l.Day() == day && l.Hour()*60+l.Minute() >= minutes
	}
	// Clocks are shifted by less than three hours. In that span what they show may
	// fall back, so the moments are tried one after the other, from the earliest.
	t := time.Date(y, m, d, 0, minutes, 0, 0, zone).Add(-3 * time.Hour)
	for !shows(t) && t.Before(noon.Add(15*time.Hour)) {
		t = t.Add(time.Minute)
	}
	return t
}
