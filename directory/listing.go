package directory

import (
	"iter"
	"strings"
)

// list walks the records of a table of one organization (empty: of all) in the
// order of their sort keys.
func list[P record](s *Snapshot, t table, org ID) iter.Seq[P] {
	prefix := ""
	if org != "" {
		prefix = string(org) + "/"
	}
	return func(yield func(P) bool) {
		for _, id := range s.order[t].prefixed(prefix) {
			if p, ok := s.records[t].value(id).(P); ok && !yield(p) {
				return
			}
		}
	}
}

// orderKey is a record's place in the listings.
func orderKey(r record) string {
	id, _ := r.head()
	return string(r.organization()) + "/" + r.sortKey() + "/" + string(id)
}

// Organizations walks all organizations by name.
func (s *Snapshot) Organizations() iter.Seq[*Organization] {
	return list[*Organization](s, tOrganization, "")
}

// Sites walks the sites of an organization (empty: of all) by name.
func (s *Snapshot) Sites(org ID) iter.Seq[*Site] { return list[*Site](s, tSite, org) }

// Users walks the users of an organization (empty: of all) by e-mail.
func (s *Snapshot) Users(org ID) iter.Seq[*User] { return list[*User](s, tUser, org) }

// Extensions walks the extensions of an organization (empty: of all) by number,
// shorter numbers first.
func (s *Snapshot) Extensions(org ID) iter.Seq[*Extension] {
	return list[*Extension](s, tExtension, org)
}

// Numbers walks the E.164 numbers of an organization (empty: of all).
func (s *Snapshot) Numbers(org ID) iter.Seq[*Number] { return list[*Number](s, tNumber, org) }

// Devices walks the phones of an organization (empty: of all) by MAC.
func (s *Snapshot) Devices(org ID) iter.Seq[*Device] { return list[*Device](s, tDevice, org) }

// Codes walks the dialled codes of an organization (empty: of all).
func (s *Snapshot) Codes(org ID) iter.Seq[*Code] { return list[*Code](s, tCode, org) }

// Seats walks the guests of an organization (empty: of all). Who is at home is
// not listed: it follows from the devices.
func (s *Snapshot) Seats(org ID) iter.Seq[*Seat] { return list[*Seat](s, tSeat, org) }

// referrer is one record that refers to another.
type referrer struct {
	as   string
	from ID
	line int
}

// referring walks what refers to a record, in the order of roles.
func (s *Snapshot) referring(to ID, as string) iter.Seq[referrer] {
	prefix := string(to) + "/"
	if as != "" {
		prefix += as + "/"
	}
	return func(yield func(referrer) bool) {
		for k := range s.refs.prefixed(prefix) {
			p := strings.Split(k, "/")
			if len(p) == 4 && !yield(referrer{p[1], ID(p[2]), atoi(p[3])}) {
				return
			}
		}
	}
}

// HomeLines walks the lines whose home is that extension.
func (s *Snapshot) HomeLines(ext ID) iter.Seq[LineRef] {
	return func(yield func(LineRef) bool) {
		for r := range s.referring(ext, refHome) {
			if !yield(LineRef{Device: r.from, Line: r.line}) {
				return
			}
		}
	}
}

// NumbersOf walks the E.164 numbers that lead to an extension.
func (s *Snapshot) NumbersOf(ext ID) iter.Seq[*Number] {
	return func(yield func(*Number) bool) {
		for r := range s.referring(ext, refExtension) {
			if n := s.Number(r.from); n != nil && !yield(n) {
				return
			}
		}
	}
}

// DevicesAt walks the phones of a site.
func (s *Snapshot) DevicesAt(site ID) iter.Seq[*Device] {
	return func(yield func(*Device) bool) {
		for r := range s.referring(site, refSite) {
			if d := s.Device(r.from); d != nil && !yield(d) {
				return
			}
		}
	}
}

func atoi(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
