package settings

import (
	"fmt"
	"sync"
	"time"
	_ "time/tzdata" // zones are known also where the system has no zone files
)

// zones remembers the standard offset of every zone asked for, so that
// rendering reads no file.
type zones struct{ offsets sync.Map } // IANA name -> int seconds

// offset is the zone's distance from UTC in seconds without summer time, this
// year; an unknown name counts as UTC.
func (z *zones) offset(name string, now time.Time) int {
	if o, ok := z.offsets.Load(name); ok {
		return o.(int)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return 0
	}
	_, winter := time.Date(now.Year(), 1, 1, 0, 0, 0, 0, loc).Zone()
	_, summer := time.Date(now.Year(), 7, 1, 0, 0, 0, 0, loc).Zone()
	o := min(winter, summer)
	z.offsets.Store(name, o)
	return o
}

// hours writes an offset as phones like it: "0", "+1", "-3:30".
func hours(seconds int) string {
	sign, s := "+", seconds
	switch {
	case seconds == 0:
		return "0"
	case seconds < 0:
		sign, s = "-", -seconds
	}
	if m := s / 60 % 60; m != 0 {
		return fmt.Sprintf("%s%d:%02d", sign, s/3600, m)
	}
	return fmt.Sprintf("%s%d", sign, s/3600)
}
