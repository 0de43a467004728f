package directory

import (
	"cmp"
	"slices"
	"strings"
)

// maxLamps bounds the lamps of one line: more keys no phone has.
const maxLamps = 500

// Lamps lists the extensions that a line's keys watch: those of the phone's layout
// and then those of who sits there, in the order of the keys, each once.
func (s *Snapshot) Lamps(at LineRef) []*Extension {
	d := s.Device(at.Device)
	if d == nil {
		return nil
	}
	me := s.Sitting(at).Extension
	l := lamps{s: s, device: d, line: at.Line, me: me, seen: map[ID]bool{}}
	if layout := s.LayoutOf(d); layout != nil {
		l.keys(layout.Keys)
	}
	if me != nil {
		l.keys(me.Keys)
	}
	return l.list
}

// LampsOf lists the extensions that a person's own keys watch.
func (s *Snapshot) LampsOf(e *Extension) []*Extension {
	l := lamps{s: s, me: e, seen: map[ID]bool{}}
	l.keys(e.Keys)
	return l.list
}

type lamps struct {
	s      *Snapshot
	device *Device // nil: of no phone
	line   int     // 0: of any
	me     *Extension
	list   []*Extension
	seen   map[ID]bool
}

// keys adds what the watching keys of a list watch, by their positions.
func (l *lamps) keys(keys []Key) {
	sorted := slices.Clone(keys)
	slices.SortStableFunc(sorted, func(a, b Key) int { return cmp.Or(cmp.Compare(a.Module, b.Module), cmp.Compare(place(a), place(b))) })
	for _, k := range sorted {
		switch {
		case k.Type != "blf" || l.line != 0 && max(k.Line, 1) != l.line:
		case k.Rule != "":
			l.rule(k.Rule)
		default:
			l.add(l.s.ExtensionByNumber(l.organization(), k.Value))
		}
	}
}

// place puts keys without a position behind those that have one.
func place(k Key) int {
	if k.Position == 0 {
		return maxPosition + 1
	}
	return k.Position
}

func (l *lamps) organization() ID {
	if l.device != nil {
		return l.device.Organization
	}
	return l.me.Organization
}

func (l *lamps) site() ID {
	if l.device != nil {
		return l.device.Site
	}
	return l.me.Site
}

func (l *lamps) rule(rule string) {
	var people []*Extension
	for e := range l.s.Extensions(l.organization()) {
		if l.me != nil && e.ID == l.me.ID {
			continue
		}
		if rule == "everyone" || rule == "site" && e.Site == l.site() ||
			rule == "department" && l.me != nil && l.me.Department != "" && e.Department == l.me.Department {
			people = append(people, e)
		}
	}
	slices.SortStableFunc(people, func(a, b *Extension) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	for _, e := range people {
		l.add(e)
	}
}

func (l *lamps) add(e *Extension) {
	if e != nil && !l.seen[e.ID] && len(l.list) < maxLamps {
		l.seen[e.ID] = true
		l.list = append(l.list, e)
	}
}
