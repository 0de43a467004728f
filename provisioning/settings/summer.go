package settings

import (
	"fmt"
	"sort"
	"time"
)

// change is one change of the clock, by the clock as it ran until then.
type change struct {
	year, month, day int
	weekday          int    // 0: Sunday
	week             int    // of the month, 1 to 4; 5: the last
	seconds          int    // of the day
	from             string // what the time was called until then
	before           int    // its offset, seconds east of UTC
}

// changes are the two changes of a year: ahead and back. ok is false where there
// are none, or others. Time.ZoneBounds would name them, but far ahead it stops
// at the ends of years too.
func changes(loc *time.Location, year int) (start, end change, ok bool) {
	count := 0
	day := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).In(loc)
	for day.UTC().Year() == year {
		next := day.Add(24 * time.Hour)
		_, before := day.Zone()
		switch _, after := next.Zone(); {
		case after > before:
			start, count = changeIn(day), count+1
		case after < before:
			end, count = changeIn(day), count+1
		}
		day = next
	}
	return start, end, count == 2 && start.year != 0 && end.year != 0
}

// changeIn finds the change within a day, to the second.
func changeIn(day time.Time) change {
	name, before := day.Zone()
	seconds := sort.Search(24*3600, func(i int) bool {
		_, offset := day.Add(time.Duration(i) * time.Second).Zone()
		return offset != before
	})
	wall := day.Add(time.Duration(seconds) * time.Second).UTC().Add(time.Duration(before) * time.Second)
	return change{seconds: wall.Hour()*3600 + wall.Minute()*60 + wall.Second(), from: name, before: before}.on(wall)
}

// on puts the change on a day.
func (c change) on(day time.Time) change {
	c.year, c.month, c.day, c.weekday = day.Year(), int(day.Month()), day.Day(), int(day.Weekday())
	c.week = min((c.day+6)/7, 5)
	return c
}

func (c change) date() time.Time {
	return time.Date(c.year, time.Month(c.month), c.day, 0, 0, 0, 0, time.UTC)
}

// isLast reports whether no such weekday follows in the month.
func (c change) isLast() bool { return c.date().AddDate(0, 0, 7).Month() != time.Month(c.month) }

// moved is the same instant counted from another day.
func (c change) moved(days int) change {
	c.seconds -= days * 24 * 3600
	return c.on(c.date().AddDate(0, 0, days))
}

// ruleOf is the POSIX rule Mm.w.d/time that all changes follow, and the week of
// the month for phones. Rules such as
// "the Friday before the last Sunday" are counted from a day nearby, with a time
// below 0 or above 24 hours, as RFC 9636 section 3.3.2 allows.
func ruleOf(all []change) (rule string, week int, ok bool) {
	for _, days := range []int{0, -1, 1, -2, 2, -3, 3} {
		moved := make([]change, len(all))
		for i, c := range all {
			moved[i] = c.moved(days)
		}
		if week, ok = sameWeek(moved); !ok {
			continue
		}
		c := moved[0]
		rule = fmt.Sprintf("M%d.%d.%d", c.month, week, c.weekday)
		if c.seconds != 2*3600 {
			rule += "/" + clockText(c.seconds)
		}
		if days != 0 { // phones count from the day itself, in this year
			week = all[0].week
		}
		return rule, week, true
	}
	return "", 0, false
}

// sameWeek is the week of the month all changes fall in, 1 to 4, or 5 for the
// last; false where month, weekday, time or week differ.
func sameWeek(all []change) (week int, ok bool) {
	last, first := true, all[0]
	week = first.week
	for _, c := range all {
		if c.month != first.month || c.weekday != first.weekday || c.seconds != first.seconds || c.before != first.before {
			return 0, false
		}
		last = last && c.isLast()
		if c.week != week {
			week = 0
		}
	}
	if last {
		return 5, true
	}
	return week, week > 0
}
