package api

import (
	"context"
	"net/http"

	"cradle/provisioning/render"
	"cradle/provisioning/settings"
	"cradle/ui/access"
)

// languageView is what an editor of templates and of settings has to know.
type languageView struct {
	Variables []variableView `json:"variables" nullable:"false"`
	Functions []functionView `json:"functions" nullable:"false"`
	Settings  []schemaView   `json:"settings" nullable:"false"`
}

// variableView is a value that templates may name.
type variableView struct {
	Name   string `json:"name" doc:"Without its leading dot."`
	Kind   string `json:"kind" enum:"string,number,bool,list"`
	Doc    string `json:"doc"`
	Secret bool   `json:"secret" doc:"Only in files for phones that have earned it."`
	Absent bool   `json:"may_be_absent" doc:"It may stand only where an absent value may."`
	Of     string `json:"of" doc:"The list whose items have it; empty: it is the phone's."`
}

type functionView struct {
	Name string `json:"name"`
	Doc  string `json:"doc"`
}

// schemaView is a setting that layers may say.
type schemaView struct {
	Name    string        `json:"name"`
	Doc     string        `json:"doc"`
	Type    settings.Type `json:"type" enum:"text,number,one of,list,bool,host,url,zone,tag,country"`
	Of      settings.Of   `json:"of" enum:"desk,personal,stricter" doc:"Whose: of the desk the device wins, of a personal one the extension."`
	Default string        `json:"default"`
	Choices []string      `json:"choices" nullable:"false"`
	Min     int           `json:"min"`
	Max     int           `json:"max" doc:"Of numbers."`
}

func languageRoutes(a *API) {
	route(a, operation{method: http.MethodGet, path: "/templates/language", permission: access.TemplatesRead,
		summary: "Values, functions and settings, for those who write templates"}, a.language)
}

func (a *API) language(context.Context, *access.Caller, *none) (*viewOutput[languageView], error) {
	v := languageView{Variables: variables("", settings.Shape(), nil), Functions: []functionView{}, Settings: []schemaView{}}
	for _, f := range render.Functions() {
		v.Functions = append(v.Functions, functionView(f))
	}
	for _, s := range settings.Schema {
		v.Settings = append(v.Settings, schemaView{s.Name, s.Doc, s.Type, s.Of, s.Default, list(s.Choices), s.Min, s.Max})
	}
	return &viewOutput[languageView]{Body: v}, nil
}

// variables adds those of a shape, and of the lists in it after them.
func variables(of string, shape *render.Shape, all []variableView) []variableView {
	for _, f := range shape.Fields() {
		all = append(all, variableView{f.Name, f.Kind.String(), f.Doc, f.Secret, f.Maybe, of})
	}
	for _, f := range shape.Fields() {
		if f.Kind != render.List {
			continue
		}
		path := f.Name
		if of != "" {
			path = of + "." + f.Name
		}
		all = variables(path, f.Item, all)
	}
	return all
}
