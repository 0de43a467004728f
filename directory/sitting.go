package directory

// Sitting is who a phone line is just now.
type Sitting struct {
	// Extension is whose calls, name and rights the line has; nil: nobody. For a
	// vacated line it is the home extension.
	Extension *Extension
	Kind      SeatKind
	// Vacated is set when the line's home extension is a guest elsewhere and
	// nobody else sits here: the line does not ring and may dial only seat codes
	// and emergency numbers. A personal phone's line never is: it goes where its
	// user goes.
	Vacated bool
}

func (s *Snapshot) guestAt(at LineRef) *Seat { return s.SeatByID(s.uniq[uSeatLine].value(at.key())) }

// Guest gives the seat where an extension is a guest, nil when it is nowhere.
func (s *Snapshot) Guest(ext ID) *Seat { return s.SeatByID(s.uniq[uSeatGuest].value(string(ext))) }

// homeOf gives the home extension of a line, nil for a hot-desk line and for a
// line that does not exist.
func (s *Snapshot) homeOf(at LineRef) *Extension {
	d := s.Device(at.Device)
	if d == nil || at.Line < 1 || at.Line > len(d.Lines) || d.Lines[at.Line-1].Home == "" {
		return nil
	}
	return s.Extension(d.Lines[at.Line-1].Home)
}

func (s *Snapshot) homeSeat(at LineRef, ext *Extension) *Seat {
	return &Seat{
		Organization: ext.Organization, Device: at.Device, Line: at.Line,
		Extension: ext.ID, Kind: SeatHome,
	}
}

// Seat gives the seat that is in force at a line: the guest's, or the one at home
// (with an empty ID). Nil: nobody is active there, because it is a hot-desk line
// without a guest or because it is vacated.
func (s *Snapshot) Seat(at LineRef) *Seat {
	if g := s.guestAt(at); g != nil {
		return g
	}
	if h := s.homeOf(at); h != nil && !s.vacated(at.Device, h.ID) {
		return s.homeSeat(at, h)
	}
	return nil
}

// vacated tells whether a home line of that phone is left by who is at home there.
func (s *Snapshot) vacated(phone, home ID) bool {
	return s.Guest(home) != nil && !s.personal(phone)
}

func (s *Snapshot) personal(phone ID) bool {
	d := s.Device(phone)
	return d != nil && d.Personal
}

// Sitting tells who a line is just now.
func (s *Snapshot) Sitting(at LineRef) Sitting {
	if g := s.guestAt(at); g != nil {
		return Sitting{Extension: s.Extension(g.Extension), Kind: g.Kind}
	}
	if h := s.homeOf(at); h != nil {
		return Sitting{Extension: h, Kind: SeatHome, Vacated: s.vacated(at.Device, h.ID)}
	}
	return Sitting{}
}

// Rings lists every line where an extension is active: the line where it is a
// guest, or else its home lines that have no guest; and its user's personal phones
// in any case.
func (s *Snapshot) Rings(ext ID) []LineRef {
	var lines []LineRef
	g := s.Guest(ext)
	if g != nil {
		lines = append(lines, g.At())
	}
	for l := range s.HomeLines(ext) {
		if s.guestAt(l) == nil && (g == nil || s.personal(l.Device)) {
			lines = append(lines, l)
		}
	}
	return lines
}

// HasDesk tells whether an extension is at home at a phone that stands somewhere.
func (s *Snapshot) HasDesk(ext ID) bool {
	for l := range s.HomeLines(ext) {
		if !s.personal(l.Device) {
			return true
		}
	}
	return false
}

// Inactive tells whether a base extension has guests on all its home lines and is
// no guest elsewhere: calls to it go to its voicemail, or get busy.
func (s *Snapshot) Inactive(ext ID) bool {
	if s.Guest(ext) != nil {
		return false
	}
	homes := 0
	for l := range s.HomeLines(ext) {
		if s.guestAt(l) == nil {
			return false
		}
		homes++
	}
	return homes > 0
}
