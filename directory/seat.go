package directory

import (
	"fmt"
	"time"
)

// SeatKind says how an extension sits at a phone line.
type SeatKind string

// The kinds of seats.
const (
	SeatHome    SeatKind = "home"    // at its own phone; not a log-in
	SeatLogin   SeatKind = "login"   // a guest on a hot-desk phone
	SeatVirtual SeatKind = "virtual" // a guest on the phone of a base extension
)

// The ways a seat comes to be.
const (
	HowPortal = "portal"
	HowCode   = "code"
	HowScreen = "screen"
	HowImport = "import"
	HowAPI    = "api"
)

// Seat is who sits at which line of which phone. Only guests have records; a
// seat at home follows from Device.Lines and has an empty ID, so that the two can
// never disagree.
type Seat struct {
	ID           ID
	Revision     uint64
	Organization ID
	Device       ID
	Line         int // counts from 1
	Extension    ID
	Kind         SeatKind
	Since        time.Time
	By           string // the actor's name
	How          string // portal, code, screen, import, api
	// Until is when it ends by itself; zero: never. Not during a call.
	Until time.Time
}

// At is the line of the seat.
func (s *Seat) At() LineRef { return LineRef{Device: s.Device, Line: s.Line} }

func (s *Seat) table() table                         { return tSeat }
func (s *Seat) head() (ID, uint64)                   { return s.ID, s.Revision }
func (s *Seat) setHead(id ID, rev uint64)            { s.ID, s.Revision = id, rev }
func (s *Seat) organization() ID                     { return s.Organization }
func (s *Seat) sortKey() string                      { return s.At().key() }
func (s *Seat) encode(*Keys) ([]byte, error)         { return encodePlain(s) }
func (s *Seat) decode(_ *Keys, _ ID, b []byte) error { return decodePlain(b, s) }
func (s *Seat) check() error                         { return checkText("by", s.By, false) }

// uniques are invariants 1 and 2 of the seats as keys of the store: one guest a
// line, one line a guest.
func (s *Seat) uniques() []unique {
	return []unique{{uSeatLine, s.At().key()}, {uSeatGuest, string(s.Extension)}}
}

func (s *Seat) refs() []ref {
	return []ref{
		{to: s.Organization, t: tOrganization, as: refOrganization},
		{to: s.Device, t: tDevice, as: refSeatDevice, line: s.Line},
		{to: s.Extension, t: tExtension, as: refSeatGuest},
	}
}

func (s *Seat) clone() record {
	c := *s
	return &c
}

// SitRequest asks for a seat. How decides which rules hold: a person at the phone
// (code, screen) takes the line from a guest and moves on from elsewhere; the
// portal and the API do neither without Force. An import puts everybody exactly
// where it says.
type SitRequest struct {
	Extension ID
	At        LineRef
	By        string // who, for the record
	How       string
	Force     bool // an administrator's: also a base extension's phone, also over a guest
	Until     time.Time
}

func refused(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrRefused, fmt.Sprintf(format, args...))
}

// Sit puts an extension at a phone line, in one step with everything that follows
// from it: the guest who was there returns to his own phone,
// and the extension leaves where it was. Sitting down at its own home line is
// coming home; then the seat given is the one at home. Where it already sits
// nothing changes. Errors: ErrNotFound, ErrRefused by a rule, ErrRetired where
// the phone is out of service, ErrTaken when somebody is there or it is a guest
// elsewhere and the request may not change that.
func (tx *Tx) Sit(r SitRequest) (*Seat, error) {
	ext := tx.work.Extension(r.Extension)
	dev := tx.work.Device(r.At.Device)
	switch {
	case ext == nil:
		return nil, notFound("extension", string(r.Extension))
	case dev == nil || dev.Organization != ext.Organization:
		return nil, notFound("device", string(r.At.Device))
	case r.At.Line < 1 || r.At.Line > len(dev.Lines):
		return nil, invalid("phone %s has no line %d", dev.PhoneID, r.At.Line)
	}
	if err := dev.InService(); err != nil {
		return nil, err
	}
	now := tx.work.guestAt(r.At)
	if now != nil && now.Extension == ext.ID {
		return now, nil
	}
	home := dev.Lines[r.At.Line-1].Home
	if home == ext.ID {
		return tx.comeHome(ext, r.At)
	}
	if err := tx.maySit(r, ext, dev, home, now); err != nil {
		return nil, err
	}
	return tx.sitDown(r, ext, home)
}

// comeHome ends the seat an extension has elsewhere. A guest at its home line
// stays ("Home taken").
func (tx *Tx) comeHome(ext *Extension, at LineRef) (*Seat, error) {
	if seat := tx.work.Guest(ext.ID); seat != nil {
		if err := tx.endSeat(seat); err != nil {
			return nil, tx.breaks(err)
		}
	}
	return tx.work.homeSeat(at, ext), nil
}

func (tx *Tx) maySit(r SitRequest, ext *Extension, dev *Device, home ID, now *Seat) error {
	remote := r.How == HowPortal || r.How == HowAPI
	free := r.Force || r.How == HowImport
	switch {
	case !ext.HotDesk:
		return refused("extension %s may not sit anywhere but at home", ext.Number)
	case dev.Alone():
		return refused("phone %s is never shared", dev.PhoneID)
	case dev.Disabled:
		return refused("phone %s is disabled", dev.PhoneID)
	case remote && !dev.RemoteLogin:
		return refused("phone %s takes log-ins only by hand", dev.PhoneID)
	case remote && !free && home != "":
		return refused("phone %s belongs to an extension", dev.PhoneID)
	case home != "" && !free && !tx.allowsGuests(home):
		return refused("phone %s is not shared by its extension", dev.PhoneID)
	case remote && !free && now != nil:
		return fmt.Errorf("phone %s: %w: somebody is logged in there", dev.PhoneID, ErrTaken)
	}
	if g := tx.work.Guest(ext.ID); g != nil && remote && !free {
		return fmt.Errorf("extension %s: %w: it is logged in elsewhere", ext.Number, ErrTaken)
	}
	if fits := tx.d.fits.Load(); fits != nil {
		if why := (*fits)(tx.work, dev, ext); why != "" {
			return fmt.Errorf("%w: %s", ErrUnfit, why)
		}
	}
	return nil
}

// Fits is what other rooms know of phones: why an extension cannot sit at one,
// because it demands what the phone does not have. Empty: it can.
type Fits func(*Snapshot, *Device, *Extension) (why string)

// JudgeSeats has every new seat judged by what another room knows, whichever door
// it is taken by. The function is called by the writer: it must be quick.
func (d *Directory) JudgeSeats(f Fits) { d.fits.Store(&f) }

func (tx *Tx) allowsGuests(home ID) bool {
	h := tx.work.Extension(home)
	return h != nil && h.Virtualization.Allow
}

func (tx *Tx) sitDown(r SitRequest, ext *Extension, home ID) (*Seat, error) {
	seat := &Seat{
		Organization: ext.Organization, Device: r.At.Device, Line: r.At.Line, Extension: ext.ID,
		Kind: SeatLogin, Since: tx.now, By: r.By, How: r.How, Until: r.Until,
	}
	if home != "" {
		seat.Kind = SeatVirtual
	}
	for _, leaving := range []*Seat{tx.work.guestAt(r.At), tx.work.Guest(ext.ID)} {
		if leaving != nil {
			if err := tx.endSeat(leaving); err != nil {
				return nil, tx.breaks(err)
			}
		}
	}
	if err := tx.put(seat); err != nil {
		return nil, tx.breaks(err)
	}
	return tx.work.SeatByID(seat.ID), tx.breaks(tx.record(SeatTaken, seat))
}

// endSeat sends a guest home, or nowhere where he has no phone.
func (tx *Tx) endSeat(s *Seat) error {
	if err := tx.remove(tSeat, s.ID); err != nil {
		return err
	}
	return tx.record(SeatLeft, s)
}

// Leave sends an extension home from where it is a guest. It gives the seat that
// ended, nil when the extension was no guest: then nothing changes.
func (tx *Tx) Leave(ext ID) (*Seat, error) {
	if tx.work.Extension(ext) == nil {
		return nil, notFound("extension", string(ext))
	}
	seat := tx.work.Guest(ext)
	if seat == nil {
		return nil, nil
	}
	return seat, tx.endSeat(seat)
}

// LeaveLine undoes what can be undone at a line, as *30 alone does: the guest
// there goes home; without a guest, the line's own extension comes home from
// where it is. It gives the seat that ended, nil when there was nothing to undo.
func (tx *Tx) LeaveLine(at LineRef) (*Seat, error) {
	dev := tx.work.Device(at.Device)
	if dev == nil || at.Line < 1 || at.Line > len(dev.Lines) {
		return nil, notFound("line", at.key())
	}
	seat := tx.work.guestAt(at)
	if seat == nil {
		if home := dev.Lines[at.Line-1].Home; home != "" {
			seat = tx.work.Guest(home)
		}
	}
	if seat == nil {
		return nil, nil
	}
	return seat, tx.endSeat(seat)
}

// LeaveSeat ends a guest's seat by its ID.
func (tx *Tx) LeaveSeat(id ID) error {
	seat := tx.work.SeatByID(id)
	if seat == nil {
		return notFound("seat", string(id))
	}
	return tx.endSeat(seat)
}

// linesChange sends the guests of those lines home that go away or change hands.
func (tx *Tx) linesChange(old, d *Device) error {
	for i := range old.Lines {
		if i < len(d.Lines) && d.Lines[i].Home == old.Lines[i].Home {
			continue
		}
		if seat := tx.work.guestAt(old.At(i + 1)); seat != nil {
			if err := tx.endSeat(seat); err != nil {
				return err
			}
		}
	}
	return nil
}

// clearOut sends all guests of a phone home.
func (tx *Tx) clearOut(d *Device) error {
	for i := range d.Lines {
		if seat := tx.work.guestAt(d.At(i + 1)); seat != nil {
			if err := tx.endSeat(seat); err != nil {
				return err
			}
		}
	}
	return nil
}
