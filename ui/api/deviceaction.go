package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"cradle/directory"
	"cradle/ui/access"
)

type approveInput struct {
	ID   directory.ID `path:"id" maxLength:"64"`
	Body *struct {
		Line *string `json:"line,omitempty" maxLength:"64" doc:"Home extension of line 1, ID or number."`
	} `required:"false"`
}

type resyncInput struct {
	ID   directory.ID `path:"id" maxLength:"64"`
	Body *struct {
		Reboot bool `json:"reboot,omitempty" doc:"Restart the phone instead of only re-reading its settings."`
	} `required:"false"`
}

func deviceActionRoutes(a *API) {
	clash := []int{http.StatusNotFound, http.StatusConflict}
	route(a, operation{method: http.MethodPost, path: "/devices/{id}/approve", permission: access.DevicesApprove,
		summary: "Approve a phone: it gets all its settings, with a new SIP secret", errors: clash}, a.approve)
	route(a, operation{method: http.MethodPost, path: "/devices/{id}/rearm", permission: access.DevicesWrite,
		summary: "Open a new window for a phone that lost its token", errors: clash}, a.rearm)
	route(a, operation{method: http.MethodPost, path: "/devices/{id}/resync", permission: access.DevicesResync, status: http.StatusAccepted,
		summary: "Make a phone read its settings again", errors: clash}, a.resync)
	route(a, operation{method: http.MethodPost, path: "/devices/resync", permission: access.DevicesResync, status: http.StatusAccepted,
		summary: "Make many phones read their settings again, one after the other", errors: clash}, a.resyncMany)
}

// approve lets a phone have all its settings. Giving it a home extension as
// well is a change of the phone, which only some may do.
func (a *API) approve(ctx context.Context, c *access.Caller, in *approveInput) (*viewOutput[deviceView], error) {
	var line *string
	if in.Body != nil {
		line = in.Body.Line
	}
	err := a.Directory.Update(ctx, actor(c), func(tx *directory.Tx) error {
		d, err := a.device(tx.Snapshot(), c, in.ID)
		if err != nil {
			return err
		}
		if line != nil {
			mine := *d
			mine.Lines = slices.Clone(d.Lines)
			if err := setLines(tx, &mine, &DeviceFields{Line: line}); err != nil {
				return err
			}
			if err := tx.PutDevice(&mine); err != nil {
				return err
			}
		}
		return tx.Approve(d.ID)
	})
	if err != nil {
		return nil, err
	}
	return a.shownDevice(ctx, in.ID)
}

func (a *API) rearm(ctx context.Context, c *access.Caller, in *idInput) (*viewOutput[deviceView], error) {
	err := a.Directory.Update(ctx, actor(c), func(tx *directory.Tx) error {
		d, err := a.device(tx.Snapshot(), c, in.ID)
		if err != nil {
			return err
		}
		return tx.Rearm(d.ID)
	})
	if err != nil {
		return nil, err
	}
	return a.shownDevice(ctx, in.ID)
}

func (a *API) resync(ctx context.Context, c *access.Caller, in *resyncInput) (*viewOutput[deviceView], error) {
	d, err := a.device(a.Directory.Snapshot(), c, in.ID)
	if err != nil {
		return nil, err
	}
	if a.Resync == nil {
		return nil, huma.NewError(http.StatusServiceUnavailable, "the phones' door is off")
	}
	if err := a.Resync.Resync(ctx, d.ID, in.Body != nil && in.Body.Reboot); err != nil {
		return nil, huma.NewError(http.StatusConflict, "the phone cannot be reached: "+err.Error())
	}
	return a.shownDevice(ctx, in.ID)
}

type resyncManyInput struct {
	Body struct {
		Devices []directory.ID `json:"devices" minItems:"1" maxItems:"10000" nullable:"false"`
		Reboot  bool           `json:"reboot,omitempty" doc:"Restart the phones instead of only re-reading their settings."`
	}
}

// resynced says how many phones are being told; each device's view says how it goes.
type resynced struct {
	Told int `json:"told"`
}

// resyncMany judges all phones before it tells the first.
func (a *API) resyncMany(ctx context.Context, c *access.Caller, in *resyncManyInput) (*viewOutput[resynced], error) {
	if a.Resync == nil {
		return nil, huma.NewError(http.StatusServiceUnavailable, "the phones' door is off")
	}
	snap := a.Directory.Snapshot()
	for _, id := range in.Body.Devices {
		if _, err := a.device(snap, c, id); err != nil {
			return nil, err
		}
	}
	for n, id := range in.Body.Devices {
		if err := a.Resync.Resync(ctx, id, in.Body.Reboot); err != nil {
			return nil, huma.NewError(http.StatusConflict, fmt.Sprintf("%d of %d phones were told, then: %v", n, len(in.Body.Devices), err))
		}
	}
	return &viewOutput[resynced]{Body: resynced{Told: len(in.Body.Devices)}}, nil
}
