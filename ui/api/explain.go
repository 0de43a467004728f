package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
	"cradle/provisioning/settings"
	"cradle/ui/access"
)

// explainedView is what a phone is told, and who said it.
type explainedView struct {
	Settings []saidView  `json:"settings" nullable:"false"`
	Files    []fileView  `json:"files" nullable:"false" doc:"Names as /files takes them."`
	Keys     []placedKey `json:"keys" nullable:"false"`
	Fit      []fitView   `json:"fit" nullable:"false" doc:"Keys that do not fit the model."`
	LeftOut  []leftView  `json:"left_out" nullable:"false" doc:"Settings by the vendor's own names that the phone is not told, because its files cannot hold them."`
}

type leftView struct {
	Name  string         `json:"name"`
	Layer settings.Layer `json:"layer" enum:"appliance,organization,site,model,profile,device,extension"`
	File  string         `json:"file"`
	Why   string         `json:"why"`
}

type saidView struct {
	Name  string         `json:"name"`
	Value string         `json:"value"`
	Layer settings.Layer `json:"layer" enum:"default,appliance,organization,site,model,profile,device,extension"`
	Of    string         `json:"of" doc:"What people call the record of that layer; empty: there is but one."`
	Doc   string         `json:"doc"`
}

type placedKey struct {
	Module   int    `json:"module" doc:"0: the phone itself."`
	Position int    `json:"position"`
	Type     string `json:"type"`
	Label    string `json:"label"`
	Value    string `json:"value"`
	Source   string `json:"source" enum:"layout,person,line,rule"`
}

type fitView struct {
	Module   int    `json:"module"`
	Position int    `json:"position" doc:"0: the next free one."`
	Text     string `json:"text"`
}

type explainFileInput struct {
	ID      directory.ID `path:"id" maxLength:"64"`
	Name    string       `query:"name" required:"true" minLength:"1" maxLength:"200" example:"{mac}.cfg" doc:"As in the model's files, or as the phone asks for it."`
	Secrets bool         `query:"secrets" doc:"The lines show secrets; needs the permission to export them, and a session that is unlocked."`
}

// explainedFileView is a file as its phone would get it now.
type explainedFileView struct {
	ContentType string       `json:"content_type"`
	Lines       []lineView   `json:"lines" nullable:"false"`
	Fetched     *fetchedView `json:"fetched,omitempty" doc:"What the phone got last; absent: nothing since the appliance was started."`
	Diff        string       `json:"diff,omitempty" doc:"Unified, from what it got to what it would get."`
}

type lineView struct {
	Text   string       `json:"text"`
	Layers []originView `json:"layers" nullable:"false" doc:"Empty: the template alone."`
}

type originView struct {
	Layer settings.Layer `json:"layer"`
	Name  string         `json:"name" doc:"Of the value, as in templates."`
}

type fetchedView struct {
	At     time.Time `json:"at"`
	Status int       `json:"status"`
	Same   bool      `json:"same"`
	Text   string    `json:"text,omitempty" doc:"Absent: it is no longer kept."`
}

func explainRoutes(a *API) {
	missing := []int{http.StatusNotFound}
	route(a, operation{method: http.MethodGet, path: "/devices/{id}/settings", permission: access.DevicesRead,
		summary: "What a phone is told, and who said it", errors: missing}, a.explain)
	route(a, operation{method: http.MethodGet, path: "/devices/{id}/files", permission: access.DevicesRead,
		summary: "A file as a phone would get it now, line by line, and what it got last; secrets are masked unless they are asked for", errors: missing}, a.explainFile)
}

func (a *API) explain(_ context.Context, c *access.Caller, in *idInput) (*viewOutput[explainedView], error) {
	s := a.Directory.Snapshot()
	d, err := a.device(s, c, in.ID)
	if err != nil {
		return nil, err
	}
	v := explainedView{Settings: []saidView{}, Files: []fileView{}, Keys: []placedKey{}, Fit: []fitView{}, LeftOut: []leftView{}}
	if a.Onboarding == nil {
		return &viewOutput[explainedView]{Body: v}, nil
	}
	e, err := a.Onboarding.Explain(d.ID)
	switch {
	case errors.Is(err, provisioning.ErrNoFile): // its model is not known yet
		return &viewOutput[explainedView]{Body: v}, nil
	case errors.Is(err, provisioning.ErrNoDevice):
		return nil, notFound("device")
	case err != nil:
		return nil, err
	}
	for k, value := range e.Settings {
		v.Settings = append(v.Settings, saidView{settings.Schema[k].Name, value.Text, value.Layer, saidBy(s, d, value.Layer), settings.Schema[k].Doc})
	}
	for _, f := range e.Files {
		v.Files = append(v.Files, fileView{f.Name, string(f.Kind), f.ContentType})
	}
	for _, k := range e.Keys {
		v.Keys = append(v.Keys, placedKey{k.Module, k.Position, k.Type, a.keyLabel(s, d, k), k.Value, wantedBy(k)})
	}
	for _, f := range e.Fit {
		v.Fit = append(v.Fit, fitView(f))
	}
	for _, l := range e.LeftOut {
		v.LeftOut = append(v.LeftOut, leftView(l))
	}
	return &viewOutput[explainedView]{Body: v}, nil
}

// saidBy is what people call the record of a layer.
func saidBy(s *directory.Snapshot, d *directory.Device, layer settings.Layer) string {
	switch layer {
	case settings.FromSite:
		return nameOf(siteRef(s, d.Site))
	case settings.FromProfile:
		return nameOf(profileRef(s, d.Profile))
	case settings.FromModel:
		return d.Model
	case settings.FromExtension:
		if who := s.Sitting(d.At(1)).Extension; who != nil {
			return who.Number
		}
	}
	return ""
}

func nameOf(n *nameAndID) string {
	if n == nil {
		return ""
	}
	return n.Name
}

// keyLabel is what stands beside a key: where nobody chose a label, the name of
// whom it reaches.
func (a *API) keyLabel(s *directory.Snapshot, d *directory.Device, k settings.Placed) string {
	if k.Label != "" {
		return k.Label
	}
	who := s.ExtensionByNumber(d.Organization, k.Value)
	if k.Type == "line" {
		who = s.Sitting(d.At(max(k.Line, 1))).Extension
	}
	switch {
	case who == nil:
		return k.Value
	case who.Name == "":
		return who.Number
	}
	return who.Name
}

// wantedBy is who wanted a key, in the words of people who make layouts.
func wantedBy(k settings.Placed) string {
	switch {
	case k.Rule != "":
		return "rule"
	case k.From == settings.FromDefault:
		return "line"
	case k.From == settings.FromExtension:
		return "person"
	}
	return "layout"
}

func (a *API) explainFile(ctx context.Context, c *access.Caller, in *explainFileInput) (*viewOutput[explainedFileView], error) {
	d, err := a.device(a.Directory.Snapshot(), c, in.ID)
	if err != nil {
		return nil, err
	}
	if a.Onboarding == nil {
		return nil, notFound("file")
	}
	if in.Secrets {
		if err := a.letSecretsOut(ctx, c, d.Organization, d.ID); err != nil {
			return nil, err
		}
	}
	e, err := a.Onboarding.ExplainFile(d.ID, in.Name, in.Secrets)
	switch {
	case errors.Is(err, provisioning.ErrNoFile), errors.Is(err, provisioning.ErrNoDevice), errors.Is(err, catalog.ErrNoPart):
		return nil, notFound("file")
	case err != nil:
		return nil, wrong("query.name", "the file cannot be made for this phone: "+err.Error())
	}
	v := explainedFileView{ContentType: e.ContentType, Diff: e.Diff, Lines: make([]lineView, 0, len(e.Lines))}
	for _, l := range e.Lines {
		one := lineView{Text: l.Text, Layers: make([]originView, 0, len(l.From))}
		for _, o := range l.From {
			one.Layers = append(one.Layers, originView(o))
		}
		v.Lines = append(v.Lines, one)
	}
	if e.Known {
		v.Fetched = &fetchedView{e.Fetched.At, http.StatusOK, e.Same, string(e.Fetched.Text)}
	}
	return &viewOutput[explainedFileView]{Body: v}, nil
}
