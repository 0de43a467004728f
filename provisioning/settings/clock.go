package settings

import "cradle/provisioning/render"

// time fills everything about the clock.
func (m *Maker) time(v render.Values, f Facts, s *Stack) {
	setText(v, atTime, s.Text(TimeServer))
	if s.Text(TimeServer) == "" {
		v[atTime] = render.S(f.Host)
	}
	zone := s.Text(TimeZone)
	if word, ok := f.Abilities.Zones[zone]; ok {
		v[atZoneVendor] = render.S(word)
	}
	c := m.zones.clock(zone, f.Now)
	v[atOffset], v[atHours], v[atOffsetMinutes] = render.I(c.offset), render.S(hours(c.offset)), render.I(c.offset/60)
	v[atPosix], v[atSummer], v[atSummerMinutes] = render.S(c.posix), render.B(c.summer != 0), render.I(c.summer/60)
	c.start.fill(v[atStart:])
	c.end.fill(v[atEnd:])
}

// fill writes month, week, weekday, hour and day, which lie beside each other.
func (c change) fill(v render.Values) {
	for i, n := range [...]int{c.month, c.week, c.weekday, c.seconds / 3600, c.day} {
		v[i] = render.I(n)
	}
}
