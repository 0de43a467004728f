package api

import (
	"context"

	"cradle/directory"
	"cradle/provisioning/settings"
	"cradle/ui/access"
)

// fitInput is a layout that is being drawn for phones of a model.
type fitInput struct {
	Body struct {
		Model   string    `json:"model" minLength:"1" maxLength:"100" doc:"As in /api/v1/templates."`
		Modules int       `json:"modules,omitempty" minimum:"0" maximum:"6" doc:"Expansion modules attached."`
		Keys    []keyForm `json:"keys" maxItems:"500" nullable:"false"`
	}
}

// misfitsView is what a model cannot do of a layout.
type misfitsView struct {
	Findings []fitView `json:"findings" nullable:"false"`
}

func (a *API) fit(_ context.Context, c *access.Caller, in *fitInput) (*viewOutput[misfitsView], error) {
	if a.Templates == nil {
		return nil, notFound("model")
	}
	m := a.Templates.Catalog().Model(in.Body.Model)
	if m == nil {
		return nil, wrong("body.model", "no such model in the catalogue: "+in.Body.Model)
	}
	var keys []directory.Key
	setKeys(&keys, &in.Body.Keys)
	lines := 1 // phones of a layout use as many lines as it names
	for _, k := range keys {
		lines = max(lines, k.Line)
	}
	if m.Lines > 0 {
		lines = min(lines, m.Lines)
	}
	v := misfitsView{Findings: []fitView{}}
	for _, f := range settings.Fit(keys, m.Abilities(), in.Body.Modules, lines, settings.CodesOf(a.Directory.Snapshot(), c.User.Organization)) {
		v.Findings = append(v.Findings, fitView(f))
	}
	return &viewOutput[misfitsView]{Body: v}, nil
}
