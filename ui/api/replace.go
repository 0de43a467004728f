package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/ui/access"
)

type replaceInput struct {
	ID   directory.ID `path:"id" maxLength:"64"`
	Body struct {
		MAC   string `json:"mac" minLength:"12" maxLength:"17" doc:"The new phone's."`
		Model string `json:"model,omitempty" maxLength:"100" doc:"Absent: what the new phone was met as, else the old one's."`
	}
}

// remoteView is how a phone outside all site networks comes in.
type remoteView struct {
	URL   string    `json:"url" doc:"Good once: it is shown now and never again."`
	SVG   string    `json:"svg" doc:"The same as a QR code."`
	Until time.Time `json:"until"`
}

func replaceRoutes(a *API) {
	clash := []int{http.StatusNotFound, http.StatusConflict}
	route(a, operation{method: http.MethodPost, path: "/devices/{id}/replace", permission: access.DevicesWrite,
		summary: "Give the place of a phone to another one; what the old one knew is worthless from then on", errors: clash}, a.replace)
	route(a, operation{method: http.MethodPost, path: "/devices/{id}/retire", permission: access.DevicesWrite,
		summary: "Take a phone out of service: it is told to empty itself for a day, then its record goes", errors: clash}, a.retire)
	route(a, operation{method: http.MethodPost, path: "/devices/{id}/remote", permission: access.DevicesWrite,
		summary: "Make the one-time address of a phone outside all site networks; the one before is worthless", errors: clash}, a.openRemote)
}

func (a *API) replace(ctx context.Context, c *access.Caller, in *replaceInput) (*viewOutput[deviceView], error) {
	mac, err := directory.ParseMAC(in.Body.MAC)
	if err != nil {
		return nil, wrong("body.mac", err.Error())
	}
	if err := a.knownModel(in.Body.Model); err != nil {
		return nil, err
	}
	return a.acted(ctx, c, in.ID, func(tx *directory.Tx, d *directory.Device) error {
		if met := tx.Snapshot().DeviceByMAC(mac); met != nil && met.ID != d.ID && (met.Step.Approved() || met.Organization != d.Organization) {
			return takenBy(met, d.Organization)
		}
		return tx.Replace(d.ID, mac, in.Body.Model)
	})
}

func (a *API) retire(ctx context.Context, c *access.Caller, in *idInput) (*viewOutput[deviceView], error) {
	return a.acted(ctx, c, in.ID, func(tx *directory.Tx, d *directory.Device) error { return tx.Retire(d.ID) })
}

// acted does something to a phone that the caller sees and answers with the phone.
func (a *API) acted(ctx context.Context, c *access.Caller, id directory.ID, act func(*directory.Tx, *directory.Device) error) (*viewOutput[deviceView], error) {
	err := a.Directory.Update(ctx, actor(c), func(tx *directory.Tx) error {
		d, err := a.device(tx.Snapshot(), c, id)
		if err != nil {
			return err
		}
		return act(tx, d)
	})
	if err != nil {
		return nil, err
	}
	return a.shownDevice(ctx, id)
}

func (a *API) openRemote(ctx context.Context, c *access.Caller, in *idInput) (*viewOutput[remoteView], error) {
	d, err := a.device(a.Directory.Snapshot(), c, in.ID)
	switch {
	case err != nil:
		return nil, err
	case d.Model == "":
		return nil, huma.NewError(http.StatusConflict, "the phone has no model yet: choose one first")
	case a.Onboarding == nil || a.Onboarding.RemoteURL(in.ID, "") == "":
		return nil, huma.NewError(http.StatusConflict,
			"phones outside cannot be told where we are: no door is open to them, or the appliance was started without the name or address they reach it by (--advertise)")
	}
	v := remoteView{Until: a.Now().Add(provisioning.RemoteWindow).UTC()}
	var token string
	err = a.Directory.Update(ctx, actor(c), func(tx *directory.Tx) error {
		if _, err := a.device(tx.Snapshot(), c, in.ID); err != nil {
			return err
		}
		token, err = tx.OpenRemote(in.ID, v.Until)
		return err
	})
	if err != nil {
		return nil, err
	}
	v.URL = a.Onboarding.RemoteURL(in.ID, token)
	v.SVG, err = qrCode(v.URL)
	return &viewOutput[remoteView]{Body: v}, err
}
