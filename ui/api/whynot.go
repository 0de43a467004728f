package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"cradle/provisioning"
	"cradle/ui/access"
)

// whyNotView is a phone's last request that was refused, held against today's rules.
type whyNotView struct {
	At      *time.Time     `json:"at,omitempty" doc:"Absent: it has not asked for anything."`
	Request *whyNotRequest `json:"request,omitempty"`
	Steps   []checkView    `json:"steps" nullable:"false" doc:"The conditions in their order, up to the first that is not met."`
	Verdict string         `json:"verdict"`
}

type whyNotRequest struct {
	Door      string `json:"door"`
	File      string `json:"file"`
	Source    string `json:"source"`
	UserAgent string `json:"user_agent"`
}

type checkView struct {
	Rule string `json:"rule"`
	OK   bool   `json:"ok"`
	Text string `json:"text"`
}

func whyNotRoutes(a *API) {
	route(a, operation{method: http.MethodGet, path: "/devices/{id}/whynot", permission: access.DevicesRead,
		summary: "Why a phone was refused: its last request against the rules of now", errors: []int{http.StatusNotFound}}, a.whyNot)
}

func (a *API) whyNot(_ context.Context, c *access.Caller, in *idInput) (*viewOutput[whyNotView], error) {
	d, err := a.device(a.Directory.Snapshot(), c, in.ID)
	if err != nil {
		return nil, err
	}
	v := whyNotView{Steps: []checkView{}, Verdict: "The phone has not asked for anything yet."}
	if a.Onboarding == nil {
		return &viewOutput[whyNotView]{Body: v}, nil
	}
	w, err := a.Onboarding.WhyNot(d.ID)
	switch {
	case errors.Is(err, provisioning.ErrNeverAsked):
		v.Verdict = "The phone has not asked for anything since the appliance was started. Restart it; if nothing comes, " +
			"see whether its DHCP server tells it this appliance, and whether it is in a network of its site."
	case errors.Is(err, provisioning.ErrNoDevice):
		return nil, notFound("device")
	case err != nil:
		return nil, err
	default:
		v.At, v.Verdict = &w.Step.At, w.Verdict
		v.Request = &whyNotRequest{string(w.Step.Door), hideToken(w.Step.File), w.Step.Source.String(), w.Step.UserAgent}
		for _, check := range w.Checks {
			v.Steps = append(v.Steps, checkView(check))
		}
	}
	return &viewOutput[whyNotView]{Body: v}, nil
}
