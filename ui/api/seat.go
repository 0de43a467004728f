package api

import (
	"context"
	"iter"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cradle/directory"
	"cradle/ui/access"
)

// seatView is a guest at a phone line.
type seatView struct {
	ID            directory.ID       `json:"id"`
	Extension     string             `json:"extension"`
	ExtensionName string             `json:"extension_name"`
	Device        directory.ID       `json:"device"`
	PhoneID       string             `json:"phone_id"`
	Line          int                `json:"line"`
	Kind          directory.SeatKind `json:"kind" enum:"home,login,virtual"`
	Since         time.Time          `json:"since"`
	By            string             `json:"by"`
	How           string             `json:"how,omitempty" enum:"portal,code,screen,import,api" doc:"Absent: at home."`
}

type seatInput struct {
	Organization directory.ID `query:"organization" maxLength:"64"`
	Body         struct {
		Extension string `json:"extension" minLength:"1" maxLength:"64" doc:"ID or number."`
		PhoneID   string `json:"phone_id" pattern:"^[0-9]{6}$"`
		Line      int    `json:"line,omitempty" minimum:"1" maximum:"64" doc:"1 when left out."`
		Force     bool   `json:"force,omitempty" doc:"An administrator takes the phone although somebody is there."`
	}
}

func seatRoutes(a *API) {
	r := resource[directory.Seat, seatView, struct{}, struct{}]{
		name: "seat", path: "/seats", read: access.SeatsRead, write: access.SeatsWrite,
		all: guests, get: (*directory.Snapshot).SeatByID,
		organization: func(s *directory.Seat) directory.ID { return s.Organization },
		id:           func(s *directory.Seat) directory.ID { return s.ID },
		key:          func(s *directory.Seat) string { return string(s.ID) },
		view:         viewSeat,
		remove: func(tx *directory.Tx, _ *access.Caller, s *directory.Seat) error {
			return tx.LeaveSeat(s.ID)
		},
	}
	r.routes(a)
	route(a, operation{method: http.MethodPost, path: "/seats", permission: access.SeatsWrite, status: http.StatusCreated,
		summary: "Log an extension in at a phone", errors: []int{http.StatusNotFound, http.StatusConflict}}, a.sit)
}

// guests of an organization, phone by phone.
func guests(s *directory.Snapshot, org directory.ID) iter.Seq[*directory.Seat] { return s.Seats(org) }

func viewSeat(s *directory.Snapshot, seat *directory.Seat) seatView {
	v := seatView{ID: seat.ID, Device: seat.Device, Line: seat.Line, Kind: seat.Kind, Since: seat.Since, By: seat.By, How: seat.How}
	if e := s.Extension(seat.Extension); e != nil {
		v.Extension, v.ExtensionName = e.Number, e.Name
	}
	if d := s.Device(seat.Device); d != nil {
		v.PhoneID = d.PhoneID
	}
	return v
}

// sit writes a seat: 201 in force, 409 somebody is there or it is logged in
// elsewhere, 422 cannot be.
func (a *API) sit(ctx context.Context, c *access.Caller, in *seatInput) (*viewOutput[seatView], error) {
	org, err := (&pageInput{Organization: in.Organization}).organization(c)
	if err != nil {
		return nil, err
	}
	if in.Body.Force && !c.May(access.DevicesWrite) {
		return nil, forbidden(access.DevicesWrite, "only an administrator may force a login")
	}
	made, err := a.seat(ctx, c, login{organization: org, phoneID: in.Body.PhoneID, line: max(in.Body.Line, 1), force: in.Body.Force,
		extension: func(s *directory.Snapshot) (directory.ID, error) {
			return findExtension(s, org, in.Body.Extension, "body.extension")
		}})
	if err != nil {
		return nil, err
	}
	return &viewOutput[seatView]{Body: viewSeat(a.Directory.Snapshot(), made)}, nil
}

// login is a wish to be logged in at a phone's line.
type login struct {
	organization directory.ID
	extension    func(*directory.Snapshot) (directory.ID, error)
	phoneID      string
	line         int
	force        bool
}

// seat writes the seat and has the phone confirm it.
func (a *API) seat(ctx context.Context, c *access.Caller, l login) (*directory.Seat, error) {
	var made directory.Seat
	reach := a.Reach != nil && !l.force
	err := a.Directory.Update(ctx, actor(c), func(tx *directory.Tx) error {
		s := tx.Snapshot()
		extension, err := l.extension(s)
		if err != nil {
			return err
		}
		d := s.DeviceByPhoneID(l.organization, l.phoneID)
		if d == nil {
			return wrong("body.phone_id", "no phone has the Phone ID "+l.phoneID)
		}
		at := directory.LineRef{Device: d.ID, Line: l.line}
		if at.Line > len(d.Lines) {
			return wrong("body.line", "the phone has no such line")
		}
		if err := a.freeFor(s, c, d, at, extension, l.force); err != nil {
			return err
		}
		seat, err := tx.Sit(directory.SitRequest{Extension: extension, At: at, By: c.User.Email, How: how(c), Force: l.force})
		if err != nil {
			return err
		}
		made = *seat
		if reach = reach && made.Kind != directory.SeatHome; reach {
			return setPending(tx, extension, directory.NumberActive, directory.NumberPending)
		}
		return nil
	})
	if err == nil && reach {
		err = a.confirm(ctx, c, &made)
	}
	return &made, err
}

// freeFor holds what is asked of a login from the portal before the
// seat is written; force passes all but what cannot be.
func (a *API) freeFor(s *directory.Snapshot, c *access.Caller, d *directory.Device, at directory.LineRef, extension directory.ID, force bool) error {
	if err := d.InService(); err != nil {
		return err
	}
	if d.Disabled || d.Step == directory.StepSeen {
		return wrong("body.phone_id", "this phone is not approved")
	}
	if d.Alone() {
		return wrong("body.phone_id", "this phone is never shared")
	}
	if e := s.Extension(extension); !e.HotDesk {
		return wrong("body.extension", "this extension may only sit at home")
	}
	if force {
		return nil
	}
	if !d.RemoteLogin {
		return wrong("body.phone_id", "this phone can only be logged in by hand")
	}
	if guest := s.Seat(at); guest != nil && guest.Kind != directory.SeatHome {
		return occupied(s, c, guest)
	}
	if err := mayLogIn(s, extension); err != nil {
		return err
	}
	if there := s.Guest(extension); there != nil {
		return huma.NewError(http.StatusConflict, "this extension is logged in at another phone; log it out first")
	}
	if d.Lines[at.Line-1].Home != "" {
		return wrong("body.phone_id", "this phone is somebody's own; only its code or force takes it")
	}
	if !a.answers(d, at.Line) {
		return wrong("body.phone_id", "this phone is not registered, it cannot be reached")
	}
	return nil
}

// occupied says that somebody is there, and who where the asker may know it.
func occupied(s *directory.Snapshot, c *access.Caller, guest *directory.Seat) error {
	text := "somebody is logged in at this phone"
	if c.May(access.SeatsRead) {
		text += ": " + extensionNumber(s, guest.Extension)
	}
	return huma.NewError(http.StatusConflict, text)
}

// how a seat was taken, for its history.
func how(c *access.Caller) string {
	if c.Token != "" {
		return "api"
	}
	return "portal"
}
