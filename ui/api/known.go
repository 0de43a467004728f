package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/ui/access"
)

// KnownFields is by what a phone is recognised, and what about it is not as it
// should be. It is exported only because the library that makes the document does
// not look into embedded types that are not.
type KnownFields struct {
	Clues     []clueView             `json:"clues" nullable:"false" doc:"By what it is recognised, as it last asked."`
	Conflicts []string               `json:"clue_conflicts" nullable:"false" doc:"Which clues cannot both be true, in plain words."`
	Drift     provisioning.DriftKind `json:"drift" enum:"model,firmware,settings," doc:"The worst of what is not as it should be; empty: nothing."`
	DriftText string                 `json:"drift_text" doc:"All of it, in plain words."`
}

type clueView struct {
	Clue string `json:"clue" doc:"user_agent, file, prefix, pnp, sip or certificate."`
	Seen string `json:"seen" doc:"As it was sent."`
	Says string `json:"says" doc:"What it says; empty: nothing that is known."`
	Won  bool   `json:"won" doc:"It says the same as what the phone is taken for."`
}

func knownRoutes(a *API) {
	route(a, operation{method: http.MethodPost, path: "/devices/{id}/mend", permission: access.DevicesResync, status: http.StatusAccepted,
		summary: "Mend a phone's drift: take over the model that it says it is, and make it read its settings again",
		errors:  []int{http.StatusNotFound, http.StatusConflict}}, a.mend)
}

// known is what there is to know of a phone; settings that are on their way to it
// are no drift.
func (a *API) known(d *directory.Device, agent string) provisioning.Known {
	if a.Recognition == nil {
		return provisioning.Known{}
	}
	k := a.Recognition.Known(d.ID, agent)
	if n := len(k.Drift) - 1; n >= 0 && k.Drift[n].Kind == provisioning.DriftSettings && a.Resync != nil && a.Resync.State(d.ID).Status == "pending" {
		k.Drift = k.Drift[:n]
	}
	return k
}

func (a *API) addKnown(v *deviceView, d *directory.Device) {
	agent := ""
	if v.Registration != nil {
		agent = v.Registration.UserAgent
	}
	k := a.known(d, agent)
	v.Clues, v.Conflicts = []clueView{}, list(k.Conflicts)
	for _, c := range k.Clues {
		v.Clues = append(v.Clues, clueView{c.Kind, c.Seen, c.Says, c.Won})
	}
	var texts []string
	for _, drift := range k.Drift {
		texts = append(texts, drift.Text)
	}
	if len(texts) > 0 {
		v.Drift, v.DriftText = k.Drift[0].Kind, strings.Join(texts, " ")
	}
}

// mend does the one thing that ends a drift. Another model is a change of the
// phone, which only some may make.
func (a *API) mend(ctx context.Context, c *access.Caller, in *idInput) (*viewOutput[deviceView], error) {
	d, err := a.device(a.Directory.Snapshot(), c, in.ID)
	if err != nil {
		return nil, err
	}
	var v deviceView
	a.addRegistration(&v, d)
	agent := ""
	if v.Registration != nil {
		agent = v.Registration.UserAgent
	}
	k := a.known(d, agent)
	switch {
	case len(k.Drift) == 0:
		return nil, huma.NewError(http.StatusConflict, "the phone is as it should be: there is nothing to mend")
	case a.Resync == nil:
		return nil, huma.NewError(http.StatusServiceUnavailable, "the phones' door is off")
	}
	if k.Drift[0].Kind == provisioning.DriftModel {
		if !c.May(access.DevicesWrite) {
			return nil, forbidden(access.DevicesWrite, "only an administrator may give a phone another model")
		}
		err := a.Directory.Update(ctx, actor(c), func(tx *directory.Tx) error {
			now, err := a.device(tx.Snapshot(), c, in.ID)
			if err != nil {
				return err
			}
			mine := *now
			mine.Model = k.Says
			return tx.PutDevice(&mine)
		})
		if err != nil {
			return nil, err
		}
	}
	if err := a.Resync.Resync(ctx, d.ID, k.Drift[0].Kind != provisioning.DriftSettings); err != nil {
		return nil, huma.NewError(http.StatusConflict, "the phone cannot be reached: "+err.Error()+"; it reads its settings when it starts next")
	}
	return a.shownDevice(ctx, in.ID)
}
