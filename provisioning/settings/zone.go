package settings

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	_ "time/tzdata" // zones are known also where the system has no zone files
)

// clock is what a phone must know of its time zone in one year.
type clock struct {
	offset     int    // seconds east of UTC without summer time
	summer     int    // seconds the clock goes ahead in summer; 0: never
	start, end change // of summer time
	posix      string // IEEE 1003.1 TZ, as in the footer of RFC 9636 section 3.3
}

// maxClocks bounds the clocks remembered; there are about 600 zones.
const maxClocks = 4096

// zones remembers the clock of every zone asked for, so that rendering reads no
// file.
type zones struct {
	known sync.Map // zoneYear -> *clock
	count atomic.Int32
}

type zoneYear struct {
	name string
	year int
}

// clock is the zone's clock this year; an unknown name counts as UTC.
func (z *zones) clock(name string, now time.Time) *clock {
	key := zoneYear{name, now.Year()}
	if c, ok := z.known.Load(key); ok {
		return c.(*clock) //nolint:forcetypeassert // nothing else is stored
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		loc = time.UTC
	}
	c := clockOf(loc, key.year)
	if z.count.Load() < maxClocks {
		z.known.Store(key, c)
		z.count.Add(1)
	}
	return c
}

// years is how far ahead a zone's changes must follow one rule, so that it can
// be told from others: "the last Sunday" from "the fourth".
const years = 12

// clockOf derives the zone's clock from its changes in this and the next years.
// A zone whose changes follow no rule (Ramadan, a law that has just changed)
// has no summer time here, and the offset of next July.
func clockOf(loc *time.Location, year int) *clock {
	var starts, ends []change
	c := &clock{}
	for y := year; y < year+years; y++ {
		start, end, ok := changes(loc, y)
		if !ok {
			break
		}
		starts, ends = append(starts, start), append(ends, end)
	}
	abbreviation, offset := time.Date(year+1, 7, 1, 0, 0, 0, 0, loc).Zone()
	if len(starts) == years {
		startRule, startWeek, ok1 := ruleOf(starts)
		endRule, endWeek, ok2 := ruleOf(ends)
		if ok1 && ok2 {
			c.start, c.end = starts[0], ends[0]
			c.start.week, c.end.week = startWeek, endWeek
			c.offset, c.summer = c.start.before, c.end.before-c.start.before
			c.posix = posixName(c.start.from, c.offset) + posixSummer(c.end.from, c.offset, c.summer) + "," + startRule + "," + endRule
			return c
		}
	}
	c.offset = offset
	c.posix = posixName(abbreviation, offset)
	return c
}

// posixName writes a name and its offset, which POSIX counts west of UTC.
func posixName(name string, offset int) string {
	if strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != "" {
		name = "<" + name + ">"
	}
	return name + clockText(-offset)
}

// posixSummer leaves out an offset of one hour ahead.
func posixSummer(name string, offset, summer int) string {
	text := posixName(name, offset+summer)
	if summer == 3600 {
		return strings.TrimSuffix(text, clockText(-offset-summer))
	}
	return text
}

// clockText writes seconds as h, h:mm or h:mm:ss.
func clockText(seconds int) string {
	sign := ""
	if seconds < 0 {
		sign, seconds = "-", -seconds
	}
	text := fmt.Sprintf("%s%d", sign, seconds/3600)
	if seconds%3600 != 0 {
		text += fmt.Sprintf(":%02d", seconds/60%60)
	}
	if seconds%60 != 0 {
		text += fmt.Sprintf(":%02d", seconds%60)
	}
	return text
}

// hours writes an offset as phones like it: "0", "+1", "-3:30".
func hours(seconds int) string {
	if seconds <= 0 {
		return clockText(seconds - seconds%60)
	}
	return "+" + clockText(seconds-seconds%60)
}
