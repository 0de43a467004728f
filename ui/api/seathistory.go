package api

import (
	"context"
	"net/http"
	"time"

	"cradle/directory"
	"cradle/ui/access"
)

// seatEventView is a line of a phone's or person's history of seats.
type seatEventView struct {
	At        time.Time          `json:"at"`
	What      string             `json:"what" enum:"taken,left,refused"`
	Extension string             `json:"extension" doc:"Number, as it was then or as it was entered."`
	Device    directory.ID       `json:"device"`
	PhoneID   string             `json:"phone_id"`
	Line      int                `json:"line"`
	Kind      directory.SeatKind `json:"kind,omitempty" enum:"login,virtual"`
	How       string             `json:"how,omitempty" enum:"portal,code,screen,import,api"`
	By        string             `json:"by" doc:"Who, or what, did it."`
	Why       string             `json:"why,omitempty" doc:"Of a refusal: its true reason, which who asked was not told."`
}

type historyInput struct {
	ID     directory.ID `path:"id" maxLength:"64"`
	Cursor string       `query:"cursor" maxLength:"128" doc:"The 'next' of the page before."`
	Limit  int          `query:"limit" default:"100" minimum:"1" maximum:"500" doc:"How many items at most."`
}

func seatHistoryRoutes(a *API) {
	route(a, operation{method: http.MethodGet, path: "/devices/{id}/seat-history", permission: access.SeatsRead,
		summary: "Who sat down at a phone, left, and was refused there; the newest first", errors: []int{http.StatusNotFound}}, a.deviceSeatHistory)
	route(a, operation{method: http.MethodGet, path: "/extensions/{id}/seat-history", permission: access.SeatsRead,
		summary: "Where an extension sat down, left, and was refused; the newest first", errors: []int{http.StatusNotFound}}, a.extensionSeatHistory)
	route(a, operation{method: http.MethodGet, path: "/own/extensions/{id}/seat-history", permission: access.Own,
		summary: "The same of an extension of one's own", errors: []int{http.StatusNotFound}}, a.ownSeatHistory)
	route(a, operation{method: http.MethodPost, path: "/extensions/{id}/return-to-base", permission: access.SeatsWrite,
		summary: "Return an extension from where it is a guest, as its code alone does", errors: []int{http.StatusNotFound}}, a.returnToBase)
	route(a, operation{method: http.MethodPost, path: "/own/extensions/{id}/return-to-base", permission: access.Own,
		summary: "The same of an extension of one's own", errors: []int{http.StatusNotFound}}, a.ownReturnToBase)
}

func (a *API) deviceSeatHistory(_ context.Context, c *access.Caller, in *historyInput) (*pageOutput[seatEventView], error) {
	d, err := a.device(a.Directory.Snapshot(), c, in.ID)
	if err != nil {
		return nil, err
	}
	return a.seatHistory(d.ID, in)
}

func (a *API) extensionSeatHistory(_ context.Context, c *access.Caller, in *historyInput) (*pageOutput[seatEventView], error) {
	e, err := extensions().visible(a.Directory.Snapshot(), c, in.ID)
	if err != nil {
		return nil, err
	}
	return a.seatHistory(e.ID, in)
}

func (a *API) ownSeatHistory(_ context.Context, c *access.Caller, in *historyInput) (*pageOutput[seatEventView], error) {
	if err := a.own(c, in.ID); err != nil {
		return nil, err
	}
	return a.seatHistory(in.ID, in)
}

// own finds out whether an extension is the caller's.
func (a *API) own(c *access.Caller, id directory.ID) error {
	if e := a.Directory.Snapshot().Extension(id); e == nil || e.User != c.User.ID {
		return notFound("extension")
	}
	return nil
}

func (a *API) seatHistory(subject directory.ID, in *historyInput) (*pageOutput[seatEventView], error) {
	list, next, err := a.Directory.SeatHistory(subject, in.Cursor, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &pageOutput[seatEventView]{Body: page[seatEventView]{Items: []seatEventView{}, Next: next}}
	for _, e := range list {
		out.Body.Items = append(out.Body.Items, seatEventView{At: e.At, What: e.What, Extension: e.Number, Device: e.Device, PhoneID: e.PhoneID,
			Line: e.Line, Kind: e.Kind, How: e.How, By: e.By, Why: e.Why})
	}
	return out, nil
}

func (a *API) returnToBase(ctx context.Context, c *access.Caller, in *idInput) (*viewOutput[extensionView], error) {
	e, err := extensions().changeable(a.Directory.Snapshot(), c, in.ID)
	if err != nil {
		return nil, err
	}
	if err := a.goHome(ctx, c, e.ID); err != nil {
		return nil, err
	}
	return extensions().shown(a, in.ID)
}

func (a *API) ownReturnToBase(ctx context.Context, c *access.Caller, in *idInput) (*viewOutput[ownExtension], error) {
	if err := a.own(c, in.ID); err != nil {
		return nil, err
	}
	if err := a.goHome(ctx, c, in.ID); err != nil {
		return nil, err
	}
	s := a.Directory.Snapshot()
	return &viewOutput[ownExtension]{Body: viewOwn(s, s.Extension(in.ID))}, nil
}

// goHome returns an extension to its base; where it is no guest nothing changes.
func (a *API) goHome(ctx context.Context, c *access.Caller, id directory.ID) error {
	return a.Directory.Update(ctx, actor(c), func(tx *directory.Tx) error {
		_, err := tx.Leave(id)
		return err
	})
}
