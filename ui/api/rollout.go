package api

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cradle/directory"
	"cradle/provisioning/rollout"
	"cradle/ui/access"
)

// rolloutView is a change on its way to the phones. What follows Phones is of
// those that its stages have reached.
type rolloutView struct {
	ID         directory.ID `json:"id"`
	Revision   uint64       `json:"revision"`
	Kind       string       `json:"kind" enum:"template,firmware"`
	Subject    directory.ID `json:"subject"`
	Name       string       `json:"name" doc:"Of the template, or of the firmware's file."`
	Target     string       `json:"target" doc:"The version it brings."`
	Models     []string     `json:"models" nullable:"false"`
	Site       *nameAndID   `json:"site,omitempty"`
	Stages     []int        `json:"stages" nullable:"false" doc:"Percents of the phones; the first is widened until it reaches a phone."`
	Stage      int          `json:"stage" doc:"Which of them is under way, from 0."`
	State      string       `json:"state" enum:"running,paused,stopped,done"`
	Reason     string       `json:"reason"`
	Started    time.Time    `json:"started"`
	Moved      time.Time    `json:"moved" doc:"When the stage began."`
	Least      int          `json:"least" doc:"Percent of the phones that must be registered again."`
	Soak       int          `json:"soak" doc:"Seconds that a stage stays at least."`
	Phones     int          `json:"phones" doc:"That get the change in the end."`
	Done       int          `json:"done"`
	Waiting    int          `json:"waiting"`
	Failed     int          `json:"failed" doc:"Were registered before and no longer are."`
	Off        int          `json:"off" doc:"Were not registered before either."`
	Registered int          `json:"registered"`
}

type rolloutCreate struct {
	Kind    string       `json:"kind" enum:"template,firmware"`
	Subject directory.ID `json:"subject" minLength:"1" maxLength:"64" doc:"The template's ID, or the firmware's."`
	Target  string       `json:"target,omitempty" maxLength:"200" doc:"Number of the template's version; a firmware's is its own."`
	Models  []string     `json:"models,omitempty" maxItems:"100" doc:"Of a firmware's; none: all."`
	Site    string       `json:"site,omitempty" maxLength:"64" doc:"Of a firmware; none: all."`
	RolloutSteps
}

// RolloutSteps are how a change comes to the phones.
type RolloutSteps struct {
	Stages []int `json:"stages" minItems:"1" maxItems:"20" doc:"Rising percents, the last 100."`
	Least  int   `json:"least,omitempty" minimum:"0" maximum:"100" doc:"Percent of the phones that must be registered again; 0: 90."`
	Soak   int   `json:"soak,omitempty" minimum:"0" maximum:"2592000" doc:"Seconds that a stage stays at least."`
}

func (a *API) rollouts() resource[directory.Rollout, rolloutView, struct{}, struct{}] {
	return resource[directory.Rollout, rolloutView, struct{}, struct{}]{
		name: "rollout", path: "/rollouts", read: access.RolloutsRead, write: access.RolloutsWrite,
		all: sharedRollouts, get: (*directory.Snapshot).Rollout,
		organization: func(r *directory.Rollout) directory.ID { return r.Organization },
		id:           func(r *directory.Rollout) directory.ID { return r.ID },
		key:          func(r *directory.Rollout) string { return r.Started.UTC().Format(time.RFC3339Nano) + string(r.ID) },
		view:         a.viewRollout,
		remove: func(tx *directory.Tx, _ *access.Caller, r *directory.Rollout) error {
			if r.State == directory.RolloutRunning || r.State == directory.RolloutPaused {
				return huma.NewError(http.StatusConflict, "it is under way: stop it first")
			}
			return tx.DeleteRollout(r.ID)
		},
	}
}

func rolloutRoutes(a *API) {
	a.rollouts().routes(a)
	clash := []int{http.StatusNotFound, http.StatusConflict}
	route(a, operation{method: http.MethodPost, path: "/rollouts", permission: access.RolloutsWrite, status: http.StatusCreated,
		summary: "Bring a template's version or a firmware to phones step by step", errors: clash}, a.startRollout)
	for _, one := range []struct{ word, summary string }{
		{"pause", "Let a roll-out stay where it is"}, {"resume", "Let a paused roll-out go on"}, {"stop", "End a roll-out and take it back"},
	} {
		route(a, operation{method: http.MethodPost, path: "/rollouts/{id}/" + one.word, permission: access.RolloutsWrite, summary: one.summary, errors: clash},
			func(ctx context.Context, c *access.Caller, in *idInput) (*viewOutput[rolloutView], error) {
				return a.moveRollout(ctx, c, in.ID, one.word)
			})
	}
}

// sharedRollouts are an organization's and the appliance's.
func sharedRollouts(s *directory.Snapshot, org directory.ID) iter.Seq[*directory.Rollout] {
	return only(s.Rollouts(""), func(r *directory.Rollout) bool { return r.Organization == "" || r.Organization == org })
}

func (a *API) startRollout(ctx context.Context, c *access.Caller, in *createInput[rolloutCreate]) (*viewOutput[rolloutView], error) {
	org, err := (&pageInput{Organization: in.Organization}).organization(c)
	if err != nil {
		return nil, err
	}
	if a.Rollouts == nil {
		return nil, huma.NewError(http.StatusServiceUnavailable, "there are no roll-outs here")
	}
	snap, b := a.Directory.Snapshot(), &in.Body
	r := &directory.Rollout{Organization: org, Kind: b.Kind, Subject: b.Subject, Target: b.Target, Models: b.Models, Stages: b.Stages, Least: b.Least, Soak: b.Soak}
	if b.Site != "" {
		if r.Site, err = findSite(snap, org, b.Site, "body.site"); err != nil {
			return nil, err
		}
	}
	if owner, found := ownerOf(snap, r); !found || owner != "" && !c.Sees(owner) {
		return nil, wrong("body.subject", "no such "+b.Kind)
	} else if r.Kind == "template" && owner == "" && !c.Home {
		return nil, ofApplianceOnly(access.RolloutsWrite)
	} else if owner == "" && c.Home && b.Site == "" && in.Organization == "" {
		r.Organization = "" // what all share comes to all
	}
	if err := a.Rollouts.Start(ctx, actor(c), r); err != nil {
		return nil, refusedRollout(err)
	}
	return a.rollouts().shown(a, r.ID)
}

// activateByRollout puts a template's version in force step by step.
func (a *API) activateByRollout(ctx context.Context, c *access.Caller, in *activateInput) (*viewOutput[customTemplateView], error) {
	t, err := a.customTemplates().changeable(a.Directory.Snapshot(), c, in.ID)
	switch {
	case err != nil:
		return nil, err
	case in.Body.Share != nil:
		return nil, wrong("body.share", "a share and a roll-out exclude each other")
	case a.Rollouts == nil:
		return nil, huma.NewError(http.StatusServiceUnavailable, "there are no roll-outs here")
	}
	steps := in.Body.Rollout
	r := &directory.Rollout{Kind: "template", Subject: t.ID, Target: strconv.Itoa(in.Body.Number), Stages: steps.Stages, Least: steps.Least, Soak: steps.Soak}
	if err := a.Rollouts.Start(ctx, actor(c), r); err != nil {
		return nil, refusedRollout(err)
	}
	return a.customTemplates().shown(a, t.ID)
}

// ownerOf is whose the subject of a roll-out is; empty: the appliance's.
func ownerOf(s *directory.Snapshot, r *directory.Rollout) (org directory.ID, found bool) {
	if r.Kind == "firmware" {
		if f := s.Firmware(r.Subject); f != nil {
			return f.Organization, true
		}
	} else if t := s.Template(r.Subject); t != nil {
		return t.Organization, true
	}
	return "", false
}

func (a *API) moveRollout(ctx context.Context, c *access.Caller, id directory.ID, word string) (*viewOutput[rolloutView], error) {
	if _, err := a.rollouts().changeable(a.Directory.Snapshot(), c, id); err != nil {
		return nil, err
	}
	if a.Rollouts == nil {
		return nil, huma.NewError(http.StatusServiceUnavailable, "there are no roll-outs here")
	}
	move := map[string]func(context.Context, directory.Actor, directory.ID) error{
		"pause": a.Rollouts.Pause, "resume": a.Rollouts.Resume, "stop": a.Rollouts.Stop,
	}[word]
	if err := move(ctx, actor(c), id); err != nil {
		return nil, refusedRollout(err)
	}
	return a.rollouts().shown(a, id)
}

func refusedRollout(err error) error {
	switch {
	case errors.Is(err, rollout.ErrInvalid):
		return huma.NewError(http.StatusUnprocessableEntity, err.Error())
	case errors.Is(err, rollout.ErrRunning), errors.Is(err, rollout.ErrOver):
		return huma.NewError(http.StatusConflict, err.Error())
	}
	return err
}

func (a *API) viewRollout(s *directory.Snapshot, r *directory.Rollout) rolloutView {
	v := rolloutView{ID: r.ID, Revision: r.Revision, Kind: r.Kind, Subject: r.Subject, Target: r.Target, Models: list(r.Models), Site: siteRef(s, r.Site),
		Stages: r.Stages, Stage: r.Stage, State: r.State, Reason: r.Reason, Started: r.Started, Moved: r.Moved, Least: r.Least, Soak: r.Soak}
	if t := s.Template(r.Subject); t != nil {
		v.Name = t.Name
	}
	if f := s.Firmware(r.Subject); f != nil {
		v.Name = f.File
	}
	if a.Rollouts != nil {
		c := a.Rollouts.Count(r)
		v.Phones, v.Done, v.Waiting, v.Failed, v.Off, v.Registered = c.Phones, c.Done, c.Waiting, c.Failed, c.Off, c.Registered
	}
	return v
}
