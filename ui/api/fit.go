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

type fitView struct {
	Findings []misfitView `json:"findings" nullable:"false"`
}

// misfitView is what a model cannot do of a layout.
type misfitView struct {
	Module   int    `json:"module" doc:"0: the phone itself."`
	Position int    `json:"position" doc:"0: the key without a place of its own."`
	Text     string `json:"text"`
}

func (a *API) fit(_ context.Context, c *access.Caller, in *fitInput) (*viewOutput[fitView], error) {
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
	v := fitView{Findings: []misfitView{}}
	for _, f := range settings.Fit(keys, m.Abilities(), in.Body.Modules, lines, settings.CodesOf(a.Directory.Snapshot(), c.User.Organization)) {
		v.Findings = append(v.Findings, misfitView(f))
	}
	return &viewOutput[fitView]{Body: v}, nil
}
