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
	offset := m.zones.offset(zone, f.Now)
	v[atOffset], v[atHours], v[atOffsetMinutes] = render.I(offset), render.S(hours(offset)), render.I(offset/60)
	v[atPosix], v[atSummer], v[atSummerMinutes] = render.S("UTC0"), render.B(false), render.I(0)
	for i := range 5 {
		v[atStart+i], v[atEnd+i] = render.I(0), render.I(0)
	}
}
