package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"cradle/directory"
	"cradle/ui/access"
)

// setPending takes the numbers of an extension from one status to another. A log-in
// from afar is pending until the phone has answered.
func setPending(tx *directory.Tx, extension directory.ID, from, to directory.NumberStatus) error {
	s := tx.Snapshot()
	for n := range s.NumbersOf(extension) {
		if n.Status != from {
			continue
		}
		c := *n
		c.Status = to
		if err := tx.PutNumber(&c); err != nil {
			return err
		}
	}
	return nil
}

// confirm asks the phone of a new seat whether it is there, for 10 s at most. Where
// it does not answer, the seat is undone: nobody is to sit where nothing rings.
func (a *API) confirm(ctx context.Context, c *access.Caller, seat *directory.Seat) error {
	account := ""
	if d := a.Directory.Snapshot().Device(seat.Device); d != nil && seat.Line <= len(d.Lines) {
		account = d.Lines[seat.Line-1].Account.User
	}
	unreached := a.Reach(ctx, account)
	// Who closed the page meanwhile leaves nothing pending behind.
	err := a.Directory.Update(context.WithoutCancel(ctx), actor(c), func(tx *directory.Tx) error {
		if unreached != nil && tx.Snapshot().SeatByID(seat.ID) != nil {
			if err := tx.LeaveSeat(seat.ID); err != nil {
				return err
			}
		}
		return setPending(tx, seat.Extension, directory.NumberPending, directory.NumberActive)
	})
	if err == nil && unreached != nil {
		return huma.NewError(http.StatusConflict, "the phone does not answer: it cannot be reached, and nothing was changed")
	}
	return err
}
