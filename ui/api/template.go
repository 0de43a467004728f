package api

import (
	"context"
	"net/http"
	"slices"

	"cradle/ui/access"
	"cradle/ui/live"
)

// templateView is a phone model of the catalogue.
type templateView struct {
	ID       string `json:"id" doc:"As in a device's model."`
	Vendor   string `json:"vendor"`
	Label    string `json:"label"`
	Lines    int    `json:"lines"`
	Firmware string `json:"firmware" doc:"The oldest that is known to work; empty: any."`
}

type templateInput struct {
	ID string `path:"id" maxLength:"100"`
}

func templateRoutes(a *API) {
	route(a, operation{method: http.MethodGet, path: "/templates", permission: access.TemplatesRead,
		summary: "Phone models of the catalogue", errors: []int{http.StatusNotFound}}, a.listTemplates)
	route(a, operation{method: http.MethodGet, path: "/templates/{id}", permission: access.TemplatesRead,
		summary: "One phone model", errors: []int{http.StatusNotFound}}, a.oneTemplate)
}

func (a *API) models() []live.Model {
	if a.Provisioning == nil {
		return nil
	}
	return a.Provisioning.Models()
}

func (a *API) listTemplates(_ context.Context, _ *access.Caller, in *pageInput) (*pageOutput[templateView], error) {
	return cut(in, slices.Values(a.models()), func(m live.Model) string { return m.Name }, viewTemplate)
}

func (a *API) oneTemplate(_ context.Context, _ *access.Caller, in *templateInput) (*viewOutput[templateView], error) {
	for _, m := range a.models() {
		if m.Name == in.ID {
			return &viewOutput[templateView]{Body: viewTemplate(m)}, nil
		}
	}
	return nil, notFound("template")
}

func viewTemplate(m live.Model) templateView {
	return templateView{ID: m.Name, Vendor: m.Vendor, Label: m.Label, Lines: m.Lines, Firmware: m.Firmware}
}
